"""An item for an enterprise: what the facts say, what it would bring, and what is open already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Item, Offer
from miaopu.ledger.enums import Level
from miaopu.parties.models import Enterprise
from miaopu.plans.entitlements import CountedElsewhere, ItemExplanation
from miaopu.portal import formats, present, shapes
from miaopu.portal.reasons import counted_reason, reasons_of
from miaopu.portal.views.enterprise_facts import Missing, where_to_ask
from miaopu.portal.views.public_shared import average_of

if TYPE_CHECKING:
    from miaopu.engine.packs.items import Item as PackItem


@dataclass(frozen=True)
class Prospect:
    """An item for an enterprise: what the facts say today, and the case there is already.

    `hoped` is if people decide in its favour, `hoped_fen` the amount then in fen, None where it is
    not known.
    `rest` are the other items that pay for the same and count less, where this one counts.
    """

    item: Item
    enterprise: Enterprise
    found: ItemExplanation
    hoped: ItemExplanation
    hoped_fen: int | None
    case: Case | None
    today: date
    offered: Offer | None = None  # without application, and waiting for an answer
    taken: Case | None = None  # of another item of the set
    withdrawn: Offer | None = None
    run_out: str = ""  # the level whose money does not reach it
    rest: tuple[tuple[Item, int | None], ...] = ()

    @property
    def definition(self) -> PackItem:
        """What the pack says of the item."""
        return self.item.definition

    @property
    def in_period(self) -> bool:
        """Whether applications are taken today."""
        period = self.item.version.pack.period
        return period.start <= self.today <= period.end

    @cached_property
    def missing(self) -> list[Missing]:
        """Facts that are missing, each with who could provide it."""
        return where_to_ask(self.found.facts_missing, self.found.known)

    @property
    def questions(self) -> str:
        """What people still have to judge, in words."""
        titles = [
            present.in_language(one.title) for one in self.definition.conditions if one.decide
        ]
        return _("、").join(titles)

    @property
    def counted(self) -> CountedElsewhere | None:
        """The item of the set, which pays more, under which it is counted."""
        return self.hoped.counted

    @property
    def elsewhere(self) -> bool:
        """Whether what it pays for is counted under another item, or had under one already."""
        return self.case is None and (self.counted is not None or self.taken is not None)

    @property
    def excluded(self) -> bool:
        """Whether the facts speak against the enterprise."""
        return self.found.status == "false" and self.found.counted is None

    @property
    def promised(self) -> bool:
        """Whether it can be had today: entitled, counted here, in the period, money there."""
        return self.found.is_entitled and self.in_period and not self.elsewhere and not self.run_out

    @property
    def may_apply(self) -> bool:
        """Whether an application can be begun now."""
        free = self.case is None and self.taken is None
        return free and self.in_period and self.found.status != "false"

    @property
    def waits(self) -> bool:
        """Whether an offer without application waits for the enterprise's answer."""
        return self.offered is not None and self.case is None

    @property
    def offered_href(self) -> str:
        """The page of the offer without application, "" if there is none."""
        return reverse("my_offer", args=[self.offered.pk]) if self.offered else ""

    @property
    def withdrawn_href(self) -> str:
        """The page of the offer that was withdrawn last and says why, "" if there is none."""
        return reverse("my_offer", args=[self.withdrawn.pk]) if self.withdrawn else ""

    @property
    def word(self) -> str:
        """The state in a word."""
        if self.case is not None:
            return str(self.case.get_state_display())
        if self.excluded:
            return _("不符合条件")
        if self.elsewhere:
            return _("只计一次")
        if self.waits:
            return _("待确认")
        if self.found.facts_missing:
            return _("缺少数据")
        return _("可以申报") if self.in_period else _("不在申报期")

    @property
    def tone(self) -> shapes.Tone:
        """The tone of the word."""
        if self.case is not None:
            return present.tone_of(self.case.state)
        if self.excluded:
            return "late"
        if self.elsewhere:
            return "neutral"
        good = self.in_period and not self.found.facts_missing and not self.run_out
        return "good" if good else "soon"

    @property
    def sentence(self) -> str:
        """The state in plain words."""
        if self.case is not None:
            return self._of_case(self.case)
        if self.excluded:
            against = [str(node.text) for node in self.reasons if node.status == "false"]
            return _("未满足：%(conditions)s") % {"conditions": _("、").join(against)}
        if self.elsewhere:
            return self._of_set()
        if self.missing:
            names = _("、").join(str(one.title) for one in self.missing)
            return _("还不知道：%(facts)s") % {"facts": names}
        if not self.in_period:
            period = self.item.version.pack.period
            return _("申报期为 %(from)s 至 %(to)s") % {
                "from": formats.day(period.start),
                "to": formats.day(period.end),
            }
        if self.waits:
            return _("现有数据均符合，无需申报，确认即可")
        if self.questions:
            return _("现有数据均符合，还须由审核人员判断：%(questions)s") % {
                "questions": self.questions
            }
        return _("现有数据均符合，可以申报")

    def _of_case(self, case: Case) -> str:
        words = {"number": case.number}
        if case.amount_fen and case.state == CaseState.GRANTED:
            words["amount"] = formats.yuan_short(case.amount_fen)
            return _("已决定扶持 %(amount)s 元，办件 %(number)s") % words
        if case.state == CaseState.DRAFT:
            return _("已开始填写，还没有提交：办件 %(number)s") % words
        if case.state == CaseState.RETURNED:
            return _("要补正：改好再交，办件 %(number)s") % words
        return _("已有办件 %(number)s") % words

    def _of_set(self) -> str:
        """Where it is counted instead, and why there."""
        if self.taken is not None:
            name = present.in_language(self.taken.item.name)
            words = {"item": name, "number": self.taken.number}
            return _("与“%(item)s”只计一次，已有办件 %(number)s；撤回那一件以后可以改选") % words
        assert self.counted is not None
        return present.in_language(self.counted.text)

    @property
    def set_note(self) -> str:
        """That other items pay for the same and are not added, "" where there are none."""
        if not self.rest:
            return ""
        names = _("、").join(_named(item, fen) for item, fen in self.rest)
        return _("与%(items)s只计一次：按金额最高的这一项计，不另加") % {"items": names}

    @property
    def money_note(self) -> str:
        """That the money does not reach it, "" where it does."""
        if not self.run_out or self.case is not None:
            return ""
        level = str(Level(self.run_out).label)
        return _(
            "%(level)s的这项资金已安排完，现在不能保证得到。仍可申报，按优先分和先后排队，等追加资金"
        ) % {"level": level}

    @property
    def amount_note(self) -> str:
        """How much, where the amount is not known beforehand."""
        if self.elsewhere or self.hoped_fen is not None or self.definition.outcome != "award":
            return ""
        average = average_of(self.definition)
        if average is None:
            return _("金额要等数据齐全才能算出")
        return _("金额由审核人员逐户提出，全计划户均 %(yuan)s 元") % {
            "yuan": formats.yuan_short(average)
        }

    @cached_property
    def reasons(self) -> list[shapes.Reason]:
        """Each condition with what was found."""
        found = reasons_of(self.found, number=self.enterprise.number)
        if self.counted is not None and self.found.counted is None:
            found.append(counted_reason(self.counted, self.item.version))
        return found

    @property
    def href(self) -> str:
        """The page of the offer."""
        return reverse("offer", args=[self.enterprise.number, self.item.pk])

    @property
    def is_waiting(self) -> bool:
        """Whether the case waits for the enterprise."""
        return self.case is not None and self.case.state in (CaseState.DRAFT, CaseState.RETURNED)

    @property
    def next_step(self) -> shapes.Link | None:
        """What is to be done with the case there is: go on, correct, or look."""
        if self.case is None:
            return None
        number = self.case.number
        if self.case.state == CaseState.DRAFT:
            return shapes.Link(_("继续填写"), reverse("case_form", args=[number]))
        if self.case.state == CaseState.RETURNED:
            return shapes.Link(_("去补正"), reverse("my_correction", args=[number]))
        return shapes.Link(_("查看办件"), reverse("my_case", args=[number]))

    @property
    def instead(self) -> shapes.Link | None:
        """The item or case under which it is counted instead."""
        if self.taken is not None:
            return shapes.Link(_("查看办件"), reverse("my_case", args=[self.taken.number]))
        return None


def _named(item: Item, fen: int | None) -> str:
    name = present.in_language(item.name)
    if fen is None:
        return _("“%(item)s”") % {"item": name}
    return _("“%(item)s”（%(yuan)s 元）") % {"item": name, "yuan": formats.yuan_short(fen)}
