"""Memory for files that are read as a stream."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

import pyarrow as pa

_KEPT = ((-3, 2**25), (-1, 2**30))  # M_MMAP_THRESHOLD (its most) and M_TRIM_THRESHOLD of glibc
_SOON = 10_000  # ms after which Arrow gives back what nobody asked for again
_CHOSEN = "ARROW_DEFAULT_MEMORY_POOL"


def keep_memory() -> None:
    """Let numpy and Arrow keep what one chunk needed for the next; Arrow where not told otherwise.

    Of Arrow's allocators jemalloc gives least back between two chunks: what is asked for anew is
    paid page by page, at times with as much processor time again as decoding takes.
    """
    with suppress(OSError, AttributeError):  # of another C library
        for option, most in _KEPT:
            ctypes.CDLL(None).mallopt(option, most)
    if _CHOSEN not in os.environ and "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
        pa.jemalloc_set_decay_ms(_SOON)  # at once, otherwise
