"""Hostile texts for every column that takes text, and what must never come of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import openpyxl
import pgtrigger
from django.db import models

from miaopu.ledger.batches import digest_of
from miaopu.ledger.models import PaymentBatch
from miaopu.plans.models import ProgrammeVersion
from tests.house.rows import Model, is_history, models_of_rooms

_RUN = "alert(1)"
_BREAK_OUT = ("", '">', "'>", "`>", "-->", "</script>", "</textarea>", "</title>", "</option>")
_MARKUP = (
    f"<script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    f'<iframe srcdoc="<script>{_RUN}</script>">',
    f"<a href=javascript:{_RUN}>x</a>",
    f"<p style=x:expression({_RUN})>",
)
_OTHERS = (
    *(f'" onmouseover={_RUN} x="', f"' autofocus onfocus={_RUN} '", f"`onerror={_RUN}"),
    *(f"javascript:{_RUN}", f"data:text/html,<script>{_RUN}</script>", f"\\';{_RUN}//"),
    *("{{ 7|add:7 }}", "{% load x %}", "${7*7}", "<c-button />", "<!--", "]]>", "&lt;script&gt;"),
    *("＜script＞", "\u202egnp.x", "<scr\u200bipt>", "<ScRiPt>alert(1)</sCrIpT>"),
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|'/c x'!A1", '=HYPERLINK("x")', "＝1+1", "\t=1"),
)
PAYLOADS = (*(before + markup for before in _BREAK_OUT for markup in _MARKUP), *_OTHERS)

# Text columns that hold no free text: what they hold is checked, made by us, or names something.
NOT_FREE = {
    "core.Region.code": "six digits, checked by the database",
    "core.User.password": "a hash",
    "core.User.username": "names who signs in",
    "core.Notice.link": "an address that our own code makes",
    "core.Notice.key": "made by our own code",
    "core.Event.verb": "made by our own code",
    "core.Event.subject_type": "made by our own code",
    "core.Event.subject_id": "made by our own code",
    "core.File.sha256": "a hash",
    "core.File.media_type": "one of five",
    "core.File.extension": "one of five",
    "core.ApiToken.digest": "a hash, checked by the database",
    "parties.Enterprise.number": "stands in addresses, made by our own code",
    "parties.Enterprise.uscc": "18 signs, checked by the database",
    "parties.Enterprise.industry": "a code of GB/T 4754",
    "parties.Fact.name": "names an entry of the dictionary",
    "bases.FileSketch.picture": "a hash",
    "plans.Programme.slug": "stands in addresses",
    "plans.ProgrammeVersion.content": "a pack: its texts are filled one by one",
    "plans.ProgrammeVersion.digest": "a hash",
    "plans.Target.key": "names an entry of the pack",
    "plans.Target.indicator": "names an entry of the pack",
    "plans.Target.clause": "names an entry of the pack",
    "plans.Match.item": "names an entry of the pack",
    "plans.Unit.key": "names an entry of the pack",
    "plans.Unit.level": "one of the levels",
    "plans.Task.key": "names an entry of the pack",
    "plans.Task.clause": "names an entry of the pack",
    "plans.TaskReport.quantity_unit": "empty without a quantity, checked by the database",
    "plans.DutyRecord.duty": "names an entry of the pack",
    "plans.DutyRecord.void_reason": "empty until voided, checked by the database",
    "plans.CalendarFeed.digest": "a hash, checked by the database",
    "plans.Simulation.key": "a hash",
    "plans.Simulation.item": "names an entry of the pack",
    "plans.Simulation.part_digest": "a hash",
    "plans.Simulation.name": "empty until somebody saves it, checked by the database",
    "plans.RuleProposal.item": "names an entry of the pack",
    "plans.RuleProposal.digest": "a hash",
    "parties.FactDoubt.fact": "names an entry of the dictionary",
    "parties.FactDoubt.answer": "empty until answered, checked by the database",
    "plans.TargetDecomposition.key": "names an entry of the pack",
    "plans.TargetDecomposition.digest": "a hash",
    "plans.DecompositionMember.key": "names a district or a unit of the pack",
    "plans.TargetLetter.key": "names a district or a unit of the pack",
    "plans.TargetLetter.number": "made by our own code",
    "plans.TargetLetter.digest": "a hash",
    "plans.PolicyDocument.code": "stands in addresses, made by our own code",
    "plans.DocumentVersion.digest": "a hash",
    "bases.Base.number": "stands in addresses, made by our own code",
    "bases.InspectionCampaign.key": "the id of an inspection in a pack",
    "bases.Rectification.number": "stands in addresses, made by our own code",
    "bases.Rectification.item": "the id of a line in a pack",
    "bases.SheetAnswer.item": "the id of a line in a pack",
    "bases.StandardAnswer.standard": "the id of a standard in a pack",
    "bases.StandardAnswer.question": "the id of a question in a pack",
    "bases.SurveyTally.question": "the id of a question in a pack",
    "bases.TenantSurvey.key": "the id of a survey in a pack",
    "bases.Anomaly.subject": "made by our own code",
    "bases.Anomaly.fingerprint": "a hash",
    "bases.Anomaly.reason": "empty until cleared, checked by the database",
    "bases.TitleCampaign.number": "stands in addresses, made by our own code",
    "bases.TitleCampaign.scheme_key": "names an entry of the pack",
    "bases.TitleList.number": "stands in addresses, made by our own code",
    "bases.TitleList.digest": "a hash",
    "bases.TitleObjection.number": "stands in addresses, made by our own code",
    "bases.TitleObjection.code_digest": "a hash",
    "bases.TitleObjection.sender": "a hash",
    "bases.TitleObjection.reply": "empty until answered, checked by the database",
    "bases.Tenancy.number": "stands in addresses, made by our own code",
    "cases.Item.code": "names an entry of the pack",
    "cases.Item.outcome": "names an entry of the registry",
    "cases.Case.number": "stands in addresses, made by our own code",
    "cases.Case.once_key": "made by our own code",
    "cases.CaseFile.material": "names an entry of the pack",
    "cases.Publicity.number": "stands in addresses, made by our own code",
    "cases.Publicity.digest": "a hash",
    "parties.Delivery.number": "stands in addresses, made by our own code",
    "cases.BatchReview.number": "stands in addresses, made by our own code",
    "cases.BatchReview.digest": "a hash",
    "cases.DecisionLetter.number": "made by our own code",
    "cases.DecisionLetter.digest": "a hash",
    "cases.Objection.number": "stands in addresses, made by our own code",
    "cases.Objection.code_digest": "a hash",
    "cases.Objection.sender": "a hash",
    "cases.Objection.reply": "empty until answered, checked by the database",
    "cases.Offer.once_key": "made by our own code",
    "monitoring.AssessmentCertificate.code": "the first signs of a hash; stands in addresses",
    "monitoring.AssessmentCertificate.digest": "a hash",
    "monitoring.AssessmentCertificate.number": "made by our own code",
    "monitoring.AssessmentBulletin.digest": "a hash",
    "monitoring.AssessmentBulletin.number": "made by our own code",
    "monitoring.AssessmentCampaign.scheme_key": "names an entry of the pack",
    "monitoring.ScoreSheet.period": "one of two",
    "monitoring.AssessmentSubject.number": "made by our own code",
    "monitoring.Score.line": "names an entry of the pack",
    "monitoring.ScoreFile.line": "names an entry of the pack",
    "monitoring.AssessmentFreeze.digest": "a hash",
    "monitoring.AssessmentResult.band": "names an entry of the pack",
    "monitoring.AssessmentAppeal.period": "one of two",
    "monitoring.AssessmentAppeal.line": "names an entry of the pack",
    "monitoring.AssessmentAppeal.answer": "empty until decided, checked by the database",
    "monitoring.LateScoreFile.line": "names an entry of the pack",
    "monitoring.AssessmentOpinion.number": "made by our own code",
    "monitoring.AssessmentOpinion.digest": "a hash",
    "ledger.PaymentBatch.number": "stands in addresses, made by our own code",
    "ledger.PaymentBatch.digest": "a hash",
    "ledger.PaymentBatch.request_key": "made by our own code",
    "ledger.BankReply.sha256": "a hash",
    "ledger.Account.purpose": "names an entry of the pack",
    "ledger.Award.number": "stands in addresses, made by our own code",
    "ledger.Seal.root": "a hash",
    "ledger.Seal.chain": "a hash",
}
ROWS_OF_REGIONS = "5201"


def text_columns(model: Model) -> list[models.Field[Any, Any]]:
    """The free text columns of a model."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and f"{model._meta.label}.{field.name}" not in NOT_FREE
    ]


