"""Memory for files that are read as a stream."""

from __future__ import annotations

import os

import pyarrow as pa

_CHOSEN = "ARROW_DEFAULT_MEMORY_POOL"


def keep_memory() -> None:
    """Let Arrow keep what one chunk needed for the next, where it was not told otherwise.

    Of its allocators jemalloc gives least back between two chunks: what is asked for anew is paid
    page by page, at times with as much processor time again as decoding takes.
    """
    if _CHOSEN not in os.environ and "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
