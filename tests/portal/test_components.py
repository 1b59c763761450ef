"""What components say: numbers, clocks, progress, reasons, tables, errors."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from miaopu.engine.messages import Bilingual
from miaopu.portal import formats, shapes
from miaopu.portal.tables import Column, Table
from miaopu.portal.templatetags.miaopu import error_links, in_language, masked, url_if


def show(template: str, **context: Any) -> str:
    """A template rendered as pages are."""
    return Template(template).render(Context(context))


# ---------------------------------------------------------------- amounts, shares, dates


@pytest.mark.parametrize(
    ("fen", "full", "short"),
    [
        (0, "0.00", "0"),
        (5, "0.05", "0.05"),
        (-5, "-0.05", "-0.05"),
        (3_150_000, "31,500.00", "31,500"),
        (123_456_789_01, "123,456,789.01", "123,456,789.01"),
        (-450_000_0, "-45,000.00", "-45,000"),
        (None, "—", "—"),
    ],
)
def test_yuan(fen: int | None, full: str, short: str) -> None:
    assert formats.yuan(fen) == full
    assert formats.yuan_short(fen) == short


@given(st.integers(-(10**15), 10**15))
def test_yuan_loses_nothing(fen: int) -> None:
    assert Decimal(formats.yuan(fen).replace(",", "")) * 100 == fen


@pytest.mark.parametrize("value", [1.5, "31500", Decimal("1"), True])
def test_money_is_written_from_whole_fen_only(value: Any) -> None:
    with pytest.raises(TypeError):
        formats.yuan(value)


@pytest.mark.parametrize(
    ("fen", "chinese"),
    [
        (3_150_000, "3.15 万元"),
        (1_000_000, "1 万元"),
        (5_000, "0.01 万元"),
        (4_999, "0 万元"),
        (1_575_000_000, "1,575 万元"),
        (10_000_000, "10 万元"),
    ],
)
def test_wan(fen: int, chinese: str) -> None:
    with translation.override("zh-hans"):
        assert formats.wan(fen) == chinese
    with translation.override("en"):
        assert formats.wan(fen) == f"{formats.yuan_short(fen)} yuan"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (27_521, 67_699, "40.7%"),
        (1, 2000, "0.1%"),
        (-1, 2000, "-0.1%"),
        (-1, 20_000, "0.0%"),
        (3_620, 3_500, "103.4%"),
        (5, 0, "—"),
        (None, 5, "—"),
        (Fraction(1, 8), 1, "12.5%"),
    ],
)
def test_percent_is_exact_and_rounded_half_up(part: Any, whole: Any, shown: str) -> None:
    assert formats.percent(part, whole) == shown


def test_dates_in_both_languages() -> None:
    late = datetime(2018, 5, 9, 17, 30, tzinfo=UTC)  # the tenth in Shanghai
    with translation.override("zh-hans"):
        assert formats.day(date(2018, 5, 10)) == "2018年5月10日"
        assert formats.moment(late) == "2018年5月10日 01:30"
    with translation.override("en"):
        assert formats.day(date(2018, 5, 10)) == "10 May 2018"
        assert formats.day(late) == "10 May 2018"
    assert formats.day(None) == "—"


def test_numbers_are_grouped_alike_in_both_languages() -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert show("{{ n|number }}", n=1234567) == "1,234,567"


@pytest.mark.parametrize("value", [Bilingual("甲", "A"), {"zh": "甲", "en": "A"}])
def test_in_language(value: Any) -> None:
    with translation.override("zh-hans"):
        assert in_language(value) == "甲"
    with translation.override("en"):
        assert in_language(value) == "A"
    assert in_language(None) == ""


def test_masked_refuses_unknown_kinds() -> None:
    assert "13800138000" not in masked("13800138000", "phone")
    with pytest.raises(KeyError):
        masked("13800138000", "telephone")


def test_unknown_routes_give_no_address() -> None:
    assert url_if("gallery") == "/gallery/"
    assert url_if("no_such_route") == ""


# ---------------------------------------------------------------- clock, progress, reasons


@pytest.mark.parametrize(
    ("clock", "tone", "chinese", "english"),
    [
        (
            shapes.Clock("running", 20, left=12),
            "neutral",
            "还剩 12 个工作日",
            "12 working days left",
        ),
        (shapes.Clock("running", 20, left=1), "soon", "还剩 1 个工作日", "1 working day left"),
        (shapes.Clock("running", 20, left=0), "soon", "今天到期", "Due today"),
        (
            shapes.Clock("running", 20, left=-3),
            "late",
            "已超期 3 个工作日",
            "3 working days overdue",
        ),
        (shapes.Clock("paused", 20, left=-3), "neutral", "已暂停计时", "Paused"),
        (shapes.Clock("done", 20, left=2), "good", "已办结", "Closed"),
    ],
)
def test_clock_in_words(clock: shapes.Clock, tone: str, chinese: str, english: str) -> None:
    assert clock.tone == tone
    with translation.override("zh-hans"):
        assert chinese in show('{% cotton clock :clock="clock" / %}', clock=clock)
    with translation.override("en"):
        assert clock.headline == english


def test_clock_numbers_only_counted_days() -> None:
    days = [shapes.ClockDay(date(2018, 5, day), day != 12) for day in (11, 12, 14)]
    numbers = [number for _, number in shapes.Clock("running", 20, left=1, days=days).numbered_days]
    assert numbers == [1, None, 2]


YEAR = {"start": date(2018, 1, 1), "end": date(2018, 12, 31)}


def progress(done: int, target: int | None, today: date) -> shapes.Progress:
    """Progress within 2018."""
    return shapes.Progress("x", done, target, today=today, **YEAR)


@pytest.mark.parametrize(
    ("made", "tone", "gap", "bar"),
    [
        (progress(0, 100, date(2017, 12, 31)), "good", "与时间进度持平", "0"),
        (progress(73, 365, date(2018, 1, 1)), "good", "比时间进度快 19.7 个百分点", "200"),
        (progress(0, 100, date(2018, 12, 31)), "soon", "比时间进度慢 100.0 个百分点", "0"),
        (progress(99, 100, date(2019, 1, 1)), "late", "比时间进度慢 1.0 个百分点", "990"),
        (progress(120, 100, date(2018, 1, 1)), "good", "已完成目标", "1000"),
        (progress(5, None, date(2018, 1, 1)), "neutral", "未设目标值", "0"),
        (progress(5, 0, date(2018, 1, 1)), "neutral", "未设目标值", "0"),
    ],
)
def test_progress_in_words(made: shapes.Progress, tone: str, gap: str, bar: str) -> None:
    with translation.override("zh-hans"):
        assert (made.tone, made.gap, made.bar) == (tone, gap, bar)


def test_bars_are_plain_numbers_in_every_language() -> None:
    with translation.override("en"):
        html = show('{% cotton progress :progress="p" / %}', p=progress(120, 100, date(2019, 1, 1)))
    assert 'max="1000" value="1000"' in html
    assert "style=" not in html


def test_reasons_never_speak_by_colour_alone() -> None:
    nodes = [
        shapes.Reason("true", "a"),
        shapes.Reason("false", "b", change="c"),
        shapes.Reason("unknown", "d", op="any", children=[shapes.Reason("true", "e")]),
    ]
    with translation.override("zh-hans"):
        html = show('{% cotton reasons :nodes="nodes" / %}', nodes=nodes)
    for mark, word in (("✓", "符合"), ("✗", "不符合"), ("?", "待核实")):
        assert f">{mark}<" in html
        assert f">{word}<" in html
    assert "<details open>" in html
    assert html.count("<li") == 4


# ---------------------------------------------------------------- tables


def test_table_sets_numbers_flush_right_with_the_unit_in_the_head() -> None:
    columns = (
        Column("owner.name", "谁", link="href"),
        Column("fen", "金额", kind="money", unit="元"),
        Column("on", "日期", kind="date"),
    )

    class Row:
        owner = {"name": "甲 & 乙"}
        fen = 4_500_000
        on = None
        href = "/x/"

    with translation.override("zh-hans"):
        html = show('{% cotton table :table="t" / %}', t=Table(columns, [Row()], "名单"))
    assert '<a href="/x/">甲 &amp; 乙</a>' in html
    assert 'class="end">45,000.00<' in html
    assert "（元）" in html.partition("</thead>")[0]
    assert "元" not in html.partition("<tbody")[2].replace('data-label="金额（元）"', "")
    assert 'class="blank">—<' in html


def test_table_never_hides_a_typo() -> None:
    with pytest.raises(KeyError):
        _ = Table((Column("nmae", "x"),), [{"name": "y"}], "z").body
    with pytest.raises(AttributeError):
        _ = Table((Column("nmae", "x"),), [date(2018, 1, 1)], "z").body


def test_empty_table_says_so() -> None:
    html = show('{% cotton table :table="t" / %}', t=Table((), [], "名单", empty="没有"))
    assert "<table" not in html
    assert "没有" in html


# ---------------------------------------------------------------- forms


class Form(forms.Form):
    name = forms.CharField(label="名称", help_text="全称")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="属实")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_every_error_leads_to_its_field() -> None:
    form = Form({"name": ""})
    form.add_error(None, "整体")
    with translation.override("zh-hans"):
        page = show(
            '{% cotton error-summary :form="form" / %}'
            '{% for field in form %}{% cotton field :field="field" / %}{% endfor %}',
            form=form,
        )
        links = error_links(form)
    assert [link.href for link in links] == ["", "#id_name", "#id_kind_0", "#id_sure"]
    for link in links[1:]:
        assert f'id="{link.href[1:]}"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_helptext"' in page
    assert 'id="id_name_error"' in page
    assert "<legend>" in page
    assert page.count("aria-invalid") >= 3


def test_prefilled_field_names_its_source() -> None:
    with translation.override("zh-hans"):
        html = show(
            '{% cotton field :field="form.name" source="市场监管" :as_of="day" / %}',
            form=Form(initial={"name": "某公司"}),
            day=date(2018, 3, 31),
        )
    assert "来自市场监管，2018年3月31日" in html
    assert 'value="某公司"' in html


def test_job_asks_again_only_while_it_may_change() -> None:
    def made(state: Any) -> str:
        job = shapes.JobView("7", "x", state, 1, 3, poll_href="/jobs/7/")
        return show('{% cotton job :job="job" / %}', job=job)

    assert 'hx-trigger="every 2s"' in made("running")
    assert "33.3%" in made("running")
    for state in ("done", "failed"):
        assert "hx-get" not in made(state)


def test_texts_are_escaped_everywhere() -> None:
    evil = '"><script>x</script>'
    html = show(
        '{% cotton tag :text="evil" / %}{% cotton notice :title="evil" / %}'
        '{% cotton figure :label="evil" :value="evil" :href="evil" / %}'
        '{% cotton clause :path="evil" :href="evil" / %}{% cotton page-head :title="evil" / %}'
        '{% cotton reasons :nodes="nodes" / %}{% cotton table :table="table" / %}',
        evil=evil,
        nodes=[shapes.Reason("false", evil, value=evil, source=evil, change=evil)],
        table=Table((Column("a", evil, link="a"),), [{"a": evil}], evil),
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 12
