"""Closed lists of the ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Who bears the money."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")


class AccountKind(models.TextChoices):
    """Where money stands. Only the source may be below zero: it is what was put in."""

    SOURCE = "source", _("来源")
    AVAILABLE = "available", _("可用")
    COMMITTED = "committed", _("已承诺")
    PAID = "paid", _("已拨付")


class TransferKind(models.TextChoices):
    """What a transfer does."""

    FUND = "fund", _("下达预算")
    COMMIT = "commit", _("承诺")
    POST = "post", _("拨付入账")
    RELEASE = "release", _("释放")


class AwardState(models.TextChoices):
    """States of an award's money."""

    COMMITTED = "committed", _("待拨付")
    PAID = "paid", _("已拨付")
    RELEASED = "released", _("已释放")


class Verb(models.TextChoices):
    """What an event of the ledger says was done."""

    FUND = "ledger.fund", _("下达预算")
    COMMIT = "ledger.commit", _("承诺资金")
    PAY = "ledger.pay", _("拨付")
    RELEASE = "ledger.release", _("释放资金")
    SEAL = "ledger.seal", _("封存账目")
