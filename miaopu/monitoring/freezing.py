"""What a freeze covers, and whether what it covered is still what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from miaopu.core.models import File
from miaopu.engine.seals import digest
from miaopu.monitoring.models import AssessmentCampaign, AssessmentFreeze, ScoreSheet
from miaopu.monitoring.standings import Standing, plain_result, sheets_with_scores

_CHUNK = 1 << 20


def plain_sheets(sheets: Iterable[ScoreSheet]) -> list[dict[str, Any]]:
    """Sheets with every score and every file that counts, as plain data in a fixed order."""
    return [
        {
            "subject": sheet.subject.number,
            "operator": sheet.operator.uscc if sheet.operator else "",
            "period": sheet.period,
            "scores": sorted(
                [one.line, one.stage, one.expert_id or 0, f"{one.value:f}", one.note]
                for one in sheet.scores.all()
                if one.value is not None
            ),
            "files": sorted(
                [one.line, one.file.sha256] for one in sheet.files.all() if one.withdrawn_at is None
            ),
        }
        for sheet in sheets
    ]


def content_of(
    campaign: AssessmentCampaign, sheets: Iterable[ScoreSheet], standings: Iterable[Standing]
) -> dict[str, Any]:
    """All that a freeze covers."""
    return {
        "programme": campaign.programme.slug,
        "pack": campaign.version.digest,
        "scheme": campaign.scheme_key,
        "year": campaign.year,
        "sheets": plain_sheets(sheets),
        "results": [plain_result(one) for one in standings],
    }


def freeze_problems(freeze: AssessmentFreeze) -> list[str]:
    """What is not as it was frozen: the digest, scores and files in the database, files on disk."""
    problems = []
    if digest(freeze.content) != freeze.digest:
        problems.append(_("冻结的内容与摘要不符"))
    sheets = sheets_with_scores(freeze.campaign)
    now = {(one["subject"], one["period"]): one for one in plain_sheets(sheets)}
    for then in freeze.content["sheets"]:
        found = now.get((then["subject"], then["period"]))
        if found != then:
            text = _("%(subject)s 的评分或佐证材料与冻结时不同")
            problems.append(text % {"subject": then["subject"]})
    files = {one.file for sheet in sheets for one in sheet.files.all() if one.withdrawn_at is None}
    for file in sorted(files, key=lambda one: one.pk):
        if _sha256(file) != file.sha256:
            text = _("佐证材料 %(sha)s… 的内容已被替换或丢失")
            problems.append(text % {"sha": file.sha256[:12]})
    return problems


def _sha256(file: File) -> str:
    """The hash of what lies on the disk; "" where it is gone."""
    found = hashlib.sha256()
    try:
        with default_storage.open(file.storage_name) as content:
            for chunk in iter(lambda: content.read(_CHUNK), b""):
                found.update(chunk)
    except FileNotFoundError:
        return ""
    return found.hexdigest()
