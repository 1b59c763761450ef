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


class ReadingState(models.TextChoices):
    """States of the reading of a plan, from the file to the programme."""

    UPLOADED = "uploaded", _("已上传")
    READING = "reading", _("读取中")
    OPEN = "open", _("阅读中")
    COMPLETED = "completed", _("已载入为计划")
    REFUSED = "refused", _("未能读取")


class ReadingKind(models.TextChoices):
    """What an item of a reading says."""

    CLAUSE = "clause", _("条款")
    RESPONSIBILITY = "responsibility", _("责任单位")
    TARGET = "target", _("目标")
    DEADLINE = "deadline", _("时间要求")
    MONEY = "money", _("资金")
    CITATION = "citation", _("引用文件")
    REPAIR = "repair", _("残缺处")
    CHECK = "check", _("核对")


class ReadingItemState(models.TextChoices):
    """What a person has made of an item."""

    UNREAD = "unread", _("未读")
    ACCEPTED = "accepted", _("已采用")
    CORRECTED = "corrected", _("已改正")
    ADDED = "added", _("已补充")
    DISCARDED = "discarded", _("未采用")


class Verb(models.TextChoices):
    """What an event of the plans says was done."""

    LOAD_VERSION = "plans.load_version", _("载入计划版本")
    MATCH_PROGRAMME = "plans.match_programme", _("匹配全部企业")
    UPLOAD_PLAN = "plans.upload_plan", _("上传计划文件")
    OPEN_READING = "plans.open_reading", _("读出计划内容")
    REFUSE_READING = "plans.refuse_reading", _("未能读取计划文件")
    ACCEPT_ITEM = "plans.accept_item", _("采用")
    CORRECT_ITEM = "plans.correct_item", _("改正")
    DISCARD_ITEM = "plans.discard_item", _("不采用")
    REOPEN_ITEM = "plans.reopen_item", _("改回未读")
    ADD_ITEM = "plans.add_item", _("补充")
    ACCEPT_ITEMS = "plans.accept_items", _("成批采用")
    KEEP_CHOICES = "plans.keep_choices", _("填写计划信息")
    COMPLETE_READING = "plans.complete_reading", _("载入为计划")
