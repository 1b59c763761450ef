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
    RETURN = "return", _("退回入账")
    RELEASE = "release", _("释放")


class AwardState(models.TextChoices):
    """States of an award's money."""

    COMMITTED = "committed", _("待拨付")
    PAID = "paid", _("已拨付")
    RELEASED = "released", _("已释放")


class BatchState(models.TextChoices):
    """States of a payment batch."""

    OPEN = "open", _("待银行结果")
    SETTLED = "settled", _("已登记结果")
    CANCELLED = "cancelled", _("已撤销")


class LineState(models.TextChoices):
    """What became of one payment of a batch."""

    PENDING = "pending", _("待结果")
    PAID = "paid", _("已付")
    FAILED = "failed", _("付款失败")
    RETURNED = "returned", _("已付后退回")
    CANCELLED = "cancelled", _("已撤销")


class Verb(models.TextChoices):
    """What an event of the ledger says was done."""

    FUND = "ledger.fund", _("下达预算")
    COMMIT = "ledger.commit", _("承诺资金")
    PAY = "ledger.pay", _("拨付")
    RETURN = "ledger.return", _("登记退回")
    FAIL = "ledger.fail", _("登记付款失败")
    CORRECT_ACCOUNT = "ledger.correct_account", _("更正收款账户")
    RELEASE = "ledger.release", _("释放资金")
    CREATE_BATCH = "ledger.create_batch", _("建立付款批次")
    ENTER_BATCH = "ledger.enter_batch", _("列入付款批次")
    CANCEL_BATCH = "ledger.cancel_batch", _("撤销付款批次")
    LEAVE_BATCH = "ledger.leave_batch", _("移出付款批次")
    READ_REPLY = "ledger.read_reply", _("读入银行结果")
    APPLY_REPLY = "ledger.apply_reply", _("登记银行结果")
    SEAL = "ledger.seal", _("封存账目")
