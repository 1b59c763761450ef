"""Reading a document that a stranger handed in, in a child process that may die of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from miaopu.engine.messages import Bilingual
from miaopu.engine.plan_reader.child import CPU_SECONDS, MEMORY_MAX
from miaopu.engine.plan_reader.errors import DocumentRefused, refused

_CHILD = (sys.executable, "-I", "-m", "miaopu.engine.plan_reader.child")
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
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        )
    except subprocess.TimeoutExpired:
        raise _too_long() from None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_long()
    try:
        document: dict[str, Any] = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        raise refused(
            f"文件无法读取：内容损坏，或读取需要超过 {MEMORY_MAX // 1024**3} GB 内存",
            f"the file is damaged, or needs more than {MEMORY_MAX // 1024**3} GB of memory",
            "请检查文件，或只保留正文",
            "check the file, or keep only the plan's own text",
        ) from None
    if "refused" in document:
        zh, en, remedy_zh, remedy_en = document["refused"]
        raise DocumentRefused(Bilingual(zh, en), Bilingual(remedy_zh, remedy_en))
    return document


def _too_long() -> DocumentRefused:
    return refused(
        f"读取超过 {CPU_SECONDS} 秒，已停止",
        f"reading took longer than {CPU_SECONDS} seconds and was stopped",
        "请拆分文件，或只保留正文",
        "split it, or keep only the plan's own text",
    )
