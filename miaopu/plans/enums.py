"""Closed lists of the plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionState(models.TextChoices):
    """States of a programme's version."""

    CURRENT = "current", _("现行")
    SUPERSEDED = "superseded", _("已被替代")


class ProposalState(models.TextChoices):
    """States of a proposed change of a rule."""

    DRAFT = "draft", _("起草中")
    PROPOSED = "proposed", _("等待另一人发布")
    RETURNED = "returned", _("已退回修改")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class MatchStatus(models.TextChoices):
    """What a rule says of an enterprise. Only `true` entitles."""

    TRUE = "true", _("符合")
    UNKNOWN = "unknown", _("待定")
    FALSE = "false", _("不符合")


class Verb(models.TextChoices):
    """What an event of the plans says was done."""

    LOAD_VERSION = "plans.load_version", _("载入计划版本")
    MATCH_PROGRAMME = "plans.match_programme", _("匹配全部企业")
    START_PROPOSAL = "plans.start_proposal", _("起草规则修改")
    SAVE_PROPOSAL = "plans.save_proposal", _("保存规则修改")
    PROPOSE_RULE = "plans.propose_rule", _("提请发布规则")
    RETURN_RULE = "plans.return_rule", _("退回规则修改")
    WITHDRAW_RULE = "plans.withdraw_rule", _("撤回规则修改")
    REBASE_RULE = "plans.rebase_rule", _("改到现行规则之上")
    PUBLISH_RULE = "plans.publish_rule", _("发布规则版本")
    SIMULATE_RULES = "plans.simulate_rules", _("测算规则")
    SAVE_SIMULATION = "plans.save_simulation", _("保存测算")
