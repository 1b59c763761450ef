"""Closed lists of the anomalies of bases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AnomalyKind(models.TextChoices):
    """What looks wrong."""

    TWO_BASES = "two_bases", _("同时入驻两个基地")
    NO_STAFF = "no_staff", _("没有参保人员")
    SHARED_PHONE = "shared_phone", _("共用联系电话")
    SHARED_ADDRESS = "shared_address", _("共用住所地址")
    SAME_FILES = "same_files", _("材料相同或高度相似")
    NO_REVENUE = "no_revenue", _("毕业但没有营业收入")
    JUMP = "jump", _("数据突变")


class AnomalyState(models.TextChoices):
    """Whether somebody has looked; `gone`: the facts no longer show it."""

    OPEN = "open", _("待核查")
    CLEARED = "cleared", _("已核查排除")
    GONE = "gone", _("已消失")


class AnomalyVerb(models.TextChoices):
    """What an event of an anomaly says was done."""

    FIND_ANOMALY = "bases.find_anomaly", _("发现异常")
    CLEAR_ANOMALY = "bases.clear_anomaly", _("核查排除异常")
    END_ANOMALY = "bases.end_anomaly", _("异常消失")
