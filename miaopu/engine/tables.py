"""Tables in and out of files, by suffix: CSV, Parquet, JSON, and XLSX (written only).

Reading: an empty CSV cell is None and every other one text; Parquet and JSON keep their types,
except that a floating point number becomes the `Decimal` of its shortest text (NaN: its own).
Writing: whole files only; a file is written beside its place and moved there when it is complete.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa

from miaopu.engine.messages import Bilingual
from miaopu.engine.table_batches import write_batches
from miaopu.engine.table_errors import TableError
from miaopu.engine.table_read import CsvReader, JsonReader, ParquetReader, Reader
from miaopu.engine.table_write import write_rows

__all__ = [
    "TableError",
    "columns_of",
    "read_chunks",
    "read_rows",
    "rows_stored",
    "write_batches",
    "write_rows",
]


def read_rows(path: Path | str) -> Iterator[dict[str, object]]:
    """The rows of the table at `path` (.csv, .parquet, .json), one dict per row, in file order.

    The file is opened and its header checked at once; the rows are read as they are asked for.
    Raises TableError for an unknown suffix, a missing, unreadable or damaged file, a column named
    twice, and a row that does not fit its header (it names the line).
    """
    return _reader(Path(path)).rows()


def read_chunks(
    path: Path | str, size: int, names: Collection[str] | None = None
) -> Iterator[tuple[dict[str, pa.Array], int]]:
    """The same table by columns, up to `size` rows at a time, each with its number of rows.

    `names`: only those columns, where they are there; of Parquet no other is decoded. Parquet keeps
    its types; CSV and JSON are columns of text (lists: of lists of texts).
    Raises TableError as `read_rows` does.
    """
    return _reader(Path(path)).chunks(size, names)


def rows_stored(path: Path | str) -> int | None:
    """How many rows a Parquet file says that it has; None for a file that has to be read through.

    Raises TableError as `read_rows` does.
    """
    reader = _reader(Path(path))
    return int(reader.file.metadata.num_rows) if isinstance(reader, ParquetReader) else None


def columns_of(path: Path | str) -> tuple[str, ...]:
    """The column names of the table at `path`; for JSON, the keys of all rows as they appear.

    Raises TableError as `read_rows` does.
    """
    return _reader(Path(path)).columns


def _reader(path: Path) -> Reader:
    if not path.is_file():
        raise TableError(
            Bilingual(f"找不到文件 {path}", f"no file {path}"),
            Bilingual("请核对文件路径", "check the path"),
        )
    match path.suffix.lower():
        case ".csv":
            return CsvReader(path)
        case ".parquet":
            return ParquetReader(path)
        case ".json":
            return JsonReader(path)
        case ".xlsx" | ".xls":
            raise TableError(
                Bilingual(f"尚不能读取 Excel 文件 {path}", f"{path}: cannot read Excel files yet"),
                Bilingual("请另存为 CSV(UTF-8)后再试", "save it as CSV (UTF-8) and try again"),
            )
    raise TableError(
        Bilingual(f"不认识的文件类型 {path}", f"{path}: unknown kind of file"),
        Bilingual("请使用 .csv、.parquet 或 .json 文件", "use a .csv, .parquet or .json file"),
    )
