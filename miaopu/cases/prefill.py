"""What the state knows already of an enterprise, answered into a form, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from miaopu.cases.forms import ATTRIBUTES
from miaopu.cases.models import Case
from miaopu.core import clock
from miaopu.engine.packs.procedure import FormField
from miaopu.parties.enums import Source
from miaopu.parties.facts import known_facts
from miaopu.parties.models import Enterprise

EARLIER_CASE = "case"  # the source of an answer that the enterprise gave before


@dataclass(frozen=True)
class KnownAnswer:
    """An answer that need not be asked: its text, who says so, since when, in which record."""

    text: str
    source: str
    as_of: date | None = None
    record: str = ""

    @property
    def source_label(self) -> str:
        """Who says so, in the language of the page."""
        if self.source == EARLIER_CASE:
            return _("本企业的办件 %(number)s") % {"number": self.record}
        return str(Source(self.source).label)

    def to_json(self) -> dict[str, Any]:
        """As it is frozen in a case."""
        return {
            "text": self.text,
            "source": self.source,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "record": self.record,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> KnownAnswer:
        """What `to_json` wrote."""
        day = date.fromisoformat(data["as_of"]) if data["as_of"] else None
        return cls(data["text"], data["source"], day, data["record"])


def known_answers(fields: tuple[FormField, ...], enterprise: Enterprise) -> dict[str, KnownAnswer]:
    """What is known today, by field: from the register, from facts, from an earlier case.

    Only accounts (and the questions that go with them) are taken from an earlier case: they are
    the enterprise's own statement and seldom change; it sees and confirms them again.
    """
    facts = known_facts(enterprise, clock.today())
    found: dict[str, KnownAnswer] = {}
    for field in fields:
        if not field.prefill:
            continue
        if field.prefill in ATTRIBUTES:
            value = getattr(enterprise, ATTRIBUTES[field.prefill])
            if value:
                found[field.id] = KnownAnswer(str(value), Source.MARKET, None, enterprise.number)
            continue
        fact = facts.get(field.prefill)
        if fact is not None and fact.value not in (None, ""):
            found[field.id] = KnownAnswer(str(fact.value), fact.source, fact.as_of, fact.record)
    return found | _from_earlier_case(fields, enterprise, found)


def account_fields(fields: tuple[FormField, ...]) -> set[str]:
    """Ids of the questions about an account: they begin as the account's own does (bank_…)."""
    prefixes = {field.id.partition("_")[0] for field in fields if field.type == "account"}
    return {field.id for field in fields if field.id.partition("_")[0] in prefixes}


def _from_earlier_case(
    fields: tuple[FormField, ...], enterprise: Enterprise, found: dict[str, KnownAnswer]
) -> dict[str, KnownAnswer]:
    wanted = account_fields(fields) - found.keys()
    if not wanted:
        return {}
    handed_in = Case.objects.filter(enterprise=enterprise, submitted_at__isnull=False)
    earlier = handed_in.order_by("-submitted_at", "-pk").first()
    if earlier is None:
        return {}
    answered = earlier.item.definition.fields_by_id
    same = [f for f in fields if f.id in wanted and f.id in answered]
    day = timezone.localdate(earlier.submitted_at)
    return {
        field.id: KnownAnswer(str(earlier.form[field.id]), EARLIER_CASE, day, earlier.number)
        for field in same
        if field.type == answered[field.id].type and earlier.form.get(field.id)
    }
