"""`make bench`: a database of its own, then every measurement; 1 where a goal is missed.

`ARGS="--large"` also matches 67,699 enterprises and measures the programme board over 20,000 cases,
`ARGS="--dashboard"` only that; `ARGS="--search"` only the policy library's search;
`ARGS="--rules-only"` only the rules engine against others (`make bench-rules` installs them);
`ARGS="--out FILE"` writes the figures as JSON.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from miaopu.core.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
OURS = ("MIAOPU_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
WRK_MISSING = (
    "缺少 wrk：Debian 上请运行 apt-get install wrk / "
    "wrk is missing: apt-get install wrk (Debian), or build it from its source"
)


def main() -> int:
    """Run everything in a folder that is removed afterwards."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--large", action="store_true", help="match 67,699 enterprises too")
    parser.add_argument("--profile", action="store_true", help="what the list page spends time on")
    parser.add_argument("--dashboard", action="store_true", help="only the board, at a city's size")
    parser.add_argument("--imports-only", action="store_true", help="only the import by Excel")
    parser.add_argument("--pages-only", action="store_true", help="only the list page and API")
    parser.add_argument("--api-only", action="store_true", help="only the API's list")
    parser.add_argument("--search", action="store_true", help="only the policy library's search")
    parser.add_argument("--rules-only", action="store_true", help="only the rules engine")
    parser.add_argument("--out", type=Path, default=None, help="write the figures here as JSON")
    asked = parser.parse_args()
    out = ["--out", str(asked.out.resolve())] if asked.out else []
    if asked.rules_only:
        return _rules(out)
    if shutil.which("wrk") is None and not (asked.imports_only or asked.search):
        print(WRK_MISSING, file=sys.stderr)
        return 2
    flags = [f"--{name}" for name in ("large", "profile") if getattr(asked, name)]
    flags += ["--dashboard"] if asked.dashboard else []
    flags += ["--pages-only"] if asked.pages_only else []
    flags += ["--imports-only"] if asked.imports_only else []
    flags += ["--search"] if asked.search else []
    flags += ["--api-only"] if asked.api_only else []
    flags += out
    with TemporaryDirectory(prefix="miaopu-bench-") as made:
        Path(made).chmod(0o755)
        data = Path(made) / "data"
        server = EmbeddedPostgres(data)
        server.up()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        try:
            others = subprocess.run(
                [sys.executable, "-m", "bench.run", *flags],
                cwd=ROOT,
                env={
                    **kept,
                    "MIAOPU_DATA_DIR": str(data),
                    "MIAOPU_DEMO": "1",
                    "DJANGO_SETTINGS_MODULE": "bench.settings",
                },
                check=False,
            ).returncode
        finally:
            server.stop()
    everything = not flags or flags == out
    return max(others, _rules([]) if everything else 0)


def _rules(flags: list[str]) -> int:
    """The rules engine needs no database, and takes a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.rules.run", *flags]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
