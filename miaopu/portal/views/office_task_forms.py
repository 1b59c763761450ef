"""The forms with which tasks are reported on, answered, closed, reopened, and given more time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import User
from miaopu.plans.models import Task
from miaopu.plans.task_actions import (
    answer_extension,
    ask_extension,
    close_task,
    note_reports,
    reopen_task,
    return_reports,
    set_deadline,
)
from miaopu.portal import formats, present
from miaopu.portal.shapes import Text

LONGEST = 2000
EVIDENCE = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"


class ManyFilesInput(forms.FileInput):
    """An input that takes several files; a telephone offers its camera as well."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; the value is a list of names with contents, each read up to the limit."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files that were handed in. Raises ValidationError where one is too large."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        found = []
        for one in given:
            assert isinstance(one, UploadedFile)
            content = one.read(settings.FILE_MAX_BYTES + 1)
            if len(content) > settings.FILE_MAX_BYTES:
                raise forms.ValidationError(_("文件超过 20 MB"))
            found.append(((one.name or "").replace("\x00", ""), content))
        return found


def evidence_field(help_text: Text) -> ManyFilesField:
    """The field for pieces of evidence."""
    return ManyFilesField(
        label=_("佐证材料"),
        help_text=help_text,
        required=False,
        widget=ManyFilesInput(attrs={"accept": EVIDENCE}),
    )


class _StageField(forms.ModelChoiceField):  # type: ignore[type-arg] # no brackets while it runs
    def label_from_instance(self, obj: Any) -> str:
        return f"{present.in_language(obj.name)} · {formats.day(obj.due_on)}"


class ReportForm(forms.Form):
    """How far an office is with a task."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("进展"),
        help_text=_("做了什么、还差什么、下一步"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明进展")},
    )
    percent = forms.IntegerField(
        label=_("完成百分比"),
        help_text=_("0 至 100"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("请填写完成百分比"),
            "invalid": _("请填写整数"),
            "min_value": _("完成百分比在 0 至 100 之间"),
            "max_value": _("完成百分比在 0 至 100 之间"),
        },
    )
    quantity = forms.DecimalField(
        label=_("完成数量"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": _("请填写数字")},
    )
    quantity_unit = forms.CharField(
        label=_("数量单位"), help_text=_("例如：户、场、个村"), required=False, max_length=20
    )
    milestone = _StageField(
        label=_("已到达的节点"), queryset=None, required=False, empty_label=_("没有")
    )
    evidence = evidence_field(_("可选多个：PDF、照片、Word 或 Excel，每个不超过20兆"))

    def __init__(self, task: Task, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        stages = task.milestones.filter(dropped=False)
        field = self.fields["milestone"]
        assert isinstance(field, _StageField)
        field.queryset = stages
        if not stages:
            del self.fields["milestone"]

    def clean(self) -> dict[str, Any]:
        """A quantity has a unit."""
        data = super().clean() or {}
        if data.get("quantity") is not None and not str(data.get("quantity_unit") or "").strip():
            self.add_error("quantity_unit", _("填写数量时须写明单位"))
        return data


class TaskStepForm(forms.Form):
    """A step with a reason; `revision` says which state of the task was seen."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("记入办理记录"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由")},
    )

    def __init__(self, task: Task, step: str, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{step}_%s", initial={"revision": task.revision})
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


class AnswerForm(TaskStepForm):
    """Take note, send back, or close."""

    answer = forms.ChoiceField(
        label=_("结论"),
        choices=[
            ("note", _("确认进展，继续办理")),
            ("send_back", _("退回，请补充")),
            ("close", _("任务完成，办结")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结论")},
    )
    reason = forms.CharField(
        label=_("答复"),
        help_text=_("退回时必须写明原因；责任单位会看到"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """What is sent back needs a reason."""
        data = super().clean() or {}
        if data.get("answer") == "send_back" and not str(data.get("reason") or "").strip():
            self.add_error("reason", _("请说明退回的原因"))
        return data


def day_field(label: Text, help_text: Text = "") -> forms.DateField:
    """A field for a day, which browsers offer a calendar for."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("请填写日期"), "invalid": _("请填写正确的日期")},
    )


class DeadlineForm(TaskStepForm):
    """A deadline for a task for which the plan prints none."""

    due_on = day_field(_("期限"), _("计划没有写明期限；请在计划期内确定一天"))


class ExtensionForm(TaskStepForm):
    """More time, asked for by whoever answers for the task."""

    to_due = day_field(_("申请延至"), _("须由计划主管或领导小组批准"))


class ExtensionAnswerForm(TaskStepForm):
    """Whether more time is granted."""

    granted = forms.ChoiceField(
        label=_("结论"),
        choices=[("yes", _("同意延期")), ("no", _("不同意延期"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结论")},
    )


@dataclass(frozen=True)
class TaskStep:
    """A step on the page of a task: its form, what carries it out, and what is said after it."""

    title: Text
    button: Text
    done: Text
    form: type[TaskStepForm]
    act: Callable[[Task, dict[str, Any], User], object]


def _answer(task: Task, data: dict[str, Any], by: User) -> object:
    if data["answer"] == "send_back":
        return return_reports(task, by=by, reason=data["reason"])
    act = close_task if data["answer"] == "close" else note_reports
    return act(task, by=by, reason=data["reason"])


STEPS: dict[str, TaskStep] = {
    "answer": TaskStep(_("答复报告"), _("答复"), _("已答复"), AnswerForm, _answer),
    "answer-extension": TaskStep(
        _("答复延期申请"),
        _("答复"),
        _("已答复"),
        ExtensionAnswerForm,
        lambda task, data, by: answer_extension(
            task, granted=data["granted"] == "yes", by=by, reason=data["reason"]
        ),
    ),
    "extension": TaskStep(
        _("申请延期"),
        _("提交申请"),
        _("已提交延期申请"),
        ExtensionForm,
        lambda task, data, by: ask_extension(task, data["to_due"], by=by, reason=data["reason"]),
    ),
    "deadline": TaskStep(
        _("确定期限"),
        _("确定期限"),
        _("期限已确定"),
        DeadlineForm,
        lambda task, data, by: set_deadline(task, data["due_on"], by=by, reason=data["reason"]),
    ),
    "reopen": TaskStep(
        _("重新督办"),
        _("重新督办"),
        _("任务已重新列入督办"),
        TaskStepForm,
        lambda task, data, by: reopen_task(task, by=by, reason=data["reason"]),
    ),
}
