"""What every page's frame shows: navigation by role, notices, the demo's date, kept forms."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.models import Notice
from miaopu.portal import care, formats, kept_forms
from miaopu.portal.kept_parts import kept
from miaopu.portal.shapes import Link, Text

EVERYBODY = ""
PARTY = "party"
OFFICE_ROLES = (Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)


@dataclass(frozen=True)
class NavItem:
    """A route in the navigation."""

    route: str
    text: Text


@dataclass(frozen=True)
class NavSection:
    """Routes for an audience: everybody, parties, or the holders of one of `roles`."""

    title: Text
    items: tuple[NavItem, ...]
    audience: str = EVERYBODY
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class NavLink:
    """A link of the navigation as shown."""

    text: Text
    href: str
    current: bool


@dataclass(frozen=True)
class NavGroup:
    """A group of links under its title."""

    title: Text
    links: tuple[NavLink, ...]


SECTIONS = (
    NavSection(
        _("我的"),
        (
            NavItem("my_home", _("我的首页")),
            NavItem("benefits", _("能享受什么")),
            NavItem("my_cases", _("我的办件")),
            NavItem("my_bases", _("我的基地")),
        ),
        audience=PARTY,
    ),
    NavSection(
        _("办理"),
        (
            NavItem("office_home", _("待办")),
            NavItem("office_board", _("计划看板")),
            NavItem("case_queue", _("办件")),
            NavItem("entitlements", _("可享企业")),
            NavItem("office_offers", _("免申即享")),
            NavItem("batches", _("批次评审")),
            NavItem("publicity_prepare", _("公示准备")),
            NavItem("objections", _("公示异议")),
            NavItem("enterprise_search", _("查找企业")),
            NavItem("fact_doubts", _("数据更正请求")),
            NavItem("office_bases", _("创业基地")),
        ),
        roles=OFFICE_ROLES,
    ),
    NavSection(
        _("计划"),
        (
            NavItem("target_board", _("目标分解")),
            NavItem("target_letters", _("目标责任书")),
            NavItem("rule_list", _("规则与测算")),
            NavItem("task_board", _("任务督办")),
            NavItem("duties", _("经常性职责")),
            NavItem("duty_calendar", _("职责日历")),
            NavItem("policy_library", _("政策文库管理")),
            NavItem("fee_lists", _("收费清单管理")),
        ),
        roles=OFFICE_ROLES,
    ),
    NavSection(
        _("计划编制"),
        (
            NavItem("reading_desk", _("计划阅读台")),
            NavItem("programme_versions", _("计划版本")),
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
            NavItem("finance_home", _("资金")),
            NavItem("payments", _("拨付")),
            NavItem("payment_batches", _("付款批次")),
        ),
        roles=(Role.FINANCE_OFFICER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP),
    ),
    NavSection(
        _("计划"),
        (
            NavItem("task_board", _("任务督办")),
            NavItem("duties", _("经常性职责")),
            NavItem("duty_calendar", _("职责日历")),
        ),
        roles=(Role.FINANCE_OFFICER,),
    ),
    NavSection(
        _("审计"),
        (NavItem("audit_events", _("操作记录")),),
        roles=(Role.AUDITOR, Role.AUDIT_ADMIN),
    ),
    NavSection(
        _("查阅"),
        (
            NavItem("office_board", _("计划看板")),
            NavItem("case_queue", _("办件")),
            NavItem("batches", _("批次评审")),
            NavItem("objections", _("公示异议")),
            NavItem("entitlements", _("可享企业")),
            NavItem("office_offers", _("免申即享")),
            NavItem("rule_list", _("规则与测算")),
            NavItem("enterprise_search", _("查找企业")),
            NavItem("fact_doubts", _("数据更正请求")),
            NavItem("task_board", _("任务督办")),
            NavItem("duties", _("经常性职责")),
            NavItem("duty_calendar", _("职责日历")),
            NavItem("office_bases", _("创业基地")),
            NavItem("target_board", _("目标分解")),
            NavItem("target_letters", _("目标责任书")),
            NavItem("finance_home", _("资金")),
            NavItem("payments", _("拨付")),
            NavItem("payment_batches", _("付款批次")),
            NavItem("reading_desk", _("计划阅读台")),
        ),
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


def href(route: str) -> str:
    """The address of a route without arguments, "" where there is none."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


