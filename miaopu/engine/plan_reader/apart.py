"""Reading a document that a stranger handed in, in a child process that may die of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from miaopu.engine.messages import Bilingual
from miaopu.engine.plan_reader.errors import DocumentRefused, refused

_CHILD = (sys.executable, "-I", "-m", "miaopu.engine.plan_reader.child")
WAIT_SECONDS = 60.0


def read_apart(path: Path, *, wait_seconds: float = WAIT_SECONDS) -> dict[str, Any]:
    """What `child.content_of` keeps of the document at `path`.

    Raises DocumentRefused where the file is refused, or its reader dies or takes too long.
    """
    try:
        done = subprocess.run(
            _CHILD,
            input=str(path).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=wait_seconds,
            check=False,
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        )
        answer = orjson.loads(done.stdout)
    except (subprocess.TimeoutExpired, orjson.JSONDecodeError) as error:
        raise refused(
            "文件无法读取：内容损坏，或读取所需的时间、内存过多",
            "the file cannot be read: it is damaged, or reading takes too much time or memory",
            "请另存为 docx 或 txt 后再试，或拆分文件",
            "save it as docx or txt and try again, or split it",
        ) from error
    if "refused" in answer:
        zh, en, remedy_zh, remedy_en = answer["refused"]
        raise DocumentRefused(Bilingual(zh, en), Bilingual(remedy_zh, remedy_en))
    read: dict[str, Any] = answer["read"]
    return read
