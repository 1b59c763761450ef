"""What the records know of districts and departments: targets, tasks, duties, money, bases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from miaopu.core.models import Office
from miaopu.engine.definitions.times import days_of
from miaopu.engine.duties import Compliance, compliance
from miaopu.engine.messages import Bilingual
from miaopu.ledger.enums import Level, TransferKind
from miaopu.ledger.models import Transfer
from miaopu.monitoring.decomposed import DecomposedTarget, decomposed_targets
from miaopu.monitoring.enums import CampaignState, SubjectKind
from miaopu.monitoring.figures import Balance, balances_of, level_money
from miaopu.monitoring.models import AssessmentCampaign, AssessmentResult, AssessmentSubject
from miaopu.monitoring.recorded import HUNDRED, Recorded, share
from miaopu.monitoring.support import support_of
from miaopu.plans.duty_reads import view_duty
from miaopu.plans.enums import MemberKind
from miaopu.plans.models import DutyRecord, Task
from miaopu.plans.standing import TaskView, views_of

FEN = Decimal(100)


class PlaceRecords:
    """The records of a programme on a day; each part is read once for all subjects.

    Only what the scheme asks for is read: `wanted` are the names of its figures.
    """

    def __init__(self, campaign: AssessmentCampaign, as_of: date, wanted: frozenset[str]) -> None:
        self.campaign = campaign
        self.as_of = as_of
        self.wanted = wanted

    def of(self, subject: AssessmentSubject) -> dict[str, Recorded]:
        """The figures of a district or a department."""
        found: dict[str, Recorded] = {}
        if self.asks("tasks_"):
            found |= self.tasks(one for one in self.task_views if self._answers(one, subject))
        if self.asks("duties_"):
            found |= self.duties("duties", subject)
        if subject.kind != SubjectKind.REGION:
            return found
        found |= self._targets(subject.region_id)
        if self.asks("money_", "payments_"):
            found |= self._money(subject.region_id)
        if self.asks("bases_"):
            found |= self._bases(subject.region_id)
        return found

    def asks(self, *beginnings: str) -> bool:
        """Whether the scheme asks for a figure whose name begins so."""
        return any(name.startswith(beginnings) for name in self.wanted)

    # Tasks

    @cached_property
    def task_views(self) -> list[TaskView]:
        """The programme's tasks as they stand on the day."""
        tasks = Task.objects.live().filter(programme=self.campaign.programme_id)
        return views_of(tasks.order_by("pk"), self.as_of)

    def _answers(self, view: TaskView, subject: AssessmentSubject) -> bool:
        offices = [office for part in view.parts if part.answers for office in part.offices]
        return any(self._belongs(office, subject) for office in offices)

    def _belongs(self, office: Office, subject: AssessmentSubject) -> bool:
        if subject.kind == SubjectKind.REGION:
            return office.region_id == subject.region_id
        return office.pk == subject.office_id

    def tasks(self, views: Iterable[TaskView]) -> dict[str, Recorded]:
        """Tasks that fell due in the year until the day; a task closed in time counts as such.

        Red are those that are late or of which nothing was heard too long, due or not.
        """
        mine = list(views)
        due = [
            one for one in mine if date(self.campaign.year, 1, 1) <= one.task.due_on <= self.as_of
        ]
        in_time = sum(self._in_time(one.task) for one in due)
        red = sum(one.colour == "red" for one in mine)
        note = Bilingual(
            f"任务 {len(mine)} 项，截至 {self.as_of} 到期 {len(due)} 项，"
            f"按时办结 {in_time} 项，红灯 {red} 项",
            f"{len(mine)} tasks, {len(due)} due by {self.as_of}, "
            f"{in_time} of them closed in time; {red} on red",
        )
        counts = {
            "tasks_all": len(mine),
            "tasks_due": len(due),
            "tasks_in_time": in_time,
            "tasks_red": red,
        }
        found = {name: Recorded(Decimal(count), note) for name, count in counts.items()}
        found["tasks_in_time_share"] = (
            Recorded(share(in_time, len(due)), note)
            if due
            else Recorded(None, Bilingual("还没有到期的任务", "no task has fallen due yet"))
        )
        return found

    def _in_time(self, task: Task) -> bool:
        return task.closed_at is not None and timezone.localdate(task.closed_at) <= task.due_on

    # Duties

    def duties(
        self, prefix: str, subject: AssessmentSubject, offices: Iterable[int] = (), person: str = ""
    ) -> dict[str, Recorded]:
        """Calendar periods of the year, over by the day, in which a duty fell due and was met.

        With `person` only what she did herself counts, in her `offices`.
        """
        own = set(offices)
        met = Compliance(0, 0)
        records = DutyRecord.objects.standing().filter(
            programme=self.campaign.programme_id, done_on__lte=self.as_of
        )
        if person:
            records = records.filter(person=person, office__in=own)
        rows = list(records.order_by("done_on", "pk"))
        for duty in self.campaign.version.pack.duties:
            mine = [one for one in rows if one.duty == duty.id]
            for line in view_duty(self.campaign.version, duty, self.as_of, mine).lines:
                at = line.subject
                counts = (
                    at.office.pk in own or (not person and self._belongs(at.office, subject))
                    if at.office is not None
                    else not person and at.region is not None
                    and subject.kind == SubjectKind.REGION
                    and at.region.code == subject.region_id
                )  # fmt: skip
                if counts:
                    met += compliance(
                        [one for one in line.periods if one.span.first.year == self.campaign.year]
                    )
        note = Bilingual(
            f"应履职 {met.due} 次，已履职 {met.met} 次，截至 {self.as_of}",
            f"due {met.due} times, met {met.met} times by {self.as_of}",
        )
        return {
            f"{prefix}_due": Recorded(Decimal(met.due), note),
            f"{prefix}_met": Recorded(Decimal(met.met), note),
            f"{prefix}_share": Recorded(share(met.met, met.due), note)
            if met.due
            else Recorded(None, Bilingual("还没有到期的职责", "no duty has fallen due yet")),
        }

    # Targets

    @cached_property
    def _decomposed(self) -> tuple[DecomposedTarget, ...]:
        support = support_of(self.campaign.programme, self.as_of)
        return decomposed_targets(self.campaign.version, self.as_of, support)

    def _targets(self, region: str) -> dict[str, Recorded]:
        """How far a district is with its parts of the targets, each counted up to 100 percent.

        Measured against what time asks for by the day: at the end of a period, the whole part.
        """
        found = self._planned(region)
        if not self.asks("targets_") and not any(
            name.endswith(("_target", "_done")) for name in self.wanted
        ):
            return found
        shares, said = [], []
        for target in self._decomposed:
            for row in target.rows:
                if row.kind != MemberKind.REGION or row.key != region or row.target is None:
                    continue
                aim, due = f"{row.target.normalize():f}", _plain(row.due)
                done = "—" if row.done is None else str(row.done)
                note = Bilingual(
                    f"{target.title.zh}：目标 {aim}，按时间应达 {due}，实绩 {done}",
                    f"{target.title.en}: target {aim}, by now {due}, reached {done}",
                )
                found[f"{target.indicator}_target"] = Recorded(row.target, note)
                if row.done is not None:
                    found[f"{target.indicator}_done"] = Recorded(Decimal(row.done), note)
                if row.done is not None and row.due:
                    shares.append(min(share(row.done, row.due), HUNDRED))
                    said.append(note)
        note = Bilingual("没有可由记录计算的分解目标", "no part of a target that records tell")
        if said:
            note = Bilingual("；".join(x.zh for x in said), "; ".join(x.en for x in said))
        average = share(sum(shares), HUNDRED * len(shares)) if shares else None
        found["targets_counted"] = Recorded(Decimal(len(shares)), note)
        found["targets_share"] = Recorded(average, note)
        return found

    def _planned(self, region: str) -> dict[str, Recorded]:
        """The district's own targets of the year as the plan prints them."""
        gap = Recorded(
            None, Bilingual("计划没有给出这一年的目标", "the plan gives no target for the year")
        )
        found = {name: gap for name in self.wanted if name.endswith("_target")}
        for target in self.campaign.version.pack.targets:
            days = days_of(target.period)
            if target.region != region or days is None:
                continue
            if days[0].year <= self.campaign.year <= days[1].year:
                note = Bilingual(
                    f"计划目标，条款 {target.clause}", f"the plan's target, clause {target.clause}"
                )
                found[f"{target.indicator}_target"] = Recorded(Decimal(target.value), note)
        return found

    # Money

    @cached_property
    def _balances(self) -> list[Balance]:
        return [one for one in balances_of(self.campaign.programme) if one.level == Level.COUNTY]

    def _money(self, region: str) -> dict[str, Recorded]:
        """The district's own share of the money as the accounts stand today, in yuan."""
        mine = level_money(Level.COUNTY, (one for one in self._balances if one.region == region))
        returned = Transfer.objects.filter(
            kind=TransferKind.RETURN,
            award__case__programme=self.campaign.programme_id,
            award__case__region=region,
            at__date__range=(date(self.campaign.year, 1, 1), self.as_of),
        ).count()
        quota, paid = f"{mine.funded_fen / FEN:,f}", f"{mine.paid_fen / FEN:,f}"
        note = Bilingual(
            f"县级资金：安排 {quota} 元，已拨付 {paid} 元；退回重付 {returned} 笔",
            f"the county's money: {quota} yuan set aside, {paid} yuan paid; {returned} came back",
        )
        found = {
            "money_quota": Recorded(mine.funded_fen / FEN, note),
            "money_committed": Recorded(mine.committed_fen / FEN, note),
            "money_paid": Recorded(mine.paid_fen / FEN, note),
            "payments_returned": Recorded(Decimal(returned), note),
        }
        found["money_paid_share"] = (
            Recorded(share(mine.paid_fen, mine.funded_fen), note)
            if mine.funded_fen > 0
            else Recorded(None, Bilingual("账上没有县级资金", "no county money on the books"))
        )
        return found

    # Bases

    @cached_property
    def _results(self) -> list[AssessmentResult]:
        """The published results of the programme's bases in the year."""
        rows = AssessmentResult.objects.current().filter(
            freeze__campaign__programme=self.campaign.programme_id,
            freeze__campaign__year=self.campaign.year,
            freeze__campaign__subject_kind=SubjectKind.BASE,
            freeze__campaign__state=CampaignState.PUBLISHED,
        )
        return list(rows.select_related("subject__base", "freeze__campaign__version"))

    def _bases(self, region: str) -> dict[str, Recorded]:
        """How many of the district's bases were rated, how many came into each class, the mean.

        Classes are counted from the highest down; nothing is known before they are published.
        """
        mine = [one for one in self._results if one.subject.region_id == region]
        if not mine:
            note = Bilingual("没有参评的基地", "no base was rated")
            return {} if not self._results else {"bases_rated": Recorded(Decimal(0), note)}
        bands = [one.name for one in mine[0].freeze.campaign.scheme.bands]
        names = [f"{one.subject.name} {one.band}" for one in mine]
        note = Bilingual("；".join(names), "; ".join(names))
        mean = sum((one.composite for one in mine), Decimal(0)) / len(mine)
        found = {
            "bases_rated": Recorded(Decimal(len(mine)), note),
            "bases_mean_score": Recorded(mean.quantize(Decimal("0.01")), note),
        }
        for place, band in enumerate(bands, start=1):
            count = sum(one.band == band for one in mine)
            found[f"bases_class_{place}"] = Recorded(Decimal(count), note)
        return found


def _plain(value: Decimal | None) -> str:
    return "—" if value is None else f"{value.normalize():f}"
