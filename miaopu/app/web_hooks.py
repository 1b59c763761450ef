"""Hooks of the web server; gunicorn reads this module by name."""

import signal

from miaopu.core.processes import die_with_parent


def post_fork(server: object, worker: object) -> None:
    """A worker ends with its master, so that a killed master leaves nobody on the socket."""
    die_with_parent(signal.SIGTERM, parent=server.pid)()  # type: ignore[attr-defined]
