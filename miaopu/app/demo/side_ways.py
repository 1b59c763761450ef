"""The demo's side ways: cases that are returned for correction, and an objection to a list."""

from miaopu.app.demo.log_ins import LogIn, open_log_in
from miaopu.cases.corrections import Point, answer_correction, ask_correction, save_correction
from miaopu.cases.enums import PointKind
from miaopu.cases.models import Case
from miaopu.cases.objections import Statement, make_objection
from miaopu.core.models import User

_YUNYAN = "520103"
_POINTS = (
    Point(PointKind.FIELD, "bank_account", "账户名称与企业名称不一致，请填写以企业名义开立的账号"),
    Point(PointKind.FIELD, "use_of_funds", "请写明要购买什么、数量和大致金额"),
)
_STATEMENT = Statement("李邻居", "13900000000", "这家店四月起一直关门，请核实是否还在经营。")


# Of the enterprise in Yunyan that is still to correct its application.
_LOG_IN = LogIn(
    "enterprise5",
    "云岩区企业，申报被退回：请补正两处",
    "Yunyan, application returned: correct two points",
)


def ask(case: Case, by: User, *, stays_open: bool) -> None:
    """Return the case with two points; where it stays open in Yunyan, its owner has a log-in."""
    if stays_open and case.region_id == _YUNYAN:
        open_log_in(case.enterprise, _LOG_IN)  # before, so that it gets the message
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
