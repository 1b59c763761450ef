"""Telling those who run a base what became of its score sheet."""

from __future__ import annotations

from miaopu.core.actions import notify
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.models import ScoreSheet
from miaopu.parties.models import Representative


def tell_operator(sheet: ScoreSheet, key: str, text: Bilingual) -> None:
    """Tell those who act for the operator of a sheet, once per key."""
    link = f"/scoring/sheets/{sheet.pk}/"
    for one in Representative.objects.live().filter(enterprise_id=sheet.operator_id):
        notify(one.user, f"assessment/{sheet.pk}/{key}", text.zh[:300], text.en[:400], link)
