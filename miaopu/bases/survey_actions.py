"""Writes of the anonymous survey of tenants, and its results.

What keeps it anonymous stands in `models/surveys.py`: counters, no rows of answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.inspection_enums import InspectionVerb
from miaopu.bases.models import (
    Base,
    SurveyBase,
    SurveyInvitation,
    SurveyTally,
    Tenancy,
    TenantSurvey,
)
from miaopu.bases.models.surveys import SCORES
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.holders import tell_once
from miaopu.core.models import Notice, User
from miaopu.core.scope import reaches, region_prefix
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Representative
from miaopu.plans.models import ProgrammeVersion


@dataclass(frozen=True)
class Result:
    """What the tenants of a base said to one question: the mean score, and how they are spread."""

    question: str
    mean: Fraction
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Results:
    """The results of a base; `hidden` says why there are none to be shown."""

    asked: SurveyBase
    hidden: str = ""
    answers: int = 0
    rows: tuple[Result, ...] = ()

    @property
    def mean(self) -> Fraction | None:
        """The mean over all questions; None where results are hidden."""
        if not self.rows:
            return None
        return sum((row.mean for row in self.rows), Fraction(0)) / len(self.rows)


@transaction.atomic
def open_survey(version: ProgrammeVersion, key: str, *, by: User) -> TenantSurvey:
    """Ask the enterprises in all admitted bases of the programme; one survey of a kind at a time.

    Raises NotAllowed for others than the programme officer, Conflict while one is running.
    """
    region = version.programme.region_id
    if not reaches(by, region, [Role.PROGRAMME_OFFICER]):
        raise NotAllowed(_("满意度测评由计划主管发起"), _("请联系计划主管"))
    ProgrammeVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    definition = version.pack.surveys.get(key)
    if definition is None:
        raise ActionRefused(_("计划中没有这项测评"), _("请刷新页面"))
    today = clock.today()
    if TenantSurvey.objects.open_on(today).filter(version__programme=version.programme_id, key=key):
        raise Conflict(_("这项测评正在进行"), _("截止以后才能再次发起"))
    survey = TenantSurvey.objects.create(
        version=version,
        key=key,
        opened_on=today,
        closes_on=today + timedelta(days=definition.days),
        opened_by=by,
    )
    bases = Base.objects.filter(
        state=BaseState.ADMITTED, region__code__startswith=region_prefix(region)
    )
    invited = 0
    for base in bases.order_by("number"):
        asked = SurveyBase.objects.create(survey=survey, base=base)
        live = Tenancy.objects.live().filter(base=base, enterprise__isnull=False).order_by("pk")
        made = SurveyInvitation.objects.bulk_create(
            SurveyInvitation(asked=asked, tenancy=tenancy) for tenancy in live
        )
        SurveyTally.objects.bulk_create(
            SurveyTally(asked=asked, question=question.id, score=score)
            for question in definition.questions
            for score in SCORES
        )
        invited += len(made)
        _invite(survey, base, made)
    record_event(
        survey,
        InspectionVerb.OPEN_SURVEY,
        by=by,
        region=region,
        data={"survey": key, "invited": invited},
    )
    return survey


def _invite(survey: TenantSurvey, base: Base, invitations: list[SurveyInvitation]) -> None:
    by_enterprise = {one.tenancy.enterprise_id: one for one in invitations}
    rows = Representative.objects.live().filter(enterprise__in=by_enterprise)
    closes = survey.closes_on.isoformat()
    text = Bilingual(
        f"请匿名评价{base.name}，{closes}截止",
        f"Please rate {base.name}, anonymously, by {closes}",
    )
    tell_once(
        Notice(
            user_id=row.user_id,
            key=f"survey/{by_enterprise[row.enterprise_id].pk}",
            text=text.zh[:300],
            text_en=text.en[:400],
            link=f"/my/surveys/{by_enterprise[row.enterprise_id].pk}/",
        )
        for row in rows.order_by("pk")
    )


@transaction.atomic
def count_answer(invitation: SurveyInvitation, scores: Mapping[str, int], *, by: User) -> None:
    """Count what a tenant says, once; nothing is kept that leads back from a score to the tenant.

    The event names neither the tenant nor the scores nor who was signed in. Raises ActionRefused
    for missing scores and after the last day, Conflict for a second answer, NotAllowed for others.
    """
    rows = SurveyInvitation.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("asked__survey__version", "asked__base", "tenancy").get(
        pk=invitation.pk
    )
    acts = Representative.objects.live().filter(user=by)
    if not acts.filter(enterprise=locked.tenancy.enterprise):
        raise NotAllowed(_("这份测评不是发给您的"), _("请用入驻企业的账号登录"))
    survey = locked.asked.survey
    if clock.today() > survey.closes_on:
        raise ActionRefused(_("测评已经截止"), _("感谢关注"))
    if locked.answered:
        raise Conflict(_("您已经评价过"), _("每户只计一次，匿名评价不能修改"))
    questions = [one.id for one in survey.definition.questions]
    if any(scores.get(question) not in SCORES for question in questions):
        raise ActionRefused(_("请为每一项评分"), _("1 为很不满意，5 为很满意"))
    for question in questions:
        SurveyTally.objects.filter(
            asked=locked.asked_id, question=question, score=scores[question]
        ).update(count=F("count") + 1)
    locked.answered = True
    locked.save(update_fields=["answered"])
    record_event(locked.asked, InspectionVerb.COUNT_ANSWER, by=None, region=None)


def results_of(asked: SurveyBase, today: date) -> Results:
    """The results of a base: only after the last day, and only of at least `minimum` answers.

    Below that, nobody is told even how many have answered.
    """
    survey = asked.survey
    definition = survey.definition
    if today <= survey.closes_on:
        return Results(asked, _("测评进行中，截止后才有结果"))
    counts: dict[str, dict[int, int]] = {one.id: {} for one in definition.questions}
    for tally in asked.tallies.all():
        counts[tally.question][tally.score] = tally.count
    answers = min(sum(found.values()) for found in counts.values())
    if answers < definition.minimum:
        return Results(
            asked,
            _("参加的不足 %(minimum)s 户，为保护匿名不显示结果") % {"minimum": definition.minimum},
        )
    rows = tuple(
        Result(
            question,
            Fraction(sum(score * found.get(score, 0) for score in SCORES), answers),
            tuple(found.get(score, 0) for score in SCORES),
        )
        for question, found in counts.items()
    )
    return Results(asked, "", answers, rows)
