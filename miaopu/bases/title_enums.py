"""Closed lists of the titles of bases."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NominationState(models.TextChoices):
    """How far a proposed base has come on its way to a title."""

    PROPOSED = "proposed", _("待市级评选")
    RECALLED = "recalled", _("区县已撤回")
    DECLINED = "declined", _("未入选")
    SELECTED = "selected", _("已入选，待公示")
    PUBLISHED = "published", _("公示中")
    DROPPED = "dropped", _("异议成立，已移出")
    LISTED = "listed", _("已列入名单")


class TitleObjectionState(models.TextChoices):
    """Whether an objection to a line of a list has been answered, and how."""

    OPEN = "open", _("待答复")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")


class MotionKind(models.TextChoices):
    """What is asked for a title that holds."""

    RENEW = "renew", _("复核续期")
    WITHDRAW = "withdraw", _("撤销称号")
    RECOMMEND = "recommend", _("向上推荐")


class MotionState(models.TextChoices):
    """How far a motion has come; a recommendation goes on until those above have decided."""

    PROPOSED = "proposed", _("待另一人审定")
    APPROVED = "approved", _("已审定")
    DECLINED = "declined", _("未同意")
    RECOGNISED = "recognised", _("上级已认定")
    REFUSED = "refused", _("上级未认定")


class TitleVerb(models.TextChoices):
    """What an event of a title says was done."""

    OPEN_CAMPAIGN = "titles.open_campaign", _("开展示范称号评选")
    NOMINATE_BASE = "titles.nominate_base", _("推荐参加示范评选")
    RECALL_NOMINATION = "titles.recall_nomination", _("撤回示范推荐")
    SELECT_NOMINATION = "titles.select_nomination", _("市级评选入选")
    DECLINE_NOMINATION = "titles.decline_nomination", _("市级评选未入选")
    PUBLISH_TITLES = "titles.publish_titles", _("公示示范名单")
    OBJECT_TO_TITLE = "titles.object_to_title", _("对示范名单提出异议")
    UPHOLD_OBJECTION = "titles.uphold_objection", _("示范名单异议成立")
    DISMISS_OBJECTION = "titles.dismiss_objection", _("示范名单异议不成立")
    LIST_TITLES = "titles.list_titles", _("公布示范名单")
    PROPOSE_MOTION = "titles.propose_motion", pgettext_lazy("act", "提请变动称号")
    APPROVE_MOTION = "titles.approve_motion", _("审定称号变动")
    DECLINE_MOTION = "titles.decline_motion", _("不同意称号变动")
    RECOGNISE_MOTION = "titles.recognise_motion", _("登记上级认定")
    REFUSE_MOTION = "titles.refuse_motion", _("登记上级未认定")
