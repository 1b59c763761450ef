"""Where everybody can go: the routes of the navigation and of the foot, by audience and role."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from miaopu.core.enums import Role
from miaopu.portal.shapes import Text

EVERYBODY = ""
PARTY = "party"
OFFICE_ROLES = (Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)


@dataclass(frozen=True)
class NavItem:
    """A route in the navigation, and whether auditors may look into it too."""

    route: str
    text: Text
    for_auditors: bool = False


@dataclass(frozen=True)
class NavSection:
    """Routes for an audience: everybody, parties, or the holders of one of `roles`."""

    title: Text
    items: tuple[NavItem, ...]
    audience: str = EVERYBODY
    roles: tuple[str, ...] = ()


_DUTIES = (
    NavItem("task_board", _("任务督办"), for_auditors=True),
    NavItem("duties", _("经常性职责"), for_auditors=True),
    NavItem("duty_calendar", _("职责日历"), for_auditors=True),
)
# What the offices work with.
_WORK = (
    NavSection(
        _("办理"),
        (
            NavItem("office_home", _("待办")),
            NavItem("office_board", _("计划看板"), for_auditors=True),
            NavItem("case_queue", _("办件"), for_auditors=True),
            NavItem("entitlements", _("可享企业"), for_auditors=True),
            NavItem("office_offers", _("免申即享"), for_auditors=True),
            NavItem("batches", _("批次评审"), for_auditors=True),
            NavItem("publicity_prepare", _("公示准备")),
            NavItem("objections", _("公示异议"), for_auditors=True),
            NavItem("enterprise_search", _("查找企业"), for_auditors=True),
            NavItem("fact_doubts", _("数据更正请求"), for_auditors=True),
            NavItem("office_bases", _("创业基地"), for_auditors=True),
            NavItem("inspection_board", _("自查整改"), for_auditors=True),
            NavItem("office_anomalies", _("基地异常"), for_auditors=True),
            NavItem("campaigns", _("考核"), for_auditors=True),
        ),
        roles=OFFICE_ROLES,
    ),
    NavSection(
        _("计划"),
        (
            NavItem("target_board", _("目标分解"), for_auditors=True),
            NavItem("target_letters", _("目标责任书"), for_auditors=True),
            NavItem("rule_list", _("规则与测算"), for_auditors=True),
            *_DUTIES,
            NavItem("policy_library", _("政策文库管理")),
            NavItem("fee_lists", _("收费清单管理")),
        ),
        roles=OFFICE_ROLES,
    ),
    NavSection(
        _("计划编制"),
        (
            NavItem("reading_desk", _("计划阅读台"), for_auditors=True),
            NavItem("programme_versions", pgettext_lazy("page", "计划版本")),
        ),
        roles=(Role.PROGRAMME_OFFICER,),
    ),
    NavSection(
        _("数据"),
        (NavItem("deliveries", _("数据导入")),),
        roles=(Role.REVIEWER, Role.PROGRAMME_OFFICER),
    ),
    NavSection(
        _("财政"),
        (
            NavItem("finance_home", _("资金"), for_auditors=True),
            NavItem("payments", _("拨付"), for_auditors=True),
            NavItem("payment_batches", _("付款批次"), for_auditors=True),
        ),
        roles=(Role.FINANCE_OFFICER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP),
    ),
)
SECTIONS = (
    NavSection(
        _("我的"),
        (
            NavItem("my_home", _("我的首页")),
            NavItem("benefits", _("能享受什么")),
            NavItem("my_cases", _("我的办件")),
            NavItem("my_bases", _("我的基地")),
            NavItem("my_assessments", _("考核")),
        ),
        audience=PARTY,
    ),
    *_WORK,
    NavSection(_("计划"), _DUTIES, roles=(Role.FINANCE_OFFICER,)),
    NavSection(
        _("审计"),
        (NavItem("audit_events", _("操作记录")),),
        roles=(Role.AUDITOR, Role.AUDIT_ADMIN),
    ),
    NavSection(
        _("查阅"),
        tuple(item for section in _WORK for item in section.items if item.for_auditors),
        roles=(Role.AUDITOR,),
    ),
    NavSection(
        _("公开信息"),
        (
            NavItem("home", _("计划进展")),
            NavItem("self_check", _("自测")),
            NavItem("bases", _("创业基地")),
            NavItem("publicity_list", _("公示")),
            NavItem("money", _("资金去向")),
            NavItem("policy_list", _("政策文库")),
            NavItem("fee_list", _("收费清单")),
        ),
    ),
)
FOOT = (
    NavItem("verify", _("账目核验")),
    NavItem("open_data", _("开放数据")),
    NavItem("api_page", _("数据接口")),
    NavItem("gallery", _("页面组件")),
)
