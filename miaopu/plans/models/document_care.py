"""What keeps the policy library alive: reviews 立改废, and subscriptions."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region, User
from miaopu.plans.document_querysets import DocumentReviewQuerySet, DocumentSubscriptionQuerySet
from miaopu.plans.enums import DocumentKind, ReviewOutcome
from miaopu.plans.models.documents import PolicyDocument


class DocumentReview(models.Model):
    """A review of whether a document is kept, amended or repealed; counts once it is confirmed."""

    document = models.ForeignKey(PolicyDocument, on_delete=models.PROTECT, related_name="reviews")
    outcome = models.CharField(_("结论"), max_length=10, choices=ReviewOutcome.choices)
    reason = models.TextField(_("理由"))
    next_due = models.DateField(_("下次清理日期"), null=True)
    repealed_on = models.DateField(_("废止日期"), null=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"))
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)

    objects = DocumentReviewQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["document_id", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="review_confirmed_by_another",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("proposed_by")),
                violation_error_message=_("立改废意见须由提出人以外的人确认"),
            ),
            models.CheckConstraint(
                name="review_says_until_when",
                condition=Q(outcome=ReviewOutcome.REPEAL, repealed_on__isnull=False)
                | ~Q(outcome=ReviewOutcome.REPEAL) & Q(next_due__isnull=False, repealed_on=None),
                violation_error_message=_("废止须有废止日期，其他结论须有下次清理日期"),
            ),
            models.UniqueConstraint(
                name="review_one_open",
                fields=["document"],
                condition=Q(confirmed_at=None),
                violation_error_message=_("这份文件已有一个等待确认的意见"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="confirmed_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.outcome}"


class DocumentSubscription(models.Model):
    """A person wants to be told of documents; what is left empty does not matter to her."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    industry = models.CharField(_("行业"), max_length=4, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=DocumentKind.choices, blank=True)
    made_at = models.DateTimeField(_("订阅时间"))
    ended_at = models.DateTimeField(_("取消时间"), null=True)

    objects = DocumentSubscriptionQuerySet.as_manager()

    class Meta:
        """Order, invariants and protection."""

        ordering = ["user_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="subscription_once",
                fields=["user", "region", "industry", "kind"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                violation_error_message=_("已有相同的订阅"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.region_id or '*'} {self.industry or '*'} {self.kind or '*'}"
