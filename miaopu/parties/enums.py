"""Closed lists of the parties."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EnterpriseStatus(models.TextChoices):
    """Registration status of an enterprise."""

    ACTIVE = "active", _("存续")
    SUSPENDED = "suspended", _("停业")
    CLOSED = "closed", _("注销")


class Source(models.TextChoices):
    """Departments that deliver facts, and the three that are not departments."""

    MARKET = "market", _("市场监管")
    STATISTICS = "statistics", _("统计")
    TAX = "tax", _("税务")
    HR = "hr", _("人社")
    AGRICULTURE = "agriculture", _("农业农村")
    OFFICER = "officer", _("经办核实")
    COMPUTED = "computed", _("系统计算")
    SYSTEM = "system", _("本系统记录")


class Verb(models.TextChoices):
    """What an event of the parties says was done."""

    REGISTER_ENTERPRISE = "parties.register_enterprise", _("登记企业")
    RECORD_FACT = "parties.record_fact", _("记录数据项")
    END_FACT = "parties.end_fact", _("终止数据项")
    ADD_REPRESENTATIVE = "parties.add_representative", _("授权代表")
