"""What follows from published results: opinions on what to put right, delisting cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from miaopu.core import clock
from miaopu.core.actions import notify, record_event
from miaopu.core.models import User
from miaopu.engine.assessment.results import rounded
from miaopu.engine.clock import working_days
from miaopu.engine.letters.opinion import OpinionText, WeakLine, opinion_number
from miaopu.engine.messages import Bilingual
from miaopu.engine.seals import digest
from miaopu.monitoring.enums import SubjectKind, Verb
from miaopu.monitoring.models import (
    AssessmentCertificate,
    AssessmentFreeze,
    AssessmentOpinion,
    AssessmentResult,
    DelistingCase,
)
from miaopu.monitoring.papers import (
    PRINTED,
    issue_bulletin,
    issue_certificate,
    next_serial,
    office_name,
)
from miaopu.monitoring.sheets import PERIODS, plain
from miaopu.parties.models import Representative

RECTIFY, DELIST = "rectify", "delist"
"""What a scheme's consequences `do` so that something is made of them by itself."""


def document(opinion: AssessmentOpinion, kind: str) -> bytes:
    """An opinion as a document: "pdf" or "docx". Raises KeyError for another kind."""
    return PRINTED[kind](opinion.text.printable())


def follow_results(freeze: AssessmentFreeze, *, by: User) -> None:
    """Make the papers of a published freeze of bases, and open its delisting cases."""
    if freeze.campaign.subject_kind != SubjectKind.BASE:
        return  # what else follows, people do
    issue_bulletin(freeze, by=by)
    for result in freeze.results.select_related("subject__base__operator", "subject__region"):
        certificate = issue_certificate(freeze, result, by=by)
        if certificate is not None:
            _tell_certificate(result, certificate)
        if RECTIFY in result.consequences:
            _issue_opinion(freeze, result, by)
        if DELIST in result.consequences:
            _open_delisting(freeze, result, by)


def _tell(result: AssessmentResult, key: str, text: Bilingual) -> None:
    link = f"/scoring/results/{result.pk}/"
    for one in Representative.objects.live().filter(enterprise_id=result.base.operator_id):
        notify(one.user, f"assessment/result/{result.pk}/{key}", text.zh[:300], text.en[:400], link)


def _tell_certificate(result: AssessmentResult, made: AssessmentCertificate) -> None:
    _tell(
        result,
        "certificate",
        Bilingual(
            f"{result.base.name}{made.text.year}年度考核为 {result.band} 类，证书可以下载",
            f"{result.base.name} is in class {result.band} for {made.text.year}: "
            "its certificate is there",
        ),
    )


def _open_delisting(freeze: AssessmentFreeze, result: AssessmentResult, by: User) -> None:
    made = DelistingCase.objects.create(result=result, base=result.base, opened_at=clock.now())
    year = freeze.campaign.year
    record_event(
        made, Verb.OPEN_DELISTING, by=by, region=result.base.region,
        data={"base": result.base.number, "years": [year - 1, year], "band": result.band},
    )  # fmt: skip
    _tell(
        result,
        "delisting",
        Bilingual(
            f"{result.base.name}连续两年为 {result.band} 类，摘牌程序已启动，您有权参加听证",
            f"{result.base.name}: class {result.band} two years running; a delisting case is open, "
            "you have the right to be heard",
        ),
    )


def _issue_opinion(freeze: AssessmentFreeze, result: AssessmentResult, by: User) -> None:
    campaign, day = freeze.campaign, clock.today()
    region = campaign.programme.region
    serial = next_serial(AssessmentOpinion, region, day.year)
    text = _text(freeze, result, opinion_number(region.name, day.year, serial), day)
    content = {**text.to_json(), "office": office_name(by, region)}
    made = AssessmentOpinion.objects.create(
        result=result, issuer=region, year=day.year, serial=serial, number=text.number,
        content=content, digest=digest(content), due_on=text.due_on, at=clock.now(),
    )  # fmt: skip
    record_event(
        made, Verb.ISSUE_OPINION, by=by, region=result.base.region,
        data={"number": made.number, "digest": made.digest},
    )  # fmt: skip
    _tell(
        result,
        "opinion",
        Bilingual(
            f"{result.base.name}评为 {result.band} 类，请在{text.due_on}前完成整改",
            f"{result.base.name} is in class {result.band}: put things right by {text.due_on}",
        ),
    )


def _text(
    freeze: AssessmentFreeze, result: AssessmentResult, number: str, day: date
) -> OpinionText:
    campaign = freeze.campaign
    scheme = campaign.scheme
    due = working_days(day, scheme.rectify_days).due
    assert due is not None  # nothing pauses it
    vetoed = {key for part in result.parts["periods"].values() for key in part["vetoes"]}
    titles = {one.id: one.title.zh if one.title else one.id for one in scheme.criteria}
    rule = next((one for one in scheme.consequences if one.do == RECTIFY and one.clause), None)
    return OpinionText(
        number=number,
        office="",
        day=day,
        base=result.base.name,
        operator=result.base.operator.name,
        programme=campaign.programme.title,
        year=campaign.year,
        scheme=scheme.title.zh if scheme.title else campaign.scheme_key,
        clause=(rule.clause if rule else scheme.clause) or "",
        band=result.band,
        composite=plain(rounded(result.composite)),
        totals=tuple(
            (PERIODS[name].zh, plain(rounded(Decimal(result.totals[name]))), weight)
            for name, weight in scheme.periods.items()
        ),
        lines=tuple(_weak(result)),
        vetoes=tuple(titles[key] for key in sorted(vetoed)),
        due_on=due,
        illustrative=any(one.illustrative for one in scheme.criteria),
    )


def _weak(result: AssessmentResult) -> Iterator[WeakLine]:
    """The lines that lost most of what they could have brought, up to eight a period."""
    scheme = result.freeze.campaign.scheme
    for period in scheme.periods:
        got = dict(result.parts["periods"][period]["parts"])
        lost = []
        for _criterion, leaf in scheme.leaves:
            if leaf.kind not in ("scored", "computed") or leaf.max is None:
                continue
            points = Decimal(got.get(leaf.id, "0"))
            if points < Decimal(leaf.max):
                lost.append((Decimal(leaf.max) - points, points, leaf))
        lost.sort(key=lambda one: (-one[0], one[2].id))
        for _missing, points, leaf in lost[:8]:
            title = leaf.title.zh if leaf.title else leaf.id
            yield WeakLine(
                PERIODS[period].zh, title, plain(rounded(points)), plain(Decimal(leaf.max or 0))
            )
