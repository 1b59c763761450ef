"""Closed lists of a base's record: facilities, changes, files, and its exit."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Facility(models.TextChoices):
    """What a base offers besides rooms."""

    MEETING = "meeting", _("会议室")
    TRAINING = "training", _("培训教室")
    EXHIBITION = "exhibition", _("展示厅")
    LABORATORY = "laboratory", _("实验或检测室")
    WORKSHOP = "workshop", _("共享加工车间")
    STREAMING = "streaming", _("直播间")
    STORAGE = "storage", _("仓储")
    CANTEEN = "canteen", _("食堂")
    DORMITORY = "dormitory", _("公寓或宿舍")
    PARKING = "parking", _("停车场")


class ChangeKind(models.TextChoices):
    """What changed of an admitted base; each is filed within three months."""

    NAME = "name", _("名称变更")
    OPERATOR = "operator", _("运营主体变更")
    AREA = "area", _("面积变更")


class ChangeState(models.TextChoices):
    """Whether a change has been checked."""

    FILED = "filed", _("待核对")
    CONFIRMED = "confirmed", _("已核对并更新")
    RETURNED = "returned", pgettext_lazy("change", "已退回")


class BaseFileKind(models.TextChoices):
    """What a file of a base is for."""

    PHOTO = "photo", _("照片")
    EVIDENCE = "evidence", _("变更证明")


class ExitState(models.TextChoices):
    """How far a base's exit has come."""

    FILED = "filed", _("待市级审定")
    CONFIRMED = "confirmed", _("已退出")
    RETURNED = "returned", pgettext_lazy("change", "已退回")


class TenantFate(models.TextChoices):
    """What becomes of a tenant when its base leaves the programme."""

    MOVES = "moves", _("迁入其他基地")
    STAYS = "stays", _("原址继续经营")
    ENDS = "ends", _("终止经营")


class RecordVerb(models.TextChoices):
    """What an event of a base's record says was done."""

    DESCRIBE_BASE = "bases.describe_base", _("更新设施和位置")
    ADD_PHOTO = "bases.add_photo", _("上传照片")
    REMOVE_PHOTO = "bases.remove_photo", _("移除照片")
    FILE_CHANGE = "bases.file_change", _("备案变更")
    CONFIRM_CHANGE = "bases.confirm_change", _("核对变更")
    RETURN_CHANGE = "bases.return_change", _("退回变更备案")
    FILE_EXIT = "bases.file_exit", _("申请退出并安置入驻企业")
    CONFIRM_EXIT = "bases.confirm_exit", _("审定退出")
    RETURN_EXIT = "bases.return_exit", _("退回退出申请")
