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
    DELIVER_FILE = "parties.deliver_file", _("上传导入文件")
    CHECK_DELIVERY = "parties.check_delivery", _("检查导入文件")
    REFUSE_DELIVERY = "parties.refuse_delivery", _("退回导入文件")
    CONFIRM_DELIVERY = "parties.confirm_delivery", _("确认导入")
    IMPORT_DELIVERY = "parties.import_delivery", _("导入企业数据")
    DOUBT_FACT = "parties.doubt_fact", _("请求更正数据")
    ANSWER_DOUBT = "parties.answer_doubt", _("答复更正请求")


class DeliveryState(models.TextChoices):
    """States of a delivery. The last two are final."""

    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("待确认")
    IMPORTING = "importing", _("导入中")
    IMPORTED = "imported", _("已导入")
    REFUSED = "refused", _("已退回")


class RowOutcome(models.TextChoices):
    """What a row of a delivery would do."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("更新")
    UNCHANGED = "unchanged", _("无变化")
    WRONG = "wrong", _("有误")


class DoubtState(models.TextChoices):
    """States of a request to correct a fact."""

    OPEN = "open", _("等待答复")
    CORRECTED = "corrected", _("已更正")
    KEPT = "kept", _("经核实无误")
