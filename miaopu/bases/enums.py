"""Closed lists of the bases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CarrierType(models.TextChoices):
    """Kinds of bases that the plans name (Taiyuan 六/(一), Guiyang 三/(六), Yancheng)."""

    MAKERSPACE = "makerspace", _("众创空间")
    STARTUP_BASE = "startup_base", _("小企业创业基地")
    TECH_INCUBATOR = "tech_incubator", _("科技企业孵化器")
    COMMERCE_CLUSTER = "commerce_cluster", _("商贸企业集聚区")
    MICRO_PARK = "micro_park", _("微型企业孵化园")
    SME_PARK = "sme_park", _("中小企业园")
    MICRO_VILLAGE = "micro_village", _("微型企业村")
    ENTREPRENEURSHIP_PARK = "entrepreneurship_park", _("创业园")


class BaseState(models.TextChoices):
    """States of a base on its way into the programme and out of it."""

    DRAFT = "draft", _("填报中")
    PROPOSED = "proposed", _("待县级遴选")
    SELECTED = "selected", _("待市级验收")
    ADMITTED = "admitted", _("已准入")
    LEFT = "left", _("已退出")
    DELISTED = "delisted", _("已摘牌")


class TitleLevel(models.TextChoices):
    """Who recognised a base."""

    NATIONAL = "national", _("国家级")
    PROVINCIAL = "provincial", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")


class TenancyStage(models.TextChoices):
    """How far a tenant has come."""

    TEAM = "team", _("创业团队")
    PROJECT = "project", _("项目")
    INCUBATING = "incubating", _("在孵企业")
    GRADUATED = "graduated", _("已毕业")
    LEFT = "left", _("已退出")


class NeedKind(models.TextChoices):
    """What a tenant needs on its way (Ganzhou 三/(二), 四/(三))."""

    LICENCE = "licence", _("办证")
    TRAINING = "training", _("培训")
    FINANCE = "finance", _("融资")
    HIRING = "hiring", _("用工")
    OTHER = "other", _("其他")


class NeedState(models.TextChoices):
    """Whether a tenant's need is met; only the tenant says that it is."""

    OPEN = "open", _("待解决")
    SOLVED = "solved", _("待企业确认")
    CONFIRMED = "confirmed", _("企业已确认")


class Verb(models.TextChoices):
    """What an event of the bases says was done."""

    FILE_BASE = "bases.file_base", _("填报基地")
    CHANGE_BASE = "bases.change_base", _("修改基地资料")
    PROPOSE_BASE = "bases.propose_base", _("申请准入")
    SELECT_BASE = "bases.select_base", _("县级遴选通过")
    RETURN_BASE = "bases.return_base", _("退回基地申请")
    ACCEPT_BASE = "bases.accept_base", _("验收准入")
    EXIT_BASE = "bases.exit_base", _("基地退出")
    DELIST_BASE = "bases.delist_base", _("基地摘牌")
    ADD_TITLE = "bases.add_title", _("登记称号")
    ADD_ROOM = "bases.add_room", _("登记房间")
    ADMIT_TENANT = "bases.admit_tenant", _("入驻")
    ADVANCE_TENANT = "bases.advance_tenant", _("推进孵化阶段")
    INCUBATE_TENANT = "bases.incubate_tenant", _("注册为在孵企业")
    GRADUATE_TENANT = "bases.graduate_tenant", _("毕业")
    END_TENANCY = "bases.end_tenancy", _("退租")
    DRAW_PLAN = "bases.draw_plan", _("制定帮扶成长计划")
    CHANGE_PLAN = "bases.change_plan", _("修改帮扶成长计划")
    ATTACH_OFFICER = "bases.attach_officer", _("安排挂点人员")
    DETACH_OFFICER = "bases.detach_officer", _("结束挂点")
    RAISE_NEED = "bases.raise_need", _("登记需求")
    SOLVE_NEED = "bases.solve_need", _("办结需求")
    CONFIRM_NEED = "bases.confirm_need", _("确认需求已解决")
    REOPEN_NEED = "bases.reopen_need", _("需求未解决，重新办理")
    RECORD_SERVICE = "bases.record_service", _("登记服务")
    RECORD_MONTHS = "bases.record_months", _("填报月度指标")
    FOLLOW_UP = "bases.follow_up", _("毕业后回访")
    CLAIM_REWARD = "bases.claim_reward", _("申请在孵企业奖励")
