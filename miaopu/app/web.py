"""The web server: gunicorn on a socket that the supervisor holds. Its settings are all here."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from miaopu.core.processes import start_child

WORKERS = 2
THREADS = 4
_READY_SECONDS = 60
_ANSWER_SECONDS = 20


def child_environment() -> dict[str, str]:
    """The environment of this process, less what would change the web server's settings."""
    kept = {name: value for name, value in os.environ.items() if name != "GUNICORN_CMD_ARGS"}
    return {"DJANGO_SETTINGS_MODULE": "miaopu.app.settings", **kept}


def start_web(listening: socket.socket) -> subprocess.Popen[bytes]:
    """Start the web server on the listening socket, as a child that ends with this process."""
    command = [
        *(sys.executable, "-m", "gunicorn", "miaopu.app.wsgi:application"),
        *("--config", "python:miaopu.app.web_hooks"),
        *("--bind", f"fd://{listening.fileno()}"),
        *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)),
        *("--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "5"),
        # The master reads the program once; a worker that died is back by a fork.
        *("--preload", "--log-level", "warning", "--no-control-socket"),
    ]
    return start_child(command, env=child_environment(), keep_open=[listening.fileno()])


def start_worker() -> subprocess.Popen[bytes]:
    """Start the worker of background jobs, as a child that ends with this process."""
    command = [sys.executable, "-m", "django", "run_worker"]
    return start_child(command, env=child_environment())


def wait_until_it_answers(host: str, port: int, runs: Callable[[], bool]) -> None:
    """Ask for the first page until the web server answers it.

    Raises TimeoutError where it ends, or after a minute.
    """
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and runs():
        connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < 500:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise TimeoutError(
        "网页服务没有正常应答，原因见上面的日志 / "
        "the web server gave no good answer; the lines above say why"
    )
