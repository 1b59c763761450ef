"""What the records know of officials and institutions: help given, duties, tasks, satisfaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.db.models import Q

from miaopu.bases.enums import NeedState
from miaopu.bases.models import (
    AttachedOfficer,
    Base,
    GrowthNeed,
    ServiceRecord,
    SurveyBase,
    TenantSurvey,
)
from miaopu.bases.survey_actions import results_of
from miaopu.core.models import User
from miaopu.core.scope import region_prefix
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import SubjectKind
from miaopu.monitoring.models import AssessmentCampaign, AssessmentSubject
from miaopu.monitoring.place_records import PlaceRecords
from miaopu.monitoring.recorded import Recorded, share
from miaopu.monitoring.subjects import attachments_in, reports_in
from miaopu.parties.models import Representative
from miaopu.plans.models import TaskReport


class HelpRecords:
    """The records of help to tenants in a year until a day; each part is read once."""

    def __init__(self, campaign: AssessmentCampaign, as_of: date, places: PlaceRecords) -> None:
        self.campaign = campaign
        self.as_of = as_of
        self.places = places
        self.year = (date(campaign.year, 1, 1), as_of)

    def of(self, subject: AssessmentSubject) -> dict[str, Recorded]:
        """The figures of a person or an institution."""
        if subject.kind == SubjectKind.STAFF:
            assert subject.user is not None
            return self._person(subject, subject.user)
        return self._institution(subject)

    def _person(self, subject: AssessmentSubject, user: User) -> dict[str, Recorded]:
        attached = [one for one in self._attachments if one.officer_id == user.pk]
        plans = {one.plan_id for one in attached}
        found = self._needs(Q(plan__in=plans), Q(solved_by=user))
        found |= self._services(Q(done_by=user))
        tasks = {one.task_id for one in self._reports if one.made_by_id == user.pk}
        if self.places.asks("tasks_"):
            views = (one for one in self.places.task_views if one.task.pk in tasks)
            found |= self.places.tasks(views)
        if self.places.asks("visits_"):
            offices = [one.office_id for one in user.live_memberships]
            found |= self.places.duties("visits", subject, offices, user.name)
        return found | self._satisfaction({one.plan.tenancy.base_id for one in attached})

    def _institution(self, subject: AssessmentSubject) -> dict[str, Recorded]:
        bases = set(
            Base.objects.filter(operator=subject.enterprise_id).values_list("pk", flat=True)
        )
        acting = Representative.objects.filter(enterprise=subject.enterprise_id).values("user")
        found = self._needs(Q(plan__tenancy__base__in=bases), Q(solved_by__in=acting))
        return found | self._services(Q(done_by__in=acting)) | self._satisfaction(bases)

    @cached_property
    def _attachments(self) -> list[AttachedOfficer]:
        return attachments_in(self.campaign, self.as_of)

    @cached_property
    def _reports(self) -> list[TaskReport]:
        return reports_in(self.campaign, self.as_of)

    def _needs(self, raised: Q, solved: Q) -> dict[str, Recorded]:
        """Needs of the year; met are only those that were solved by them and the tenant confirmed.

        A need that somebody else has solved is none of theirs.
        """
        others = ~Q(solved_by=None) & ~solved
        rows = GrowthNeed.objects.filter(raised, raised_on__range=self.year).exclude(others)
        every = rows.count()
        met = rows.filter(solved, state=NeedState.CONFIRMED, confirmed_on__lte=self.as_of).count()
        note = Bilingual(
            f"需求 {every} 项，办结并经企业确认 {met} 项，截至 {self.as_of}",
            f"{every} needs, {met} met and confirmed by the tenant by {self.as_of}",
        )
        return {
            "needs_raised": Recorded(Decimal(every), note),
            "needs_confirmed": Recorded(Decimal(met), note),
            "needs_share": Recorded(share(met, every), note)
            if every
            else Recorded(None, Bilingual("没有登记的需求", "no needs were entered")),
        }

    def _services(self, by: Q) -> dict[str, Recorded]:
        inside = Q(plan__tenancy__base__region__code__startswith=self._inside)
        rows = ServiceRecord.objects.filter(by, inside, on__range=self.year)
        count = rows.count()
        served = rows.values("plan").distinct().count()
        note = Bilingual(
            f"服务 {count} 次，{served} 户，截至 {self.as_of}",
            f"{count} services to {served} tenants by {self.as_of}",
        )
        return {
            "services_given": Recorded(Decimal(count), note),
            "tenants_served": Recorded(Decimal(served), note),
        }

    @property
    def _inside(self) -> str:
        return region_prefix(self.campaign.programme.region_id)

    @cached_property
    def _asked(self) -> dict[int, SurveyBase]:
        """The last survey of the year of each base that is over by the day."""
        said = self.campaign.scheme.satisfaction
        surveys = TenantSurvey.objects.filter(
            version__programme=self.campaign.programme_id,
            opened_on__range=self.year,
            closes_on__lt=self.as_of,
        )
        if said is not None:
            surveys = surveys.filter(key=said.survey)
        rows = SurveyBase.objects.filter(survey__in=surveys).select_related("survey__version")
        ordered = rows.prefetch_related("tallies").order_by("survey__opened_on", "pk")
        return {one.base_id: one for one in ordered}

    def _satisfaction(self, bases: Iterable[int]) -> dict[str, Recorded]:
        """The mean score, 1 to 5, over the bases whose results may be told at all.

        What a base's few tenants said is not told, so it is not counted either.
        """
        said = self.campaign.scheme.satisfaction
        question = said.question if said is not None else None
        answers = total = hidden = 0
        minimum = 0
        for base in sorted(bases):
            asked = self._asked.get(base)
            if asked is None:
                continue
            results = results_of(asked, self.as_of)
            if results.hidden:
                hidden += 1
                minimum = asked.survey.definition.minimum
            for row in results.rows:
                if question in (None, row.question):
                    answers += sum(row.counts)
                    total += sum(score * count for score, count in enumerate(row.counts, start=1))
        if answers:
            mean = (Decimal(total) / answers).quantize(Decimal("0.01"), ROUND_HALF_UP)
            note = Bilingual(
                f"匿名满意度测评均分，满分 5 分，{answers} 份评价",
                f"mean of the anonymous survey, of 5, over {answers} answers",
            )
            return {"satisfaction": Recorded(mean, note)}
        if hidden:
            note = Bilingual(
                f"答复太少：不足 {minimum} 户，为保护匿名不计这一项",
                f"too few answers: fewer than {minimum} tenants, left out to keep them anonymous",
            )
        else:
            note = Bilingual("没有已截止的满意度测评", "no survey has closed yet")
        return {"satisfaction": Recorded(None, note)}
