"""Closed lists of standards, self-inspection, rectification, visits and surveys."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SheetState(models.TextChoices):
    """States of a base's self-inspection form. Silent: not handed in by its day.

    After the second chance the pack's rule holds: the district inspects, or no line counts as met.
    """

    OPEN = "open", _("待自查")
    SILENT = "silent", _("逾期未交")
    HANDED_IN = "handed_in", _("已上报")
    ON_SITE = "on_site", _("待上门检查")
    CHECKED = "checked", _("已上门检查")
    ZERO = "zero", _("不报，计零分")


class Finding(models.TextChoices):
    """What the operator found on a line of the form."""

    GOOD = "good", _("符合要求")
    PROBLEM = "problem", _("存在问题")
    NOT_APPLICABLE = "not_applicable", _("不适用")


class RectificationState(models.TextChoices):
    """States of a problem on its way to be put right. Failed: a consequence was stated."""

    OPEN = "open", _("整改中")
    REPORTED = "reported", _("待核查")
    CLOSED = "closed", _("已销号")
    FAILED = "failed", _("逾期未改")


class Moment(models.TextChoices):
    """Whether a piece of evidence shows how it was, or how it is now."""

    BEFORE = "before", _("整改前")
    AFTER = "after", _("整改后")


class InspectionVerb(models.TextChoices):
    """What an event of standards, inspections, visits and surveys says was done."""

    ANSWER_STANDARD = "bases.answer_standard", _("填报准入标准情况")
    OPEN_CAMPAIGN = "bases.open_campaign", _("部署自查")
    SAVE_SHEET = "bases.save_sheet", _("填写自查表")
    HAND_IN_SHEET = "bases.hand_in_sheet", _("上报自查表")
    NOTE_SILENCE = "bases.note_silence", _("自查表逾期未交")
    ADD_SHEET = "bases.add_sheet", _("补发自查表")
    APPLY_SILENCE = "bases.apply_silence", _("逾期不报，按规则处理")
    UNDO_SILENCE = "bases.undo_silence", _("撤回不报的处理")
    CHECK_ON_SITE = "bases.check_on_site", _("登记上门检查")
    ADD_RECTIFICATION = "bases.add_rectification", _("列入整改")
    ADD_EVIDENCE = "bases.add_evidence", _("补充整改佐证")
    REPORT_RECTIFICATION = "bases.report_rectification", _("报告整改完成")
    CONFIRM_RECTIFICATION = "bases.confirm_rectification", _("核查通过，销号")
    SEND_BACK_RECTIFICATION = "bases.send_back_rectification", _("核查不通过，退回整改")
    REOPEN_RECTIFICATION = "bases.reopen_rectification", _("重新整改")
    GIVE_SECOND_CHANCE = "bases.give_second_chance", _("给予一次延期整改")
    STATE_CONSEQUENCE = "bases.state_consequence", _("认定逾期未改")
    RECORD_VISIT = "bases.record_visit", _("登记走访")
    OPEN_SURVEY = "bases.open_survey", _("发起满意度测评")
    COUNT_ANSWER = "bases.count_answer", _("计入一份测评")
