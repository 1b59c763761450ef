"""Objections to lines of published lists."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.enums import ObjectionState
from miaopu.cases.models.cases import Case
from miaopu.cases.models.publicities import Publicity
from miaopu.cases.querysets import ObjectionQuerySet
from miaopu.core.models import File, User


class Objection(models.Model):
    """Somebody says that a line of a list in publicity is wrong; it has a clock of its own.

    Name and contact are personal data: for those who answer, never public. The objector follows it
    with number and code; of the code only a digest is kept. `sender` is a keyed digest of the
    address that it came from, to see floods; it says nothing without the system's secret.
    """

    number = models.CharField(_("异议编号"), max_length=50, unique=True)
    code_digest = models.CharField(_("查询码摘要"), max_length=64)
    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="objections")
    name = models.CharField(_("姓名"), max_length=50)
    contact = models.CharField(_("联系方式"), max_length=100)
    text = models.TextField(_("异议内容"))
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    sender = models.CharField(_("来源摘要"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("提出时间"))
    days = models.PositiveIntegerField(_("工作日"))
    due_on = models.DateField(_("到期日"))
    provisional = models.BooleanField(_("节假日未公布"), default=False)
    calculation = models.JSONField(_("逐日计算"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ObjectionState.choices, default=ObjectionState.OPEN
    )
    reply = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["-pk"]
        indexes = [models.Index(fields=["sender", "made_at"], name="objection_sender")]
        constraints = [
            models.CheckConstraint(
                name="objection_known_state",
                condition=Q(state__in=ObjectionState.values),
                violation_error_message=_("未知的异议状态"),
            ),
            models.CheckConstraint(
                name="objection_answer_is_whole",
                condition=Q(state=ObjectionState.OPEN, answered_by=None, answered_at=None, reply="")
                | (
                    ~Q(state=ObjectionState.OPEN)
                    & ~Q(reply="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                violation_error_message=_("答复异议须有结论、答复内容、答复人和时间"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="made_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    *("number", "code_digest", "publicity", "case", "name", "contact", "text"),
                    *("file", "file_name", "made_at", "due_on"),
                ),
            ),
            pgtrigger.Protect(
                name="answered_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ObjectionState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return self.number
