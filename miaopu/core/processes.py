"""Child processes that end with their parent, and the account a server runs under."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """A user of the operating system, as a process needs it."""

    uid: int
    gid: int


def unprivileged_account(name: str = "nobody") -> Account | None:
    """The account that servers run under when this process is root; None when it is not.

    PostgreSQL refuses to run as root, so an account that every system has is taken: no user is
    ever created. Raises KeyError where the system has no such account.
    """
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(name)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def can_enter(folder: Path, account: Account) -> bool:
    """Whether `account` may pass through `folder` and every folder above it.

    Folders that do not exist yet are left out: whoever makes them sets their mode.
    """
    for part in (folder, *folder.parents):
        if not part.exists():
            continue
        found = part.stat()
        if found.st_uid == account.uid:
            allowed = found.st_mode & 0o100
        elif found.st_gid == account.gid:
            allowed = found.st_mode & 0o010
        else:
            allowed = found.st_mode & 0o001
        if not allowed:
            return False
    return True


def die_with_parent(
    sent: signal.Signals = signal.SIGTERM, parent: int | None = None
) -> Callable[[], None]:
    """A `preexec_fn` that asks the kernel to send `sent` to the child when its parent is gone.

    `parent` is the process that is to start the child; None is this one.
    The signal follows the *thread* that started the child, so children are started from a thread
    that lives as long as they may. Elsewhere than on Linux it does nothing.
    """
    expected = os.getpid() if parent is None else parent

    def ask() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
        if os.getppid() != expected:  # the parent went before the kernel was asked
            os._exit(1)

    return ask


def start_child(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
    output: IO[bytes] | int | None = None,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` as a child that ends with this process, in a process group of its own.

    Its own group keeps the Ctrl-C of a terminal away from it: the supervisor alone decides the
    order in which children end. `output` takes both streams of the child; None leaves them as
    they are. Raises OSError where the command cannot be run.
    """
    return subprocess.Popen(
        list(command),
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        process_group=0,
        preexec_fn=die_with_parent(on_parent_death),
        pass_fds=tuple(keep_open),
    )


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists (one that ended and waits to be reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}
