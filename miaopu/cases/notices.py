"""Telling an enterprise what happens to its case, once per step, in both languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from miaopu.cases.models import Case
from miaopu.core.actions import notify
from miaopu.core.holders import settle_notices, tell_once
from miaopu.core.models import Notice, User
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Representative

# What the enterprise is told after a transition; steps inside the offices tell nothing.
TEXTS = {
    "submit": Bilingual("申报已收到，等待受理", "was received and awaits acceptance"),
    "accept": Bilingual("已受理，开始审核", "was accepted; its review begins"),
    "publish": Bilingual("已列入公示名单", "stands on a list in publicity"),
    "confirm_refusal": Bilingual("不予扶持，理由见办件页面", "was refused; the page says why"),
}


REMINDER = "reminder"  # how the keys of reminders begin
CORRECTED = Bilingual("补正材料已收到，继续审核", "was corrected; its review goes on")
OBJECTED = Bilingual("公示期内收到异议，正在核实", "met an objection, which is being looked into")
OBJECTION_DISMISSED = Bilingual("公示异议不成立", "stands: the objection was dismissed")
BACK = Bilingual("公示后退回重审", "was sent back to review after its publicity")


def tell_enterprise(case: Case, key: str, text: Bilingual, page: str = "") -> None:
    """Tell everybody who acts for the case's enterprise; `page` is a page below the case's own."""
    tell_enterprises([(case, key, text)], page)


def tell_enterprises(rows: Iterable[tuple[Case, str, Bilingual]], page: str = "") -> None:
    """Tell those who act for many cases' enterprises, each under its key, as `tell_enterprise`."""
    rows = list(rows)
    people: dict[int, list[int]] = defaultdict(list)
    live = Representative.objects.live().filter(
        enterprise__in={case.enterprise_id for case, _key, _text in rows}
    )
    for user_id, enterprise_id in live.order_by("pk").values_list("user", "enterprise"):
        people[enterprise_id].append(user_id)
    tell_once(
        _notice(user_id, case, key, text, page)
        for case, key, text in rows
        for user_id in people[case.enterprise_id]
    )


def _notice(user_id: int, case: Case, key: str, text: Bilingual, page: str) -> Notice:
    said = Bilingual(f"{case.number}：{text.zh}", f"{case.number}: {text.en}")
    return Notice(
        user_id=user_id,
        key=f"case/{case.number}/{key}",
        text=said.zh,
        text_en=said.en,
        link=f"/my/cases/{case.number}/{page}",
    )


def asked_to_correct(points: int, due: date) -> Bilingual:
    """That so many points must be corrected by a day."""
    return Bilingual(
        f"需要补正 {points} 处，最迟 {due.isoformat()} 提交",
        f"needs {points} correction{'s' if points != 1 else ''} by {due.isoformat()}",
    )


def tell_officer(user: User, case: Case, key: str, text: Bilingual, link: str = "") -> None:
    """Tell somebody in an office about a case."""
    notify(
        user,
        f"case/{case.number}/{key}",
        f"{case.number}：{text.zh}",
        f"{case.number}: {text.en}",
        link=link or f"/office/cases/{case.number}/",
    )


def tell_of_transition(case: Case, name: str) -> None:
    """Tell the enterprise of a step that concerns it."""
    if name in TEXTS:
        tell_enterprise(case, f"{name}/{case.revision}", TEXTS[name])


def settle_reminders(*keys: str) -> int:
    """The step was taken, or waits for nobody any more: its reminders are not new any longer.

    `keys` are those of what waited: "clock/7", "correction/3", "objection/2", "offer/9".
    """
    return settle_notices(*(f"{REMINDER}/{key}/" for key in keys))
