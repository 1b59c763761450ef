"""The English catalogue: finds every Chinese source text, updates the catalogue, compiles it.

    python tools/catalogue.py            update miaopu/portal/locale/en and compile it
    python tools/catalogue.py --check    fail where something is missing, stale or out of place

Needs no GNU gettext: Babel reads the sources, polib the catalogue. A new text enters the catalogue
with an empty translation, one that is no longer used leaves it.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "miaopu"
PO = PACKAGE / "portal" / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

# Rooms whose texts are not pages' texts: the engine's messages carry both languages (Bilingual),
# the command line prints both in one line, the demo's names are data.
NOT_PAGES = ("engine/", "app/")
# `refuse` and `wrong` make such messages of files and cells (miaopu.engine.sheets).
BILINGUAL_CALLS = frozenset({"Bilingual", "Text", "refuse", "wrong"})
GETTEXT_CALLS = frozenset(
    f"{prefix}gettext{suffix}" for prefix in ("", "n", "p", "np") for suffix in ("", "_lazy")
) | {"_", "gettext_noop"}
# English texts that keep a Chinese word on purpose.
KEEPS_CHINESE = frozenset({"中文"})

_KEYWORDS: dict[str, tuple[object, ...] | None] = {"_": None, "gettext_noop": None}
for _suffix in ("", "_lazy"):
    _KEYWORDS[f"gettext{_suffix}"] = None
    _KEYWORDS[f"ngettext{_suffix}"] = (1, 2)
    _KEYWORDS[f"pgettext{_suffix}"] = ((1, "c"), 2)
    _KEYWORDS[f"npgettext{_suffix}"] = ((1, "c"), 2, 3)

_CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]")
_BOTH_LANGUAGES = re.compile(r"[\u4e00-\u9fff].* / .*[A-Za-z]{3}", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_COTTON_GETTEXT = re.compile(r"""_\(\s*(?:'([^']+)'|"([^"]+)")\s*\)""")
_TEMPLATE_COMMENT = re.compile(
    r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL
)
_TEMPLATE_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL
)
_TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


@dataclass
class Message:
    """A source text and the files it stands in."""

    msgid: str
    plural: str = ""
    context: str | None = None
    places: list[str] = field(default_factory=list)


Key = tuple[str | None, str]


def python_files() -> Iterator[Path]:
    """Modules of the package whose texts may reach pages."""
    yield from (path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts)


def template_files() -> Iterator[Path]:
    """All templates."""
    yield from sorted(PACKAGE.rglob("templates/**/*.html"))


def _from_python(source: str) -> Iterator[Message]:
    stream = io.BytesIO(source.encode())
    for _line, function, found, _comments in extract_python(stream, _KEYWORDS, (), {}):
        texts = [text for text in (found if isinstance(found, tuple) else (found,)) if text]
        if not texts:
            continue
        context = texts.pop(0) if function.startswith(("p", "np")) else None
        yield Message(
            texts[0], texts[1] if "ngettext" in function or "npg" in function else "", context
        )


def _from_template(source: str) -> Iterator[Message]:
    """Texts of a template; `_()` in a component's attributes is plain text to Django's lexer."""
    pseudo = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    yield from _from_python(pseudo)
    for match in _COTTON_GETTEXT.finditer(_TEMPLATE_TAG.sub("", _TEMPLATE_COMMENT.sub("", source))):
        yield Message(match[1] or match[2])


def extract() -> dict[Key, Message]:
    """Every text to be translated, in the order of the files."""
    found: dict[Key, Message] = {}
    for path in [*python_files(), *template_files()]:
        source = path.read_text(encoding="utf-8")
        messages = _from_template(source) if path.suffix == ".html" else _from_python(source)
        for message in messages:
            kept = found.setdefault((message.context, message.msgid), message)
            kept.plural = kept.plural or message.plural
            place = path.relative_to(ROOT).as_posix()
            if place not in kept.places:
                kept.places.append(place)
    return found


def read() -> polib.POFile:
    """The catalogue as committed; an empty one where there is none."""
    if PO.exists():
        return polib.pofile(str(PO), wrapwidth=100)
    return polib.POFile(wrapwidth=100)


