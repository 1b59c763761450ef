"""The demo's side ways: cases that are returned for correction, and an objection to a list."""

from miaopu.cases.corrections import Point, answer_correction, ask_correction, save_correction
from miaopu.cases.enums import PointKind
from miaopu.cases.models import Case
from miaopu.cases.objections import Statement, make_objection
from miaopu.core.models import User

_POINTS = (
    Point(PointKind.FIELD, "bank_account", "账户名称与企业名称不一致，请填写以企业名义开立的账号"),
    Point(PointKind.FIELD, "use_of_funds", "请写明要购买什么、数量和大致金额"),
)
_STATEMENT = Statement("李邻居", "13900000000", "这家店四月起一直关门，请核实是否还在经营。")


def ask(case: Case, by: User) -> None:
    """Return the case with two points."""
    ask_correction(case, _POINTS, by=by)


def answer(case: Case, by: User) -> None:
    """Correct both points and hand in again."""
    typed = {"bank_account": f"6217{case.pk:015d}", "use_of_funds": "购买冷柜两台，约一万八千元"}
    save_correction(case, typed, revision=1, by=by)
    answer_correction(case, by=by)


def object_to(case: Case) -> None:
    """Somebody objects to the case's line on its list."""
    assert case.publicity is not None  # the agenda publishes before
    make_objection(case.publicity, case.number, _STATEMENT, by=None)
