"""The process that reads a stranger's document and may die of it.

`python -m miaopu.engine.plan_reader.child` takes {"path"} as JSON on standard input, puts limits of
memory and CPU time on itself, and answers on standard output with one JSON document: the reading
(`as_json`), or {"refused": [...]} with what is wrong and what to do, in both languages.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson

from miaopu.engine.limited import limit_itself
from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.files import read_file

CPU_SECONDS = 60


def answer(path: Path) -> dict[str, Any]:
    """The reading of the document, or why it is refused."""
    try:
        return to_json(read_file(path))
    except DocumentRefused as error:
        message, remedy = error.message, error.remedy
        return {"refused": [message.zh, message.en, remedy.zh, remedy.en]}


def main() -> int:
    """Answer one request; 0 also where the document was refused."""
    limit_itself(CPU_SECONDS)
    asked = orjson.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(orjson.dumps(answer(Path(asked["path"]))))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
