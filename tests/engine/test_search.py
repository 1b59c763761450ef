"""Searching Chinese texts: what stands in a text is found; numbers in any style; hits marked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.search.kinds import kind_of_title
from miaopu.engine.search.marks import excerpt, marked
from miaopu.engine.search.numbers import number_key, read_number, title_key
from miaopu.engine.search.pinyin import pinyin_of, typed_pinyin
from miaopu.engine.search.query import read_query
from miaopu.engine.search.words import folded, index_of, pairs_of, squeezed, words_of_query

SIGNS = "小微企业创业创新基地贷款贴息补助贵阳市云岩区实施方案的和了办法一二三"
TEXTS = st.text(alphabet=SIGNS + "，。 AB2018ａ１", min_size=1, max_size=60)


def lexemes(vector: str) -> set[str]:
    """The words of a vector as PostgreSQL reads it."""
    return set(re.findall(r"'([^']+)'", vector))


@settings(max_examples=200)
@given(TEXTS, st.integers(0, 59), st.integers(1, 12))
def test_every_literal_part_of_a_text_is_found(text: str, start: int, length: int) -> None:
    part = text[start : start + length]
    if folded(text[max(start - 1, 0) : start]) + folded(part[:1]) != "" and re.search(
        r"[a-z0-9]$", folded(text[:start])
    ):
        return  # the middle of a Latin word or number is none of its own
    if re.match(r"[0-9]", folded(text[start + length :])):
        return
    found = lexemes(index_of([("D", text)]))
    for word in words_of_query(part):
        latin = word.isascii() and word.isalpha()
        assert word in found or latin and any(one.startswith(word) for one in found)
    assert set(pairs_of(part)) <= found


@given(st.text(max_size=80))
def test_any_query_and_any_text_is_read(text: str) -> None:
    query = read_query(text)
    assert "'" not in re.sub(r"'[^']+'", "", query.wanted)
    assert "".join(piece.text for piece in marked(text, query.terms)) == text
    assert len(folded(text)) == len(text)
    index_of([("A", text)])
    squeezed(text)


@pytest.mark.parametrize(
    ("typed", "words", "phrases", "excluded"),
    [
        ("小微企业 贷款", ("小微企业", "贷款"), (), ()),
        ("“一次性补助” -房地产", (), ("一次性补助",), ("房地产",)),
        ('-"房地产 开发" 税', ("税",), (), ("房地产 开发",)),
        ("《创业办法》 贴息", ("贴息",), ("创业办法",), ()),
        ("，。！", (), (), ()),
        ("", (), (), ()),
    ],
)
def test_queries_are_read(
    typed: str, words: tuple[str, ...], phrases: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    query = read_query(typed)
    assert (query.words, query.phrases, query.excluded) == (words, phrases, excluded)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("国办发〔2015〕9号", "国办发2015-9"),
        ("国办发[2015]9号", "国办发2015-9"),
        ("国办发（2015）9号", "国办发2015-9"),
        ("国办发【2015】第9号", "国办发2015-9"),
        ("国办发 2015年 9号", "国办发2015-9"),
        ("国办发２０１５年９号", "国办发2015-9"),
        ("2015年9号", "2015-9"),
        ("〔2015〕9", "2015-9"),
    ],
)
def test_numbers_are_one_in_any_style(text: str, key: str) -> None:
    assert number_key(text) == key
    found = read_number(text)
    assert found is not None and found.key == key


@pytest.mark.parametrize("text", ["小微企业", "20159", "2015年", "每户2015年9月", ""])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


def test_a_covering_notice_and_what_it_issues_are_one_title() -> None:
    inner = title_key("贵阳市示例办法（试行）")
    assert title_key("市政府关于印发《贵阳市示例办法（试行）》的通知") == inner
    assert title_key("关于印发贵阳市示例办法(试行)的通知") == inner
    assert title_key("贵阳市示例细则") != inner


def test_titles_in_pinyin() -> None:
    whole, initials = pinyin_of("重庆小微办法（2018）")
    assert (whole, initials) == ("chongqingxiaoweibanfa2018", "cqxwbf2")
    assert typed_pinyin("xiao wei") == "xiaowei"
    assert typed_pinyin("小微") == typed_pinyin("x") == ""


def test_excerpts_stand_where_most_hits_are() -> None:
    text = f"{'无关内容' * 60}对小微企业的贷款给予贴息。{'其他' * 60}贷款"
    pieces = excerpt(text, ["小微企业", "贷款", "贴息"], 60)
    assert [one.text for one in pieces if one.hit] == ["小微企业", "贷款", "贴息"]
    assert pieces[0].text == pieces[-1].text == "…"
    plain = excerpt("<script>alert(1)</script>没有命中", ["贷款"])
    assert not any(one.hit for one in plain)


def test_kinds_by_title() -> None:
    assert kind_of_title("示例实施细则（试行）") == "rules"
    assert kind_of_title("关于某事的通知") == "notice"
    assert kind_of_title("三年行动计划(2018)") == "plan"