class Shell:
    """The frame of one page; everything is worked out only when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._user: Any = getattr(request, "user", None)

    @property
    def _signed_in(self) -> bool:
        return self._user is not None and self._user.is_authenticated

    def _meant_for_user(self, section: NavSection) -> bool:
        if section.audience == PARTY:
            return self._signed_in and self._user.is_party
        if section.roles:
            return self._signed_in and self._user.has_role(*section.roles)
        return True

    @property
    def here(self) -> str:
        """The route of the page, "" where it has none."""
        match = self._request.resolver_match
        return (match.url_name or "") if match else ""

    def _links(self, items: Sequence[NavItem]) -> tuple[NavLink, ...]:
        found = ((item, href(item.route)) for item in items)
        return tuple(NavLink(item.text, url, item.route == self.here) for item, url in found if url)

    @cached_property
    def _sections(self) -> tuple[int, ...]:
        """The places of the sections that are meant for this user."""
        return tuple(
            place for place, section in enumerate(SECTIONS) if self._meant_for_user(section)
        )

    @property
    def navigation_key(self) -> Hashable:
        """All that the navigation is made from: under the same key it looks the same."""
        return (self._sections, self.here) if self._sections else None

    @cached_property
    def navigation(self) -> list[NavGroup]:
        """Groups of links for this user; routes that do not exist and empty groups are left out."""
        sections = (SECTIONS[place] for place in self._sections)
        groups = (NavGroup(section.title, self._links(section.items)) for section in sections)
        return [group for group in groups if group.links]

    @cached_property
    def foot(self) -> tuple[NavLink, ...]:
        """The links at the foot of every page."""
        return self._links(FOOT)

    @property
    def notices_href(self) -> str:
        """Where the user's notices are, "" where there are none to be had."""
        return href("notices") if self._signed_in else ""

    @cached_property
    def unread(self) -> int:
        """How many notices the user has not read."""
        if not self._signed_in:
            return 0
        user = self._user
        return kept(("unread", user.pk), Notice.objects.for_user(user).unread().count)

    @cached_property
    def office(self) -> str:
        """The office the user acts in, in the reader's language; "" for parties."""
        memberships = self._user.live_memberships if self._signed_in else []
        if not memberships:
            return ""
        office = memberships[0].office
        return office.name_en if formats.is_english() and office.name_en else office.name

    @property
    def care(self) -> bool:
        """Whether the reader has switched to 关怀版 (elder mode)."""
        return care.is_on(self._request)

    @property
    def demo(self) -> bool:
        """Whether this is a demo with made-up data and a clock that can be moved."""
        return bool(settings.DEMO)

    @cached_property
    def demo_today(self) -> date:
        """The date that counts in the demo."""
        return clock.today()

    @property
    def demo_clock_href(self) -> str:
        """Where the demo's clock is moved."""
        return href("demo_clock")

    @cached_property
    def _kept(self) -> list[kept_forms.KeptForm]:
        return kept_forms.offered(self._request)

    @property
    def kept_here(self) -> list[kept_forms.KeptForm]:
        """Forms that were typed on this page and not handed in because the sign-in had expired."""
        return [kept for kept in self._kept if kept.page_path == self._request.path]

    @property
    def kept_elsewhere(self) -> list[Link]:
        """Such forms of other pages."""
        here = self._request.path
        return [Link(kept.page_path, kept.page) for kept in self._kept if kept.page_path != here]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: the frame of the page as `shell`."""
    return {"shell": Shell(request)}
