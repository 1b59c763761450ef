"""The English catalogue is complete, and no Chinese stands in a page outside it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
import pytest

from tests.house.tree import Source, listed, sources
from tools import catalogue

HOW = "\nRun tools/catalogue.py, translate what it names in django.po, run it again."


def test_the_catalogue_is_complete_and_compiled() -> None:
    problems = catalogue.catalogue_problems()
    assert not problems, listed(problems) + HOW
    assert len(catalogue.read()) > 300


def test_no_chinese_in_templates_outside_translations() -> None:
    problems = catalogue.template_problems()
    assert not problems, listed(problems)


def test_no_chinese_in_page_facing_code_outside_translations() -> None:
    problems = catalogue.python_problems()
    assert not problems, listed(problems)


EAGER = ("gettext", "ngettext", "pgettext", "npgettext")


def _run_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what runs with it when the module is imported: no bodies of functions."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        yield from _run_on_import(child)


def translated_on_import(files: Iterable[Source]) -> list[str]:
    """Texts that keep the language of whoever imported the module first."""
    problems = []
    for source in files:
        names = {
            alias.asname or alias.name
            for node in source.tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if alias.name in EAGER
        }
        problems += [
            f"{source.path}:{node.lineno}: translated when the module is imported"
            for node in _run_on_import(source.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in names
        ]
    return problems


def test_nothing_is_translated_when_a_module_is_imported() -> None:
    problems = translated_on_import(sources(under="miaopu", suffixes=[".py"]))
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('X = (Column("a", _("中")),)', 1),
        ('X = lazy("中")', 0),
        ('def f() -> str:\n    return _("中")', 0),
        ('class A:\n    x = _("中")', 1),
        ('X = lambda: _("中")', 0),
    ],
)
def test_translating_on_import_is_found(line: str, found: int) -> None:
    head = "from django.utils.translation import gettext as _\n"
    head += "from django.utils.translation import gettext_lazy as lazy\n"
    assert len(translated_on_import([Source("miaopu/x.py", head + line)])) == found


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package in place of ours."""
    root = tmp_path / "miaopu"
    (root / "portal" / "templates").mkdir(parents=True)
    po = root / "portal" / "locale" / "django.po"
    po.parent.mkdir()
    for name, value in {
        "ROOT": tmp_path,
        "PACKAGE": root,
        "PO": po,
        "MO": po.with_suffix(".mo"),
    }.items():
        monkeypatch.setattr(catalogue, name, value)
    return root / "portal"


def translate(po: Path, **translations: str) -> None:
    """Fill in the catalogue and compile it."""
    file = polib.pofile(str(po))
    for entry in file:
        entry.msgstr = translations.get(entry.msgid, entry.msgstr)
    file.save()
    catalogue.write()


def test_texts_are_found_in_every_form(package: Path) -> None:
    (package / "templates" / "x.html").write_text(
        "{% comment %}注释 {% translate '不算' %}{% endcomment %}\n"
        "<c-x title=\"{% translate '属性' %}\" :help=\"_('冒号属性')\" />\n"
        "  {% blocktranslate with n=count %}共 {{ n }} 条{% endblocktranslate %}\n"
        "{% blocktranslate count n=n %}{{ n }} 项{% plural %}{{ n }} 项{% endblocktranslate %}\n"
        "{{ _('变量') }}\n",
        encoding="utf-8",
    )
    (package / "x.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"
        'A = _("甲" "乙")\nB = ngettext("%(n)s 个", "%(n)s 个", 2)\n'
        'C = pgettext_lazy("动作", "批准")\n',
        encoding="utf-8",
    )
    found = catalogue.extract()
    assert set(found) == {
        (None, "属性"),
        (None, "冒号属性"),
        (None, "共 %(n)s 条"),
        (None, "%(n)s 项"),
        (None, "变量"),
        (None, "甲乙"),
        (None, "%(n)s 个"),
        ("动作", "批准"),
    }
    assert found[None, "%(n)s 项"].plural == "%(n)s 项"


def test_missing_stale_and_broken_translations_are_found(package: Path) -> None:
    source = package / "x.py"
    source.write_text('_("甲")\n_("共 %(n)s 条")\n', encoding="utf-8")
    assert len(catalogue.write()) == 2
    assert any("not translated: '甲'" in line for line in catalogue.catalogue_problems())
    translate(catalogue.PO, 甲="A", **{"共 %(n)s 条": "%(n)s in all"})
    assert catalogue.catalogue_problems() == []
    source.write_text('_("甲")\n_("乙")\n', encoding="utf-8")
    problems = listed(catalogue.catalogue_problems())
    assert "not in the catalogue: '乙'" in problems
    assert "no longer used: '共 %(n)s 条'" in problems
    source.write_text('_("甲")\n_("共 %(n)s 条")\n', encoding="utf-8")
    translate(catalogue.PO, 甲="甲 again", **{"共 %(n)s 条": "in all"})
    problems = listed(catalogue.catalogue_problems())
    assert "not English: '甲 again'" in problems
    assert "other placeholders" in problems
    catalogue.MO.write_bytes(b"")
    assert "django.mo is stale" in listed(catalogue.catalogue_problems())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("<p>直接写的</p>", 1),
        ('<p title="直接写的">', 1),
        ("<p>A：B</p>", 1),
        ("<p>{% translate '直接写的' %}</p>", 0),
        ("{# 注释 #}<!-- 注释 -->", 0),
        ("<c-x :title=\"_('冒号属性')\" />", 0),
        ('<c-clause path="三/(二)" />', 0),
        ("{% blocktranslate %}多少{% endblocktranslate %}", 0),
        ("{% blocktranslate %}多少{% endblocktranslate %}：", 1),
    ],
)
def test_chinese_in_templates_is_found(package: Path, line: str, found: int) -> None:
    (package / "templates" / "x.html").write_text(f"<div>\n{line}\n", encoding="utf-8")
    assert len(catalogue.template_problems()) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('X = "直接写的"', 1),
        ('f(f"共 {n} 条")', 1),
        ('"""说明"""', 0),
        ('X = _("译")', 0),
        ('tell(user, f"已批准 {n}", f"{n} was approved")', 0),
        ('tell(user, "已批准", text)', 1),
        ('tell("approved", "已批准")', 1),
        ('raise Refused("数据目录已占用 / the folder is taken")', 0),
        ('raise Refused(f"目录 {n} 已占用 / folder {n} is taken")', 0),
        ('raise Refused("甲 / 乙")', 1),
        ('X = Bilingual("中", "en")', 0),
        ('X = messages.Bilingual(f"中 {n}", "en")', 0),
        ('X = "三/(二)"', 0),
        ("# 注释", 0),
    ],
)
def test_chinese_in_code_is_found(package: Path, line: str, found: int) -> None:
    (package / "x.py").write_text(f"n = 1\n{line}\n", encoding="utf-8")
    assert bool(catalogue.python_problems()) == bool(found)
