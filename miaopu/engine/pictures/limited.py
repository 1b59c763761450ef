"""The sketch of a picture that a stranger handed in, made in a child process that may die of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson

from miaopu.engine.limited import SURROUNDINGS

_CHILD = (sys.executable, "-I", "-m", "miaopu.engine.pictures.child")
SECONDS = 60.0
"""How long the child may take by the clock, whatever the machine is busy with."""


def sketch_limited(path: Path) -> str:
    """The sketch of the picture at `path`; empty where it cannot be read or says too little."""
    try:
        done = subprocess.run(
            _CHILD,
            input=orjson.dumps({"path": str(path)}),
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env=SURROUNDINGS,
        )
        return str(orjson.loads(done.stdout)["sketch"])
    except (subprocess.TimeoutExpired, orjson.JSONDecodeError):
        return ""
