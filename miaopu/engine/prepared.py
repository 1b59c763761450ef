"""Rules made ready to run on one day: parsed, typed and lowered once, whoever asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from miaopu.engine.codes import region_range
from miaopu.engine.explanations import Explanation, MatchRow, NearMiss, PriorityPoints
from miaopu.engine.expressions.evaluate import Facts, Runnable, amount_in_fen, runnable
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.reasons import FALSE, TRUE, UNKNOWN, ReasonNode, Reasons
from miaopu.engine.expressions.tree import Kind, Node, Op
from miaopu.engine.facts import Fact, FactError, Value, read_fact
from miaopu.engine.messages import Bilingual
from miaopu.engine.rule_sets import Condition, Priority, Rule, RuleSet

Decisions = Mapping[str, bool | None]
Asked = dict[int, tuple[ReasonNode, Bilingual | None]]
_JURISDICTION = "region"
_NO_QUESTION = Bilingual("", "")


@lru_cache(maxsize=32)
def prepare(rules: RuleSet, as_of: date) -> "PreparedRules":
    """`rules` ready to run on the day `as_of`; raises ExpressionError for a bad expression."""
    around = rules.surroundings(as_of)
    known: dict[str, Reasons] = {}
    prepared = tuple(_prepare_rule(rules, rule, as_of, known) for rule in rules.rules)
    matched = dict.fromkeys(name for rule in prepared for name in rule.matched_facts)
    others = dict.fromkeys(name for rule in prepared for name in rule.priority_facts)
    return PreparedRules(
        prepared,
        tuple(around.facts[name] for name in matched),
        tuple(around.facts[name] for name in others if name not in matched),
    )


@dataclass(frozen=True)
class PreparedRules:
    """Rules ready to run on one day.

    `facts` are those that conditions and amounts look at, `priority_facts` those that only
    priorities do: matching does not ask for them.
    """

    rules: tuple["PreparedRule", ...]
    facts: tuple[Fact, ...]
    priority_facts: tuple[Fact, ...]

    def read(
        self,
        row: Mapping[str, object],
        report: Callable[[FactError], None],
        *,
        priorities: bool = False,
    ) -> dict[str, Value | None]:
        """The values that the rules need of `row`; a value that cannot be read is unknown."""
        known: dict[str, Value | None] = {}
        for fact in (*self.facts, *self.priority_facts) if priorities else self.facts:
            try:
                known[fact.name] = read_fact(fact, row.get(fact.name))
            except FactError as error:
                report(error)
                known[fact.name] = None
        return known


@dataclass(frozen=True)
class PreparedCondition:
    """A condition ready to run; `reasons` is None for discretion."""

    condition: Condition
    reasons: Reasons | None

    @property
    def need(self) -> str:
        """What is missing while a person has not decided."""
        return f"decide:{self.condition.id}"

    def value(self, facts: Facts) -> Value | None:
        """True, false, or None: unknown, or not yet decided by a person."""
        return self.reasons.runnable.value(facts) if self.reasons else None


@dataclass(frozen=True)
class PreparedRule:
    """A rule ready to run."""

    rule: Rule
    conditions: tuple[PreparedCondition, ...]
    priorities: tuple[tuple[Priority, Reasons], ...]
    amount: Runnable | None

    @property
    def matched_facts(self) -> tuple[str, ...]:
        """The facts that the conditions and the amount look at."""
        parts = [part.reasons.runnable for part in self.conditions if part.reasons]
        return _looked_at([*parts, self.amount] if self.amount else parts)

    @property
    def priority_facts(self) -> tuple[str, ...]:
        """The facts that the priorities look at."""
        return _looked_at([reasons.runnable for _, reasons in self.priorities])

    def match(self, enterprise_id: str, facts: Facts) -> MatchRow | None:
        """The enterprise's row under this rule; None where a condition is false."""
        unknown: list[PreparedCondition] = []
        for part in self.conditions:
            value = part.value(facts)
            if value is False:
                return None
            if value is None:
                unknown.append(part)
        if unknown:
            return MatchRow(enterprise_id, self.rule.id, UNKNOWN, None, _needs(unknown, facts))
        fen, missing = self.pays(facts)
        return MatchRow(enterprise_id, self.rule.id, TRUE, fen, missing)

    def pays(self, facts: Facts) -> tuple[int | None, tuple[str, ...]]:
        """The amount in fen, or None and the facts it lacks; (None, ()) where the rule has none."""
        if self.amount is None:
            return None, ()
        fen = amount_in_fen(self.amount.value(facts))
        if fen is not None:
            return fen, ()
        return None, self.amount.trace(facts).needs or self.amount.node.fact_names()

    def explain(
        self, facts: Facts, decisions: Decisions, asked: "Asked | None" = None
    ) -> Explanation:
        """The rule for one enterprise, with reasons.

        `asked` keeps what conditions came to, for the next rule that asks the same of her.
        """
        asked = {} if asked is None else asked
        found = [self._condition(part, facts, decisions, asked) for part in self.conditions]
        nodes = tuple([node for node, _change in found])
        status = _all_of(nodes)
        needs = tuple(dict.fromkeys(need for node in nodes for need in node.needs))
        title = self.rule.title or Bilingual(self.rule.id, self.rule.id)
        tree = ReasonNode(
            op=Op.RULE.value,
            status=status,
            text=title,
            value={TRUE: True, FALSE: False}.get(status),
            needs=needs,
            children=nodes,
            title=self.rule.title,
            key=self.rule.id,
        )
        fen, lacking = self.pays(facts) if status == TRUE else (None, ())
        points = tuple(_points(priority, reasons, facts) for priority, reasons in self.priorities)
        short = self._near_miss(found, facts) if status == FALSE else None
        return Explanation(
            rule=self.rule.id,
            status=status,
            amount_fen=fen,
            tree=tree,
            missing=needs or lacking,
            would_change=tuple([change for _node, change in found if change is not None]),
            priority_points=sum(one.points for one in points),
            priorities=points,
            near_miss=short,
        )

    def _near_miss(
        self, found: Sequence[tuple[ReasonNode, Bilingual | None]], facts: Facts
    ) -> NearMiss | None:
        """The one condition that keeps it from being true; people's decisions may be open.

        Where an enterprise is can hardly be changed: a rule for another place is no near miss.
        """
        wrong = [node for node, _change in found if node.status == FALSE]
        open_ = any(node.status == UNKNOWN and node.op != Op.DECIDE for node, _change in found)
        if len(wrong) != 1 or open_ or (self.rule.region and found[0][0] is wrong[0]):
            return None
        change = next(change for node, change in found if node is wrong[0])
        fen, _lacking = self.pays(facts)
        return NearMiss(wrong[0].key, change or wrong[0].text, fen)

    def _condition(
        self, part: PreparedCondition, facts: Facts, decisions: Decisions, asked: Asked
    ) -> tuple[ReasonNode, Bilingual | None]:
        """The reasons of a condition, and what would make it true."""
        condition = part.condition
        if part.reasons is not None:
            key = id(part.reasons)
            if key not in asked:
                asked[key] = part.reasons.both(facts)
            node, change = asked[key]
            return node._replace(title=condition.title, key=condition.id), change
        answer = decisions.get(f"{self.rule.id}.{condition.id}")
        question = condition.decide or _NO_QUESTION
        node = ReasonNode(
            op=Op.DECIDE.value,
            status=UNKNOWN if answer is None else TRUE if answer else FALSE,
            text=question,
            value=answer,
            needs=(part.need,) if answer is None else (),
            title=condition.title or question,
            key=condition.id,
        )
        return node, _decision_needed(node)


