"""Telling an enterprise what happens to its case, once per step, in both languages."""

from __future__ import annotations

from miaopu.cases.models import Case
from miaopu.core.actions import notify
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Representative

# What the enterprise is told after a transition; steps inside the offices tell nothing.
TEXTS = {
    "submit": Bilingual("申报已收到，等待受理", "was received and awaits acceptance"),
    "accept": Bilingual("已受理，开始审核", "was accepted; its review begins"),
    "publish": Bilingual("已列入公示名单", "stands on a list in publicity"),
    "confirm_refusal": Bilingual("不予扶持，理由见办件页面", "was refused; the page says why"),
}


BACK = Bilingual("公示后退回重审", "was sent back to review after its publicity")


def tell_enterprise(case: Case, key: str, text: Bilingual) -> None:
    """Tell everybody who acts for the case's enterprise."""
    people = Representative.objects.live().filter(enterprise_id=case.enterprise_id)
    for representative in people.select_related("user"):
        notify(
            representative.user,
            f"case/{case.number}/{key}",
            f"{case.number}：{text.zh}",
            f"{case.number}: {text.en}",
            link=f"/my/cases/{case.number}/",
        )


def tell_of_transition(case: Case, name: str) -> None:
    """Tell the enterprise of a step that concerns it."""
    if name in TEXTS:
        tell_enterprise(case, f"{name}/{case.revision}", TEXTS[name])
