"""What a target letter will say: the approved targets of each addressee, and the terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from miaopu.core.models import Region
from miaopu.engine.letters.target_letter import (
    LetterLine,
    budget_term,
    own_term,
    ratio_term,
)
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Pack
from miaopu.plans.decompositions import DecompositionTable, table_of
from miaopu.plans.models import (
    DecompositionMember,
    Programme,
    TargetDecomposition,
    TargetLetter,
)


@dataclass(frozen=True)
class Addressee:
    """Who takes part in a programme's approved decompositions, and what its letter says."""

    kind: str
    key: str
    name: Bilingual
    region: Region | None
    lines: tuple[LetterLine, ...]
    terms: tuple[Bilingual, ...]
    illustrative: bool


def addressees(programme: Programme) -> list[Addressee]:
    """Everybody who is named in an approved decomposition, in the order of their codes."""
    approved = (
        TargetDecomposition.objects.approved()
        .filter(programme=programme)
        .with_parts()
        .order_by("target_id", "pk")
    )
    found: dict[tuple[str, str], list[tuple[DecompositionTable, DecompositionMember]]] = {}
    for one in approved:
        table = table_of(one)
        for member in table.members:
            if table.total(member) is not None:
                found.setdefault((member.kind, member.key), []).append((table, member))
    pack = programme.current_version.pack
    return [_addressee(pack, found[kind_key]) for kind_key in sorted(found)]


def _addressee(
    pack: Pack, taken: list[tuple[DecompositionTable, DecompositionMember]]
) -> Addressee:
    _table, member = taken[0]
    region = member.region
    return Addressee(
        kind=member.kind,
        key=member.key,
        name=member.title,
        region=region,
        lines=tuple(_line(table, one) for table, one in taken),
        terms=tuple(_terms(pack, region.code if region else "")),
        illustrative=any(table.decomposition.illustrative for table, _one in taken),
    )


def _line(table: DecompositionTable, member: DecompositionMember) -> LetterLine:
    made = table.decomposition
    parts = table.row(member)
    return LetterLine(
        key=made.key,
        indicator=table.indicator.title.zh,
        unit=table.indicator.unit.zh,
        comparator=table.target.comparator,
        value=table.text(table.total(member)),
        clause=table.target.clause,
        period=made.target.period,
        baseline=table.text(member.baseline),
        parts=tuple((name, table.text(value)) for name, value in parts.items())
        if len(parts) > 1
        else (),
        decomposition=made.number,
        digest=made.digest,
    )


def _terms(pack: Pack, region: str) -> Iterator[Bilingual]:
    """What the programme ties targets to: its own words, matching ratios, the county's budget."""
    tied = pack.target_letters
    if tied is not None:
        for term in tied.terms:
            yield own_term(term.bilingual, tied.clause)
    for ratio in pack.ratios:
        if region in ratio.regions:
            yield ratio_term(ratio.title.bilingual, ratio.parts, ratio.clause)
    for budget in pack.budgets:
        if budget.region == region:
            yield budget_term(
                budget.year,
                pack.items[budget.item].title.bilingual,
                budget.level,
                budget.amount_fen,
                budget.clause or "",
                illustrative=budget.illustrative,
            )


def same_targets(letter: TargetLetter, addressee: Addressee) -> bool:
    """Whether a letter still says what was approved: figures and terms, whatever their version."""
    said = letter.letter
    return _figures(said.lines) == _figures(addressee.lines) and said.terms == tuple(
        term.zh for term in addressee.terms
    )


def _figures(lines: tuple[LetterLine, ...]) -> list[Any]:
    return [
        (one.key, one.comparator, one.value, one.baseline, one.period, one.parts) for one in lines
    ]
