"""Every rule for one enterprise, with reasons.

What each rule comes to is worked out at once; its tree, and what would change it, are made when
they are read, and printed without a tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from miaopu.engine.asking import NOT_ASKED, Asking
from miaopu.engine.counted import Counted
from miaopu.engine.explanations import NearMiss, PriorityPoints
from miaopu.engine.expressions.plain import FALSE, TRUE, UNKNOWN, in_one_line
from miaopu.engine.expressions.reasons import ReasonNode
from miaopu.engine.expressions.telling import (
    Answer,
    head,
    printed,
    printed_change,
    printed_names,
)
from miaopu.engine.expressions.tree import Op
from miaopu.engine.messages import Bilingual
from miaopu.engine.prepared import PreparedRule, PreparedRules

_VALUE: Mapping[str, bool | None] = {TRUE: True, FALSE: False, UNKNOWN: None}


@dataclass(frozen=True, eq=False)
class Explanation:
    """One rule for one enterprise, with its reasons; `amount_fen` is known for true rules only.

    `counted`: all its conditions are true, but what it pays for is counted under another rule.
    `ahead_fen`: what another rule pays for the same, where this one is not true.
    """

    rule: str
    status: str
    amount_fen: int | None
    prepared: PreparedRule
    asking: Asking
    _lacking: tuple[str, ...] = ()
    counted: Counted | None = None
    ahead_fen: int = 0

    @cached_property
    def answers(self) -> Sequence[Answer]:
        """What each condition came to, and whether it is counted elsewhere."""
        return self._answers()

    def _answers(self) -> Sequence[Answer]:
        found = self.asking.answers(self.prepared)
        return found if self.counted is None else [*found, self.counted.answer]

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The facts (or "decide:ID") that the conditions lack."""
        return _united([answer.needs for answer in self.answers if answer.value is None])

    @property
    def missing(self) -> tuple[str, ...]:
        """What the conditions lack, or else the amount."""
        return self.needs or self._lacking

    @cached_property
    def tree(self) -> ReasonNode:
        """The reasons, node by node."""
        rule = self.prepared.rule
        return ReasonNode(
            op=Op.RULE.value,
            status=self.status,
            text=self._title,
            value=_VALUE[self.status],
            needs=self.needs,
            children=tuple(
                [
                    *(self.asking.node(self.rule, part) for part in self.prepared.conditions),
                    *([] if self.counted is None else [self.counted.node]),
                ]
            ),
            title=rule.title,
            key=rule.id,
        )

    @cached_property
    def would_change(self) -> tuple[Bilingual, ...]:
        """For each condition that is not true what would make it so."""
        changes = [answer.change for answer in self.answers]
        return tuple([Bilingual(*change) for change in changes if change is not None])

    @cached_property
    def priorities(self) -> tuple[PriorityPoints, ...]:
        """Every priority as it stands."""
        found = []
        for priority, reasons in self.prepared.priorities:
            node = reasons.explain(self.asking.facts)
            found.append(
                PriorityPoints(
                    priority.id,
                    priority.title or node.text,
                    priority.points if node.status == TRUE else 0,
                    node.status,
                    priority.clause,
                    node.needs,
                )
            )
        return tuple(found)

    @cached_property
    def priority_points(self) -> int:
        """The points of all priorities."""
        return sum(one.points for one in self.priorities)

    @cached_property
    def near_miss(self) -> NearMiss | None:
        """The one condition that keeps it from being true; people's decisions may be open.

        Where an enterprise is can hardly be changed: a rule for another place is no near miss.
        """
        return self._near_miss(self.answers)

    def _near_miss(self, answers: Sequence[Answer]) -> NearMiss | None:
        if self.status != FALSE or self.counted is not None:
            return None
        values = [answer[0] for answer in answers]
        if values.count(False) != 1:
            return None
        conditions = self.prepared.conditions
        place = values.index(False)
        if any(
            value is None and part.reasons is not None
            for value, part in zip(values, conditions, strict=True)
        ):
            return None
        if place == 0 and self.prepared.rule.region:
            return None
        change = answers[place].change
        assert change is not None
        fen, _lacking = self.prepared.pays(self.asking.facts)
        if fen is not None:
            fen = max(fen - self.ahead_fen, 0)
        return NearMiss(conditions[place].condition.id, Bilingual(*change), fen)

    @property
    def _title(self) -> Bilingual:
        return self.prepared.rule.title or Bilingual(self.rule, self.rule)

    def to_json(self) -> dict[str, object]:
        """The explanation as `explain` prints it."""
        return {
            "rule": self.rule,
            "status": self.status,
            "amount_fen": self.amount_fen,
            "tree": self.tree.to_json(),
            "missing": list(self.missing),
            "would_change": [in_one_line(change) for change in self.would_change],
            "near_miss": None if self.near_miss is None else self.near_miss.to_json(),
        }

    def print_to(self, pieces: list[bytes]) -> None:
        """`to_json` in UTF-8, piece by piece, put together from what each condition prints."""
        answers = self._answers() or _NO_ANSWERS
        values, needs, _changes, texts, shown = zip(*answers, strict=True)
        lacking: tuple[str, ...] = ()
        if None in values:
            lacking = _united([n for v, n in zip(values, needs, strict=True) if v is None])
        short = self._near_miss(answers) if values.count(False) == 1 else None
        pieces += (
            _rule_head(self.prepared, self.status, lacking, self.amount_fen),
            _COMMA.join(texts),
            _missing(lacking or self._lacking),
            _COMMA.join([text for text in shown if text]),
            _NO_NEAR_MISS if short is None else _printed(short),
        )


