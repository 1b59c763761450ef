"""Telling of offers: one message for each of an enterprise's people, unless they opted out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from miaopu.cases.models import Offer, OfferOptOut
from miaopu.core import clock
from miaopu.core.models import Notice, User
from miaopu.engine.messages import Bilingual
from miaopu.engine.money import format_yuan
from miaopu.parties.models import Representative

SEPARATOR = Bilingual("、", ", ")


def people_told(offers: Sequence[Offer]) -> dict[int, list[User]]:
    """Who acts for the offers' enterprises and wants messages, by the enterprise's id."""
    acting = (
        Representative.objects.live()
        .filter(enterprise__in=[offer.enterprise_id for offer in offers])
        .exclude(user__in=OfferOptOut.objects.values("user"))
    )
    people: dict[int, list[User]] = defaultdict(list)
    for one in acting.select_related("user").order_by("pk"):
        people[one.enterprise_id].append(one.user)
    return people


def _tell(offers: Sequence[Offer], event: str, texts: Sequence[Bilingual]) -> None:
    people = people_told(offers)
    Notice.objects.bulk_create(
        [
            Notice(
                user=user,
                key=f"offer/{offer.pk}/{event}",
                text=text.zh[:300],
                text_en=text.en[:400],
                link=f"/my/offers/{offer.pk}/",
                at=clock.now(),
            )
            for offer, text in zip(offers, texts, strict=True)
            for user in people[offer.enterprise_id]
        ],
        ignore_conflicts=True,  # each person is told once
    )


def tell_of_issue(offers: Sequence[Offer]) -> None:
    """Tell of new offers."""
    texts = []
    for offer in offers:
        amount = format_yuan(offer.amount_fen or 0)
        texts.append(
            Bilingual(
                f"{offer.enterprise}可享“{offer.item.title}”{amount}元：无需申报，确认即可",
                f"{offer.enterprise} can have {amount} yuan of “{offer.item.title_en}”: "
                "no application needed, only your consent",
            )
        )
    _tell(offers, "issue", texts)


def _reason(offer: Offer) -> Bilingual:
    """Why an offer was withdrawn, in a few words; the page has the values."""
    if "case" in offer.changes:
        number = offer.changes["case"]
        return Bilingual(f"已有办件{number}", f"there is case {number}")
    if "opted_out" in offer.changes:
        return Bilingual("企业选择了不做自动匹配", "the enterprise chose not to be matched")
    titles = [Bilingual(**entry["title"]) for entry in offer.changes.get("conditions", [])]
    if not titles and "counted" in offer.changes:
        name = Bilingual(**offer.changes["counted"])
        return Bilingual(
            f"只计一次，改按金额更高的“{name.zh}”计",
            f"it counts once, now under “{name.en}”, which pays more",
        )
    if not titles:
        return Bilingual("计划或金额有变化", "the programme or the amount has changed")
    zh = SEPARATOR.zh.join(title.zh for title in titles)
    en = SEPARATOR.en.join(title.en for title in titles)
    if "rule" in offer.changes:
        number = offer.changes["rule"][1]
        return Bilingual(
            f"规则已改为第{number}版，不再满足：{zh}",
            f"the rule has changed (version {number}), no longer: {en}",
        )
    return Bilingual(f"数据有变化，不再满足：{zh}", f"facts have changed, no longer: {en}")


def tell_of_withdrawal(offer: Offer) -> None:
    """Tell that an offer was withdrawn, and because of what."""
    why = _reason(offer)
    text = Bilingual(
        f"{offer.enterprise}“{offer.item.title}”的邀约已撤回：{why.zh}",
        f"The offer of “{offer.item.title_en}” to {offer.enterprise} was withdrawn: {why.en}",
    )
    _tell([offer], "withdraw", [text])
