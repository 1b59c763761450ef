"""Reasons as people read them: each condition, what was found, from whom, what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.parties.dictionary import fact_dictionary
from miaopu.parties.enums import Source
from miaopu.plans.entitlements import CountedElsewhere, ItemExplanation, found_in
from miaopu.plans.models import ProgrammeVersion
from miaopu.portal import shapes
from miaopu.portal.present import clause_href, in_language, read_aloud

JOINS = {"and": "all", "rule": "all", "or": "any", "not": "not"}
STATUSES = {"true", "false", "unknown"}


class _Tree:
    """Where the nodes of one explanation find values, clauses and the pages they lead to."""

    def __init__(
        self,
        facts: Mapping[str, Mapping[str, Any]],
        clauses: Mapping[str, str],
        version: ProgrammeVersion,
        number: str,
    ) -> None:
        self.facts, self.clauses = facts, clauses
        self.version, self.number = version, number

    def wrong_href(self, name: str) -> str:
        """Where the enterprise says that a fact is wrong; of a computed one what it rests on."""
        definition = fact_dictionary().get(name)
        if not self.number or definition is None:
            return ""
        if definition.sources == (Source.COMPUTED,):
            place = "#size" if name == "size" else "#wrong"
            return reverse("my_enterprise", args=[self.number]) + place
        return reverse("fact_doubt", args=[self.number, name])

    def top(self, node: Mapping[str, Any], change: str) -> shapes.Reason:
        """A condition, with its clause and what would change it."""
        if node["op"] == "counted_once":
            return _counted(node["key"], in_language(node["text"]), self.version)
        text = in_language(node["title"]) if node["title"] else read_aloud(node["text"])
        return self._reason(node, text, self.clauses.get(node["key"], ""), change)

    def _reason(
        self, node: Mapping[str, Any], text: str, clause: str = "", change: str = ""
    ) -> shapes.Reason:
        below = _parts(node)
        looked_at = [] if below else _looked_at(node)
        name = looked_at[0]["facts"][0] if len(looked_at) == 1 else ""
        known = self.facts.get(name)
        asks_whether_recorded = _asks_whether_recorded(node) and known is None
        return shapes.Reason(
            status=node["status"],
            text=text,
            op=JOINS.get(node["op"], "") if below else "",  # type: ignore[arg-type]
            value=_("没有记录") if asks_whether_recorded else in_language(found_in(_bare(node))),
            source=_source(known),
            as_of=_as_of(known),
            change=change,
            clause=clause,
            clause_href=clause_href(self.version, clause),
            children=[
                self._reason(child, "" if _lists(child) else read_aloud(child["text"]))
                for child in below
            ],
            facts=[self._found(one) for one in looked_at] if len(looked_at) > 1 else [],
            wrong_href=self.wrong_href(name) if name else "",
        )

    def _found(self, node: Mapping[str, Any]) -> shapes.Found:
        name = node["facts"][0]
        known = self.facts.get(name)
        value = in_language(node["found"]) if known else _("没有记录")
        label = read_aloud(node["text"])
        return shapes.Found(label, value, _source(known), _as_of(known), self.wrong_href(name))


def _source(known: Mapping[str, Any] | None) -> str:
    return str(Source(known["source"]).label) if known else ""


def _as_of(known: Mapping[str, Any] | None) -> date | None:
    return date.fromisoformat(known["as_of"]) if known else None


def _parts(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a node joins; what a single condition compares is not told apart."""
    if node["op"] not in JOINS:
        return []
    below = [child for child in node["children"] if child["status"] in STATUSES]
    if node["op"] == "not" and not any(child["op"] in JOINS for child in below):
        return []  # read out as its opposite already
    found: list[Mapping[str, Any]] = []
    for child in below:  # what is joined alike is one list
        alike = child["op"] == node["op"] and child["op"] != "not" and _lists(child)
        found += _parts(child) if alike else [child]
    return found


def _lists(node: Mapping[str, Any]) -> bool:
    """Whether a node reads out what it joins: that stands below it, and is not said twice."""
    parts = node["children"]
    return node["op"] in JOINS and all(part["text"]["zh"] in node["text"]["zh"] for part in parts)


def _bare(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a denied condition denies: that says what was found."""
    while node["op"] == "not" and len(node["children"]) == 1:
        node = node["children"][0]
    return node


def _asks_whether_recorded(node: Mapping[str, Any]) -> bool:
    return bool(_bare(node)["op"] == "is_null")


def _looked_at(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The facts below a condition, each once."""
    found: dict[str, Mapping[str, Any]] = {}
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if one["op"] == "fact":
            found.setdefault(one["facts"][0], one)
        waiting += one["children"]
    return list(found.values())


def _counted(name: str, text: str, version: ProgrammeVersion) -> shapes.Reason:
    """That what is paid for is counted under another item, with the clause that says so."""
    clause = version.pack.counted_once[name].clause or ""
    return shapes.Reason(
        "false", text, op="once", clause=clause, clause_href=clause_href(version, clause)
    )


def counted_reason(counted: CountedElsewhere, version: ProgrammeVersion) -> shapes.Reason:
    """The same, where people have still to judge."""
    return _counted(counted.once, in_language(counted.text), version)


def reasons_of_trace(
    trace: Mapping[str, Any],
    version: ProgrammeVersion,
    item: str,
    changes: Iterable[Any] = (),
    *,
    number: str = "",
) -> list[shapes.Reason]:
    """The conditions of a stored trace (`ItemExplanation.trace`), each with value and source.

    With the `number` of the enterprise each fact leads to where it is said to be wrong.
    """
    if not trace:
        return []
    definition = version.pack.items[item]
    clauses = {one.id: one.clause or definition.clause for one in definition.conditions}
    nodes = trace["tree"]["children"]
    return reasons_of_nodes(nodes, trace["facts"], clauses, version, changes, number=number)


def reasons_of_nodes(
    nodes: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Mapping[str, Any]],
    clauses: Mapping[str, str],
    version: ProgrammeVersion,
    changes: Iterable[Any] = (),
    *,
    number: str = "",
) -> list[shapes.Reason]:
    """The same of any conditions: `clauses` by key, `changes` of those that are not true."""
    tree = _Tree(facts, clauses, version, number)
    open_keys = [node["key"] for node in nodes if node["status"] != "true"]
    change_of = dict(zip(open_keys, (read_aloud(change) for change in changes), strict=False))
    return [tree.top(node, change_of.get(node["key"], "")) for node in nodes]


def reasons_of(explanation: ItemExplanation, *, number: str = "") -> list[shapes.Reason]:
    """The conditions of a fresh explanation, with what would change each."""
    return reasons_of_trace(
        explanation.trace(),
        explanation.version,
        explanation.item,
        explanation.explanation.would_change,
        number=number,
    )
