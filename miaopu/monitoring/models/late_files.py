"""Evidence that comes after the freeze: kept, and told apart from what was frozen."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import File, User
from miaopu.monitoring.models.assessments import ScoreSheet
from miaopu.monitoring.querysets import ScoreFileQuerySet


class LateScoreFile(models.Model):
    """A file for a line of a sheet that was frozen already; it counts for nothing by itself.

    Whoever decides an appeal reads it beside the frozen one.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="late_files")
    line = models.CharField(_("评分项"), max_length=60)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("上传时间"))

    objects = ScoreFileQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["sheet_id", "line", "pk"]
        constraints = [
            models.UniqueConstraint(name="late_score_file_once", fields=["sheet", "line", "file"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