_NO_ANSWERS = [Answer(True, (), None, b"", b"")]
_COMMA, _NO_NEAR_MISS = b", ", b'], "near_miss": null}'


def _united(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([name for names in parts for name in names]))


@lru_cache(maxsize=8192)
def _rule_head(
    rule: PreparedRule, status: str, needs: tuple[str, ...], amount_fen: int | None
) -> bytes:
    name = rule.rule.id
    begun = head(
        Op.RULE.value, status, rule.rule.title or Bilingual(name, name), _VALUE[status], needs
    )
    return b'{"rule": %b, "status": "%b", "amount_fen": %b, "tree": %b' % (
        printed(name),
        status.encode(),
        printed(amount_fen),
        begun,
    )


@lru_cache(maxsize=4096)
def _missing(names: tuple[str, ...]) -> bytes:
    return b']}, "missing": %b, "would_change": [' % printed_names(names)


def _printed(short: NearMiss) -> bytes:
    change = printed_change((short.would_change.zh, short.would_change.en))
    return b'], "near_miss": {"condition": %b, "would_change": %b, "gain_fen": %b}}' % (
        printed(short.condition),
        change,
        printed(short.gain_fen),
    )


def explain_rule(rule: PreparedRule, asking: Asking) -> Explanation:
    """The rule for the enterprise that is asked."""
    name, status = rule.rule.id, TRUE
    known, ask = asking.values, asking.value
    for part in rule.conditions:
        value = known[part.number] if part.number >= 0 else NOT_ASKED
        if value is NOT_ASKED:
            value = ask(name, part)
        if value is False:
            status = FALSE
            break
        if value is None:
            status = UNKNOWN
    fen, lacking = rule.pays(asking.facts) if status == TRUE else (None, ())
    return Explanation(name, status, fen, rule, asking, lacking)


def counted_once(rules: PreparedRules, explained: list[Explanation]) -> list[Explanation]:
    """The explanations of all rules, of which some pay for the same: that counts once."""
    true = {n: one.amount_fen for n, one in enumerate(explained) if one.status == TRUE}
    found, elsewhere = list(explained), rules.elsewhere(true)
    for once, places in rules.counted_once:
        counts = [place for place in places if place in true and place not in elsewhere]
        for place in places if counts else ():
            [first] = counts
            if place in elsewhere:
                at = Counted(once, rules.rules[first].rule, true[first])
                found[place] = replace(
                    found[place], status=FALSE, amount_fen=None, _lacking=(), counted=at
                )
            elif place != first:
                found[place] = replace(found[place], ahead_fen=true[first] or 0)
    return found


def explanations_as_json(explained: Sequence[Explanation]) -> bytes:
    """Explanations as one JSON document in UTF-8, as `explain` prints them."""
    pieces: list[bytes] = []
    if explained and len(explained) == len(explained[0].asking.rules.rules):
        explained[0].asking.answer_all()
    for one in explained:
        pieces.append(_COMMA if pieces else b"[")
        one.print_to(pieces)
    return b"".join([*pieces, b"]"]) if pieces else b"[]"


def near_misses(explained: Sequence[Explanation]) -> list[Explanation]:
    """The rules that are one condition short, the largest gain first, unknown gains last."""
    short = [(one.near_miss.gain_fen, one) for one in explained if one.near_miss is not None]
    return [
        one for _gain, one in sorted(short, key=lambda pair: (pair[0] is None, -(pair[0] or 0)))
    ]
