"""A lock on a file that the kernel frees when its holder ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path


class FileLock:
    """An advisory lock on `path`; one exclusive holder, or any number of shared ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def acquire(self, *, shared: bool = False, seconds: float = 0) -> bool:
        """Take the lock; wait up to `seconds` for it. True where it is held afterwards."""
        if self._file is not None:
            return True
        opened = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(opened, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    os.close(opened)
                    return False
                time.sleep(0.05)
        self._file = opened
        if not shared:
            os.ftruncate(opened, 0)
            os.pwrite(opened, str(os.getpid()).encode("ascii"), 0)
        return True

    def holder(self) -> str:
        """The process id that the last exclusive holder wrote, "?" where there is none."""
        try:
            return self.path.read_text(encoding="ascii").strip() or "?"
        except FileNotFoundError:
            return "?"

    def release(self) -> None:
        """Give the lock free; nothing happens where it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
