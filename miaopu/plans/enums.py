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


class Verb(models.TextChoices):
    """What an event of the plans says was done."""

    LOAD_VERSION = "plans.load_version", _("载入计划版本")
    MATCH_PROGRAMME = "plans.match_programme", _("匹配全部企业")