def _prepare_rule(
    rules: RuleSet, rule: Rule, as_of: date, known: dict[str, Reasons]
) -> PreparedRule:
    """The rule ready to run; what is written alike (`known`) is made ready, and asked, once."""
    around, words = rules.surroundings(as_of), rules.words

    def reasons(source: str) -> Reasons:
        if source not in known:
            known[source] = Reasons(runnable(lower_condition(source, around)), words)
        return known[source]

    conditions = [
        PreparedCondition(condition, None if condition.when is None else reasons(condition.when))
        for condition in rule.conditions
    ]
    if rule.region:
        jurisdiction = Reasons(runnable(_in_jurisdiction(rules.region_fact, rule.region)), words)
        conditions.insert(0, PreparedCondition(Condition(_JURISDICTION), jurisdiction))
    return PreparedRule(
        rule,
        tuple(conditions),
        tuple((priority, reasons(priority.when)) for priority in rule.priority),
        None if rule.amount is None else runnable(lower_amount(rule.amount, around)),
    )


def _in_jurisdiction(fact: Fact, prefix: str) -> Node:
    subject = Node(Op.FACT, Kind.REGION, name=fact.name)
    return Node(Op.IN_REGION, Kind.BOOLEAN, (subject,), value=region_range(prefix), name=prefix)


def _looked_at(runnables: list[Runnable]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in runnables for name in one.node.fact_names()))


def _needs(parts: list[PreparedCondition], facts: Facts) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            need
            for part in parts
            for need in (part.reasons.runnable.trace(facts).needs if part.reasons else (part.need,))
        )
    )


def _points(priority: Priority, reasons: Reasons, facts: Facts) -> PriorityPoints:
    node = reasons.explain(facts)
    return PriorityPoints(
        priority.id,
        priority.title or node.text,
        priority.points if node.status == TRUE else 0,
        node.status,
        priority.clause,
        node.needs,
    )


def _decision_needed(node: ReasonNode) -> Bilingual | None:
    if node.status == UNKNOWN:
        return Bilingual(f"待认定：{node.text.zh}", f"to be decided: {node.text.en}")
    if node.status == FALSE:
        return Bilingual(
            f"认定为否：{node.text.zh}", f"was decided in the negative: {node.text.en}"
        )
    return None


def _all_of(nodes: tuple[ReasonNode, ...]) -> str:
    statuses = {node.status for node in nodes}
    return FALSE if FALSE in statuses else UNKNOWN if UNKNOWN in statuses else TRUE
