"""A real `miaopu demo` in a data folder of its own, and its processes by name."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from miaopu.core.postgres import EmbeddedPostgres
from miaopu.core.processes import is_alive

ROOT = Path(__file__).resolve().parents[2]
MIAOPU = (sys.executable, "-c", "from miaopu.app.cli import main; main()")
OURS = ("MIAOPU_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "FAIL_INVALID_TEMPLATE_VARS")
START_SECONDS = 180
OWN_SLOWNESS = 2.0  # what four walkers make of two cores
Row = tuple[Any, ...]


def wait_until(what: Callable[[], Any], seconds: float, why: str) -> float:
    """Wait until `what()` is true and return how long it took; fails after `seconds`."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, f"{why}: not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


def slowness() -> float:
    """How many times longer than its own CPU time a process takes now: 1 where cores are free."""
    burn = (
        "import time; wall, cpu = time.monotonic(), time.process_time()\n"
        "while time.process_time() - cpu < 0.3: pass\n"
        "print((time.monotonic() - wall) / 0.3)"
    )
    done = subprocess.run([sys.executable, "-c", burn], capture_output=True, text=True, check=True)
    return float(done.stdout)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_line(pid: int) -> str:
    """What the process was started as; "" where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def children(pid: int) -> list[int]:
    """Direct children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(stat[1]) == pid and stat[0] != "Z":
                found.append(int(entry.name))
    return found


class DemoSite:
    """The demo under its own supervisor; `start` and `stop` may be called again."""

    def __init__(self, folder: Path, enterprises: int) -> None:
        self.folder = folder
        self.enterprises = enterprises
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._helper: subprocess.Popen[str] | None = None
        self.url = EmbeddedPostgres(folder / "data").url()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of everything that belongs to this site."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {**kept, "MIAOPU_DATA_DIR": str(self.folder / "data")}

    @property
    def log(self) -> str:
        """What the site has said so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start the demo and wait until it answers."""
        command = [*MIAOPU, "demo", "--no-cases", "--port", str(self.port)]
        command += ["--enterprises", str(self.enterprises)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        process = self.process

        def up() -> bool:
            assert process.poll() is None, f"the demo ended: {self.log[-2000:]}"
            return self.answers()

        try:
            wait_until(up, START_SECONDS, "the demo answers")
        except AssertionError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the demo and all its children, as Ctrl-C does."""
        self._end_helper()
        if self.process is None:
            return
        process, self.process = self.process, None
        family = self._family(process.pid)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pid in family:
            if is_alive(pid) and pid != process.pid:
                os.kill(pid, signal.SIGKILL)

    def _family(self, pid: int) -> list[int]:
        return [pid, *(one for child in children(pid) for one in self._family(child))]

    def answers(self, path: str = "/") -> bool:
        """Whether the page, which needs the database, is answered with 200 now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    # ------------------------------------------------------------ its processes

    def _child(self, words: str) -> int | None:
        assert self.process is not None
        for pid in children(self.process.pid):
            if words in command_line(pid):
                return pid
        return None

    def web_master(self) -> int | None:
        """The master of the web server."""
        return self._child("gunicorn")

    def web_workers(self) -> list[int]:
        """The workers of the web server that runs now."""
        master = self.web_master()
        return children(master) if master else []

    def job_worker(self) -> int | None:
        """The worker of background jobs."""
        return self._child("run_worker")

    def postmaster(self) -> int | None:
        """The main process of the database server."""
        return self._child("/postgres ")

    def backends(self) -> list[int]:
        """Database processes that serve the web server and the worker."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
            ).fetchall()
        return [int(row[0]) for row in rows]

    def kill(self, pid: int) -> None:
        """End one process of this site at once."""
        assert self.process is not None
        assert pid in self._family(self.process.pid), f"{pid} is not ours"
        os.kill(pid, signal.SIGKILL)

    # ------------------------------------------------------------ its database and verbs

    def connect(self) -> psycopg.Connection[Row]:
        """A connection of our own to the site's database; waits while PostgreSQL comes back."""
        for _try in range(120):
            try:
                return psycopg.connect(self.url, autocommit=True, connect_timeout=5)
            except psycopg.OperationalError:
                time.sleep(0.25)
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)

    def rows(self, statement: str, parameters: Any = ()) -> list[Row]:
        """What a statement that only reads gives; asked again where a kill met it."""
        for _try in range(5):
            try:
                with self.connect() as connection:
                    return connection.execute(statement, parameters).fetchall()  # type: ignore[arg-type]
            except psycopg.OperationalError:
                time.sleep(0.5)
        with self.connect() as connection:
            return connection.execute(statement, parameters).fetchall()  # type: ignore[arg-type]

    def one(self, statement: str, parameters: Any = ()) -> Any:
        """The first value of the first row."""
        return self.rows(statement, parameters)[0][0]

    def verb(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `miaopu …` beside the site."""
        return subprocess.run(
            [*MIAOPU, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def verified_books(self) -> dict[str, Any]:
        """What `miaopu verify-books` says; fails where the books do not agree."""
        done = self.verb("verify-books", "--format", "json")
        assert done.returncode == 0, done.stdout + done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        assert result["ok"], result["findings"]
        return result

    def prepare(self, **request: Any) -> dict[str, Any]:
        """Let `tests.fault.prepare` make people and cases by the product's own actions."""
        if self._helper is None:
            self._helper = subprocess.Popen(
                [sys.executable, "-m", "tests.fault.prepare"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env={
                    **self.environment,
                    "DJANGO_SETTINGS_MODULE": "miaopu.app.settings",
                    "MIAOPU_DEMO": "1",
                },
                text=True,
            )
        helper = self._helper
        assert helper.stdin is not None
        assert helper.stdout is not None
        helper.stdin.write(json.dumps(request) + "\n")
        helper.stdin.flush()
        answer = helper.stdout.readline()
        if not answer:  # what went wrong stands on standard error
            self._end_helper()
            raise AssertionError(f"{request} could not be prepared")
        prepared: dict[str, Any] = json.loads(answer)
        return prepared

    def _end_helper(self) -> None:
        helper, self._helper = self._helper, None
        if helper is not None:
            with helper:  # closes its input, which ends it
                pass
