"""Reading a document that a stranger handed in, in a child process that may die of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from miaopu.engine.limited import SURROUNDINGS, ran_too_long, why_died
from miaopu.engine.messages import Bilingual
from miaopu.engine.plan_reader.child import CPU_SECONDS
from miaopu.engine.plan_reader.errors import SPLIT, DocumentRefused

_CHILD = (sys.executable, "-I", "-m", "miaopu.engine.plan_reader.child")
_CHECK = Bilingual("请检查文件，或只保留正文", "check the file, or keep only the plan's own text")
SECONDS = 180.0
"""How long the child may take by the clock, whatever the machine is busy with."""


def read_limited(path: Path, *, seconds: float = SECONDS) -> dict[str, Any]:
    """The reading of the document at `path` as `plan read` prints it.

    Raises DocumentRefused where the document is refused, or where the child dies of it.
    """
    request = orjson.dumps({"path": str(path)})
    try:
        done = subprocess.run(
            _CHILD,
            input=request,
            capture_output=True,
            check=False,
            timeout=seconds,
            env=SURROUNDINGS,
        )
    except subprocess.TimeoutExpired:
        raise _died(None) from None
    try:
        document: dict[str, Any] = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        raise _died(done.returncode) from None
    if "refused" in document:
        zh, en, remedy_zh, remedy_en = document["refused"]
        raise DocumentRefused(Bilingual(zh, en), Bilingual(remedy_zh, remedy_en))
    return document


def _died(status: int | None) -> DocumentRefused:
    remedy = SPLIT if ran_too_long(status) else _CHECK
    return DocumentRefused(why_died(status, CPU_SECONDS), remedy)
