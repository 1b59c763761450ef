"""The command line `miaopu`: one stable verb per job (docs/cli.md)."""

import sys
from importlib import import_module

# Verbs whose module is loaded alone: reading a plan does not wait for the libraries of the others.
_ALONE = {"plan": "miaopu.app.cli.plan_verbs"}


def main() -> None:
    """Entry point of the console script `miaopu`."""
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    import_module(_ALONE.get(verb, "miaopu.app.cli.main")).main()
