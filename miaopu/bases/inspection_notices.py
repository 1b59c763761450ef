"""What people are told of self-inspections and rectifications, and reminders of them."""

from __future__ import annotations

from collections.abc import Iterator

from miaopu.bases.inspection_enums import SheetState
from miaopu.bases.models import Base, InspectionSheet, Rectification
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.holders import holders, tell_once
from miaopu.core.models import Notice, User
from miaopu.engine.clock import working_days_left
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Representative

CAMPAIGN, RECTIFY = "inspection", "rectification"


def campaign_key(sheet: InspectionSheet) -> str:
    """How the keys of notices about a form begin."""
    return f"{CAMPAIGN}/{sheet.pk}/"


def runners(base: Base) -> list[User]:
    """The people who act for the operator of the base."""
    rows = Representative.objects.live().filter(enterprise_id=base.operator_id)
    return [one.user for one in rows.select_related("user").order_by("pk")]


def checkers(base: Base) -> list[User]:
    """The reviewers of the base's district."""
    return holders(Role.REVIEWER, base.region_id)


def _notice(user: User, key: str, text: Bilingual, link: str) -> Notice:
    return Notice(user=user, key=key, text=text.zh[:300], text_en=text.en[:400], link=link)


def _of_sheet(sheet: InspectionSheet, key: str, text: Bilingual) -> Iterator[Notice]:
    for user in runners(sheet.base):
        yield _notice(user, campaign_key(sheet) + key, text, f"/my/inspections/{sheet.pk}/")


def called(sheet: InspectionSheet) -> Iterator[Notice]:
    """A self-inspection was called."""
    title, due = sheet.campaign.definition.title, sheet.due_on.isoformat()
    text = Bilingual(
        f"请为{sheet.base.name}填报“{title.zh}”，{due}前上报",
        f"Please fill in “{title.en}” for {sheet.base.name} and hand it in by {due}",
    )
    yield from _of_sheet(sheet, "called", text)


def silent(sheet: InspectionSheet) -> Iterator[Notice]:
    """The form was not handed in by its day: the second chance, and what follows then."""
    silence = sheet.campaign.definition.silence
    until = str(sheet.chance_until)
    text = Bilingual(
        f"{sheet.base.name}的自查表逾期未交，请在{until}前补报；再不补报，{silence.consequence.zh}",
        f"The self-inspection of {sheet.base.name} is overdue. Hand it in by {until}; "
        f"otherwise: {silence.consequence.en}",
    )
    yield from _of_sheet(sheet, "silent", text)
    for user in checkers(sheet.base):
        link = f"/office/sheets/{sheet.pk}/"
        yield _notice(user, campaign_key(sheet) + "silent", text, link)


def applied(sheet: InspectionSheet) -> Iterator[Notice]:
    """The second chance has passed as well: what the pack's rule does now."""
    said = sheet.campaign.definition.silence.consequence
    text = Bilingual(
        f"{sheet.base.name}的自查表没有补报：{said.zh}",
        f"The self-inspection of {sheet.base.name} was not handed in: {said.en}",
    )
    if sheet.check_by is not None:
        day = sheet.check_by.isoformat()
        text = Bilingual(f"{text.zh}，期限 {day}", f"{text.en}, by {day}")
    key = f"applied/{sheet.chance_until}"
    yield from _of_sheet(sheet, key, text)
    for user in checkers(sheet.base):
        yield _notice(user, campaign_key(sheet) + key, text, f"/office/sheets/{sheet.pk}/")


def undone(sheet: InspectionSheet) -> Iterator[Notice]:
    """What the rule did was taken back: the form may be handed in after all."""
    until = str(sheet.chance_until)
    text = Bilingual(
        f"{sheet.base.name}的自查表可以补报，期限 {until}",
        f"The self-inspection of {sheet.base.name} may still be handed in, by {until}",
    )
    yield from _of_sheet(sheet, f"undone/{until}", text)


def checked(sheet: InspectionSheet, problems: int) -> Iterator[Notice]:
    """The district has inspected the base instead."""
    text = Bilingual(
        f"县区已到{sheet.base.name}逐项检查，发现问题 {problems} 个",
        f"The district has inspected {sheet.base.name}; problems found: {problems}",
    )
    yield from _of_sheet(sheet, "checked", text)


def rectify_key(row: Rectification) -> str:
    """How the keys of notices about a rectification begin."""
    return f"{RECTIFY}/{row.number}/"


def tell_runners(row: Rectification, key: str, text: Bilingual) -> None:
    """Tell those who run the base something of a rectification."""
    link = f"/my/rectifications/{row.number}/"
    tell_once(_notice(user, rectify_key(row) + key, text, link) for user in runners(row.base))


def tell_checkers(row: Rectification, key: str, text: Bilingual) -> None:
    """Tell the district something of a rectification."""
    link = f"/office/rectifications/{row.number}/"
    tell_once(_notice(user, rectify_key(row) + key, text, link) for user in checkers(row.base))


def _due_forms() -> Iterator[Notice]:
    today = clock.today()
    rows = InspectionSheet.objects.due_from(today).filter(state=SheetState.OPEN)
    rows = rows.select_related("base", "campaign__version__programme").order_by("pk")
    for sheet in rows:
        due = sheet.due_on
        left = working_days_left(today, due)
        near = [rung for rung in sorted(sheet.campaign.definition.remind) if left <= rung]
        if near:
            text = Bilingual(
                f"{sheet.base.name}的自查表须在{due.isoformat()}前上报",
                f"The self-inspection of {sheet.base.name} must be handed in by {due.isoformat()}",
            )
            yield from _of_sheet(sheet, f"due/{near[0]}", text)


def _due_problems() -> Iterator[Notice]:
    today = clock.today()
    for row in Rectification.objects.overdue_on(today).select_related("base").order_by("pk"):
        text = Bilingual(
            f"{row.base.name}的整改 {row.number} 已过期限 {row.deadline.isoformat()}",
            f"Rectification {row.number} of {row.base.name} is past its deadline "
            f"{row.deadline.isoformat()}",
        )
        key = f"{rectify_key(row)}overdue/{row.deadline.isoformat()}"
        for user in runners(row.base):
            yield _notice(user, key, text, f"/my/rectifications/{row.number}/")
        for user in checkers(row.base):
            yield _notice(user, key, text, f"/office/rectifications/{row.number}/")


def remind_of_inspections() -> int:
    """Remind of forms that are due soon and of overdue problems, once each; how many are new."""
    return tell_once(_due_forms()) + tell_once(_due_problems())
