"""Checks of what a plan states beside items: units, times, money, ratios, assessments."""

from collections.abc import Iterator, Mapping

from miaopu.engine.assessment.points import check_assessment
from miaopu.engine.definitions.pieces import error_at
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError, Path
from miaopu.engine.definitions.times import days_of
from miaopu.engine.expressions.errors import did_you_mean
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Pack
from miaopu.engine.rule_checks import repeated

Documents = Mapping[str, Document]
_LISTS = ("tasks", "phases", "duties", "statistics", "funds", "ratios")


def check_plan_parts(pack: Pack, documents: Documents) -> list[PackError]:
    """Errors for ids used twice, names that do not exist, times outside the programme."""
    errors: list[PackError] = []
    for key in _LISTS:
        errors += repeated([entry.id for entry in getattr(pack, key)], documents, (key,))
    for path, name, known in _names(pack):
        if name not in known:
            errors.append(_unknown(documents, path, name, known))
    errors += _times(pack, documents)
    errors += _sums_of_themselves(pack, documents)
    for name, assessment in pack.assessments.items():
        errors += check_assessment(assessment, documents, ("assessments", name))
    return errors


def _unknown(documents: Documents, path: Path, name: str, known: frozenset[str]) -> PackError:
    return error_at(
        documents,
        path,
        Bilingual(f"没有 {name}", f"there is no {name}"),
        did_you_mean(name, sorted(known), Bilingual("核对编号", "check the id")),
    )


def _names(pack: Pack) -> Iterator[tuple[Path, str, frozenset[str]]]:
    """Every id that names an entry elsewhere: where it stands, what it is, what there is."""
    units = frozenset(pack.units)
    funds = frozenset(fund.id for fund in pack.funds)
    statistics = frozenset(one.id for one in pack.statistics)
    for number, task in enumerate(pack.tasks):
        for role in ("lead", "responsible", "cooperate"):
            for place, unit in enumerate(getattr(task, role)):
                yield ("tasks", number, role, place), unit, units
    for number, duty in enumerate(pack.duties):
        for place, unit in enumerate(duty.who):
            yield ("duties", number, "who", place), unit, units
        if duty.reports_to is not None:
            yield ("duties", number, "reports_to"), duty.reports_to, units
    surveys = {key: [one.id for one in survey.questions] for key, survey in pack.surveys.items()}
    for key, assessment in pack.assessments.items():
        asked = assessment.satisfaction
        if asked is not None:
            at = ("assessments", key, "satisfaction")
            yield (*at, "survey"), asked.survey, frozenset(surveys)
            if asked.question is not None and asked.survey in surveys:
                yield (*at, "question"), asked.question, frozenset(surveys[asked.survey])
    for number, fund in enumerate(pack.funds):
        for order, group in enumerate(fund.sums):
            for place, part in enumerate(group.parts):
                yield ("funds", number, "sums", order, "parts", place), part, funds
    for number, ratio in enumerate(pack.ratios):
        if ratio.fund is not None:
            yield ("ratios", number, "fund"), ratio.fund, funds
    for number, one in enumerate(pack.statistics):
        if one.part_of is not None:
            yield ("statistics", number, "part_of"), one.part_of, statistics
    stated = funds | statistics | {target.id for target in pack.targets}
    for number, found in enumerate(pack.plan_findings):
        yield ("plan_findings", number, "of"), found.of, frozenset(stated)


def _times(pack: Pack, documents: Documents) -> Iterator[PackError]:
    """Times of tasks, phases, duties and funds that lie outside the programme's period."""
    times: list[tuple[Path, str | None]] = []
    for number, task in enumerate(pack.tasks):
        times.append((("tasks", number, "due"), task.due))
        times += [
            (("tasks", number, "milestones", place, "due"), stage.due)
            for place, stage in enumerate(task.milestones)
        ]
    for key in ("phases", "duties", "funds"):
        entries = getattr(pack, key)
        times += [((key, number, "period"), one.period) for number, one in enumerate(entries)]
    for path, when in times:
        days = days_of(when) if when is not None else None
        if days is not None and (days[0] < pack.period.start or pack.period.end < days[1]):
            yield error_at(
                documents,
                path,
                Bilingual(f"{when} 不在计划期内", f"{when} lies outside the programme's period"),
                Bilingual("核对时间，或改 period", "check the time, or the programme's period"),
            )


def _sums_of_themselves(pack: Pack, documents: Documents) -> Iterator[PackError]:
    """A fund that is, through its parts, a part of itself."""
    parts = {fund.id: [part for group in fund.sums for part in group.parts] for fund in pack.funds}
    for number, fund in enumerate(pack.funds):
        waiting, seen = list(parts[fund.id]), set[str]()
        while waiting:
            part = waiting.pop()
            if part not in seen:
                seen.add(part)
                waiting += parts.get(part, [])
        if fund.id in seen:
            yield error_at(
                documents,
                ("funds", number, "sums"),
                Bilingual(f"{fund.id} 是它自己的一部分", f"{fund.id} is a part of itself"),
                Bilingual("核对 parts", "check parts"),
            )