def filled_models() -> list[Model]:
    """The models whose rows are filled."""
    return [
        model
        for model in models_of_rooms()
        if not is_history(model) and not model._meta.auto_created
    ]


class Filler:
    """Hands out one payload after the other, so that all of them are used."""

    def __init__(self) -> None:
        self._numbers = count()
        self.used: set[str] = set()

    def next(self, longest: int | None, unique: str = "") -> str:
        """The next payload that fits; one that does not fit at all is cut."""
        text = PAYLOADS[next(self._numbers) % len(PAYLOADS)]
        self.used.add(text)
        return (
            (text + unique)[: longest or 2000] if not unique else self._fit(text, longest, unique)
        )

    def _fit(self, text: str, longest: int | None, unique: str) -> str:
        return text[: (longest or 2000) - len(unique)] + unique

    def texts(self, value: Any, keep: Callable[[str], bool]) -> Any:
        """JSON with every text value replaced whose key is not kept."""
        if isinstance(value, dict):
            return {
                key: one if keep(str(key)) else self.texts(one, keep) for key, one in value.items()
            }
        if isinstance(value, list):
            return [self.texts(one, keep) for one in value]
        return self.next(200) if isinstance(value, str) else value


def _json_columns(filler: Filler, row: models.Model) -> dict[str, Any]:
    """Frozen lists, forms and traces: their texts for people."""
    label = row._meta.label
    if label == "cases.Case":
        form = getattr(row, "form")  # noqa: B009
        return {"form": {key: filler.next(100) if isinstance(one, str) and key != "jobs_planned"
                         else one for key, one in form.items()}}  # fmt: skip
    if label == "cases.Publicity":
        names = ("enterprise", "uscc", "legal_representative")
        lines = getattr(row, "lines")  # noqa: B009
        return {"lines": [{key: filler.next(100) if key in names else one
                           for key, one in line.items()} for line in lines]}  # fmt: skip
    if label == "bases.TitleList":
        lines = getattr(row, "lines")  # noqa: B009
        return {"lines": [{key: filler.next(100) if key in ("name", "operator") else one
                           for key, one in line.items()} for line in lines]}  # fmt: skip
    if label == "monitoring.AssessmentCertificate":
        content = getattr(row, "content")  # noqa: B009
        return {"content": {key: filler.next(100) if key in ("subject", "operator") else one
                            for key, one in content.items()}}  # fmt: skip
    if label == "core.Event":
        return {"data": {"note": filler.next(100)}}
    return {}


