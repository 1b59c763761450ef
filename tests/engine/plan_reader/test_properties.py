"""Whatever text comes in: no crash, every span inside the text, every `raw` where it says."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.model import Reading
from miaopu.engine.plan_reader.read import read_text
from tests.engine.plan_reader import documents

_PIECES = (
    *"一二三四五十0123456789（）()〔〕[]【】《》“”、，。；：！.%％",
    *" \t\n\u3000—-~至年月日号个家户元万亿人",
    *("一、", "（一）", "1.", "(1)", "①", "第一章", "第三条", "——", "一是"),
    *("责任单位：", "牵头", "负责", "市财政局", "各县（市、区）"),
    *("2015年", "5月30日前", "每年", "达到", "新增", "其中", "总", "附件：", "目录"),
    *("比例", "国办发〔2015〕9号", "给予", "万元", "从", "增加到", "占", "分别"),
    *("\r\n", "\u2028", "\x00", "\ud800"),
)


def check_places(reading: Reading, text: str) -> None:
    assert reading.text == text
    for part in ("responsibilities", "targets", "deadlines", "money", "citations", "repairs"):
        for one in getattr(reading, part):
            assert 0 <= one.start < one.end <= len(text)
            assert text[one.start : one.end] == one.raw
    for one in reading.clauses:
        assert 0 <= one.start < one.end <= len(text)
    for first, second in pairwise(reading.clauses):
        assert first.start < second.start


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=120).map("".join))
def test_any_mixture_of_plan_pieces_is_read(text: str) -> None:
    check_places(read_text(text), text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    check_places(read_text(text), text)


@pytest.mark.parametrize("text", documents.ALL)
def test_documents_keep_their_places_and_read_the_same_twice(text: str) -> None:
    reading = read_text(text)
    check_places(reading, text)
    assert to_json(reading) == to_json(read_text(text))


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\ufeff", "。", "一、", "（", "《", "第条", "附件："]
)
def test_next_to_nothing_is_read(text: str) -> None:
    check_places(read_text(text), text)


@pytest.mark.parametrize("cut", range(0, 1500, 97))
def test_a_document_cut_anywhere_is_read(cut: int) -> None:
    check_places(read_text(documents.NOTICE[cut:]), documents.NOTICE[cut:])
    check_places(read_text(documents.NOTICE[: cut + 1]), documents.NOTICE[: cut + 1])


def _seconds(text: str) -> float:
    begin = time.process_time()
    read_text(text)
    return time.process_time() - begin


@pytest.mark.parametrize(
    "piece",
    [
        "（",
        "一、\n",
        "新增100家，",
        "（责任单位：市财政局）",
        "《意见》",
        "2015年",
        "一是二是1.",
        "附件：\n",
        "自2020年1月1日起施行，有效期5年",
        "牵头单位\t配合单位\n市财政局\t市教育局、市科技局\n",
        "东区、西区各2亿元、",
        "第一季度至",
        "给予不超过",
    ],
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    """Four times the text in at most ten times the time: far from the square, near the line."""
    small, large = piece * (4_000 // len(piece)), piece * (16_000 // len(piece))
    base = max(min(_seconds(small) for _ in range(3)), 0.01)
    assert min(_seconds(large) for _ in range(3)) <= 10 * base


def test_a_long_plan_is_read_in_time() -> None:
    """44 KB within one second of processor time, whatever else the machine does."""
    text = documents.NOTICE * 16
    assert len(text.encode()) > 43_000
    assert _seconds(text) < 1.0
