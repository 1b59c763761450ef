"""The error of a table that cannot be read or written."""

from miaopu.engine.messages import EngineError


class TableError(EngineError):
    """A table file is missing, damaged, of an unknown kind, or cannot hold the rows given."""
