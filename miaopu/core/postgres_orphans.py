"""What a killed supervisor of the embedded PostgreSQL may leave behind."""

import os
import signal
import time
from pathlib import Path

from miaopu.core.processes import is_alive

_PATIENCE = 10.0


def end_orphans(cluster: Path) -> None:
    """End server processes of `cluster`, and drop a lock file that names a stranger's process.

    Call it only while holding the data folder's lock: then nobody supervises those processes.
    A lock file whose process is gone stays: PostgreSQL checks its shared memory by it.
    """
    lock_file = cluster / "postmaster.pid"
    main = _first_number(lock_file)
    for sent in (signal.SIGINT, signal.SIGKILL):
        left = _processes_in(cluster)
        for pid in left:
            if pid == main or sent == signal.SIGKILL:
                _send(pid, sent)
        until = time.monotonic() + _PATIENCE
        while any(is_alive(pid) for pid in left) and time.monotonic() < until:
            time.sleep(0.05)
    if main is not None and is_alive(main):
        lock_file.unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[int]:
    """Processes whose working folder is `folder`, where every PostgreSQL process stands."""
    found = []
    for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
        if entry.name.isdecimal():
            try:
                here = (entry / "cwd").readlink() == folder
            except OSError:  # gone, or another user's
                continue
            if here and is_alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _send(pid: int, sent: signal.Signals) -> None:
    try:
        os.kill(pid, sent)
    except ProcessLookupError:
        return
