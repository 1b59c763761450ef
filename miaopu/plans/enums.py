"""Closed lists of the plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionState(models.TextChoices):
    """States of a programme's version."""

    CURRENT = "current", _("现行")
    SUPERSEDED = "superseded", _("已被替代")


class MatchStatus(models.TextChoices):
    """What a rule says of an enterprise. Only `true` entitles."""

    TRUE = "true", _("符合")
    UNKNOWN = "unknown", _("待定")
    FALSE = "false", _("不符合")


class DocumentKind(models.TextChoices):
    """Kinds of policy documents."""

    LAW = "law", _("法律法规")
    PLAN = "plan", _("规划和实施方案")
    MEASURE = "measure", _("管理办法")
    RULES = "rules", _("实施细则")
    OPINION = "opinion", _("意见")
    NOTICE = "notice", _("通知和公告")
    GUIDE = "guide", _("申报指南")


class EnterpriseKind(models.TextChoices):
    """For which kinds of enterprises a document is meant."""

    MICRO = "micro", _("微型企业")
    SMALL = "small", _("小型企业")
    MEDIUM = "medium", _("中型企业")
    INDIVIDUAL = "individual", _("个体工商户")
    MAKER = "maker", _("创客和创业团队")
    BASE = "base", _("创业基地")


class DocumentState(models.TextChoices):
    """States of a document and of its versions; that it has expired is computed by date."""

    DRAFT = "draft", _("草稿")
    IN_FORCE = "in_force", _("现行有效")
    AMENDED = "amended", _("已修订")
    REPEALED = "repealed", _("已废止")
    DISCARDED = "discarded", _("已放弃")


class ReviewOutcome(models.TextChoices):
    """What a review 立改废 comes to."""

    KEEP = "keep", _("继续有效")
    AMEND = "amend", _("需要修订")
    REPEAL = "repeal", _("废止")


class FeePayer(models.TextChoices):
    """Who pays a fee of the list, for newly registered small and micro enterprises."""

    ENTERPRISE = "enterprise", _("企业缴纳")
    EXEMPT = "exempt", _("新登记小微企业免缴")
    PROGRAMME = "programme", _("计划期内由专项资金全额支付")


class FeeListState(models.TextChoices):
    """States of a version of a fee list."""

    DRAFT = "draft", _("草稿")
    IN_FORCE = "in_force", _("现行有效")
    SUPERSEDED = "superseded", _("已被替代")


class DecompositionState(models.TextChoices):
    """States of a target's decomposition."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待批准")
    APPROVED = "approved", _("已批准")
    SUPERSEDED = "superseded", _("已被替代")
    DISCARDED = "discarded", _("已作废")


class MemberKind(models.TextChoices):
    """Who takes a part of a target."""

    REGION = "region", _("区县")
    BASE = "base", _("基地")
    UNIT = "unit", _("部门")


class PeriodSplit(models.TextChoices):
    """How the period of a target is split."""

    WHOLE = "whole", _("不分期")
    YEAR = "year", _("按年")
    HALF_YEAR = "half_year", _("按半年")
    QUARTER = "quarter", _("按季度")
    MONTH = "month", _("按月")


class TargetLetterState(models.TextChoices):
    """States of a target letter."""

    MADE = "made", _("待下达")
    ISSUED = "issued", _("待签收")
    ACKNOWLEDGED = "acknowledged", _("已签收")
    REPLACED = "replaced", _("已被新版替代")


class Verb(models.TextChoices):
    """What an event of the plans says was done."""

    LOAD_VERSION = "plans.load_version", _("载入计划版本")
    MATCH_PROGRAMME = "plans.match_programme", _("匹配全部企业")
    ADD_DOCUMENT = "plans.add_document", _("收录政策文件")
    EDIT_DOCUMENT = "plans.edit_document", _("修改政策文件草稿")
    PUBLISH_DOCUMENT = "plans.publish_document", _("发布政策文件")
    DISCARD_DOCUMENT = "plans.discard_document", _("放弃政策文件草稿")
    PROPOSE_REVIEW = "plans.propose_review", _("提出立改废意见")
    CONFIRM_REVIEW = "plans.confirm_review", _("确认立改废意见")
    SUBSCRIBE = "plans.subscribe", _("订阅政策")
    UNSUBSCRIBE = "plans.unsubscribe", _("取消订阅政策")
    DRAFT_FEES = "plans.draft_fees", _("起草收费清单")
    PUBLISH_FEES = "plans.publish_fees", _("发布收费清单")
    OPEN_DECOMPOSITION = "plans.open_decomposition", _("开始分解目标")
    SAVE_DECOMPOSITION = "plans.save_decomposition", _("修改目标分解")
    SUBMIT_DECOMPOSITION = "plans.submit_decomposition", _("提交目标分解")
    SEND_BACK_DECOMPOSITION = "plans.send_back_decomposition", _("退回目标分解")
    DISCARD_DECOMPOSITION = "plans.discard_decomposition", _("作废目标分解")
    APPROVE_DECOMPOSITION = "plans.approve_decomposition", _("批准目标分解")
    MAKE_TARGET_LETTER = "plans.make_target_letter", _("制作目标责任书")
    ISSUE_TARGET_LETTER = "plans.issue_target_letter", _("下达目标责任书")
    ACKNOWLEDGE_TARGET_LETTER = "plans.acknowledge_target_letter", _("签收目标责任书")
