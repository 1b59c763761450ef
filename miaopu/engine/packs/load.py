"""Checking and loading a pack: every *.yaml file of a folder, merged by top-level key."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from miaopu.engine.definitions.pieces import validated
from miaopu.engine.definitions.positions import Document, read_document
from miaopu.engine.definitions.refusals import Finding, PackError, Path, Refused, in_order, key_of
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.base_checks import check_base_parts
from miaopu.engine.packs.checks import check_examples, check_expressions, check_references
from miaopu.engine.packs.findings import findings_of
from miaopu.engine.packs.plan_checks import check_plan_parts
from miaopu.engine.packs.schema import Pack

MAX_FILES = 200
_SPREAD = "items"


@dataclass(frozen=True)
class PackCheck:
    """What a check found: the pack where it has no errors, the errors, and things to look at."""

    pack: Pack | None
    errors: tuple[PackError, ...]
    findings: tuple[Finding, ...]


class PackRefused(Refused):
    """A pack that cannot be loaded; `errors` lists every problem found."""


def load_pack(folder: FilePath) -> Pack:
    """The pack in `folder`; raises PackRefused if it has any error."""
    check = check_pack(folder)
    if check.pack is None:
        raise PackRefused(folder.name, check.errors)
    return check.pack


def check_pack(folder: FilePath) -> PackCheck:
    """Check the pack in `folder`: schema, references, expressions, examples, arithmetic."""
    data, documents, errors = _merged(folder)
    if errors:
        return PackCheck(None, tuple(in_order(errors)), ())
    pack, errors = validated(Pack, data, documents)
    if pack is not None:
        errors = [
            *check_references(pack, data, documents),
            *check_plan_parts(pack, documents),
            *check_base_parts(pack, documents),
            *check_expressions(pack, documents),
        ]
        if not errors:
            errors = check_examples(pack, documents)
    if errors or pack is None:
        return PackCheck(None, tuple(in_order(errors)), ())
    findings, errors = findings_of(pack, documents)
    if errors:
        return PackCheck(None, tuple(in_order(errors)), ())
    return PackCheck(pack, (), tuple(findings))


def _merged(folder: FilePath) -> tuple[dict[str, object], dict[str, Document], list[PackError]]:
    files = sorted(path for path in folder.rglob("*.yaml")) if folder.is_dir() else []
    if not files or len(files) > MAX_FILES:
        message = Bilingual("文件夹里没有 .yaml 文件", "the folder holds no .yaml files")
        remedy = Bilingual("请指定计划包的文件夹", "name the folder of a pack")
        return {}, {}, [PackError(str(folder), 1, "", message, remedy)]
    data: dict[str, object] = {}
    documents: dict[str, Document] = {}
    errors: list[PackError] = []
    for path in files:
        document = read_document(path, str(path.relative_to(folder)))
        errors += document.errors
        if document.errors:
            continue
        documents.setdefault("", document)
        if not isinstance(document.data, dict):
            message = Bilingual("文件应由若干键值组成", "the file must consist of keys and values")
            remedy = Bilingual("例如 programme: …", "such as programme: …")
            errors.append(PackError(document.file, 1, "", message, remedy))
            continue
        for key, value in document.data.items():
            errors += _add(data, documents, document, key, value)
    return data, documents, errors


def _add(
    data: dict[str, object],
    documents: dict[str, Document],
    document: Document,
    key: str,
    value: object,
) -> Iterator[PackError]:
    """Add one top-level key; only the entries of `items` may be spread over several files."""
    known = data.get(key)
    twice: list[Path] = []
    if key not in data:
        data[key] = dict(value) if isinstance(value, dict) else value
        documents[key] = document
    elif key == _SPREAD and isinstance(known, dict) and isinstance(value, dict):
        twice = [(key, name) for name in value if name in known]
        known |= {name: entry for name, entry in value.items() if name not in known}
    else:
        twice = [(key,)]
    if key == _SPREAD and isinstance(value, dict):
        for name in value:
            documents.setdefault(f"{key}.{name}", document)
    for path in twice:
        yield PackError(
            document.file,
            document.lines.get(path, 1),
            key_of(path),
            Bilingual(
                f"{path[-1]} 在另一个文件里已经有了", f"{path[-1]} stands in another file already"
            ),
            Bilingual("只保留一处", "keep one of them"),
        )
