"""Runs children in the foreground: starts them in order, restarts what dies, ends them all."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Self

from miaopu.engine.messages import Bilingual

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0
_TICK = 0.1


class PortRefused(RuntimeError):
    """The address cannot be listened on; the text names the port and what to do."""


class _StopAsked(BaseException):
    """SIGINT or SIGTERM came."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on `host` and `port`, to be handed to the web server.

    The supervisor holds it, so connections wait in its queue while a web server is restarted.
    Raises PortRefused where the port is taken or may not be used.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(address)
            opened.listen(512)
        except OSError:
            opened.close()
            raise
    except OSError as error:
        text = Bilingual(
            f"端口 {host}:{port} 不能使用（{error.strerror}），请用 --port 换一个端口",
            f"port {host}:{port} cannot be used ({error.strerror}): choose another with --port",
        )
        raise PortRefused(str(text)) from error
    return opened


@dataclass
class Child:
    """One child: how it starts, how to know that it is up, and how it ends."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[], None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 25.0
    stopped: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    pause: float = field(default=_FIRST_PAUSE, init=False)
    restart_at: float | None = field(default=None, init=False)

    def begin(self) -> None:
        """Start the child; raises what its `start` raises."""
        self.started_at = time.monotonic()
        self.restart_at = None
        self.process = self.start()

    def runs(self) -> bool:
        """Whether the child is alive now."""
        return self.process is not None and self.process.poll() is None

    def end(self) -> None:
        """Ask the child to end, wait, and end it by force where it does not."""
        if self.process is not None and self.runs():
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.stopped()


def report(line: object) -> None:
    """One line on standard error, at once."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class Supervisor:
    """Holds children for as long as a `with` block lasts; SIGINT and SIGTERM leave the block.

    Children ask the kernel to end with the thread that started them, so it is used from the main
    thread only.
    """

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._ending = False
        self._former: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for caught in (signal.SIGINT, signal.SIGTERM):
            self._former[caught] = signal.signal(caught, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self._ending = True
        try:
            for child in reversed(self._children):
                child.end()
        finally:
            for caught, former in self._former.items():
                signal.signal(caught, former)  # type: ignore[arg-type]
        return kind is _StopAsked

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._ending:
            raise _StopAsked

    def add(self, child: Child) -> None:
        """Start `child`, wait until it is up, and look after it from now on.

        Raises what its `start` and `ready` raise.
        """
        self._children.append(child)
        child.begin()
        child.ready()

    def run(self) -> None:
        """Restart children that die, until SIGINT or SIGTERM."""
        while True:
            for child in self._children:
                self._look_after(child)
            time.sleep(_TICK)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                self._restart(child)
            return
        status = child.process.poll() if child.process is not None else None
        if status is None:
            return
        if now - child.started_at > _STEADY_SECONDS:
            child.pause = _FIRST_PAUSE
        self._postpone(child, f"status {status}")

    def _postpone(self, child: Child, why: str) -> None:
        report(
            Bilingual(
                f"{child.name} 已退出（{why}），{child.pause:g} 秒后重启",
                f"{child.name} ended ({why}), restarting in {child.pause:g} s",
            )
        )
        child.restart_at = time.monotonic() + child.pause
        child.pause = min(child.pause * 2, _LONGEST_PAUSE)

    def _restart(self, child: Child) -> None:
        try:
            child.begin()
        except Exception as error:  # whatever it is, the next try may go well
            self._postpone(child, str(error))
