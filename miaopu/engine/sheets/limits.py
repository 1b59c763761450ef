"""How large a table may be, and what its reader may use up."""

ENTRIES_MAX = 2_000
"""Parts of a workbook's zip archive."""

UNPACKED_MAX = 200 * 1024 * 1024
"""Bytes of all parts together, counted while they are unpacked, not as the archive claims."""

ROWS_MAX = 100_000
COLUMNS_MAX = 200
CELLS_MAX = 5_000_000
TEXT_MAX = 2_000
"""Signs of one cell that are handed over; what is longer is cut and fails every column's check."""

CPU_SECONDS = 30
QUIET_SECONDS = 60.0
"""How long the reader of the child waits for its next word."""


def too_large(rows: int, columns: int) -> bool:
    """Whether a table of so many rows and columns is beyond the limits."""
    return rows > ROWS_MAX or columns > COLUMNS_MAX or rows * columns > CELLS_MAX
