"""Trails as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from miaopu.portal.shapes import TrailEntry
from miaopu.portal.trails import folded

NOON = datetime(2018, 5, 10, 4, tzinfo=UTC)


def entry(minute: int, who: str, what: str, why: str = "") -> TrailEntry:
    return TrailEntry(NOON + timedelta(minutes=minute), who, what, why)


def test_the_same_in_a_row_is_one_line() -> None:
    trail = [
        entry(0, "王小苗", "开始申报"),
        *(entry(minute, "王小苗", "保存申报表") for minute in (1, 2, 3)),
        entry(4, "李小苗", "保存申报表"),
        entry(5, "李小苗", "提交申报"),
        entry(6, "李小苗", "保存申报表"),
    ]
    shown = [(one.who, one.what, one.times, one.at.minute) for one in folded(trail)]
    assert shown == [
        ("王小苗", "开始申报", 1, 0),
        ("王小苗", "保存申报表", 3, 3),
        ("李小苗", "保存申报表", 1, 4),
        ("李小苗", "提交申报", 1, 5),
        ("李小苗", "保存申报表", 1, 6),
    ]


def test_what_has_a_reason_is_never_folded() -> None:
    trail = [entry(0, "杨文静", "退回重审", "材料不清"), entry(1, "杨文静", "退回重审", "账号不符")]
    assert folded(trail) == trail
