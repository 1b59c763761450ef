"""What changed between two packs, and which targets, rules and amounts that touches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from miaopu.engine.expressions.named import Functions, calls, read
from miaopu.engine.expressions.syntax import names_in
from miaopu.engine.packs.schema import Pack
from miaopu.engine.rule_pieces import functions_of

Kind = Literal["added", "removed", "changed", "reordered"]
Steps = tuple[str, ...]
# By which key entries of a list are told apart; the first that all of them have, each its own.
_IDENTITY = ("id", "code", "from", "name", "class")
_RULE_KEYS = frozenset({"for", "region", "conditions", "priority", "once_per"})
_AMOUNT_KEYS = frozenset({"amount", "amount_decided", "shares"})


@dataclass(frozen=True)
class Change:
    """One difference; `path` is the way there, entries of lists by their ids."""

    path: Steps
    kind: Kind
    old: Any
    new: Any

    @property
    def key(self) -> str:
        """The path as people write it: targets.jobs.value."""
        return ".".join(self.path)

    def to_json(self) -> dict[str, Any]:
        """The change as `pack diff` prints it."""
        return {"key": self.key, "change": self.kind, "old": self.old, "new": self.new}


@dataclass(frozen=True)
class Difference:
    """All changes in order, and the ids of the targets and rules and the keys of the amounts."""

    changes: tuple[Change, ...]
    targets: tuple[str, ...]
    rules: tuple[str, ...]
    amounts: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The difference as `pack diff` prints it."""
        return {
            "changes": [change.to_json() for change in self.changes],
            "touches": {
                "targets": list(self.targets),
                "rules": list(self.rules),
                "amounts": list(self.amounts),
            },
        }


def compare(old: Pack, new: Pack) -> Difference:
    """What is different in `new`; nothing at all exactly where both packs have one digest."""
    changes = tuple(_differ(old.to_json(), new.to_json(), ()))
    rules, amounts = _rules_and_amounts(old, new, changes)
    return Difference(changes, _targets(old, new, changes), rules, amounts)


def _differ(old: Any, new: Any, path: Steps) -> Iterator[Change]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _differ_by_key(old, new, path)
        return
    if isinstance(old, list) and isinstance(new, list):
        identity = _identity(old, new)
        if identity is not None:
            before = {str(entry[identity]): entry for entry in old}
            after = {str(entry[identity]): entry for entry in new}
            yield from _differ_by_key(before, after, path)
            common = [name for name in before if name in after]
            now = [name for name in after if name in before]
            if common != now:
                yield Change(path, "reordered", common, now)
            return
    kind: Kind = "added" if _nothing(old) else "removed" if _nothing(new) else "changed"
    yield Change(path, kind, old, new)


def _differ_by_key(old: Mapping[str, Any], new: Mapping[str, Any], path: Steps) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield Change((*path, name), "removed", old[name], None)
        elif name not in old:
            yield Change((*path, name), "added", None, new[name])
        else:
            yield from _differ(old[name], new[name], (*path, name))


def _identity(old: list[Any], new: list[Any]) -> str | None:
    """The key by which the entries of both lists are told apart, if there is one."""
    entries = [*old, *new]
    if not all(isinstance(entry, dict) for entry in entries):
        return None
    for key in _IDENTITY:
        if all(entry.get(key) is not None for entry in entries) and all(
            len({str(entry[key]) for entry in side}) == len(side) for side in (old, new)
        ):
            return key
    return None


def _nothing(value: Any) -> bool:
    """Whether a pack says nothing here: what was left out, or an empty list or mapping."""
    return value is None or value == [] or value == {}


def _targets(old: Pack, new: Pack, changes: tuple[Change, ...]) -> tuple[str, ...]:
    """Targets that changed themselves or whose indicator did."""
    touched = {change.path[1] for change in changes if _below(change, "targets")}
    indicators = {change.path[1] for change in changes if _below(change, "indicators")}
    everything = dict.fromkeys(
        (target.id, target.indicator) for pack in (old, new) for target in pack.targets
    )
    return tuple(
        dict.fromkeys(
            name for name, indicator in everything if name in touched or indicator in indicators
        )
    )


def _rules_and_amounts(
    old: Pack, new: Pack, changes: tuple[Change, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Items whose rule changed or reads something that did; keys of everything that is money."""
    facts = {change.path[1] for change in changes if _below(change, "facts")}
    parameters = {change.path[1] for change in changes if _below(change, "parameters")}
    named = {change.path[1] for change in changes if _below(change, "functions")}
    rules: dict[str, None] = {}
    amounts: dict[str, None] = {}
    for change in changes:
        if _below(change, "items"):
            name, key = change.path[1], change.path[2] if len(change.path) > 2 else ""
            if not key or key in _RULE_KEYS | _AMOUNT_KEYS:
                rules[name] = None
            if key in _AMOUNT_KEYS or not key and _has_amount(change):
                amounts[f"items.{name}"] = None
        if _below(change, "counted_once"):
            for pack in (old, new):
                one = pack.counted_once.get(change.path[1])
                rules |= dict.fromkeys(one.among if one else ())
        for money in ("budgets", "funds", "ratios"):
            if _below(change, money):
                amounts[f"{money}.{change.path[1]}"] = None
    for pack in (old, new):
        known = functions_of(pack.functions)
        for name, item in pack.items.items():
            sources = [one.when for one in item.conditions if one.when is not None]
            sources += [one.when for one in item.priority]
            amount = [item.amount] if item.amount is not None else []
            if _reads([*sources, *amount], facts, parameters, named, known):
                rules[name] = None
            if _reads(amount, facts, parameters, named, known):
                amounts[f"items.{name}"] = None
    return tuple(rules), tuple(amounts)


def _has_amount(change: Change) -> bool:
    item = change.new or change.old
    return item["amount"] is not None or item["amount_decided"] is not None


def _reads(
    sources: list[str], facts: set[str], parameters: set[str], named: set[str], known: Functions
) -> bool:
    """Whether any of the expressions names one of the facts, parameters or named functions."""
    for source in sources:
        if named.intersection(calls(source, known)):
            return True
        syntax = read(source, known)
        if facts.intersection(names_in(syntax, "name")):
            return True
        if parameters.intersection(names_in(syntax, "parameter")):
            return True
    return False


def _below(change: Change, key: str) -> bool:
    return len(change.path) > 1 and change.path[0] == key
