"""Tables of strangers: what is read, what is refused, and that nobody dies of it but the child."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopu.engine.limited import MEMORY_MAX
from miaopu.engine.sheets import cells, child, reading
from miaopu.engine.sheets.cells import CellError
from miaopu.engine.sheets.header import plain_title, unit_of
from miaopu.engine.sheets.limits import CPU_SECONDS
from miaopu.engine.sheets.reading import read_table
from miaopu.engine.sheets.references import (
    ExtentScanner,
    column_letters,
    column_number,
    is_plainly_small,
)
from miaopu.engine.sheets.refusals import SheetError
from tests.engine import sheet_corpus as corpus

TITLES = [plain_title(title) for title in corpus.TITLES]
REFUSED = corpus.refused_files()


def read(tmp_path: Path, content: bytes) -> tuple[reading.Table, list[list[Any]]]:
    """The table in a file of this content."""
    path = tmp_path / "file"
    path.write_bytes(content)
    with read_table(path, TITLES) as table:
        return table, list(table.lines)


def test_the_corpus_is_large() -> None:
    assert len(REFUSED) >= 90


@pytest.mark.parametrize("name", REFUSED)
def test_bad_files_are_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    make, words = REFUSED[name]
    content = make()
    began = time.monotonic()
    try:
        _table, lines = read(tmp_path, content)
    except SheetError as error:
        wanted = (words,) if isinstance(words, str) else words
        assert any(word in error.message.zh for word in wanted), error.message.zh
        assert error.message.en
        assert error.remedy.zh
        assert error.remedy.en
        assert str(tmp_path) not in f"{error}", "no path of ours"
    else:
        # A broken byte may fall where nobody looks; then the table is whole.
        assert name.startswith("broken at")
        assert [line[1:] for line in lines] == corpus.LINES[1:]
    assert time.monotonic() - began < CPU_SECONDS + 10


def test_children_keep_to_their_memory(tmp_path: Path) -> None:
    """In a process of its own, whose only child reads the worst of the files."""
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(REFUSED["300 MB of blanks"][0]())
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from miaopu.engine.sheets.refusals import SheetError\n"
        "from miaopu.engine.sheets.reading import read_table\n"
        "try:\n"
        "    with read_table(Path(sys.argv[1]), ()) as table: list(table.lines)\n"
        "except SheetError: pass\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, check=True, timeout=90
    )
    assert 0 < int(done.stdout) * 1024 <= MEMORY_MAX


def test_the_sparse_workbook_is_five_kilobytes() -> None:
    content = corpus.with_sheet(corpus.cells("A1", "XFD1048576"))
    assert len(content) < 8_000


def test_the_child_dies_of_what_the_gates_let_through(tmp_path: Path) -> None:
    """The control: without the second gate calamine asks for 512 GB, and only the child dies."""
    path = tmp_path / "sparse.xlsx"
    path.write_bytes(corpus.with_sheet(corpus.cells("A1", "XFD1048576")))
    program = (
        "import sys; from miaopu.engine.limited import limit_itself; limit_itself(30);"
        "from python_calamine import load_workbook;"
        "load_workbook(sys.argv[1]).get_sheet_by_index(0)"
    )
    done = subprocess.run(
        [os.sys.executable, "-c", program, str(path)],  # type: ignore[attr-defined]
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGABRT
    assert b"memory allocation" in done.stderr


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.abort()", "无法读取"),
        ("import sys; sys.exit(3)", "无法读取"),
        ("bytes(3 * 1024**3)", "无法读取"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff')", "无法读取"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "30 秒"),
        ("import time; time.sleep(60)", "30 秒"),
        ("import resource as r; r.setrlimit(r.RLIMIT_CPU, (1, 2))\nwhile True: pass", "30 秒"),
    ],
)  # fmt: skip
def test_whatever_kills_the_child_is_a_refusal(
    program: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_CHILD", (reading._CHILD[0], "-c", program))
    path = tmp_path / "x"
    path.write_bytes(b"x")
    with pytest.raises(SheetError) as refused:
        with read_table(path, TITLES, quiet_seconds=3):
            pytest.fail("nothing was read")
    assert words in refused.value.message.zh


def test_a_reader_that_goes_away_takes_the_child_along(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(corpus.text() + "甲,乙,3\r\n" * 90_000, encoding="utf-8")
    started: list[int] = []
    real = subprocess.Popen

    class Watched(real):  # type: ignore[type-arg,misc,valid-type]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            started.append(self.pid)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", Watched)
        with read_table(path, TITLES) as table:
            assert next(table.lines)[1:] == corpus.LINES[1][:2] + ["3"]
    assert len(started) == 1
    assert not Path(f"/proc/{started[0]}").exists()


def test_many_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(corpus.sound())
    found: list[int] = []

    def one() -> None:
        with read_table(path, TITLES) as table:
            found.append(len(list(table.lines)))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [2] * 8


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        (encoding, delimiter)
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be")
        for delimiter in (",", "\t", ";")
    ],
)
def test_text_tables_in_every_encoding(encoding: str, delimiter: str, tmp_path: Path) -> None:
    lines = [*corpus.LINES, ["x", '他说"好",\n换行', ""], ["", "", ""], ["y", "龙", "1,5"]]
    content = corpus.text(lines, delimiter).encode(encoding)
    if encoding in ("utf-16-le", "utf-16-be"):
        ascii_only = [["code", "name"], ["a", "b"]]
        path = tmp_path / "ascii"
        path.write_bytes(corpus.text(ascii_only, delimiter).encode(encoding))
        with read_table(path, ["code", "name"]) as table:
            assert list(table.lines) == [[2, "a", "b"]]
        return
    _table, found = read(tmp_path, content)
    assert found[0] == [2, "91520103MA0MTCF62Q", "甲店", "3"]
    assert found[2] == [4, "x", '他说"好",\n换行', None]
    assert found[3] == [6, "y", "龙", "1,5"]


def test_titles_anywhere_in_any_order(tmp_path: Path) -> None:
    lines = [
        ["贵阳市企业情况"], [], ["填表日期", "2018-05-01"],
        ["从业人员（人）", "备注", " 企业\n名称 *", "统一 社会信用代码"],
        [3, "x", "甲店", "91520103MA0MTCF62Q"],
    ]  # fmt: skip
    table, found = read(tmp_path, corpus.workbook(lines))
    assert (table.header_row, table.rows) == (4, 5)
    assert table.header[2] == " 企业\n名称 *"
    assert found == [[5, 3.0, "x", "甲店", "91520103MA0MTCF62Q"]]


def test_a_table_that_begins_in_the_middle_of_a_sheet(tmp_path: Path) -> None:
    lines = [[], [], *([None, None, *line] for line in corpus.LINES)]
    table, found = read(tmp_path, corpus.workbook(lines))
    assert table.header_row == 3
    assert found[0] == [4, None, None, "91520103MA0MTCF62Q", "甲店", 3.0]


def test_dates_formulas_errors_and_booleans(tmp_path: Path) -> None:
    def more(book: Any, page: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_datetime(3, 0, datetime(2018, 3, 5), day)  # noqa: DTZ001
        page.write_datetime(3, 1, datetime(2018, 3, 5, 12, 30), day)  # noqa: DTZ001
        page.write_formula(3, 2, "=1+1", None, 2)
        page.write_formula(3, 3, "=1/0", None, "#DIV/0!")
        page.write_boolean(3, 4, True)
        page.write_formula(3, 5, '="甲"&"乙"', None, "甲乙")

    _table, found = read(tmp_path, corpus.workbook(more=more))
    assert found[2] == [4, "2018-03-05", "2018-03-05 12:30:00", 2.0, None, True, "甲乙"]


def test_merged_cells_say_the_same_everywhere(tmp_path: Path) -> None:
    def more(_book: Any, page: Any) -> None:
        page.merge_range("D2:E3", "云岩区")
        page.write("D1", "区域")
        page.write("E1", "区域二")

    _table, found = read(tmp_path, corpus.workbook(more=more))
    assert [line[4:] for line in found] == [["云岩区", "云岩区"], ["云岩区", "云岩区"]]


def test_the_sheet_with_the_titles_is_read_and_hidden_ones_are_not(tmp_path: Path) -> None:
    def more(book: Any, _page: Any) -> None:
        first = book.add_worksheet("说明")
        first.write("A1", "请填写另一张表")
        secret = book.add_worksheet("隐藏")
        for place, title in enumerate((*corpus.TITLES, "更多")):
            secret.write(0, place, title)
        secret.hide()

    table, found = read(tmp_path, corpus.workbook(more=more))
    assert (table.sheet, len(found)) == ("企业", 2)
    assert any("隐藏" in note.zh for note in table.notes)


def test_macros_and_links_are_named_and_never_followed(tmp_path: Path) -> None:
    content = corpus.rezip(
        {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<x/>"}
    )
    table, found = read(tmp_path, content)
    assert len(found) == 2
    assert {note.zh[:3] for note in table.notes} == {"工作簿"}
    assert len(table.notes) == 2


def test_formats_far_away_do_not_count(tmp_path: Path) -> None:
    def more(book: Any, page: Any) -> None:
        page.write_blank(90_000, 300, None, book.add_format({"bold": True}))

    table, found = read(tmp_path, corpus.workbook(more=more))
    assert (table.rows, len(found)) == (3, 2)


def test_era_1904(tmp_path: Path) -> None:
    def era(part: bytes) -> bytes:
        return part.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')

    table, _found = read(tmp_path, corpus.rezip({corpus.BOOK: era}))
    assert table.era_1904


def test_blank_rows_and_endless_texts(tmp_path: Path) -> None:
    lines = [*corpus.LINES, ["\xa0", "\u3000 ", ""], ["x", "长" * 30_000, 1]]
    _table, found = read(tmp_path, corpus.workbook(lines))
    assert [line[0] for line in found] == [2, 3, 5]
    assert len(found[2][2]) == 2000


def test_zip_order_and_prefixes_do_not_matter(tmp_path: Path) -> None:
    def prefixed(part: bytes) -> bytes:
        renamed = part.decode().replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
        return renamed.replace(corpus.MAIN, corpus.MAIN.replace("xmlns", "xmlns:x")).encode()

    content = corpus.rezip({corpus.SHEET: prefixed})
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        archive.writestr("x", content)
    try:
        _table, found = read(tmp_path, content)
    except SheetError as error:  # calamine may not read it; then it is refused, not half read
        assert "损坏" in error.message.zh or "表头" in error.message.zh
    else:
        assert len(found) == 2


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2018-03-05", date(2018, 3, 5)), ("2018/3/5", date(2018, 3, 5)),
        ("2018.3.5", date(2018, 3, 5)), ("2018年3月5日", date(2018, 3, 5)),
        ("２０１８年３月５日", date(2018, 3, 5)), ("20180305", date(2018, 3, 5)),
        (20180305.0, date(2018, 3, 5)), (43164.0, date(2018, 3, 5)), ("43164", date(2018, 3, 5)),
        (43164.75, date(2018, 3, 5)), ("2018-03-05 12:30:00", date(2018, 3, 5)),
        (" 2018-03-05\xa0", date(2018, 3, 5)), (None, None), ("  ", None),
    ],
)  # fmt: skip
def test_days(cell: Any, expected: date | None) -> None:
    assert cells.to_day(cell, era_1904=False) == expected


def test_days_of_1904() -> None:
    assert cells.to_day(41702.0, era_1904=True) == date(2018, 3, 5)


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        ("1,234.50", "元", "1234.50"), ("１２３４", "元", "1234.00"), ("1.5万元", "元", "15000.00"),
        ("1.5万", "元", "15000.00"), (1.5, "万元", "15000.00"), ("￥1，000元", "元", "1000.00"),
        (0.1 + 0.2, "元", "0.30"), (1234567.891, "元", "1234567.89"), (0, "元", "0.00"),
        ("12元", "万元", "12.00"), (80.0, "", "80.00"),
    ],
)  # fmt: skip
def test_money(cell: Any, unit: str, expected: str) -> None:
    assert cells.to_money(cell, unit) == Decimal(expected)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("12", 12), ("１２", 12), ("12人", 12), ("1,200", 1200), (12.0, 12), (0, 0), (None, None)],
)
def test_counts(cell: Any, expected: int | None) -> None:
    assert cells.to_count(cell, "人") == expected


@pytest.mark.parametrize(
    ("cell", "length", "expected"),
    [
        ("９１５２０１０３ｍａ０ｍｔｃｆ６２ｑ", 18, "91520103MA0MTCF62Q"),
        (" 91520103 MA0MTCF62Q\t", 18, "91520103MA0MTCF62Q"),
        ("'91520103MA0MTCF62Q", 18, "91520103MA0MTCF62Q"),
        ("\u200b91520103-MA0MTCF62Q\ufeff", 18, "91520103MA0MTCF62Q"),
        (520103.0, 6, "520103"),
        (None, 18, None),
    ],
)
def test_codes(cell: Any, length: int, expected: str | None) -> None:
    assert cells.to_code(cell, length) == expected


@pytest.mark.parametrize("cell", [9.15e17, 915201030000001234.0, "9.15E+17", "9.15201e+17"])
def test_codes_that_excel_has_spoilt(cell: Any) -> None:
    with pytest.raises(CellError, match="丢失"):
        cells.to_code(cell, 18)


WRONG: list[tuple[Callable[[Any], Any], Any]] = [
    (lambda cell: cells.to_money(cell, "元"), one)
    for one in ("-1", "约十万", "1,2", "1e9", True, "1 2 3 x", -0.5, 1e15, "＝1+1", "1.2.3")
]
WRONG += [
    (lambda cell: cells.to_day(cell, era_1904=False), one)
    for one in ("18-3-5", "3/5/2018", "2018-13-01", "2018-02-30", "昨天", 1.5, 10**9, True, "2018")
]
WRONG += [
    (lambda cell: cells.to_count(cell, "人"), one) for one in ("1.5", "-1", "十", 1e9, False, "1-2")
]
WRONG += [(cells.to_yes_or_no, one) for one in ("也许", "2", 3.0, "是否")]


@pytest.mark.parametrize(("convert", "cell"), WRONG)
def test_wrong_cells_say_what_to_do(convert: Callable[[Any], Any], cell: Any) -> None:
    with pytest.raises(CellError) as wrong:
        convert(cell)
    assert wrong.value.message.zh
    assert wrong.value.message.en
    assert wrong.value.remedy.zh
    assert wrong.value.remedy.en


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("是", True), ("否", False), ("√", True), (1.0, True), ("Ｎ", False), (None, None)],
)
def test_yes_and_no(cell: Any, expected: bool | None) -> None:
    assert cells.to_yes_or_no(cell) is expected


def test_titles_and_units() -> None:
    assert plain_title("＊ 营业收入（万元）") == "营业收入"
    assert unit_of("营业收入（万元）") == "万元"
    assert unit_of("营业收入[单位：元]") == "元"
    assert unit_of("营业收入（2017年）") == ""
    assert plain_title(3.0) == ""


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (16384, "XFD")])
def test_columns_have_letters(number: int, letters: str) -> None:
    assert column_letters(number) == letters
    assert column_number(letters) == number


def test_limits_are_those_of_the_child() -> None:
    assert (MEMORY_MAX, CPU_SECONDS) == (1024**3, 30)
    assert child.LINES_LOOKED_AT == 30


PLACES = ("A1", "B7", "AX99999", "AX12", "AY1", "A100000", "XFD1048576", "T20001", "Z99999")
PLAIN = '<c r="{}" t="n"><v>1</v></c>'
SPELLINGS = (
    PLAIN,
    '<c r="{}"><is><t>:c <![CDATA[<c]]></t></is></c>',
    '<c  r="{}"><v>1</v></c>',
    "<c r='{}'><v>1</v></c>",
    '<c s="1" r="{}"><v>1</v></c>',
    '<c\nr="{}"><v>1</v></c>',
    '<x:c r="{}"><v>1</v></x:c>',
    '<c r="&#65;{}"><v>1</v></c>',
    "<c><v>{}</v></c>",
    "<!-- {} --><c/>",
)


def scanned(part: bytes, size: int) -> ExtentScanner:
    """What the exact pass says of a sheet in blocks of this size."""
    scanner = ExtentScanner("1")
    scanner.read(part[at : at + size] for at in range(0, len(part), size))
    return scanner


@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(SPELLINGS)), max_size=6),
    st.integers(1, 80),
)
def test_what_looks_small_is_small(given_cells: list[tuple[str, str]], size: int) -> None:
    rows = "".join(f"<row>{spelling.format(place)}</row>" for place, spelling in given_cells)
    part = corpus.sheet(rows).replace(b"<worksheet ", b'<worksheet xmlns:x="urn:x" ')
    blocks = [part[at : at + size] for at in range(0, len(part), size)]
    if is_plainly_small("1", blocks):
        found = scanned(part, size)
        assert found.rows <= 99_999
        assert found.columns <= column_number("AX")


@pytest.mark.parametrize("size", [*range(1, 70), 1 << 18])
def test_what_programs_write_looks_small_in_blocks_of_any_size(size: int) -> None:
    rows = "".join(f'<row r="{n}">{PLAIN.format(f"AX{n}")}</row>' for n in (1, 20, 300, 99_999))
    part = corpus.sheet(rows)
    assert is_plainly_small("1", [part[at : at + size] for at in range(0, len(part), size)])
