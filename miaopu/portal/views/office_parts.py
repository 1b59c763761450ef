"""What several staff pages show: who may read, pages of a list, facts, trails."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.cases.models import Case, Item
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Event, Region, User
from miaopu.core.scope import AnyUser, reaches
from miaopu.ledger.models import Award
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.facts import Known
from miaopu.parties.models import Enterprise
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import present, shapes
from miaopu.portal.kept_parts import kept
from miaopu.portal.tables import Column, Table
from miaopu.portal.views.enterprise_facts import value_text

OFFICE_ROLES = (Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER, Role.LEADING_GROUP)
CASE_READERS = (*OFFICE_ROLES, Role.AUDITOR)
MONEY_READERS = (
    Role.FINANCE_OFFICER,
    Role.PROGRAMME_OFFICER,
    Role.LEADING_GROUP,
    Role.AUDITOR,
)
HIDDEN = "***"
FACT_COLUMNS = (
    Column("title", _("数据项")),
    Column("value", _("值")),
    Column("source", _("来源部门")),
    Column("as_of", _("截至"), kind="date"),
    Column("record", _("来源记录")),
)


def needs_personal_data(user: AnyUser, region_code: str) -> bool:
    """Whether the user works with the personal data of this region's enterprises: its reviewers."""
    return reaches(user, region_code, [Role.REVIEWER])


def fact_table(
    known: Known, enterprise: Enterprise, version: ProgrammeVersion | None, *, personal: bool
) -> Table:
    """Every known fact with its value, its department, its day and its record.

    Facts about natural persons are hidden unless `personal`.
    """
    packs = [version.pack] if version else []

    def shown(name: str) -> str:
        if fact_dictionary()[name].personal and not personal:
            return HIDDEN
        value = known[name].value
        if name == "region" and value == enterprise.region_id:
            return present.region_name(enterprise.region)
        return value_text(name, value, packs)

    rows = [
        {
            "title": present.in_language(definition.title),
            "value": shown(name),
            "source": known[name].source_label,
            "as_of": known[name].as_of,
            "record": known[name].record,
        }
        for name, definition in fact_dictionary().items()
        if name in known
    ]
    return Table(
        FACT_COLUMNS,
        rows,
        gettext("已知数据"),
        empty=gettext("各部门尚未提供这家企业的数据"),
    )


def trail_of(case: Case, award: Award | None) -> list[shapes.TrailEntry]:
    """Who did what with a case, with names, for those inside. The caller proved access."""
    events = case.trail()
    transfers = award.transfers.for_award(award) if award is not None else None
    return present.trail_of(events, award, transfers, inside=True)


def items_in_force() -> list[Item]:
    """The items of programmes in force; read from the database only after something was written."""
    return kept("items in force", lambda: list(Item.objects.public()))


def offered_today(today: date) -> list[Item]:
    """The items that are offered without application on the day."""
    return [
        item
        for item in items_in_force()
        if item.definition.offer is not None
        and item.version.pack.period.start <= today <= item.version.pack.period.end
    ]


def regions_of(user: User, roles: Collection[str]) -> list[Region]:
    """The regions in whose offices the user has one of the roles, the widest first."""
    offices = [one.office for one in user.live_memberships if one.role in roles]
    found = {office.region_id: office.region for office in offices}
    return [found[code] for code in sorted(found)]


def offer_regions(form: forms.Form, regions: Iterable[Region]) -> None:
    """Give the field `region` of a form its choices."""
    field = form.fields["region"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(one.code, present.region_name(one)) for one in regions]


def in_one_text(refused: ActionRefused) -> str:
    """What is wrong and what to do, as one text."""
    return gettext("%(message)s。%(remedy)s") % {
        "message": refused.message,
        "remedy": refused.remedy,
    }


def last_event(case: Case) -> Event | None:
    """What was done with a case last. The caller proved access."""
    return case.trail().last()
