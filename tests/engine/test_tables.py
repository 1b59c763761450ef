"""Tables in and out of files."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miaopu.engine.tables import TableError, columns_of, read_rows, write_rows

COLUMNS = ("id", "name", "amount", "tags", "on")
ROWS = [
    {
        "id": 1,
        "name": "苗圃",
        "amount": Decimal("31500.00"),
        "tags": ("a", "b"),
        "on": date(2018, 1, 2),
    },
    {"id": 2, "name": None, "amount": None, "tags": (), "on": None},
]


def test_parquet_keeps_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    assert write_rows(path, COLUMNS, ROWS) == 2
    first, second = read_rows(path)
    assert first == {**ROWS[0], "tags": ["a", "b"]}
    assert second == {**ROWS[1], "tags": []}
    assert columns_of(path) == COLUMNS


def test_json_keeps_decimals_as_text(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    write_rows(path, COLUMNS, ROWS)
    first, second = read_rows(path)
    assert first == {
        "id": 1,
        "name": "苗圃",
        "amount": "31500.00",
        "tags": ["a", "b"],
        "on": "2018-01-02",
    }
    assert second["name"] is None


def test_csv_is_text_and_empty_is_none(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_rows(path, COLUMNS, ROWS)
    assert path.read_text(encoding="utf-8").splitlines()[1] == "1,苗圃,31500.00,a;b,2018-01-02"
    first, second = read_rows(path)
    assert first["amount"] == "31500.00"
    assert second == {"id": "2", "name": None, "amount": None, "tags": None, "on": None}


def test_rows_may_be_sequences(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_rows(path, ("a", "b"), [(1, True), [2, False]])
    assert list(read_rows(path)) == [{"a": "1", "b": "true"}, {"a": "2", "b": "false"}]
    with pytest.raises(TableError):
        write_rows(path, ("a", "b"), [(1,)])


def test_nothing_is_left_of_a_failed_write(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\nkept\n")
    with pytest.raises(TableError):
        write_rows(path, ("a",), iter([(1,), (1, 2)]))
    assert [one.name for one in tmp_path.iterdir()] == ["t.csv"]
    assert path.read_text() == "a\nkept\n"


def test_declared_types_hold_without_values(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    write_rows(path, ("fen", "why"), [(None, None)], {"fen": int, "why": tuple})
    schema = pq.read_schema(path)
    assert schema.field("fen").type == pa.int64()
    assert schema.field("why").type == pa.list_(pa.string())


def test_xlsx_writes_text_never_formulas(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    rows = [("=1+1", 10**17, Decimal("1.5"), date(2018, 1, 2), True)]
    write_rows(path, ("text", "code", "amount", "on", "yes"), rows)
    with ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in sheet
    assert "100000000000000000" in sheet
    assert "<v>1.5</v>" in sheet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('代码,名称\r\n1,"贵阳,\n苗圃"\r\n'.encode(encoding))
    assert list(read_rows(path)) == [{"代码": "1", "名称": "贵阳,\n苗圃"}]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", b"", "empty"),
        ("t.csv", b"a,a\n1,2\n", "named twice: a"),
        ("t.csv", b"a,\n1,2\n", "without a name"),
        ("t.csv", b"a,b\n1,2\n1,2,3\n", "line 3"),
        ("t.csv", b'a,b\n1,"2\n', "not correct CSV"),
        ("t.csv", b"a\n\xff\xff\n", "neither UTF-8 nor GB18030"),
        ("t.csv", "a\n女人\n".encode("gb18030") + "贵阳\n".encode(), "line 3 is UTF-8"),
        ("t.parquet", b"PAR1", "not a Parquet file"),
        ("t.json", b"{}", "list of objects"),
        ("t.json", b"[1]", "list of objects"),
        ("t.json", b'[{"a": NaN}]', "not JSON"),
        ("t.json", b"[" * 100_000, "not JSON"),
        ("t.json", '[{"a": 1},\n{"贵阳": 2}]'.encode("gb18030"), "line 2 is not in UTF-8"),
        ("t.json", b'[{"a": 1, "b": 2, "a": 3}]', "'a' is there twice"),
        ("t.xlsx", b"PK", "cannot read Excel"),
        ("t.txt", b"a", "unknown kind"),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableError, match=says) as refused:
        list(read_rows(path))
    assert str(path) in refused.value.message.en
    assert refused.value.remedy.zh


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no file"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(TableError, match="cannot write"):
        write_rows(tmp_path / "none" / "t.csv", ("a",), [])
    with pytest.raises(TableError, match="unknown kind"):
        write_rows(tmp_path / "t.doc", ("a",), [])


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".xlsx"])
def test_missing_folder_whatever_the_format(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(TableError, match="cannot write"):
        write_rows(tmp_path / "none" / f"t{suffix}", ("a",), [(1,)])


def test_floats_become_decimals(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": [0.1, float("nan"), None]}), path)
    exact, none, empty = (row["a"] for row in read_rows(path))
    assert (exact, empty) == (Decimal("0.1"), None)
    assert isinstance(none, Decimal) and none.is_nan()
    pq.write_table(pa.table({"a": [0.0] * 10_000 + [1.0, float("inf")]}), path)
    with pytest.raises(TableError, match="row 10002: a is an infinite"):
        list(read_rows(path))


def test_mixed_and_oversized_values_do_not_fit_parquet(tmp_path: Path) -> None:
    for values in (["a", 1], [2**64]):
        with pytest.raises(TableError, match="column a"):
            write_rows(tmp_path / "t.parquet", ("a",), [(value,) for value in values])


def test_json_numbers_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"a": 0.1, "b": 90071992547409931}, {"c": 1}]')
    assert list(read_rows(path)) == [
        {"a": Decimal("0.1"), "b": 90071992547409931, "c": None},
        {"a": None, "b": None, "c": 1},
    ]
    assert columns_of(path) == ("a", "b", "c")
