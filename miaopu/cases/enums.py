"""Closed lists of the cases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """States of a case. What may follow what stands in states.py."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    RETURNED = "returned", _("待补正")
    ACCEPTED = "accepted", _("已受理")
    PROPOSED = "proposed", _("拟同意")
    REFUSAL_PROPOSED = "refusal_proposed", _("拟不予扶持")
    APPROVED = "approved", _("已批准待公示")
    PUBLISHED = "published", _("公示中")
    GRANTED = "granted", _("已决定扶持")
    REFUSED = "refused", _("不予扶持")
    WITHDRAWN = "withdrawn", _("已撤回")


ENDED = (CaseState.REFUSED, CaseState.WITHDRAWN)


class CaseChannel(models.TextChoices):
    """How a case came about."""

    APPLICATION = "application", _("企业申报")
    CONSENT = "consent", _("免申即享确认")


class OfferState(models.TextChoices):
    """States of an offer. What may follow what stands in offer_states.py."""

    OPEN = "open", _("待确认")
    CONSENTED = "consented", _("已确认享受")
    DECLINED = "declined", _("已放弃")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("已过期")


class CorrectionState(models.TextChoices):
    """States of what an enterprise was asked to correct."""

    OPEN = "open", _("等待补正")
    ANSWERED = "answered", _("已补正")
    LAPSED = "lapsed", _("逾期未补正")
    WITHDRAWN = "withdrawn", _("申报已撤回")


class PointKind(models.TextChoices):
    """What a point of a correction is about."""

    FIELD = "field", _("申报表")
    MATERIAL = "material", _("材料")


class ObjectionState(models.TextChoices):
    """States of an objection to a line of a published list."""

    OPEN = "open", _("处理中")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")


class Step(models.TextChoices):
    """Steps of a case that have a time limit; the pack says who and how long."""

    ACCEPT = "accept", _("受理")
    REVIEW = "review", _("审核")
    APPROVE = "approve", _("批准")
    PUBLICITY = "publicity", _("公示")
    DECIDE = "decide", _("决定")
    PAY = "pay", _("拨付")


class BatchState(models.TextChoices):
    """States of a batch review."""

    OPEN = "open", _("评审中")
    CONFIRMED = "confirmed", _("已确认")
    CANCELLED = "cancelled", _("已取消")


class Verb(models.TextChoices):
    """What an event of the cases says was done."""

    OPEN_CASE = "cases.open", _("开始申报")
    SAVE_FORM = "cases.save_form", _("保存申报表")
    ATTACH_FILE = "cases.attach_file", _("上传材料")
    REMOVE_FILE = "cases.remove_file", _("移除材料")
    ISSUE_OFFERS = "cases.issue_offers", _("发出免申即享邀约")
    CONSENT_OFFER = "cases.consent_offer", _("确认享受")
    DECLINE_OFFER = "cases.decline_offer", _("放弃享受")
    WITHDRAW_OFFER = "cases.withdraw_offer", _("撤回邀约")
    EXPIRE_OFFER = "cases.expire_offer", _("邀约过期")
    CHOOSE_NOTICES = "cases.choose_notices", _("选择是否接收邀约消息")
    SUBMIT = "cases.submit", _("提交申报")
    WITHDRAW = "cases.withdraw", _("撤回申报")
    ACCEPT = "cases.accept", _("受理")
    ASK_CORRECTION = "cases.ask_correction", _("要求补正")
    ANSWER_CORRECTION = "cases.answer_correction", _("提交补正")
    SAVE_CORRECTION = "cases.save_correction", _("保存补正内容")
    PROPOSE_GRANT = "cases.propose_grant", _("提出同意意见")
    PROPOSE_REFUSAL = "cases.propose_refusal", _("提出不予扶持意见")
    APPROVE = "cases.approve", _("批准")
    SELECT = "cases.select", _("批次评审通过")
    RANK = "cases.rank", _("本批未列入，转下一批")
    CONFIRM_REFUSAL = "cases.confirm_refusal", _("确认不予扶持")
    SEND_BACK = "cases.send_back", _("退回重审")
    PUBLISH = "cases.publish", _("列入公示")
    MAKE_LETTER = "cases.make_letter", _("制作决定书")
    GRANT = "cases.grant", _("决定扶持")
    PUBLISH_LIST = "cases.publish_list", _("发布公示")
    OPEN_BATCH = "cases.open_batch", _("开始批次评审")
    LIMIT_BATCH = "cases.limit_batch", _("设定名额")
    SET_ASIDE = "cases.set_aside", _("移出本批")
    TAKE_BACK = "cases.take_back", _("移回本批")
    CONFIRM_BATCH = "cases.confirm_batch", _("确认批次")
    CANCEL_BATCH = "cases.cancel_batch", _("取消批次")
    OBJECT = "cases.object", _("收到异议")
    UPHOLD_OBJECTION = "cases.uphold_objection", _("认定异议成立")
    DISMISS_OBJECTION = "cases.dismiss_objection", _("认定异议不成立")
    CHOOSE_MATCHING = "cases.choose_matching", _("选择是否参加自动匹配")
    SAVE_OFFER = "cases.save_offer", _("填写邀约")