def _pack(filler: Filler, content: str) -> str:
    """The pack with every Chinese and English text replaced; what names things stays."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"zh", "en"}:
                return {"zh": filler.next(200), "en": filler.next(200)}
            return {key: fill(one) for key, one in value.items()}
        return [fill(one) for one in value] if isinstance(value, list) else value

    return json.dumps(fill(json.loads(content)), ensure_ascii=False)


def fill_everything() -> Filler:
    """Put a payload into every free text of every row, past the triggers that freeze them."""
    filler = Filler()
    with pgtrigger.ignore():
        for model in filled_models():
            rows = model._default_manager.all().order_by("pk")
            if model._meta.label == "core.Region":
                rows = rows.filter(code__startswith=ROWS_OF_REGIONS)
            columns = text_columns(model)
            for row in rows:
                values: dict[str, Any] = {}
                for field in columns:
                    is_key = field.unique or any(
                        field.name in one.fields
                        for one in model._meta.constraints
                        if isinstance(one, models.UniqueConstraint)
                    )
                    unique = f" {row.pk}" if is_key else ""
                    values[field.name] = filler.next(field.max_length, unique)
                values |= _json_columns(filler, row)
                if isinstance(row, ProgrammeVersion):
                    values["content"] = _pack(filler, row.content)
                    values["digest"] = f"{row.pk:064x}"  # packs are kept in memory by their digest
                if values:
                    model._default_manager.filter(pk=row.pk).update(**values)
        # A bank file is refused where a line was changed behind the back of its digest.
        for batch in PaymentBatch.objects.all():
            PaymentBatch.objects.filter(pk=batch.pk).update(digest=digest_of(batch))
    return filler


# ---------------------------------------------------------------- exports

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def live_formulas(content: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    """Cells of an export that a spreadsheet would run."""
    kind = headers.get("Content-Type", "").split(";")[0]
    if kind == XLSX:
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book:
            for row in sheet.iter_rows():
                yield from (
                    f"{sheet.title}!{one.coordinate}" for one in row if one.data_type == "f"
                )
    elif kind == "text/csv":
        text = content.decode("utf-8-sig", errors="replace")
        for number, cells in enumerate(csv.reader(io.StringIO(text)), start=1):
            for cell in cells:
                if cell.startswith(_STARTS) and not _is_number(cell):
                    yield f"line {number}: {cell[:40]}"
