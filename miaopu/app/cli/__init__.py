"""The command line `miaopu`: one stable verb per job (docs/cli.md)."""

import os
import sys
from importlib import import_module

# Verbs whose module is loaded alone: reading a plan does not wait for the libraries of the others.
_ALONE = {"plan": "miaopu.app.cli.plan_verbs"}
# Arrow asks for its allocator when it is loaded, so this cannot wait (miaopu.app.cli.memory).
ALLOCATOR = ("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")


def main() -> None:
    """Entry point of the console script `miaopu`."""
    if sys.platform == "linux":
        os.environ.setdefault(*ALLOCATOR)
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    import_module(_ALONE.get(verb, "miaopu.app.cli.main")).main()
