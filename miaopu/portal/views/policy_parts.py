"""What the pages of the policy library share: words for states, the card, regions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from miaopu.core.models import Region
from miaopu.parties.industries import industry_codes, industry_title
from miaopu.plans.enums import DocumentState, EnterpriseKind
from miaopu.plans.models import PolicyDocument
from miaopu.portal import formats, present, shapes
from miaopu.portal.shapes import Text

STANDINGS: dict[str, tuple[Text, shapes.Tone]] = {
    "draft": (DocumentState.DRAFT.label, "neutral"),
    "pending": (gettext_lazy("尚未生效"), "soon"),
    "in_force": (DocumentState.IN_FORCE.label, "good"),
    "expired": (gettext_lazy("已过有效期"), "late"),
    "amended": (DocumentState.AMENDED.label, "soon"),
    "repealed": (DocumentState.REPEALED.label, "late"),
    "discarded": (DocumentState.DISCARDED.label, "neutral"),
}
CARD: dict[str, Text] = {
    "what": gettext_lazy("是什么"),
    "who": gettext_lazy("给谁"),
    "how_much": gettext_lazy("给多少"),
    "how": gettext_lazy("怎么办"),
    "until": gettext_lazy("到什么时候"),
}


def policy_href(document: PolicyDocument) -> str:
    """Where anyone reads the document."""
    return reverse("policy", args=[document.code])


def where(region: Region | None) -> str:
    """The region of a document; none is the whole country."""
    return present.region_name(region) if region is not None else gettext("全国")


def standing(document: PolicyDocument, day: date) -> tuple[Text, shapes.Tone]:
    """How the document stands on the day, in a word with its tone."""
    return STANDINGS[document.standing_on(day)]


def validity(row: Any) -> str:
    """From when to when a document or version is valid."""
    words = {"start": formats.day(row.valid_from), "end": formats.day(row.valid_to)}
    if row.valid_to is None:
        return gettext("自%(start)s起，未规定止期") % words
    return gettext("%(start)s至%(end)s") % words


def kinds_text(codes: Iterable[str]) -> str:
    """For which kinds of enterprises, in words."""
    known = dict(EnterpriseKind.choices)
    named = [str(known[code]) for code in codes if code in known]
    return gettext("、").join(named) if named else gettext("各类企业")


def industries_text(codes: Iterable[str]) -> str:
    """For which industries, in words."""
    named = [industry_title(code) for code in codes]
    return gettext("、").join(named) if named else gettext("各行业")


def industry_choices() -> list[tuple[str, str]]:
    """Sections of the industry table to choose from."""
    return [(section, f"{section} {industry_title(section)}") for section, _ in industry_codes()]
