"""The process that reads a document which a stranger handed in, and may die of it.

`python -m miaopu.engine.plan_reader.child` takes the path of the file on standard input, puts
limits of memory and CPU time on itself, and answers on standard output with one JSON document:
{"read": …}, or {"refused": [message zh, en, remedy zh, en]}.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

import orjson

from miaopu.engine.plan_reader.errors import DocumentRefused
from miaopu.engine.plan_reader.files import read_file
from miaopu.engine.plan_reader.model import Reading

MEMORY_MAX = 1024 * 1024 * 1024
CPU_SECONDS = 30


def limit_itself() -> None:
    """Take no more memory, time and files than a document needs; the kernel sees to it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def content_of(reading: Reading) -> dict[str, Any]:
    """What a library keeps of a reading: head, text, clauses and citations with their places."""
    return {
        "title": reading.title,
        "number": reading.number,
        "issuer": reading.issuer,
        "date": reading.date,
        "text": reading.text,
        "clauses": [
            {"path": one.path, "title": one.title, "start": one.start, "end": one.end}
            for one in reading.clauses
        ],
        "citations": [
            {"title": one.title, "number": one.number, "raw": one.raw} for one in reading.citations
        ],
    }


def main() -> int:
    """Answer one request; 0 also where the file was refused."""
    limit_itself()
    path = Path(sys.stdin.read())
    try:
        answer: dict[str, Any] = {"read": content_of(read_file(path))}
    except DocumentRefused as error:
        message, remedy = error.message, error.remedy
        answer = {"refused": [message.zh, message.en, remedy.zh, remedy.en]}
    sys.stdout.buffer.write(orjson.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
