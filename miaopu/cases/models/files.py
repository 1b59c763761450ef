"""Files handed in with a case."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models.cases import Case
from miaopu.cases.querysets import CaseFileQuerySet
from miaopu.core.models import File


class CaseFile(models.Model):
    """A file handed in with a case. One that was removed from a draft stays, marked as removed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    material = models.CharField(_("材料"), max_length=60)
    name = models.CharField(_("文件名"), max_length=200)
    attached_at = models.DateTimeField(_("上传时间"))
    removed_at = models.DateTimeField(_("移除时间"), null=True)

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        """Order; the same file twice under one material is one."""

        ordering = ["case_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="case_file_once",
                fields=["case", "material", "file"],
                condition=Q(removed_at=None),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("case", "file", "material", "name", "attached_at"),
            ),
            pgtrigger.Protect(
                name="removed_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
