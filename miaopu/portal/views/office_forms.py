"""The forms with which reviewers and approvers take a step in a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django import forms
from django.utils.translation import gettext_lazy as _

from miaopu.cases import actions
from miaopu.cases.corrections import LONGEST_POINT, Point, ask_correction
from miaopu.cases.decisions import decide_case
from miaopu.cases.enums import CaseState, PointKind
from miaopu.cases.envelope import envelope_of
from miaopu.cases.models import Case
from miaopu.core.models import User
from miaopu.engine.money import MoneyError, yuan_to_fen
from miaopu.portal import formats, present
from miaopu.portal.shapes import Text

LONGEST_REASON = 1000
DECIDE = "decide_"
POINT = "point_"


class StepForm(forms.Form):
    """A step with a note that is optional; `revision` says which state of the case was seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("说明"),
        help_text=_("记入办理记录"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, case: Case, step: str, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{step}_%s", initial={"revision": case.revision})
        self.add_questions(case)

    def add_questions(self, case: Case) -> None:
        """Add what this case asks beyond the note."""


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = forms.CharField(
        label=_("理由"),
        help_text=_("会告知企业并记入办理记录"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由")},
    )


class YuanField(forms.CharField):
    """An amount in yuan; its value is whole fen."""

    def clean(self, value: Any) -> Any:
        """The amount in fen, None where none is asked for and none was given.

        Raises ValidationError for anything that is none above zero.
        """
        text = super().clean(value)
        if not text:
            return None
        try:
            fen = yuan_to_fen(text)
        except MoneyError as error:
            raise forms.ValidationError(present.in_language(error.remedy)) from error
        if fen <= 0:
            raise forms.ValidationError(_("金额须大于零"))
        return fen


def _amount_field(case: Case) -> YuanField:
    """The amount that the reviewer proposes, with what the item's average leaves room for."""
    envelope = envelope_of(case.item)
    words: Any = _("由审核员提出并署名，单位为元")
    if envelope is not None:
        words = _(
            "全计划户均不超过 %(average)s 元；已公示和决定 %(count)s 户，"
            "现在单独公示一件最高 %(next)s 元"
        ) % {
            "average": formats.yuan_short(envelope.average_fen),
            "count": envelope.count,
            "next": formats.yuan_short(envelope.next_fen),
        }
    return YuanField(
        label=_("拟补助金额（元）"),
        help_text=words,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("请写明拟补助的金额")},
    )


class GrantForm(StepForm):
    """The proposal to support: every discretion of the rule answered and signed by a person."""

    def add_questions(self, case: Case) -> None:
        """A yes or no for each discretion, and the signature."""
        for condition in case.item.definition.conditions:
            if condition.decide is None:
                continue
            self.fields[f"{DECIDE}{condition.id}"] = forms.ChoiceField(
                label=present.in_language(condition.decide),
                choices=[("yes", _("是")), ("no", _("否"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("请回答是或否")},
            )
        if case.item.definition.amount_decided is not None:
            self.fields["amount"] = _amount_field(case)
        self.fields["signed"] = forms.BooleanField(
            label=_("本人确认：以上判断由我作出，并由我负责"),
            error_messages={"required": _("请确认后再提交")},
        )
        self.order_fields(
            ["revision", *(name for name in self.fields if name not in ("revision", "reason"))]
        )

    @property
    def amount_fen(self) -> int | None:
        """The amount signed, in fen; None where the rule computes it."""
        amount: int | None = self.cleaned_data.get("amount")
        return amount

    @property
    def decisions(self) -> dict[str, bool]:
        """The answers by condition id."""
        return {
            name.removeprefix(DECIDE): value == "yes"
            for name, value in self.cleaned_data.items()
            if name.startswith(DECIDE)
        }


class CorrectionForm(StepForm):
    """What the enterprise must correct: one line for each question and each kind of paper.

    Only what is written here is asked for, and only that can be changed. A second time needs a
    reason: everything is to be told at once.
    """

    def add_questions(self, case: Case) -> None:
        """A line for each question of the form and each kind of paper."""
        asked = case.corrections.count()
        self.fields["reason"].label = _("再次要求补正的理由") if asked else _("说明")
        again = asked and case.state != CaseState.RETURNED  # a second click is told of elsewhere
        self.fields["reason"].required = bool(again)
        definition = case.item.definition
        for kind, things in (
            (PointKind.FIELD, definition.form),
            (PointKind.MATERIAL, definition.materials),
        ):
            for thing in things:
                name = f"{POINT}{kind}_{thing.id}"
                self.fields[name] = forms.CharField(
                    label=_("%(kind)s：%(title)s")
                    % {"kind": kind.label, "title": present.in_language(thing.title)},
                    required=False,
                    max_length=LONGEST_POINT,
                    widget=forms.TextInput(attrs={"autocomplete": "off"}),
                )
        names = [name for name in self.fields if name not in ("revision", "reason")]
        self.order_fields(["revision", *names, "reason"])

    def clean(self) -> None:
        """At least one point."""
        super().clean()
        if not self.errors and not self.points:
            raise forms.ValidationError(_("至少写明一项要补正的内容；要一次写全"))

    @property
    def points(self) -> list[Point]:
        """The points as the action takes them."""
        return [
            Point(kind, name.removeprefix(f"{POINT}{kind}_"), value)
            for kind in PointKind
            for name, value in self.cleaned_data.items()
            if name.startswith(f"{POINT}{kind}_") and value.strip()
        ]


Act = Callable[[Case, Any, User], object]


@dataclass(frozen=True)
class StepKind:
    """A step that a packet offers: its words, its form and the action behind it."""

    title: Text
    button: Text
    done: Text
    form: type[StepForm]
    act: Act
    kind: Literal["primary", "danger", "secondary"] = "primary"
    main: bool = True
    key: str = ""  # the single key that leads to it, on pages with scripts
    hint: Text = ""


def _reason(form: StepForm) -> str:
    return str(form.cleaned_data["reason"])


STEPS: dict[str, StepKind] = {
    "accept": StepKind(
        _("受理"),
        _("受理，开始审核"),
        _("已受理，审核时限开始计算"),
        StepForm,
        lambda case, form, by: actions.accept_case(case, by=by, reason=_reason(form)),
        key="a",
    ),
    "propose_grant": StepKind(
        _("提出同意意见"),
        _("提出同意意见"),
        _("已提出同意意见，等待另一位批准人批准"),
        GrantForm,
        lambda case, form, by: actions.propose_grant(
            case, form.decisions, by=by, reason=_reason(form), amount_fen=form.amount_fen
        ),
        key="p",
    ),
    "ask_correction": StepKind(
        _("要求补正"),
        _("退回企业补正"),
        _("已退回企业补正，办理时限暂停"),
        CorrectionForm,
        lambda case, form, by: ask_correction(case, form.points, by=by, reason=_reason(form)),
        kind="secondary",
        main=False,
        key="c",
        hint=_(
            "一次写全：只填需要补正的项目，写明要求；没有写的项目企业不能改。补正期间时限暂停。"
        ),
    ),
    "propose_refusal": StepKind(
        _("提出不予扶持意见"),
        _("提出不予扶持意见"),
        _("已提出不予扶持意见，等待另一位批准人确认"),
        ReasonForm,
        lambda case, form, by: actions.propose_refusal(case, by=by, reason=_reason(form)),
        kind="danger",
        main=False,
        key="r",
    ),
    "approve": StepKind(
        _("批准"),
        _("批准"),
        _("已批准，等待列入公示"),
        StepForm,
        lambda case, form, by: actions.approve_case(case, by=by, reason=_reason(form)),
        key="a",
    ),
    "confirm_refusal": StepKind(
        _("确认不予扶持"),
        _("确认不予扶持"),
        _("已确认不予扶持，理由会告知企业"),
        StepForm,
        lambda case, form, by: actions.confirm_refusal(case, by=by, reason=_reason(form)),
        kind="danger",
        key="a",
    ),
    "send_back": StepKind(
        _("退回重审"),
        _("退回重审"),
        _("已退回审核员重审"),
        ReasonForm,
        lambda case, form, by: actions.send_back(case, by=by, reason=_reason(form)),
        kind="secondary",
        main=False,
        key="b",
    ),
    "grant": StepKind(
        _("决定扶持"),
        _("决定扶持并承诺资金"),
        _("已决定扶持，各级资金已承诺"),
        StepForm,
        lambda case, form, by: decide_case(case, by=by, reason=_reason(form)),
        key="a",
    ),
}
