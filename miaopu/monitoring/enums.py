"""Closed lists of monitoring: assessments and what follows from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SubjectKind(models.TextChoices):
    """Who is assessed."""

    BASE = "base", _("基地")
    REGION = "region", _("区县和开发区")
    DEPARTMENT = "department", _("部门")
    INSTITUTION = "institution", _("服务机构")
    STAFF = "staff", _("工作人员")


class CampaignState(models.TextChoices):
    """States of an assessment campaign."""

    OPEN = "open", _("评分中")
    FROZEN = "frozen", _("已冻结")
    PUBLICITY = "publicity", _("结果公示中")
    PUBLISHED = "published", _("已公布")


class SheetState(models.TextChoices):
    """With whom a score sheet is."""

    SELF = "self", pgettext_lazy("score sheet", "自评")
    DISTRICT = "district", pgettext_lazy("score sheet", "复核")
    CITY = "city", _("市级评分")
    SETTLED = "settled", _("评分完成")


class Stage(models.TextChoices):
    """Who gave a score."""

    SELF = "self", _("自评")
    DISTRICT = "district", pgettext_lazy("score", "复核")
    CITY = "city", _("市级")
    EXPERT = "expert", _("专家")
    APPEAL = "appeal", _("复核决定")


class AppealState(models.TextChoices):
    """States of an appeal against a result."""

    FILED = "filed", _("待复核")
    UPHELD = "upheld", _("成立，已改分")
    REJECTED = "rejected", _("不成立，维持原分")


class DelistingState(models.TextChoices):
    """States of a delisting case."""

    OPENED = "opened", _("待听证")
    HEARD = "heard", _("已听证，待报省")
    REPORTED = "reported", _("已报省，待核准")
    APPROVED = "approved", _("已核准摘牌")
    REFUSED = "refused", _("未核准，保留资格")


class Verb(models.TextChoices):
    """What an event of monitoring says was done."""

    OPEN_CAMPAIGN = "monitoring.open_campaign", _("开展考核")
    OPEN_PERIOD = "monitoring.open_period", _("下发评分表")
    REFRESH_FIGURES = "monitoring.refresh_figures", _("按记录更新考核数据")
    SAVE_SCORES = "monitoring.save_scores", _("填写评分")
    SUBMIT_SHEET = "monitoring.submit_sheet", _("提交评分表")
    RETURN_SHEET = "monitoring.return_sheet", _("退回评分表")
    HAND_OVER_SHEET = "monitoring.hand_over_sheet", _("变更评分表的运营主体")
    KEEP_SCORE_FILE = "monitoring.keep_score_file", _("上传佐证材料")
    WITHDRAW_SCORE_FILE = "monitoring.withdraw_score_file", _("撤下佐证材料")
    KEEP_LATE_FILE = "monitoring.keep_late_file", _("冻结后补交材料")
    DECLARE_CONFLICT = "monitoring.declare_conflict", _("申报回避")
    SAMPLE_SHEET = "monitoring.sample_sheet", _("抽取专家评分")
    FREEZE_CAMPAIGN = "monitoring.freeze_campaign", _("冻结考核结果")
    REOPEN_CAMPAIGN = "monitoring.reopen_campaign", _("解除冻结")
    PUBLICISE_CAMPAIGN = "monitoring.publicise_campaign", _("公示考核结果")
    PUBLISH_CAMPAIGN = "monitoring.publish_campaign", pgettext_lazy("assessment", "公布考核结果")
    HAND_RESULTS = "monitoring.hand_results", _("报送考核结果")
    FILE_APPEAL = "monitoring.file_appeal", _("申请复核")
    DECIDE_APPEAL = "monitoring.decide_appeal", _("复核决定")
    ISSUE_OPINION = "monitoring.issue_opinion", _("下达整改意见")
    ISSUE_BULLETIN = "monitoring.issue_bulletin", _("印发考核通报")
    ISSUE_CERTIFICATE = "monitoring.issue_certificate", _("颁发考核证书")
    OPEN_DELISTING = "monitoring.open_delisting", _("启动摘牌程序")
    HEAR_DELISTING = "monitoring.hear_delisting", _("记录听证")
    REPORT_DELISTING = "monitoring.report_delisting", _("报省级核准")
    APPROVE_DELISTING = "monitoring.approve_delisting", _("登记省级核准")
    REFUSE_DELISTING = "monitoring.refuse_delisting", _("登记省级不予核准")
