"""The command line `miaopu`: one stable verb per job (docs/cli.md)."""

from miaopu.app.cli.main import main

__all__ = ["main"]
