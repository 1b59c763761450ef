"""The policy library: documents, their versions, and what they cite."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Event, File, Region, User
from miaopu.plans.document_fields import TokenVectorField
from miaopu.plans.document_querysets import (
    DocumentCitationQuerySet,
    DocumentVersionQuerySet,
    PolicyDocumentQuerySet,
)
from miaopu.plans.enums import DocumentKind, DocumentState

DOCUMENT_STATES = (DocumentState.DRAFT, DocumentState.IN_FORCE, DocumentState.REPEALED)
TRIGRAMS = "gin_trgm_ops"


class DocumentHead(models.Model):
    """What stands at the head of a document: the same of a version and of the catalogue."""

    title = models.CharField(_("标题"), max_length=200)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=100)
    kind = models.CharField(_("类别"), max_length=10, choices=DocumentKind.choices)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("适用区域")
    )  # none: the whole country
    issued_on = models.DateField(_("印发日期"))
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("有效期至"), null=True)
    industries = models.JSONField(_("行业"), default=list)  # codes of GB/T 4754; none: all
    enterprise_kinds = models.JSONField(_("适用对象"), default=list)  # none: all
    illustrative = models.BooleanField(_("示例"), default=False)

    class Meta:
        """No table of its own."""

        abstract = True


HEAD_FIELDS = (
    *("title", "number", "issuer", "kind", "region", "issued_on", "valid_from", "valid_to"),
    *("industries", "enterprise_kinds", "illustrative"),
)


_FROZEN = (
    *("title", "number", "issuer", "kind", "region_id", "issued_on", "valid_from", "valid_to"),
    *("industries", "enterprise_kinds", "text", "digest", "clauses", "card", "file_id"),
    *("written_by_id", "published_by_id", "published_at", "position"),
)


def _columns(row: str) -> str:
    """The columns that publishing freezes, of a trigger's OLD or NEW row."""
    return ", ".join(f'{row}."{name}"' for name in _FROZEN)


