"""Papers made of a published result: the bulletin, certificates for all but the last class.

What they say is frozen with them; PDF and Word are made from it when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection, models
from django.db.models import Max

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.events import acting_office
from miaopu.core.models import Region, User
from miaopu.engine.clock import add_months
from miaopu.engine.letters.bulletin import BulletinRow, BulletinText, bulletin_number
from miaopu.engine.letters.certificate import (
    CertificateText,
    certificate_docx,
    certificate_number,
    certificate_pdf,
)
from miaopu.engine.letters.content import Printable
from miaopu.engine.letters.pdf import printed_pdf
from miaopu.engine.letters.word import printed_docx
from miaopu.engine.seals import digest
from miaopu.monitoring.enums import Verb
from miaopu.monitoring.models import (
    AssessmentBulletin,
    AssessmentCertificate,
    AssessmentFreeze,
    AssessmentResult,
)
from miaopu.monitoring.sheets import PERIODS, plain
from miaopu.monitoring.standings import is_outstanding, results_before

LOCK = 7_102_021  # the advisory lock of the numbers; any number nobody else uses
CODE_LENGTH = 16
PRINTED: dict[str, Callable[[Printable], bytes]] = {"pdf": printed_pdf, "docx": printed_docx}
CERTIFICATES: dict[str, Callable[[CertificateText, str, str], bytes]] = {
    "pdf": certificate_pdf,
    "docx": certificate_docx,
}


def bulletin_document(found: AssessmentBulletin, kind: str) -> bytes:
    """A bulletin as a document: "pdf" or "docx". Raises KeyError for another kind."""
    return PRINTED[kind](found.text.printable())


def certificate_document(found: AssessmentCertificate, kind: str, address: str) -> bytes:
    """A certificate as a document ("pdf" or "docx") that names the `address` of its page."""
    return CERTIFICATES[kind](found.text, address, found.digest)


def next_serial(model: type[models.Model], region: Region, year: int) -> int:
    """The next number of a region's yearly series; others wait until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(region.code)])
    last = model._default_manager.filter(issuer=region, year=year).aggregate(last=Max("serial"))
    return int(last["last"] or 0) + 1


def office_name(by: User, region: Region) -> str:
    """The office that issues a paper of the region."""
    office = acting_office(by, region.code)
    return office.name if office else region.name


def issue_bulletin(freeze: AssessmentFreeze, *, by: User) -> AssessmentBulletin:
    """Make the bulletin of a published freeze."""
    campaign, day = freeze.campaign, clock.today()
    scheme, region = campaign.scheme, campaign.programme.region
    assert campaign.publicity_from is not None and campaign.publicity_to is not None  # published
    serial = next_serial(AssessmentBulletin, region, day.year)
    rows = freeze.results.select_related("subject__base__region", "freeze__campaign__version")
    results = list(rows.order_by("rank", "subject_id"))
    before = results_before(campaign)
    titles = {one.do: one.title.zh if one.title else one.do for one in scheme.consequences}
    text = BulletinText(
        number=bulletin_number(region.name, day.year, serial),
        office=office_name(by, region),
        day=day,
        region=region.name,
        programme=campaign.programme.title,
        clause=scheme.clause or "",
        year=campaign.year,
        scheme=scheme.title.zh if scheme.title else campaign.scheme_key,
        weights=tuple((PERIODS[name].zh, weight) for name, weight in scheme.periods.items()),
        bands=tuple((one.name, one.start) for one in scheme.bands),
        publicity_from=campaign.publicity_from,
        publicity_to=campaign.publicity_to,
        rows=tuple(_row(one, before.get(one.subject_id)) for one in results),
        follows=tuple(
            (title, tuple(one.base.name for one in results if name in one.consequences))
            for name, title in titles.items()
        ),
        digest=freeze.digest,
        illustrative=any(one.illustrative for one in scheme.criteria),
    )
    content = text.to_json()
    made = AssessmentBulletin.objects.create(
        freeze=freeze, issuer=region, year=day.year, serial=serial, number=text.number,
        content=content, digest=digest(content), at=clock.now(),
    )  # fmt: skip
    record_event(
        campaign, Verb.ISSUE_BULLETIN, by=by, region=region,
        data={"number": made.number, "digest": made.digest},
    )  # fmt: skip
    return made


def _row(one: AssessmentResult, before: AssessmentResult | None) -> BulletinRow:
    return BulletinRow(
        rank=one.rank,
        name=one.base.name,
        region=one.base.region.name,
        composite=plain(one.composite),
        band=one.band,
        outstanding=is_outstanding(one.freeze.campaign.scheme, one.consequences),
        before=plain(before.composite) if before else "",
        band_before=before.band if before else "",
    )


def issue_certificate(
    freeze: AssessmentFreeze, result: AssessmentResult, *, by: User
) -> AssessmentCertificate | None:
    """Make the certificate of a result; None for the last class, which gets an opinion instead.

    It names who runs the base on this day, and all who ran it in the year. It holds for the
    scheme's months from this day on; the plan sets none.
    """
    campaign, day = freeze.campaign, clock.today()
    scheme, region, base = campaign.scheme, campaign.programme.region, result.base
    if result.band == scheme.bands[-1].name:
        return None
    serial = next_serial(AssessmentCertificate, region, day.year)
    sheets = (
        campaign.sheets.filter(subject=result.subject).select_related("operator").order_by("period")
    )
    names = [one.operator.name for one in sheets if one.operator is not None]
    names.append(base.operator.name)
    text = CertificateText(
        number=certificate_number(region.name, day.year, serial),
        office=office_name(by, region),
        day=day,
        valid_until=add_months(day, scheme.certificate_months) - timedelta(days=1),
        subject=base.name,
        subject_number=base.number,
        operator=base.operator.name,
        operators=tuple(dict.fromkeys(names)),
        region=base.region.name,
        programme=campaign.programme.title,
        clause=scheme.clause or "",
        year=campaign.year,
        scheme=scheme.title.zh if scheme.title else campaign.scheme_key,
        band=result.band,
        outstanding=is_outstanding(scheme, result.consequences),
        result_digest=freeze.digest,
        illustrative=any(one.illustrative for one in scheme.criteria),
    )
    content = text.to_json()
    sealed = digest(content)
    made = AssessmentCertificate.objects.create(
        result=result, issuer=region, year=day.year, serial=serial, number=text.number,
        content=content, digest=sealed, code=sealed[:CODE_LENGTH], valid_from=day,
        valid_until=text.valid_until, at=clock.now(),
    )  # fmt: skip
    record_event(
        base, Verb.ISSUE_CERTIFICATE, by=by, region=base.region,
        data={"number": made.number, "digest": made.digest, "year": campaign.year},
    )  # fmt: skip
    return made
