"""The part of a pack that a rule version changes: an item's conditions, priorities, amount, shares.

A part is plain data in the pack's own form, with the dated parameters that its expressions name. It
can be read off a pack, put into it (checked as the pack itself is), and laid over a newer version.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from miaopu.engine.definitions.pieces import validated
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError, Path
from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.lower import lower_amount, lower_condition
from miaopu.engine.expressions.lowering import Surroundings
from miaopu.engine.expressions.named import read
from miaopu.engine.expressions.syntax import names_in
from miaopu.engine.expressions.tree import Node
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.checks import check_examples, check_expressions, check_references
from miaopu.engine.packs.schema import Pack
from miaopu.engine.rule_pieces import functions_of

Part = dict[str, Any]
KEYS = ("conditions", "priority", "amount", "shares")
LEVELS = ("central", "province", "city", "county")
_NOWHERE = {"": Document("", None, {}, ())}


@dataclass(frozen=True)
class Problem:
    """What a part is refused with: where in it, at which character (from 0), why, what to write."""

    place: Path
    message: Bilingual
    remedy: Bilingual
    position: int | None = None


@dataclass(frozen=True)
class Amendment:
    """A pack with a changed part, or its problems; `dropped` are examples that no longer hold."""

    pack: Pack | None
    problems: tuple[Problem, ...]
    dropped: tuple[str, ...] = ()


def part_of(pack: Pack, item_id: str) -> Part:
    """The part of the item as the pack has it."""
    item = pack.items[item_id].model_dump(mode="json", by_alias=True)
    part: Part = {key: item[key] for key in KEYS}
    named = dict.fromkeys(
        name
        for source in _expressions(part)
        for name in names_in(read(source, functions_of(pack.functions)), "parameter")
    )
    values = pack.to_json()["parameters"]
    part["parameters"] = {name: values[name] for name in named if name in values}
    return part


def digest_of(part: Mapping[str, Any]) -> str:
    """SHA-256 over a part in canonical form."""
    text = json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def amended(pack: Pack, item_id: str, part: Part) -> Amendment:
    """The pack with the item's part changed.

    Every problem is told at once, those of expressions with the character. Examples of the item
    that come to something else under the new rule are left out of the new pack, and named.
    """
    data = pack.to_json()
    known = data["items"][item_id]["shares"]
    data["items"][item_id] |= {key: part[key] for key in KEYS}
    data["items"][item_id]["shares"] = _ordered(part["shares"], known)
    data["parameters"] |= part["parameters"]
    around = pack.rule_set(pack.period.end).surroundings(pack.period.end)
    problems = list(_expression_problems(part, around))
    if not part["conditions"]:
        problems.append(
            Problem(
                ("conditions",),
                Bilingual("至少要有一个条件", "there must be a condition"),
                Bilingual("补上一个条件", "add one"),
            )
        )
    if problems:
        return Amendment(None, tuple(problems))
    changed, errors = validated(Pack, data, _NOWHERE)
    if changed is None:
        return Amendment(None, tuple(_problem(one, item_id) for one in errors))
    errors = [*check_references(changed, data, _NOWHERE), *check_expressions(changed, _NOWHERE)]
    if errors:
        return Amendment(None, tuple(_problem(one, item_id) for one in errors))
    return _without_broken_examples(changed, data, item_id)


def _ordered(shares: Mapping[str, int], known: Mapping[str, int]) -> dict[str, int]:
    """Shares in the order of the pack: of equals the earlier level gets the last fen.

    A database keeps the keys of an object in an order of its own.
    """
    return {one: shares[one] for one in dict.fromkeys((*known, *LEVELS)) if one in shares} | dict(
        shares
    )


def check_one(
    source: str, around: Surroundings, *, amount: bool = False
) -> tuple[Node | None, Problem | None]:
    """One expression: its typed tree, or what is wrong with it."""
    try:
        tree = (lower_amount if amount else lower_condition)(source, around)
    except ExpressionError as error:
        return None, Problem((), error.message, error.remedy, error.position)
    return tree, None


def merged(base: Part, mine: Part, theirs: Part) -> tuple[Part, tuple[str, ...]]:
    """My changes of `base` laid over `theirs`, and the keys that both have changed differently.

    Where both did, mine stands; a person looks at it.
    """
    both: list[str] = []
    result: Part = {}
    for key in (*KEYS, "parameters"):
        listed = key in ("conditions", "priority")
        sides = [_by_id(part[key]) if listed else part[key] for part in (base, mine, theirs)]
        if isinstance(sides[0], Mapping) and key != "shares":
            found = _merged_by_key(sides[0], sides[1], sides[2], key, both)
            result[key] = list(found.values()) if listed else found
        else:
            result[key] = _merged_value(sides[0], sides[1], sides[2], key, both)
    return result, tuple(both)


def _merged_by_key(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    key: str,
    both: list[str],
) -> dict[str, Any]:
    found = {}
    for name in dict.fromkeys((*theirs, *mine)):
        chosen = _merged_value(
            base.get(name), mine.get(name), theirs.get(name), f"{key}.{name}", both
        )
        if chosen is not None:
            found[name] = chosen
    return found


def _merged_value(base: Any, mine: Any, theirs: Any, key: str, both: list[str]) -> Any:
    if mine == base:
        return theirs
    if theirs not in (base, mine):
        both.append(key)
    return mine


def _by_id(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(one["id"]): one for one in entries}


def _expressions(part: Part) -> list[str]:
    """The expressions of a part of a checked pack."""
    found = [one["when"] for one in (*part["conditions"], *part["priority"]) if one.get("when")]
    return [*found, part["amount"]] if part["amount"] else found


def _expression_problems(part: Part, around: Surroundings) -> list[Problem]:
    places: list[tuple[Path, str, bool]] = [
        ((key, number, "when"), one["when"], False)
        for key in ("conditions", "priority")
        for number, one in enumerate(part[key])
        if one.get("when") is not None
    ]
    if part["amount"] is not None:
        places.append((("amount",), part["amount"], True))
    problems = []
    for place, source, amount in places:
        _tree, problem = check_one(source, around, amount=amount)
        if problem is not None:
            problems.append(Problem(place, problem.message, problem.remedy, problem.position))
    return problems


def _problem(error: PackError, item_id: str) -> Problem:
    """A problem of the pack as one of the part."""
    words = re.split(r"[.\[]", error.key.removeprefix(f"items.{item_id}.").replace("]", ""))
    place: Path = tuple(int(one) if one.isdigit() else one for one in words)
    return Problem(place, error.message, error.remedy)


def _without_broken_examples(changed: Pack, data: dict[str, Any], item_id: str) -> Amendment:
    item = changed.items[item_id]
    broken = {error.key for error in check_examples(changed, _NOWHERE)}
    places = {f"items.{item_id}.examples[{n}]": n for n in range(len(item.examples))}
    numbers = {places[key] for key in broken & places.keys()}
    if not numbers:
        return Amendment(changed, ())
    kept = [
        one
        for number, one in enumerate(data["items"][item_id]["examples"])
        if number not in numbers
    ]
    data["items"][item_id]["examples"] = kept
    names = tuple(item.examples[number].name for number in sorted(numbers))
    return Amendment(Pack.from_json(data), (), names)
