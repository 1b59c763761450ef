"""What a checked row would do: register an enterprise, change its entry, state facts, nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from miaopu.core.scope import region_prefix
from miaopu.engine.messages import Bilingual
from miaopu.parties.bulk import among
from miaopu.parties.delivery_columns import KEY, columns_for, may_register
from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.enums import EnterpriseStatus, RowOutcome
from miaopu.parties.models import Enterprise, Fact

REGISTER_FIELDS = (
    *("name", "region", "industry", "legal_representative"),
    *("phone", "address", "registered_on", "status"),
)
_COLUMNS = (
    *("pk", "uscc", "name", "region_id", "industry", "legal_representative"),
    *("phone", "address", "registered_on", "status"),
)
_ACTIVE = EnterpriseStatus.ACTIVE.value
UNKNOWN = Bilingual("名录中没有这个代码", "no enterprise with this code is registered")
REGISTER_FIRST = Bilingual(
    "请先由市场监管数据或经办核实登记企业", "market supervision or an officer registers it first"
)
ELSEWHERE = Bilingual(
    "这家企业登记在本机构范围之外", "the enterprise is registered outside this office's region"
)
ASK_THERE = Bilingual("请转由企业所在地的机构导入", "leave it to the office of its region")


@dataclass
class KnownEnterprise:
    """An enterprise in the register, and what one source says of it on a day."""

    pk: int
    entry: dict[str, Any]
    stated: dict[str, Any] = field(default_factory=dict)


class RowPlan(NamedTuple):
    """What a row does: `entry` are changed columns of the register, `facts` new statements."""

    outcome: RowOutcome
    known: KnownEnterprise | None
    entry: Mapping[str, Any]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Why a row that is sound in itself cannot be taken: about its code."""

    message: Bilingual
    remedy: Bilingual


def known_enterprises(
    codes: Collection[str], source: str, as_of: date, *, lock: bool = False
) -> dict[str, KnownEnterprise]:
    """The enterprises with these codes, with the latest that the source stated up to the day.

    With `lock` nobody else changes their entries until the transaction ends.
    """
    found: dict[str, KnownEnterprise] = {}
    by_pk: dict[int, KnownEnterprise] = {}
    enterprises = Enterprise.objects.filter(uscc__in=among("text", codes)).order_by("pk")
    if lock:
        enterprises = enterprises.select_for_update(of=("self",), no_key=True)
    for pk, code, *rest in enterprises.values_list(*_COLUMNS):
        entry = dict(zip(REGISTER_FIELDS, rest, strict=True))
        entry["registered_on"] = entry["registered_on"].isoformat()
        found[code] = by_pk[pk] = KnownEnterprise(pk, entry)
    if by_pk:
        stated = Fact.objects.filter(enterprise_id__in=among("bigint", by_pk), source=source)
        rows = stated.valid_on(as_of).order_by("valid_from", "pk")
        for pk, name, value in rows.values_list("enterprise_id", "name", "value"):
            by_pk[pk].stated[name] = value
    return found


class Planner:
    """Decides for the rows of one delivery. `region` is the code of the office's region."""

    def __init__(self, source: str, region: str) -> None:
        self._registers = may_register(source)
        columns = columns_for(source)
        self._facts = [one.name for one in columns if one.is_fact]
        self._prefix = region_prefix(region)

    def judge(
        self, values: Mapping[str, Any], known: KnownEnterprise | None
    ) -> RowOutcome | Refusal:
        """What would come of the row with these values, or why it cannot be taken."""
        if known is None:
            return RowOutcome.NEW if self._registers else Refusal(UNKNOWN, REGISTER_FIRST)
        plan = self.plan(values, known)
        return plan if isinstance(plan, Refusal) else plan.outcome

    def plan(self, values: Mapping[str, Any], known: KnownEnterprise | None) -> RowPlan | Refusal:
        """What the row with these values does to what is known, or why it cannot be taken."""
        if known is None:
            if not self._registers:
                return Refusal(UNKNOWN, REGISTER_FIRST)
            given = values if "status" in values else {"status": _ACTIVE, **values}
            entry = {name: given.get(name, "") for name in REGISTER_FIELDS}
            facts = {name: given[name] for name in self._facts if name in given}
            return RowPlan(RowOutcome.NEW, None, entry, facts)
        if not str(known.entry["region"]).startswith(self._prefix):
            return Refusal(ELSEWHERE, ASK_THERE)
        entry = {}
        if self._registers:
            entry = {
                name: values[name]
                for name in REGISTER_FIELDS
                if name in values and values[name] != known.entry[name]
            }
        facts = {
            name: values[name]
            for name in self._facts
            if name in values and not _same(name, values[name], known.stated.get(name))
        }
        outcome = RowOutcome.CHANGED if entry or facts else RowOutcome.UNCHANGED
        return RowPlan(outcome, known, entry, facts)


def _same(name: str, value: Any, stated: Any) -> bool:
    if value == stated:
        return isinstance(value, bool) == isinstance(stated, bool)
    if stated is None or fact_dictionary()[name].type != "money":
        return False
    return Decimal(value) == Decimal(stated)


def code_of(values: Mapping[str, Any]) -> str:
    """The row's credit code, "" where it has none that is sound."""
    return str(values.get(KEY, ""))
