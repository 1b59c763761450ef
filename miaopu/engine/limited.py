"""Limits of a process that reads a stranger's file and may die of it, and why it has died."""

from __future__ import annotations

import resource
import signal

from miaopu.engine.messages import Bilingual

MEMORY_MAX = 1024 * 1024 * 1024
SURROUNDINGS = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
"""All that such a process gets of its starter's environment."""


def limit_itself(cpu_seconds: int) -> None:
    """Take no more memory and time than a file needs, and write none; the kernel sees to it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def ran_too_long(status: int | None) -> bool:
    """Whether the process ended for its time; None for one that was not waited for any longer."""
    return status in (None, -signal.SIGXCPU, -signal.SIGKILL)


def why_died(status: int | None, cpu_seconds: int) -> Bilingual:
    """What to say of a file whose reader died: of time, of memory, or of the content."""
    if ran_too_long(status):
        return Bilingual(
            f"读取超过 {cpu_seconds} 秒，已停止",
            f"reading took longer than {cpu_seconds} seconds and was stopped",
        )
    limit = MEMORY_MAX // 1024**3
    return Bilingual(
        f"文件无法读取：内容损坏，或读取需要超过 {limit} GB 内存",
        f"the file cannot be read: it is damaged, or needs more than {limit} GB of memory",
    )