class PolicyDocument(DocumentHead):
    """A document in the catalogue, with the head of its latest published version (or its draft).

    What is searched stands here too: filled by the action that publishes, never while searching.
    """

    code = models.CharField(_("编号"), max_length=12, unique=True)
    kept_in = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=10, choices=DocumentState.choices, default=DocumentState.DRAFT
    )
    published_at = models.DateTimeField(_("发布时间"), null=True)
    repealed_on = models.DateField(_("废止日期"), null=True)
    review_due = models.DateField(_("下次清理日期"), null=True)
    amendment_wanted = models.BooleanField(_("待修订"), default=False)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(_("收录时间"))
    number_key = models.CharField(max_length=60, blank=True)
    number_tail = models.CharField(max_length=12, blank=True)
    title_key = models.CharField(max_length=200)
    pinyin = models.TextField(blank=True)
    initials = models.TextField(blank=True)
    title_words = TokenVectorField(default="")
    words = TokenVectorField(default="")
    searched_text = models.TextField(blank=True)
    folded_text = models.TextField(blank=True)  # the same, sign by sign, as it is compared

    objects = PolicyDocumentQuerySet.as_manager()

    class Meta:
        """Order, invariants, indexes and protection."""

        ordering = ["-issued_on", "-pk"]
        indexes = [
            GinIndex(name="document_words", fields=["words"]),
            GinIndex(name="document_pinyin", fields=["pinyin"], opclasses=[TRIGRAMS]),
            GinIndex(name="document_initials", fields=["initials"], opclasses=[TRIGRAMS]),
            models.Index(name="document_number", fields=["number_tail", "number_key"]),
            models.Index(name="document_title_key", fields=["title_key"]),
            models.Index(name="document_issued", fields=["-issued_on", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="document_state",
                condition=Q(state__in=DOCUMENT_STATES),
                violation_error_message=_("文件没有这种状态"),
            ),
            models.CheckConstraint(
                name="document_valid_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("有效期的止期不能早于生效日期"),
            ),
            models.CheckConstraint(
                name="document_repealed_has_day",
                condition=Q(state=DocumentState.REPEALED) ^ Q(repealed_on=None),
                violation_error_message=_("废止须写明日期"),
            ),
            models.UniqueConstraint(
                name="document_number_once",
                fields=["number_key", "title_key"],
                condition=~Q(number_key="") & ~Q(state=DocumentState.DRAFT),
                violation_error_message=_("这个文号和标题的文件已经在库中"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="identity_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("code", "kept_in", "added_by", "added_at"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def trail(self) -> models.QuerySet[Event]:
        """Who did what with it, oldest first. Whoever asks has proved access."""
        return Event.objects.for_subject(self)

    def standing_on(self, day: date) -> str:
        """How the document stands on a day: a state, `pending` before it is valid, or `expired`."""
        if self.state == DocumentState.DRAFT:
            return str(DocumentState.DRAFT)
        if self.repealed_on is not None and self.repealed_on <= day:
            return str(DocumentState.REPEALED)
        if self.valid_from > day:
            return "pending"
        if self.valid_to is not None and self.valid_to < day:
            return "expired"
        return str(DocumentState.IN_FORCE)


class DocumentVersion(DocumentHead):
    """A document's text with its plain-language card; frozen once it is published."""

    document = models.ForeignKey(PolicyDocument, on_delete=models.PROTECT, related_name="versions")
    position = models.PositiveIntegerField(_("版本号"))
    state = models.CharField(
        _("状态"), max_length=10, choices=DocumentState.choices, default=DocumentState.DRAFT
    )
    revision = models.PositiveIntegerField(_("修改次数"), default=1)
    text = models.TextField(_("正文"))
    digest = models.CharField(_("正文摘要"), max_length=64)
    clauses = models.JSONField(_("条款"), default=list)
    card = models.JSONField(_("解读"), default=dict)
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=150, blank=True)
    change = models.CharField(_("修订说明"), max_length=500, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(_("起草时间"))
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True)

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["document_id", "-position"]
        constraints = [
            models.UniqueConstraint(name="document_version_once", fields=["document", "position"]),
            models.UniqueConstraint(
                name="document_one_draft",
                fields=["document"],
                condition=Q(state=DocumentState.DRAFT),
                violation_error_message=_("这份文件已有一个草稿版本"),
            ),
            models.UniqueConstraint(
                name="document_one_in_force",
                fields=["document"],
                condition=Q(state=DocumentState.IN_FORCE),
                violation_error_message=_("一份文件同时只能有一个现行版本"),
            ),
            models.CheckConstraint(
                name="document_version_valid_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("有效期的止期不能早于生效日期"),
            ),
            models.CheckConstraint(
                name="document_published_by_another",
                condition=Q(state__in=[DocumentState.DRAFT, DocumentState.DISCARDED])
                | Q(published_by__isnull=False) & ~Q(published_by=F("written_by")),
                violation_error_message=_("文件须由起草人以外的人发布"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="published_text_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.published_at IS NOT NULL"
                    f" AND ({_columns('OLD')}) IS DISTINCT FROM ({_columns('NEW')})"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.position}"


class DocumentCitation(models.Model):
    """A document that a version cites, with the document in the library as soon as there is one."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="cites")
    position = models.PositiveIntegerField(_("次序"))
    title = models.CharField(_("标题"), max_length=200, blank=True)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    title_key = models.CharField(max_length=200, blank=True)
    number_key = models.CharField(max_length=60, blank=True)
    target = models.ForeignKey(
        PolicyDocument, on_delete=models.PROTECT, null=True, related_name="cited_by"
    )

    objects = DocumentCitationQuerySet.as_manager()

    class Meta:
        """Order and invariants."""

        ordering = ["version_id", "position"]
        indexes = [
            models.Index(name="citation_number", fields=["number_key"]),
            models.Index(name="citation_title", fields=["title_key"]),
        ]
        constraints = [
            models.UniqueConstraint(name="citation_once", fields=["version", "position"]),
            models.CheckConstraint(
                name="citation_names_something",
                condition=~Q(title="") | ~Q(number=""),
                violation_error_message=_("引用须有标题或文号"),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.number
