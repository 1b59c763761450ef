"""Memory for files that are read as a stream."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

import pyarrow as pa

from miaopu.app.cli import ALLOCATOR

_KEPT = ((-3, 2**25), (-1, 2**30))  # M_MMAP_THRESHOLD (its most) and M_TRIM_THRESHOLD of glibc
_LATER = 10_000  # ms after which Arrow's threads give back what nobody asked for again


def keep_memory() -> None:
    """Let numpy and Arrow keep what one chunk needed for the next; Arrow where not told otherwise.

    Of Arrow's allocators jemalloc gives least back between two chunks: what is asked for anew is
    paid page by page, at times with as much processor time again as decoding takes. All of Arrow
    has to use it, what reads from the disk, too: that is chosen before Arrow is loaded.
    """
    with suppress(OSError, AttributeError):  # of another C library
        for option, most in _KEPT:
            ctypes.CDLL(None).mallopt(option, most)
    name, allocator = ALLOCATOR
    if os.environ.get(name) == allocator and allocator in pa.supported_memory_backends():
        pa.jemalloc_set_decay_ms(_LATER)  # a second, otherwise