def updated(catalogue: polib.POFile, found: dict[Key, Message]) -> polib.POFile:
    """A catalogue of exactly the texts found, with the translations there are."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for key, message in found.items():
        old = known.get(key)
        entry = polib.POEntry(
            msgid=message.msgid,
            msgctxt=message.context,
            occurrences=[(place, "") for place in message.places],
            flags=["python-format"] if "%(" in message.msgid else [],
        )
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = (
                dict(old.msgstr_plural) if old and old.msgstr_plural else {0: "", 1: ""}
            )
        else:
            entry.msgstr = old.msgstr if old else ""
        fresh.append(entry)
    return fresh


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def catalogue_problems() -> list[str]:
    """What is missing, fuzzy, stale, misses a placeholder or is not English, one line each."""
    catalogue, found = read(), extract()
    committed = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    problems = [f"not in the catalogue: {msgid!r}" for _c, msgid in found.keys() - committed.keys()]
    problems += [f"no longer used: {msgid!r}" for _c, msgid in committed.keys() - found.keys()]
    for entry in catalogue:
        if entry.fuzzy:
            problems.append(f"fuzzy: {entry.msgid!r}")
        for text in _texts(entry):
            if not text:
                problems.append(f"not translated: {entry.msgid!r}")
            elif entry.msgid not in KEEPS_CHINESE and _CHINESE.search(text):
                problems.append(f"not English: {text!r}")
        wanted = set(_PLACEHOLDER.findall(entry.msgid))
        for text in filter(None, _texts(entry)):
            if not entry.msgid_plural and set(_PLACEHOLDER.findall(text)) != wanted:
                problems.append(f"other placeholders: {entry.msgid!r} → {text!r}")
    if not MO.exists() or MO.read_bytes() != catalogue.to_binary():
        problems.append(f"{MO.name} is stale: run tools/catalogue.py")
    return sorted(problems)


def template_problems() -> list[str]:
    """Chinese in templates outside the tags that translate it, one line each."""
    problems = []
    for path in template_files():
        text = path.read_text(encoding="utf-8")
        for pattern in (_TEMPLATE_COMMENT, _TEMPLATE_BLOCK, _TEMPLATE_TAG, _COTTON_GETTEXT):
            text = pattern.sub(lambda match: "\n" * match[0].count("\n"), text)
        for number, line in enumerate(text.splitlines(), start=1):
            if _CHINESE.search(line) and not _only_symbols(line):
                problems.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return problems


def _only_symbols(line: str) -> bool:
    """Whether the Chinese in a line is a clause's path (三/(二)), which nobody translates."""
    return not _CHINESE.search(
        re.sub(r"[一二三四五六七八九十]+(/\([一二三四五六七八九十]+\))*", "", line)
    )


def _literal(node: ast.expr | None) -> str | None:
    """What a literal or an f-string says; None for any other expression."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _is_chinese(node: ast.expr | None) -> bool:
    text = _literal(node)
    return text is not None and bool(_CHINESE.search(text))


def _is_english(node: ast.expr | None) -> bool:
    text = _literal(node)
    return text is not None and not _CHINESE.search(text)


class _Literals(ast.NodeVisitor):
    """Collects Chinese literals that no call translates.

    A Chinese argument that its English follows at once is a bilingual pair: f("中文", "English").
    """

    def __init__(self) -> None:
        self.found: list[ast.Constant] = []

    def visit_Call(self, node: ast.Call) -> None:
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name in BILINGUAL_CALLS | GETTEXT_CALLS:
            return
        self.visit(node.func)
        followers = [*node.args[1:], None]
        for argument, follower in zip(node.args, followers, strict=False):
            if not (_is_chinese(argument) and _is_english(follower)):
                self.visit(argument)
        for keyword in node.keywords:
            self.visit(keyword)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        if not _BOTH_LANGUAGES.search(_literal(node) or ""):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # docstrings may quote Chinese terms
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if not isinstance(node.value, str) or _BOTH_LANGUAGES.search(node.value):
            return
        if _CHINESE.search(node.value) and not _only_symbols(node.value):
            self.found.append(node)


def python_problems() -> list[str]:
    """Chinese literals in page-facing modules that are neither translated nor bilingual."""
    problems = []
    for path in python_files():
        if path.relative_to(PACKAGE).as_posix().startswith(NOT_PAGES):
            continue
        visitor = _Literals()
        visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
        for node in visitor.found:
            problems.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}")
    return problems


def write() -> list[str]:
    """Update and compile the catalogue; the texts that still need a translation."""
    catalogue = updated(read(), extract())
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(PO))
    MO.write_bytes(polib.pofile(str(PO), wrapwidth=100).to_binary())
    return [entry.msgid for entry in catalogue if not all(_texts(entry))]


def main() -> int:
    """Command line; 1 where something has to be done by hand."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="change nothing, fail on problems")
    arguments = parser.parse_args()
    if not settings.configured:
        settings.configure(USE_I18N=True)  # Django's template lexer asks for settings
    if arguments.check:
        problems = [*catalogue_problems(), *template_problems(), *python_problems()]
    else:
        problems = [f"not translated: {msgid!r}" for msgid in write()]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} problem(s)", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
