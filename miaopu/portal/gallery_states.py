"""The gallery's data: values for each state of each component. All of it is made up."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from miaopu.engine.messages import Bilingual
from miaopu.portal import shapes
from miaopu.portal.gallery_charts import charts
from miaopu.portal.tables import Column, Table

TODAY = date(2018, 5, 10)
_NOON = datetime(2018, 5, 10, 4, 5, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("企业名称"), help_text=_("与营业执照一致"))
    employees = forms.IntegerField(label=_("从业人员（人）"), min_value=0)
    founded = forms.DateField(
        label=_("成立日期"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    district = forms.ChoiceField(
        label=_("所在区县"), choices=[("", _("请选择")), ("1", _("甲区")), ("2", _("乙区"))]
    )
    group = forms.ChoiceField(
        label=_("创业者类别"),
        widget=forms.RadioSelect,
        choices=[("graduate", _("高校毕业生")), ("returning", _("返乡人员")), ("other", _("其他"))],
    )
    uses = forms.MultipleChoiceField(
        label=_("资金用途"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("rent", _("场地")), ("tools", _("设备"))],
    )
    note = forms.CharField(
        label=_("说明"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    paper = forms.FileField(label=_("证明材料"), required=False, help_text=_("PDF，不超过20兆"))
    promise = forms.BooleanField(label=_("我承诺以上内容属实"))
    version = forms.CharField(widget=forms.HiddenInput, required=False)


class FilterForm(forms.Form):
    """Filters of a list."""

    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), ("1", _("审核中"))], required=False
    )
    name = forms.CharField(label=_("企业名称"), required=False)


def _reasons() -> list[shapes.Reason]:
    return [
        shapes.Reason(
            "true",
            _("企业规模为微型"),
            value=_("微型"),
            source=_("市场监管"),
            as_of=date(2018, 3, 31),
            clause="二",
            clause_href=reverse("gallery_clause"),
            wrong_href="#",
        ),
        shapes.Reason(
            "unknown",
            _("认定日不早于入孵日"),
            facts=[
                shapes.Found(_("认定日"), _("没有记录"), wrong_href="#"),
                shapes.Found(_("入孵日"), "2017-03-01", _("本系统记录"), date(2017, 3, 1), "#"),
            ],
        ),
        shapes.Reason(
            "false", _("同一笔房租只计一次，已按“带动就业房租补贴”计入（20,000.00 元）"), op="once"
        ),
        shapes.Reason(
            "false",
            _("从业人员中符合条件的创业者"),
            op="any",
            children=[
                shapes.Reason("false", _("高校毕业生"), value=_("否"), source=_("教育")),
                shapes.Reason(
                    "unknown",
                    _("返乡人员"),
                    source=_("人社"),
                    change=_("由人社部门提供返乡登记，或由您上传证明"),
                ),
            ],
        ),
        shapes.Reason("unknown", _("经营场所真实"), change=_("由区县审核员现场核实")),
        shapes.Reason(
            "true",
            _("登记信息齐全"),
            op="all",
            children=[shapes.Reason("true", _("统一社会信用代码有效"), source=_("市场监管"))],
        ),
    ]


def _clocks() -> dict[str, shapes.Clock]:
    weekend, work = (
        Bilingual("周末，不计", "Weekend, not counted"),
        Bilingual("工作日", "Working day"),
    )
    days = [
        shapes.ClockDay(day, day.weekday() < 5, work if day.weekday() < 5 else weekend)
        for day in (TODAY + timedelta(days=shift) for shift in range(1, 8))
    ]
    pause = _("自2018年5月8日起因补正暂停")
    return {
        "waiting": shapes.Clock("waiting", 20),
        "running": shapes.Clock("running", 20, left=12, due=date(2018, 5, 28), days=days),
        "soon": shapes.Clock("running", 20, left=2, due=date(2018, 5, 14)),
        "today": shapes.Clock("running", 20, left=0, due=TODAY),
        "overdue": shapes.Clock("running", 20, left=-3, due=date(2018, 5, 7)),
        "paused": shapes.Clock("paused", 20, left=9, why=pause),
        "provisional": shapes.Clock(
            "running", 20, left=30, due=date(2018, 6, 22), provisional=True
        ),
        "done": shapes.Clock("done", 20, left=5, due=date(2018, 5, 17)),
    }


def _progress() -> dict[str, shapes.Progress]:
    title, unit = _("扶持微型企业"), _("户")
    start, end, later = date(2018, 1, 1), date(2018, 12, 31), date(2019, 2, 1)

    def made(done: int, target: int | None, today: date = TODAY, href: str = "") -> shapes.Progress:
        return shapes.Progress(title, done, target, start, end, today, unit, href=href)

    money = shapes.Progress(
        *(_("补助资金"), 5_400_000_00, 15_750_000_00, start, end, TODAY, _("元")), money=True
    )
    return {
        "ahead": made(1800, 3500, href="#progress"),
        "behind": made(700, 3500),
        "reached": made(3620, 3500),
        "late": made(3100, 3500, later),
        "none": made(12, None),
        "money": money,
    }


def _trail() -> list[shapes.TrailEntry]:
    return [
        shapes.TrailEntry(
            _NOON - timedelta(days=9), _("某某商贸有限公司"), _("保存申报表"), times=4
        ),
        shapes.TrailEntry(_NOON - timedelta(days=9), _("某某商贸有限公司"), _("提交申请")),
        shapes.TrailEntry(
            _NOON - timedelta(days=3), _("审核员甲 · 甲区"), _("建议支持"), why=_("现场核实无误")
        ),
        shapes.TrailEntry(
            _NOON,
            _("批准人乙 · 甲区"),
            _("批准"),
            why=_("公示无异议"),
            trace_href="#trail",
            lines=[
                shapes.LedgerLine(_("省级预算"), _("应付补助"), 31_500_00, _("已承诺")),
                shapes.LedgerLine(_("市级预算"), _("应付补助"), 4_500_00, _("已承诺")),
                shapes.LedgerLine(_("县级预算"), _("应付补助"), 9_000_00, _("已承诺")),
            ],
        ),
    ]


def _tables() -> dict[str, Table]:
    columns = (
        Column("number", _("办件编号"), link="href"),
        Column("name", _("企业")),
        Column("day", _("受理日期"), kind="date"),
        Column("amount", _("金额"), kind="money", unit=_("元")),
        Column("clause", _("条款"), kind="clause", link="clause_href"),
        Column("state", _("状态"), kind="tag", tone="tone"),
    )
    words = [(_("审核中"), "neutral"), (_("公示中"), "soon"), (_("不予支持"), "late")]
    rows = [
        {
            "number": f"GY2018-{serial:06d}",
            "href": f"#row-{serial}",
            "name": _("某某商贸有限公司"),
            "day": TODAY - timedelta(days=serial),
            "amount": 45_000_00 * serial,
            "clause": "三/(二)",
            "clause_href": reverse("gallery_clause"),
            "state": words[serial % 3][0],
            "tone": words[serial % 3][1],
        }
        for serial in range(1, 5)
    ]
    wide = (
        Column("name", _("区县")),
        *(Column("amount", str(year), kind="money", unit=_("元")) for year in range(2013, 2019)),
    )
    districts = [
        {"name": name, "amount": amount}
        for name, amount in ((_("甲区"), 45_000_00), (_("乙区"), 1_234_500_00))
    ]
    return {
        "stack": Table(columns, rows, _("办件"), queue=True),
        "wide": Table(wide, districts, _("历年补助"), stack=False),
        "empty": Table(columns, [], _("办件"), empty=_("没有符合条件的办件")),
    }


def _jobs() -> dict[str, shapes.JobView]:
    title = _("匹配可享企业")
    link = shapes.Link(_("查看结果"), "#job")
    return {
        "queued": shapes.JobView("sample-1", title, "queued"),
        "running": shapes.JobView("sample-2", title, "running", 1_240, 2_000),
        "done": shapes.JobView("sample-3", title, "done", 2_000, 2_000, result=link),
        "failed": shapes.JobView(
            "sample-4", title, "failed", 800, 2_000, message=_("数据文件缺少一列；请补齐后重试。")
        ),
    }


def _lists() -> dict[str, Any]:
    return {
        "tasks": [
            shapes.Task(_("联系方式"), "#task_list", "known", _("来自市场监管，有误可以修改")),
            shapes.Task(_("企业信息"), "#task_list", "done"),
            shapes.Task(_("创业者情况"), "#task_list", "doing", _("约三分钟")),
            shapes.Task(_("证明材料"), "#task_list", "todo"),
            shapes.Task(_("核对并提交"), "#task_list", "blocked", _("完成以上各项后可办")),
        ],
        "answers": [
            shapes.Answer(_("企业名称"), _("某某商贸有限公司"), source=_("市场监管")),
            shapes.Answer(_("从业人员"), _("8 人"), "#check_answers", _("社保")),
            shapes.Answer(_("资金用途"), _("设备"), "#check_answers"),
        ],
        "steps": [
            shapes.Step(_("提交"), "done", date(2018, 5, 1), _("某某商贸有限公司")),
            shapes.Step(_("审核"), "done", date(2018, 5, 7), _("甲区")),
            shapes.Step(_("公示"), "current", note=_("公示7个工作日")),
            shapes.Step(_("拨付"), "todo"),
        ],
        "refused_steps": [
            shapes.Step(_("提交"), "done", date(2018, 5, 1)),
            shapes.Step(_("审核"), "refused", date(2018, 5, 7), note=_("规模不符合条件")),
        ],
        "crumbs": [
            shapes.Link(_("首页"), "/"),
            shapes.Link(_("办件"), "#breadcrumb"),
            shapes.Link("GY2018-000001"),
        ],
        "active": [shapes.Link(_("状态：审核中"), "?")],
        "marked": {
            "hits": [
                {"text": _("对首次创业的"), "hit": False},
                {"text": _("小微企业"), "hit": True},
                {"text": _("给予补助"), "hit": False},
            ],
            "plain": [{"text": _("对首次创业的小微企业给予补助"), "hit": False}],
        },
    }


def states() -> dict[str, Any]:
    """Everything that the gallery's templates show."""
    wrong = SampleForm({"name": "", "employees": "-1", "district": "1"})
    wrong.add_error(None, _("同一企业一年只能申请一次"))
    known = {"name": _("某某商贸有限公司"), "employees": 8, "group": "graduate"}
    return {
        "today": TODAY,
        "noon": _NOON,
        "reasons": _reasons(),
        "clocks": _clocks(),
        "progress": _progress(),
        "trail": _trail(),
        "form": SampleForm(initial=known, prefix="known"),
        "wrong_form": wrong,
        "filter_form": FilterForm(prefix="filter"),
        "tables": _tables(),
        "charts": charts(),
        "jobs": _jobs(),
        "page": Paginator(range(2_000), 20).page(7),
        "first_page": Paginator(range(45), 20).page(1),
        **_lists(),
    }
