"""What looks wrong about a base or its tenants, and what tells near-identical files."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.bases.anomaly_enums import AnomalyKind, AnomalyState
from miaopu.bases.anomaly_querysets import AnomalyQuerySet
from miaopu.bases.models.bases import Base
from miaopu.core.models import Event, File, User
from miaopu.core.querysets import EventQuerySet


@pghistory.track()
class Anomaly(models.Model):
    """Something that the facts show of a base; cleared with a reason until the facts change.

    `subject` is what it is about within the base and kind (a tenancy, an enterprise, a pair of
    files), `data` what was found, `fingerprint` a hash over both: with another one it opens anew.
    """

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="anomalies")
    kind = models.CharField(_("异常"), max_length=20, choices=AnomalyKind.choices)
    subject = models.CharField(_("对象"), max_length=100)
    data = models.JSONField(_("发现"))
    fingerprint = models.CharField(_("摘要"), max_length=64)
    found_on = models.DateField(_("发现日期"))
    state = models.CharField(
        _("状态"), max_length=10, choices=AnomalyState.choices, default=AnomalyState.OPEN
    )
    cleared_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cleared_at = models.DateTimeField(_("排除时间"), null=True, blank=True)
    reason = models.TextField(_("理由"), max_length=500, blank=True)

    objects = AnomalyQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["-found_on", "-pk"]
        indexes = [models.Index(fields=["state", "kind"], name="anomaly_state")]
        constraints = [
            models.UniqueConstraint(name="anomaly_once", fields=["base", "kind", "subject"]),
            models.CheckConstraint(
                name="anomaly_cleared_with_reason",
                condition=(
                    Q(state=AnomalyState.CLEARED, cleared_by__isnull=False)
                    & Q(cleared_at__isnull=False)
                    & ~Q(reason="")
                )
                | (~Q(state=AnomalyState.CLEARED) & Q(cleared_by=None, cleared_at=None, reason="")),
                violation_error_message=_("排除异常须写明理由"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.base}"

    def trail(self) -> EventQuerySet[Event]:
        """What was done, the first first. Whoever asks has proved access to the row."""
        return Event.objects.for_subject(self)


class FileSketch(models.Model):
    """What a file looks like, for finding near-identical ones: a text's words, or a picture."""

    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    sketch = models.JSONField(_("文本特征"))
    picture = models.CharField(_("图片特征"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("时间"))

    class Meta:
        """Protection: the content of a file never changes, so this does not either."""

        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.file)
