"""What must hold before a case moves on, beyond its state: who, when, with what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from miaopu.cases.enums import CaseState
from miaopu.cases.forms import MAX_CHARACTERS, FormError
from miaopu.cases.models import Case, Item
from miaopu.core import clock
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed, check_reason
from miaopu.core.models import User
from miaopu.engine.money import FEN_MAX
from miaopu.parties.models import Enterprise, Representative
from miaopu.plans.entitlements import explain_item


class FormRefused(ActionRefused):
    """A form with errors; `errors` has one for each field concerned."""

    def __init__(self, errors: list[FormError]) -> None:
        super().__init__(_("申报表有 %(count)s 处需要修改") % {"count": len(errors)})
        self.errors = errors


class FormConflict(Conflict):
    """The draft was changed elsewhere (another tab); `saved` is what stands there now."""

    def __init__(self, saved: dict[str, Any], revision: int) -> None:
        super().__init__(
            _("这份草稿已在另一个页面修改"), _("您填写的内容还在，请核对不同之处后再保存")
        )
        self.saved = saved
        self.revision = revision


def check_period(item: Item) -> None:
    """Applications are taken in the programme's period only."""
    period = item.version.pack.period
    if not period.start <= clock.today() <= period.end:
        raise ActionRefused(
            _("“%(item)s”的申报期为 %(from)s 至 %(to)s")
            % {"item": item.title, "from": period.start, "to": period.end},
            _("请留意以后的计划"),
        )


def check_materials(case: Case) -> None:
    """Every required material is there."""
    there = set(case.files.kept().values_list("material", flat=True))
    wanting = [
        material.title.zh
        for material in case.item.definition.materials
        if material.required and material.id not in there
    ]
    if wanting:
        raise ActionRefused(
            _("还缺材料：%(names)s") % {"names": _("、").join(wanting)}, _("请上传后再提交")
        )


def check_represents(user: User, enterprise: Enterprise) -> None:
    """The user acts for the enterprise; raises NotAllowed otherwise."""
    if not Representative.objects.live().filter(user=user, enterprise=enterprise).exists():
        raise NotAllowed(_("您不是该企业的代表"), _("请用企业授权的账号登录"))


def check_draft(case: Case, material: str = "") -> None:
    """The case can still be changed; raises Conflict once it was submitted.

    For a file of the kind `material` also while the enterprise was asked for just that kind.
    """
    asked = case.corrections.open().first() if material else None
    if asked is not None and material in asked.materials:
        return
    if case.state != CaseState.DRAFT:
        raise Conflict(_("申报已经提交，不能再修改"), _("请在办件页面查看进度"))


def reason_needed(reason: str) -> str:
    """The reason without blanks around it; raises ActionRefused where there is none."""
    check_reason(reason, remedy=_("理由会告知企业并记入办理记录"))
    return reason.strip()


def check_length(typed: Mapping[str, Any]) -> None:
    """A form is a form, not a store; raises ActionRefused where it is longer than anybody types."""
    if sum(len(str(value)) for value in typed.values()) > MAX_CHARACTERS:
        raise ActionRefused(_("填写的内容太长"), _("请精简文字，详细内容可作为材料上传"))


def check_still_entitled(case: Case) -> None:
    """Facts of today and the signed answers give what was proposed; raises ActionRefused if not."""
    answers = {name: bool(signed["answer"]) for name, signed in case.decisions.items()}
    found = explain_item(case.item.version, case.item.code, case.judged, clock.today(), answers)
    by_rule = case.item.definition.amount_decided is None
    if found.status != "true" or (by_rule and found.amount_fen != case.amount_fen):
        raise ActionRefused(
            _("提出意见后数据有变化，现有数据不再支持这笔扶持"), _("请核对判定依据，退回重审")
        )


def amount_to_propose(item: Item, computed_fen: int | None, signed_fen: int | None) -> int | None:
    """The amount of a proposal in fen: what the rule computes, or what the reviewer signs.

    Raises ActionRefused where the pack leaves the amount to people and there is none, or where it
    does not and another one is given.
    """
    if item.definition.amount_decided is None:
        if signed_fen is not None and signed_fen != computed_fen:
            raise ActionRefused(_("这一事项的金额由规则算出，不能另定"), _("请核对判定依据"))
        return computed_fen
    if signed_fen is None or not 0 < signed_fen <= FEN_MAX:
        raise ActionRefused(_("请写明拟补助的金额"), _("金额由审核员提出并署名，单位为元"))
    return signed_fen


def check_may_refuse(case: Case) -> None:
    """A case that the enterprise was asked to correct is refused only after the due date.

    Nothing lapses by itself: until a reviewer proposes the refusal the enterprise may still
    answer. Raises ActionRefused before.
    """
    asked = case.corrections.open().first() if case.state == CaseState.RETURNED else None
    if asked is not None and clock.today() <= asked.due_on:
        raise ActionRefused(
            _("补正期限未到，不能提出不予扶持意见"),
            _("补正期限至 %(day)s 止，逾期未补正的次日起可以提出")
            % {"day": asked.due_on.isoformat()},
        )


def check_no_open_objection(case: Case) -> None:
    """An objection that was not answered stops the decision of its own line; raises then."""
    waiting = case.objections.open().order_by("pk").first()
    if waiting is not None:
        raise ActionRefused(
            _("办件 %(case)s 有未答复的异议 %(number)s，暂停决定")
            % {"case": case.number, "number": waiting.number},
            _("请先答复异议；名单上的其他办件不受影响"),
        )


def check_other_person(case: Case, by: User) -> None:
    """Whoever approves or decides is not who proposed; raises NotAllowed otherwise."""
    if case.proposed_by_id == by.pk and case.state in (
        CaseState.PROPOSED,
        CaseState.REFUSAL_PROPOSED,
        CaseState.PUBLISHED,
    ):
        raise NotAllowed(_("提出意见的人不能自己批准或决定"), _("请由另一位批准人办理"))
