"""The verbs that run the system, as a person types them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from miaopu.core.postgres import EmbeddedPostgres
from miaopu.core.processes import is_alive

MIAOPU = [sys.executable, "-c", "from miaopu.app.cli import main; main()"]
OURS = ("MIAOPU_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="miaopu-verbs-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "data"


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "MIAOPU_DATA_DIR": str(folder)}


def miaopu(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MIAOPU, *arguments],
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(stat[1]) == pid:
                found += children_of(int(entry.name))
    return found


def last_json(stream: Any) -> dict[str, Any]:
    return dict(json.loads(stream.readline()))


@pytest.mark.long
def test_migrate_starts_the_database_for_itself_and_ends_it(folder: Path) -> None:
    first = miaopu(folder, "migrate", "--format", "json")
    assert first.returncode == 0, first.stderr
    applied = json.loads(first.stdout)["applied"]
    assert "core.0001_initial" in applied
    assert not EmbeddedPostgres(folder).answers()
    second = miaopu(folder, "migrate", "--format", "json")
    assert json.loads(second.stdout) == {"applied": []}

    refused = miaopu(folder, "demo", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "not the demo's" in refused.stderr


def test_taken_port_is_refused_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        for verb in ("serve", "demo"):
            refused = miaopu(folder, verb, "--port", str(port))
            assert refused.returncode == 1
            assert str(port) in refused.stderr
            assert "--port" in refused.stderr
            assert refused.stdout == ""
    assert not (folder / "postgres").exists()


def test_serve_refuses_the_demos_data(folder: Path) -> None:
    folder.mkdir()
    (folder / "demo").touch()
    refused = miaopu(folder, "serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "passwords are public" in refused.stderr


def test_wrong_usage_is_2(folder: Path) -> None:
    assert miaopu(folder, "serve", "--port", "0").returncode == 2
    assert miaopu(folder, "load").returncode == 2


@pytest.mark.long
def test_serve_answers_survives_and_ends(folder: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [*MIAOPU, "serve", "--port", str(port), "--format", "json"],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as site:
        try:
            address = last_json(site.stdout)["address"]
            assert address == f"http://127.0.0.1:{port}/"
            with urllib.request.urlopen(address, timeout=20) as answer:
                assert answer.status == 200
            everybody = children_of(site.pid)
            web = next(pid for pid in everybody if "gunicorn" in command_line(pid))
            os.kill(web, signal.SIGKILL)
            time.sleep(0.1)
            with urllib.request.urlopen(address, timeout=20) as answer:  # waits for the new one
                assert answer.status == 200
            everybody = sorted({*everybody, *children_of(site.pid)})
            site.send_signal(signal.SIGTERM)
            assert site.wait(60) == 0
            assert not [pid for pid in everybody if is_alive(pid)]
        finally:
            site.kill()


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
