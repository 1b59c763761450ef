"""What `simulate` prints: figures, differences, cut-offs, and what the data cannot answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from miaopu.engine.messages import Bilingual
from miaopu.engine.simulation.run import Effect, RuleEffect, Simulation
from miaopu.engine.simulation.tally import Tally, cut_off

MANY = 0.1  # of those whom a rule is not false for
Sources = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Unanswered:
    """A rule that cannot be answered for many, and the facts that are missing, the worst first."""

    rule: str
    unknown: int
    share: float
    missing: tuple[tuple[str, int, tuple[str, ...]], ...]

    @property
    def text(self) -> Bilingual:
        """The warning in words."""
        zh = "、".join(f"{name}（{count:,} 家）" for name, count, _sources in self.missing)
        en = ", ".join(f"{name} ({count:,})" for name, count, _sources in self.missing)
        return Bilingual(
            f"规则 {self.rule} 有 {self.unknown:,} 家无法判断（占 {self.share:.0%}），缺少：{zh}",
            f"rule {self.rule} cannot be answered for {self.unknown:,} enterprises "
            f"({self.share:.0%}); missing: {en}",
        )

    def to_json(self) -> dict[str, object]:
        """The warning as `simulate` prints it."""
        return {
            "rule": self.rule,
            "unknown": self.unknown,
            "share": self.share,
            "missing": [
                {"fact": name, "enterprises": count, "sources": list(sources)}
                for name, count, sources in self.missing
            ],
        }


def warnings(effect: Effect, sources: Sources) -> list[Unanswered]:
    """The rules that cannot be answered for many of those whom they are not false for.

    `sources` says which departments can give a fact.
    """
    found = []
    for one in effect.rules:
        share = one.unknown / max(one.unknown + one.undecided + one.tally.enterprises, 1)
        if share >= MANY:
            missing = tuple(
                (name, count, tuple(sources.get(name, ())))
                for name, count in sorted(one.missing.items(), key=lambda item: (-item[1], item[0]))
            )
            found.append(Unanswered(one.rule, one.unknown, round(share, 4), missing))
    return found


def to_json(
    found: Simulation,
    *,
    budgets: Mapping[str, int] | None = None,
    quotas: Mapping[str, int] | None = None,
    sources: Sources | None = None,
) -> dict[str, object]:
    """The simulation as `simulate` prints it; `budgets` in fen, `quotas` in places, by rule."""
    answer: dict[str, object] = {
        "enterprises": found.enterprises,
        "rules": [
            _rule(one, (budgets or {}).get(one.rule), (quotas or {}).get(one.rule))
            for one in found.effect.rules
        ],
        "by": list(_groups(found, found.effect)),
        "warnings": [one.to_json() for one in warnings(found.effect, sources or {})],
    }
    if found.before is not None:
        answer["before"] = {
            "rules": [_rule(one, None, None) for one in found.before.rules],
            "by": list(_groups(found, found.before)),
        }
        answer["difference"] = _difference(found, found.before)
    return answer


def _rule(one: RuleEffect, budget_fen: int | None, quota: int | None) -> dict[str, object]:
    answer: dict[str, object] = {
        "rule": one.rule,
        **one.tally.to_json(),
        "unpriced": one.tally.unpriced,
        "unknown": one.unknown,
        "undecided": one.undecided,
    }
    if budget_fen is not None or quota is not None:
        answer["cut_off"] = cut_off(one.standing, budget_fen, quota).to_json()
    return answer


def _groups(found: Simulation, effect: Effect) -> Iterator[dict[str, object]]:
    names = [way.name for way in found.by]
    order = sorted(effect.groups, key=lambda key: [(one is None, one or "") for one in key])
    for key in order:
        yield {**dict(zip(names, key, strict=True)), **effect.groups[key].to_json()}


def _difference(found: Simulation, before: Effect) -> dict[str, object]:
    gain = sum(change.gains for change in found.changes)
    names = [way.name for way in found.by]
    nothing = Tally()
    keys = dict.fromkeys([*found.effect.groups, *before.groups])
    rows = []
    for key in sorted(keys, key=lambda key: [(one is None, one or "") for one in key]):
        new, old = found.effect.groups.get(key, nothing), before.groups.get(key, nothing)
        if (new.enterprises, new.cost_fen) != (old.enterprises, old.cost_fen):
            rows.append(
                {
                    **dict(zip(names, key, strict=True)),
                    "enterprises": new.enterprises - old.enterprises,
                    "cost_fen": new.cost_fen - old.cost_fen,
                }
            )
    return {
        "gain": gain,
        "lose": len(found.changes) - gain,
        "cost_fen": _cost(found.effect) - _cost(before),
        "by": rows,
    }


def _cost(effect: Effect) -> int:
    return sum(one.tally.cost_fen for one in effect.rules)
