"""Papers on published results: certificates of bases, the bulletin of a year."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region
from miaopu.engine.letters.bulletin import BulletinText
from miaopu.engine.letters.certificate import CertificateText
from miaopu.engine.seals import digest
from miaopu.monitoring.models.results import AssessmentFreeze, AssessmentResult
from miaopu.monitoring.querysets import BulletinQuerySet, CertificateQuerySet


class _Paper(models.Model):
    """A numbered document, made from its content alone; `digest` covers the content."""

    issuer = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("顺序号"))
    number = models.CharField(_("文号"), max_length=80)
    content = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    at = models.DateTimeField(_("制发时间"))

    class Meta:
        """Shared by every paper."""

        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def is_whole(self) -> bool:
        """Whether the content is still what its digest covers."""
        return digest(self.content) == self.digest


class AssessmentCertificate(_Paper):
    """The certificate of the class that a base has reached, for some months."""

    result = models.OneToOneField(
        AssessmentResult, on_delete=models.PROTECT, related_name="certificate"
    )
    code = models.CharField(_("核验码"), max_length=16, unique=True)
    valid_from = models.DateField(_("有效期自"))
    valid_until = models.DateField(_("有效期至"))

    objects = CertificateQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="certificate_number_once", fields=["issuer", "year", "serial"]
            ),
            models.CheckConstraint(
                name="certificate_period", condition=Q(valid_until__gte=F("valid_from"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    @property
    def text(self) -> CertificateText:
        """Its content, for the makers of documents."""
        return CertificateText.from_json(self.content)


class AssessmentBulletin(_Paper):
    """The bulletin of a published result."""

    freeze = models.OneToOneField(
        AssessmentFreeze, on_delete=models.PROTECT, related_name="bulletin"
    )

    objects = BulletinQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="bulletin_number_once", fields=["issuer", "year", "serial"]
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    @property
    def text(self) -> BulletinText:
        """Its content, for the makers of documents."""
        return BulletinText.from_json(self.content)
