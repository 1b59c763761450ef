"""A database for as long as a command needs one, shared with the commands beside it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miaopu.core.locks import FileLock
from miaopu.core.postgres import EmbeddedPostgres
from miaopu.core.postgres_places import DataFolderTaken, PostgresRefused

_PATIENCE = 60.0


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[None]:
    """A server over `data_dir` is up inside the block: the one that runs, else one for the block.

    Whoever started it waits at the end until every other block of other processes is left, so
    that no command loses the database under its feet.
    Raises PostgresRefused where none can be had.
    """
    server = EmbeddedPostgres(data_dir, durable=durable)
    users = FileLock(data_dir / "postgres.users")
    if not users.acquire(shared=True, seconds=_PATIENCE):
        raise PostgresRefused("数据库正在停止，请稍后再试", "the database is stopping: try again")
    try:
        _join_or_start(server)
        yield
    finally:
        users.release()
        if server.process is not None:
            while not users.acquire(seconds=_PATIENCE):
                pass
            server.stop()
            users.release()


def _join_or_start(server: EmbeddedPostgres) -> None:
    until = time.monotonic() + _PATIENCE
    while not server.answers():
        try:
            server.up()
        except DataFolderTaken:  # another process is just starting it
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
