"""The reader of the checkout sees what it should."""

from pathlib import Path

from tests.house.tree import Source, calls, imports, package, sources, strings


def test_sources_leave_out_what_version_control_leaves_out(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("var/\n*.pyc\n", encoding="utf-8")
    for name in ("var/a.py", "kept/b.py", "kept/c.pyc", ".git/d.py", "kept/e.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n", encoding="utf-8")
    assert [source.path for source in sources(tmp_path)] == [".gitignore", "kept/b.py"]
    assert [source.path for source in sources(tmp_path, "kept", [".py"])] == ["kept/b.py"]


def test_the_package_is_found() -> None:
    modules = {source.module for source in package()}
    assert {"miaopu", "miaopu.engine.money", "miaopu.core.actions"} <= modules
    assert {source.room for source in package("ledger")} == {"ledger"}


def test_imports_for_types_are_told_apart() -> None:
    source = Source(
        "miaopu/core/x.py",
        "import os.path\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from miaopu.core.models import User\n"
        "def f():\n    from miaopu.core import clock as c\n",
    )
    assert [(one.full, one.known_as) for one in imports(source)] == [
        ("os.path", "os"),
        ("typing.TYPE_CHECKING", "TYPE_CHECKING"),
        ("miaopu.core.clock", "c"),
    ]
    assert "miaopu.core.models.User" in {one.full for one in imports(source, types_too=True)}


def test_calls_and_strings() -> None:
    tree = Source("x.py", "f(1); a.b.g('t'); (lambda: 0)()").tree
    assert sorted(name for _, name in calls(tree)) == ["", "f", "g"]
    assert list(strings(tree)) == [(1, "t")]
