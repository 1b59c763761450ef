"""Templates hold no inline code, and nothing lies about that no page uses."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pytest

from tests.house.tree import ROOT, Source, listed, package, sources, strings

TEMPLATES, STATIC = "miaopu/portal/templates/", "miaopu/portal/static/"
COMPONENTS = f"{TEMPLATES}cotton/"

# ---------------------------------------------------------------- no inline code

_COMMENT = re.compile(r"{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"{%.*?%}", re.DOTALL)
_VALUE = re.compile(r"{{.*?}}", re.DOTALL)
DATA_TYPES = {"application/json", "application/ld+json"}


def _keep_lines(match: re.Match[str], instead: str) -> str:
    return instead + "\n" * match[0].count("\n")


def bare_html(template: str) -> str:
    """A template without Django's own marks, line by line where it was."""
    text = _COMMENT.sub(lambda match: _keep_lines(match, ""), template)
    text = _TAG.sub(lambda match: _keep_lines(match, " "), text)
    return _VALUE.sub(lambda match: _keep_lines(match, "x"), text)


class _InlineFinder(HTMLParser):
    """Finds what the content-security policy would refuse, in components' attributes too."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def _note(self, what: str) -> None:
        self.found.append((self.getpos()[0], what))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style":
            self._note("<style>")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_TYPES:
            self._note("<script> without src")
        for given, value in attrs:
            name = given.lstrip(":")
            if name == "style" or name.startswith(("on", "hx-on")):
                self._note(f"<{tag} {given}=…>")
            if (value or "").replace(" ", "").lower().startswith("javascript:"):
                self._note(f"<{tag} {given}=javascript:…>")


def inline_code(source: Source) -> list[str]:
    """Inline script, style and handlers of a template."""
    finder = _InlineFinder()
    finder.feed(bare_html(source.text))
    finder.close()
    return [source.at(line, what) for line, what in finder.found]


def test_templates_hold_no_inline_code() -> None:
    files = sources(under=TEMPLATES, suffixes=[".html"])
    assert len(files) > 30
    problems = [line for source in files for line in inline_code(source)]
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<script>go()</script>", 1),
        ("<script src=\"{% static 'x.js' %}\" defer></script>", 0),
        ('<script type="application/json">{"a": 1}</script>', 0),
        ('<script type="module">go()</script>', 1),
        ("<style>p {}</style>", 1),
        ('<p style="color: red">', 1),
        ('<p{% if bad %} style="color: red"{% endif %}>', 1),
        ('<progress style="width:{{ done }}%">', 1),
        ('<c-button :style="x" />', 1),
        ('<a onclick="go()">', 1),
        ('<a ONCLICK="go()">', 1),
        ('<form hx-on:submit="go()">', 1),
        ('<a href="javascript:go()">', 1),
        ('<a href=" javascript:go()">', 1),
        ("{% comment %}<p style='x'>{% endcomment %}{# <p style='x'> #}", 0),
        ('<td{% if column.end %} class="end"{% endif %} title="{% translate "一" %}">', 0),
    ],
)
def test_inline_code_is_found(text: str, found: int) -> None:
    problems = inline_code(Source(f"{TEMPLATES}x.html", f"<p>\n{text}"))
    assert len(problems) == found
    assert all(":2: " in problem for problem in problems)


# ---------------------------------------------------------------- nothing unused

# Templates that libraries and Django look for by their name.
NAMED_BY_OTHERS = {"404.html", "403.html", "400.html", "500.html", "429.html"}
_COMPONENT = re.compile(r"<c-([a-z0-9_.-]+)")


def component_names(text: str) -> set[str]:
    """Paths below cotton/ of the components that a template uses."""
    names = {name.replace("-", "_").replace(".", "/") for name in _COMPONENT.findall(text)}
    return {f"{name}.html" for name in names - {"vars", "slot"}}


def unused_templates(templates: Iterable[Source], python: Iterable[Source]) -> list[str]:
    """Templates that no other template and no Python file names, components that none uses."""
    templates = list(templates)
    in_python = {value.partition("#")[0] for one in python for _, value in strings(one.tree)}
    problems = []
    for source in templates:
        others = [_COMMENT.sub("", one.text) for one in templates if one.path != source.path]
        if source.path.startswith(COMPONENTS):
            name = source.path.removeprefix(COMPONENTS)
            used = any(name in component_names(text) for text in others)
        else:
            name = source.path.removeprefix(TEMPLATES)
            named = re.compile(rf"""["']{re.escape(name)}[#"']""")
            used = name in in_python | NAMED_BY_OTHERS or any(map(named.search, others))
            used = used or _is_made_up(name, in_python)
        if not used:
            problems.append(f"{source.path}: nothing uses it")
    return problems


def _is_made_up(name: str, in_python: set[str]) -> bool:
    """Whether Python makes the name from a folder that it states: f"gallery/states/{name}.html"."""
    folder = name.rpartition("/")[0]
    return bool(folder) and f"{folder}/" in in_python and ".html" in in_python


def unused_static(files: Iterable[str], users: Iterable[Source]) -> list[str]:
    """Static files that no template, style sheet, script or Python file names."""
    text = "\n".join(one.text for one in users)
    return [f"{STATIC}{name}: nothing uses it" for name in files if name not in text]


def test_every_template_is_used() -> None:
    problems = unused_templates(sources(under=TEMPLATES, suffixes=[".html"]), package())
    assert not problems, listed(problems)


def test_every_static_file_is_used() -> None:
    folder = ROOT / STATIC
    files = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in {".md", ".txt"}
    ]
    assert "portal/miaopu.css" in files
    problems = unused_static(files, [*sources(under=TEMPLATES), *package("portal")])
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("path", "user", "used"),
    [
        ("office/queue.html", '{% include "office/queue.html" %}', True),
        ("office/queue.html", "{% include 'office/queue.html#rows' %}", True),
        ("office/queue.html", '{# {% include "office/queue.html" %} #}', False),
        ("office/queue.html", '{% include "old/office/queue.html" %}', False),
        ("cotton/page_head.html", "<c-page-head title='x' />", True),
        ("cotton/page_head.html", "<c-page />", False),
        ("cotton/forms/row.html", "<c-forms.row />", True),
        ("404.html", "", True),
    ],
)
def test_unused_templates_are_found(path: str, user: str, used: bool) -> None:
    files = [Source(TEMPLATES + path, f"<p>{user}</p>"), Source(f"{TEMPLATES}404.html", user)]
    if path == "404.html":
        files = files[:1]
    assert unused_templates(files, []) == ([] if used else [f"{TEMPLATES}{path}: nothing uses it"])


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ('render(request, "office/queue.html", {})', True),
        ('render(request, "office/queue.html#rows", {})', True),
        ('render(request, f"office/{name}.html")', True),
        ('render(request, f"offices/{name}.html")', False),
    ],
)
def test_templates_named_in_python_are_used(text: str, used: bool) -> None:
    template = Source(f"{TEMPLATES}office/queue.html", "")
    problems = unused_templates([template], [Source("miaopu/portal/views/x.py", text)])
    assert (problems == []) == used


def test_unused_static_files_are_found() -> None:
    user = Source(f"{TEMPLATES}x.html", "{% static 'portal/a.css' %}")
    assert len(unused_static(["portal/a.css", "portal/b.css"], [user])) == 1
