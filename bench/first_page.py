"""How long a newcomer waits: git clone, `make setup`, `make demo`, first answer of `/`.

`python -m bench.first_page [SOURCE]` clones SOURCE (by default this checkout: what is committed).
Packages come from the caches of this machine where they are warm; their installation is counted,
a download would be too, so run it twice and read the second.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
GOAL_SECONDS = 90
PATIENCE = 900
OURS = ("MIAOPU_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def measure(source: str) -> dict[str, float]:
    """Seconds of each stage."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    took: dict[str, float] = {}
    with TemporaryDirectory(prefix="miaopu-first-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        clone = Path(made) / "clone"
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", source, str(clone)], check=True, env=environment)
        took["git clone"] = time.monotonic() - began
        began = time.monotonic()
        subprocess.run(["make", "setup"], cwd=clone, check=True, env=environment)
        took["make setup"] = time.monotonic() - began
        port = _free_port()
        began = time.monotonic()
        with subprocess.Popen(
            ["make", "demo", f"PORT={port}"], cwd=clone, env=environment, process_group=0
        ) as demo:
            try:
                while not _answers(port):
                    if demo.poll() is not None or time.monotonic() - began > PATIENCE:
                        raise SystemExit("the demo does not answer")
                    time.sleep(0.1)
                took["make demo until the first answer"] = time.monotonic() - began
            finally:
                if demo.poll() is None:
                    os.killpg(demo.pid, signal.SIGTERM)
                    demo.wait(60)
    return took


def main() -> int:
    """Measure and print; 1 where it takes longer than the goal."""
    parser = argparse.ArgumentParser(prog="bench.first_page", description=__doc__)
    parser.add_argument("source", nargs="?", default=str(ROOT))
    took = measure(parser.parse_args().source)
    for stage, seconds in took.items():
        print(f"{stage:<36}{seconds:6.1f} s")
    total = sum(took.values())
    print(f"{'all together':<36}{total:6.1f} s  goal ≤ {GOAL_SECONDS} s")
    return 0 if total <= GOAL_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
