"""The supervisor: restarts what dies, ends all, refuses a taken port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from miaopu.app.supervise import PortRefused, listen
from miaopu.core.processes import is_alive

SITE = """
import signal, sys
from pathlib import Path
from miaopu.app.supervise import Child, Supervisor
from miaopu.core.processes import start_child

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests are begun so
folder = Path(sys.argv[1])
LIVE = (
    "import os, signal, sys, time\\n"
    "from pathlib import Path\\n"
    "def end(*_):\\n"
    "    open(sys.argv[1] + '/ended', 'a').write(sys.argv[2] + ' ')\\n"
    "    sys.exit(0)\\n"
    "signal.signal(signal.SIGTERM, end)\\n"
    "Path(sys.argv[1], sys.argv[2]).write_text(str(os.getpid()))\\n"
    "time.sleep(600)\\n"
)

def child(name):
    path = folder / name
    def start():
        path.unlink(missing_ok=True)
        return start_child([sys.executable, "-c", LIVE, str(folder), name])
    def ready():
        while not (path.exists() and path.read_text()):
            pass
    return Child(name, start, ready=ready)

with Supervisor() as supervisor:
    supervisor.add(child("first"))
    supervisor.add(child("second"))
    print("up", flush=True)
    supervisor.run()
print("down", flush=True)
"""


def wait_for(what: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def number(path: Path) -> int:
    """The process id that the child wrote, 0 as long as there is none."""
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return int(text) if text else 0


@pytest.fixture
def site(tmp_path: Path):
    started = subprocess.Popen(
        [sys.executable, "-c", SITE, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "up\n"
    with started:
        yield started
        if started.poll() is None:
            started.kill()


def test_child_that_dies_is_restarted(site: subprocess.Popen[str], tmp_path: Path) -> None:
    before, other = number(tmp_path / "first"), number(tmp_path / "second")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: number(tmp_path / "first") not in {0, before})
    assert is_alive(number(tmp_path / "first"))
    assert number(tmp_path / "second") == other
    site.terminate()
    _, said = site.communicate(timeout=20)
    assert "first ended (status -9), restarting in 0.2 s" in said
    assert not is_alive(number(tmp_path / "first"))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_all_in_reverse_order(
    site: subprocess.Popen[str], tmp_path: Path, sent: signal.Signals
) -> None:
    children = [number(tmp_path / name) for name in ("first", "second")]
    site.send_signal(sent)
    out, _ = site.communicate(timeout=20)
    assert out == "down\n"
    assert site.returncode == 0
    assert not any(is_alive(child) for child in children)
    assert (tmp_path / "ended").read_text(encoding="ascii") == "second first "


def test_children_end_when_the_supervisor_is_killed(
    site: subprocess.Popen[str], tmp_path: Path
) -> None:
    children = [number(tmp_path / name) for name in ("first", "second")]
    site.kill()
    site.wait()
    wait_for(lambda: not any(is_alive(child) for child in children))


def test_pause_grows_while_a_child_keeps_dying(tmp_path: Path) -> None:
    code = (
        "from miaopu.app.supervise import Child, Supervisor\n"
        "from miaopu.core.processes import start_child\n"
        "with Supervisor() as supervisor:\n"
        "    supervisor.add(Child('false', lambda: start_child(['false'])))\n"
        "    print('up', flush=True)\n"
        "    supervisor.run()\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(1.5)
    started.terminate()
    _, said = started.communicate(timeout=20)
    pauses = [line.rsplit("restarting in ", 1)[1] for line in said.splitlines()]
    assert pauses[:3] == ["0.2 s", "0.4 s", "0.8 s"]
    assert len(pauses) <= 4


def test_taken_port_is_refused_before_anything_starts() -> None:
    with listen("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(PortRefused, match=rf"{port}.*--port"):
            listen("127.0.0.1", port)


def test_held_socket_lets_connections_wait() -> None:
    with listen("127.0.0.1", 0) as held, socket.create_connection(held.getsockname(), 5) as caller:
        accepted, _ = held.accept()
        with accepted:
            caller.sendall(b"x")
            assert accepted.recv(1) == b"x"
