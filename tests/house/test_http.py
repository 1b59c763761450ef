"""Only portal speaks HTTP; it reads through scopes and writes through actions."""

import ast
from collections.abc import Iterable

import pytest

from tests.house.tree import Source, calls, imports, listed, package, sources

# ---------------------------------------------------------------- outside portal

WEB_MODULES = (
    *("django.http", "django.shortcuts", "django.views", "django.urls", "django.template"),
    *("django.test", "django.middleware", "django.contrib.messages"),
    *("allauth", "axes", "ninja", "django_htmx", "django_cotton", "template_partials"),
)
TIES_THE_ROUTES = "miaopu/app/urls.py"
WEB_NAMES = {"urls.py", "views.py", "views", "templates", "templatetags"}


def web_outside_portal(files: Iterable[Source]) -> list[str]:
    """Imports of what speaks HTTP, and files of pages, outside portal."""
    problems = []
    for source in files:
        if source.room == "portal" or source.path == TIES_THE_ROUTES:
            continue
        for name in WEB_NAMES & set(source.parts[2:]):
            problems.append(source.at(1, f"{name}: pages live in miaopu/portal"))
        if source.path.endswith(".py"):
            for one in imports(source, types_too=True):
                if one.is_within(WEB_MODULES):
                    problems.append(source.at(one.line, f"{one.full}: only portal speaks HTTP"))
    return problems


def test_only_portal_speaks_http() -> None:
    problems = web_outside_portal(sources(under="miaopu"))
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("miaopu/cases/actions.py", "from django.http import HttpRequest", 1),
        ("miaopu/cases/actions.py", "def f():\n    import django.shortcuts", 1),
        ("miaopu/cases/actions.py", "from django import template", 1),
        ("miaopu/cases/urls.py", "", 1),
        ("miaopu/cases/views/list.py", "", 1),
        ("miaopu/cases/templates/list.html", "", 1),
        ("miaopu/app/urls.py", "from django.urls import path", 0),
        ("miaopu/app/other.py", "from django.urls import path", 1),
        ("miaopu/portal/views/list.py", "from django.http import HttpRequest", 0),
        ("miaopu/cases/actions.py", "from django.db import transaction", 0),
    ],
)
def test_web_outside_portal_is_found(path: str, text: str, found: int) -> None:
    assert len(web_outside_portal([Source(path, text)])) == found


# ---------------------------------------------------------------- how portal reads

MANAGERS = {"objects", "_default_manager", "_base_manager"}
SCOPES = {"for_user", "public"}
BY_MODEL = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
BEHIND_SCOPES = {"cursor", "raw", "get_model", "get_for_model"}
# Where the database itself is meant, not rows of a model: file → calls, with the reason.
MAY_TOUCH_DATABASE: dict[str, set[str]] = {}


def unscoped_reads(source: Source) -> list[str]:
    """Reads in portal that do not start from `.objects.for_user(` or `.objects.public(`."""
    problems = []
    scoped = {
        id(node.func.value)
        for node, name in calls(source.tree)
        if isinstance(node.func, ast.Attribute) and name in SCOPES
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and id(node) not in scoped:
            problems.append(source.at(node.lineno, f"{ast.unparse(node)} without a scope"))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            names = [ast.unparse(target) for target in node.targets]
            if names in (["model"], ["queryset"]) and node.value.id[:1].isupper():
                problems.append(source.at(node.lineno, f"{names[0]} = {node.value.id}: no scope"))
    allowed = MAY_TOUCH_DATABASE.get(source.path, set())
    for node, name in calls(source.tree):
        first = node.args[0] if node.args else None
        if name in BY_MODEL and isinstance(first, ast.Name) and first.id[:1].isupper():
            problems.append(source.at(node.lineno, f"{name}({first.id}, …) without a scope"))
        if name in BEHIND_SCOPES - allowed:
            problems.append(source.at(node.lineno, f".{name}() reads behind the scopes"))
    return problems


def test_portal_reads_through_scopes() -> None:
    problems = [line for source in package("portal") for line in unscoped_reads(source)]
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Case.objects.for_user(user).pending()", 0),
        ("Publicity.objects.public()", 0),
        ("models.Case.objects.filter(pk=1)", 1),
        ("Case.objects.all().for_user(user)", 1),
        ("rows = Case.objects", 1),
        ("scope = Case.objects.for_user", 1),
        ("Case._default_manager.get(pk=1)", 1),
        ("get_object_or_404(Case, pk=1)", 1),
        ("get_object_or_404(Case.objects.for_user(user), pk=1)", 0),
        ("get_object_or_404(cases, pk=1)", 0),
        ("class V(DetailView):\n    model = Case", 1),
        ("connection.cursor()", 1),
        ("apps.get_model('cases', 'Case')", 1),
    ],
)
def test_unscoped_reads_are_found(text: str, found: int) -> None:
    assert len(unscoped_reads(Source("miaopu/portal/views/x.py", text))) == found


# ---------------------------------------------------------------- how portal writes

WRITES = frozenset(
    "save create update delete get_or_create update_or_create bulk_create bulk_update".split()
    + "asave acreate aupdate adelete aget_or_create aupdate_or_create add_events".split()
)
# Calls of these names that change no row of a model: the session, dictionaries, hashes.
NOT_ROWS = {
    *("request.session.save", "session.save", "digest.update", "_labels.update"),
}


def direct_writes(source: Source) -> list[str]:
    """Calls in portal that change rows: they belong to actions."""
    return [
        source.at(node.lineno, f"{ast.unparse(node.func)}(): writes are actions of the rooms below")
        for node, name in calls(source.tree)
        if name in WRITES and isinstance(node.func, ast.Attribute)
        if ast.unparse(node.func) not in NOT_ROWS
    ]


def test_portal_writes_through_actions() -> None:
    problems = [line for source in package("portal") for line in direct_writes(source)]
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("case.save()", 1),
        ("case.files.all().delete()", 1),
        ("Case.objects.for_user(u).update(state='x')", 1),
        ("Case.objects.create()", 1),
        ("form.save()", 1),
        ("request.session.save()", 0),
        ("approve_case(case, by=user)", 0),
    ],
)
def test_direct_writes_are_found(text: str, found: int) -> None:
    assert len(direct_writes(Source("miaopu/portal/views/x.py", text))) == found


# ---------------------------------------------------------------- what portal takes from the engine

SHOWN = tuple(
    f"miaopu.engine.{name}"
    for name in ("messages", "money", "masking", "calendar", "clock", "expressions.words")
)


def engine_in_portal(source: Source) -> list[str]:
    """Modules of the engine that portal runs and that are not about showing things."""
    return [
        source.at(one.line, f"{one.full}: ask the room that owns it")
        for one in imports(source)
        if one.is_within(["miaopu.engine"]) and not one.is_within(SHOWN)
    ]


def test_portal_takes_only_display_helpers_from_the_engine() -> None:
    problems = [line for source in package("portal") for line in engine_in_portal(source)]
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from miaopu.engine.matching import explain_one", 1),
        ("from miaopu.engine import matching", 1),
        ("import miaopu.engine.matching", 1),
        ("from miaopu.engine import masking", 0),
        ("from miaopu.engine.messages import Bilingual", 0),
        ("from miaopu.engine.messages_of_others import x", 1),
    ],
)
def test_engine_in_portal_is_found(text: str, found: int) -> None:
    assert len(engine_in_portal(Source("miaopu/portal/views/x.py", text))) == found
