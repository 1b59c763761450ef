"""Writes of requests to correct facts. Each is atomic and leaves an event."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.holders import holders, settle_notices, tell_once
from miaopu.core.models import Notice, User
from miaopu.core.scope import reaches
from miaopu.engine.messages import Bilingual
from miaopu.parties.dictionary import encode, fact_dictionary
from miaopu.parties.enums import DoubtState, Verb
from miaopu.parties.facts import known_facts
from miaopu.parties.models import Enterprise, FactDoubt, Representative


@transaction.atomic
def doubt_fact(enterprise: Enterprise, fact: str, says: str, why: str, *, by: User) -> FactDoubt:
    """Ask for a correction; the reviewers of the region are told. One at a time for each fact.

    Raises NotAllowed unless `by` represents the enterprise, Conflict where one waits already.
    """
    if not Representative.objects.live().filter(user=by, enterprise=enterprise).exists():
        raise NotAllowed(_("您不是该企业的代表"), _("请用企业授权的账号登录"))
    if fact not in fact_dictionary():
        raise ActionRefused(_("没有这个数据项"), _("请从一企一档中选择"))
    known = known_facts(enterprise, clock.today()).get(fact)
    value = None if known is None or known.value is None else encode(fact, known.value)
    try:
        with transaction.atomic():
            doubt = FactDoubt.objects.create(
                enterprise=enterprise,
                fact=fact,
                shown=value,
                source=known.source if known else "",
                as_of=known.as_of if known else None,
                says=says.strip()[:200],
                why=why.strip()[:1000],
                made_by=by,
                made_at=clock.now(),
            )
    except IntegrityError as taken:
        raise Conflict(
            _("这个数据项已有等待答复的更正请求"), _("请等答复，或联系所在区县")
        ) from taken
    title = fact_dictionary()[fact].title
    said = Bilingual(
        f"{enterprise}请求更正“{title.zh}”", f"{enterprise} asks for a correction of “{title.en}”"
    )
    _tell(doubt, holders(Role.REVIEWER, enterprise.region_id), "made", said, _office_link(doubt))
    _log(doubt, Verb.DOUBT_FACT, by, doubt.why)
    return doubt


@transaction.atomic
def answer_doubt(doubt: FactDoubt, state: str, answer: str, *, by: User) -> FactDoubt:
    """Answer a request: corrected, or kept with the reason. Raises NotAllowed, or Conflict."""
    locked = (
        FactDoubt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enterprise", "made_by")
        .get(pk=doubt.pk)
    )
    if not reaches(by, locked.enterprise.region_id, [Role.REVIEWER]):
        raise NotAllowed(_("由所在区县的审核员答复"), _("请转给审核员"))
    if locked.state != DoubtState.OPEN:
        raise Conflict(_("这份请求已经答复"), _("请刷新页面查看答复"))
    if state not in (DoubtState.CORRECTED, DoubtState.KEPT) or not answer.strip():
        raise ActionRefused(_("请选择结论并写明答复"), _("企业会看到答复"))
    locked.state, locked.answer = state, answer.strip()[:1000]
    locked.answered_by, locked.answered_at = by, clock.now()
    locked.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    settle_notices(f"doubt/{locked.pk}/")
    title = fact_dictionary()[locked.fact].title
    said = Bilingual(
        f"“{title.zh}”的更正请求已答复：{locked.answer}",
        f"Your request about “{title.en}” was answered: {locked.answer}",
    )
    link = f"/my/enterprises/{locked.enterprise.number}/facts/{locked.fact}/doubt/"
    _tell(locked, [locked.made_by], "answered", said, link)
    _log(locked, Verb.ANSWER_DOUBT, by, locked.answer)
    return locked


def _office_link(doubt: FactDoubt) -> str:
    return f"/office/fact-doubts/{doubt.pk}/"


def _tell(doubt: FactDoubt, people: list[User], event: str, said: Bilingual, link: str) -> None:
    tell_once(
        Notice(
            user=user,
            key=f"doubt/{doubt.pk}/{event}",
            text=said.zh[:300],
            text_en=said.en[:400],
            link=link,
        )
        for user in people
    )


def _log(doubt: FactDoubt, verb: Verb, by: User, reason: str) -> None:
    record_event(
        doubt,
        verb,
        by=by,
        reason=reason,
        region=doubt.enterprise.region_id,
        data={"fact": doubt.fact, "state": doubt.state},
    )
