"""What the schema alone cannot see: references, expressions, procedures, a pack's own examples."""

from collections.abc import Iterable, Iterator, Mapping

from miaopu.engine.codes import decode_digits
from miaopu.engine.definitions.pieces import error_at
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError, Path
from miaopu.engine.expressions.errors import did_you_mean
from miaopu.engine.expressions.tree import Node, Op
from miaopu.engine.facts import FactError, FactType
from miaopu.engine.matching import explain_one
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.counting import check_counted_alike
from miaopu.engine.packs.incubation import check_graduation, check_same_event
from miaopu.engine.packs.items import Example, Item
from miaopu.engine.packs.schema import Pack
from miaopu.engine.reference import regions
from miaopu.engine.rule_checks import (
    check_counted_once,
    check_functions,
    check_parameters,
    check_rule,
    repeated,
)

# What a form may be prefilled with beside facts; cases read these from the register.
PARTY_ATTRIBUTES = frozenset({"name", "uscc", "legal_rep", "phone", "address"})
Documents = Mapping[str, Document]


def check_references(pack: Pack, data: object, documents: Documents) -> list[PackError]:
    """Errors for ids used twice, and for clauses, indicators, items, regions that do not exist."""
    return [
        *_clauses(pack, data, documents),
        *_ids(pack, documents),
        *_names(pack, documents),
        *_zones(pack, documents),
        *_regions(pack, documents),
        *(error for item_id in pack.items for error in _procedure(pack, item_id, documents)),
    ]


def check_expressions(pack: Pack, documents: Documents) -> list[PackError]:
    """Errors of the items' conditions, priorities and amounts, and of the dated parameters."""
    rule_set = pack.rule_set(pack.period.end)
    around = rule_set.surroundings(pack.period.end)
    errors = [
        *check_parameters(rule_set, documents),
        *check_functions(rule_set, documents),
        *check_counted_once(rule_set, documents),
        *check_counted_alike(pack, documents),
        *check_graduation(pack, documents),
    ]
    for rule in rule_set.rules:
        found, trees = check_rule(rule, around, documents, ("items", rule.id))
        errors += found
        for path, tree in trees:
            errors += _places_in(pack, tree, path, documents)
    return errors


def check_examples(pack: Pack, documents: Documents) -> list[PackError]:
    """An error for every example of an item that comes to something else than it expects."""
    errors = []
    for item_id, item in pack.items.items():
        for number, example in enumerate(item.examples):
            path: Path = ("items", item_id, "examples", number)
            different = _compare(pack, item_id, example)
            if different is not None:
                remedy = Bilingual("改正规则或例子", "correct the rule or the example")
                errors.append(error_at(documents, path, different, remedy))
    return errors


def _compare(pack: Pack, item_id: str, example: Example) -> Bilingual | None:
    """What differs from the expectation of `example`; None where nothing does."""
    decisions = {
        key if "." in key else f"{item_id}.{key}": answer
        for key, answer in example.decisions.items()
    }
    as_of = example.as_of or pack.period.end
    unknown = [name for name in example.facts if name not in pack.facts]
    if unknown:
        return Bilingual(f"例子里的 {unknown[0]} 不是事实", f"{unknown[0]} is not a fact")
    try:
        explained = explain_one(pack.rule_set(as_of), example.facts, as_of, decisions)
    except FactError as error:
        return error.message
    found = next(one for one in explained if one.rule == item_id)
    expect = example.expect
    missing = None if expect.missing is None else set(expect.missing)
    pairs: list[tuple[str, object, object]] = [("status", expect.status, found.status)]
    if expect.amount_fen is not None:
        pairs.append(("amount_fen", expect.amount_fen, found.amount_fen))
    if expect.priority is not None:
        pairs.append(("priority", expect.priority, found.priority_points))
    if missing is not None:
        pairs.append(("missing", sorted(missing), sorted(found.missing)))
    for name, wanted, got in pairs:
        if wanted != got:
            return Bilingual(
                f"“{example.name}”的 {name} 应为 {wanted}，实为 {got}",
                f"{name} of {example.name!r} should be {wanted}, is {got}",
            )
    return None


def _clauses(pack: Pack, data: object, documents: Documents) -> Iterator[PackError]:
    for path, clause in _cited(data, ()):
        if clause not in pack.clauses:
            yield error_at(
                documents,
                path,
                Bilingual(
                    f"clauses 里没有条款 {clause}", f"there is no clause {clause} in clauses"
                ),
                did_you_mean(
                    clause,
                    pack.clauses,
                    Bilingual("在 clauses 里补上它", "add it to clauses"),
                ),
            )


def _cited(data: object, path: Path) -> Iterator[tuple[Path, str]]:
    entries: Iterable[tuple[str | int, object]] = ()
    if isinstance(data, dict):
        entries = data.items()
    elif isinstance(data, list):
        entries = enumerate(data)
    for key, value in entries:
        if key == "clause" and isinstance(value, str):
            yield (*path, key), value
        elif not (path == () and key == "clauses"):
            yield from _cited(value, (*path, key))


def _ids(pack: Pack, documents: Documents) -> Iterator[PackError]:
    yield from repeated([target.id for target in pack.targets], documents, ("targets",))
    yield from repeated([budget.id for budget in pack.budgets], documents, ("budgets",))
    for item_id, item in pack.items.items():
        path: Path = ("items", item_id)
        yield from repeated([entry.id for entry in item.form], documents, (*path, "form"))
        yield from repeated([entry.id for entry in item.materials], documents, (*path, "materials"))
        yield from repeated([step.id for step in item.steps], documents, (*path, "steps"))
        yield from repeated([one.id for one in item.side_steps], documents, (*path, "side_steps"))


def _names(pack: Pack, documents: Documents) -> Iterator[PackError]:
    for number, target in enumerate(pack.targets):
        path: Path = ("targets", number, "indicator")
        yield from _known(target.indicator, pack.indicators, documents, path)
    for number, budget in enumerate(pack.budgets):
        yield from _known(budget.item, pack.items, documents, ("budgets", number, "item"))
    if pack.fee_rule is not None and pack.fee_rule.item is not None:
        yield from _known(pack.fee_rule.item, pack.items, documents, ("fee_rule", "item"))
    for item_id, item in pack.items.items():
        yield from check_same_event(pack, item_id, documents)
        if item.records is not None:
            path = ("items", item_id, "records", "fact")
            dates = [name for name, fact in pack.facts.items() if fact.type is FactType.DATE]
            yield from _known(item.records.fact, dates, documents, path)


def _known(
    name: str, known: Iterable[str], documents: Documents, path: Path
) -> Iterator[PackError]:
    if name not in known:
        yield error_at(
            documents,
            path,
            Bilingual(f"没有 {name}", f"there is no {name}"),
            did_you_mean(
                name,
                known,
                Bilingual("核对编号", "check the id"),
            ),
        )


def _zones(pack: Pack, documents: Documents) -> Iterator[PackError]:
    for number, zone in enumerate(pack.zones):
        city = zone.parent.removesuffix("00")
        taken = zone.code in regions() or zone.code in [z.code for z in pack.zones[:number]]
        if zone.parent not in regions() or not zone.code.startswith(city) or taken:
            yield error_at(
                documents,
                ("zones", number, "code"),
                Bilingual(
                    f"片区代码 {zone.code} 应在所属城市之下，且未被占用",
                    f"the zone code {zone.code} must lie under its city and be free",
                ),
                Bilingual(f"以 {city} 开头另选一个", f"choose another that begins with {city}"),
            )


def _regions(pack: Pack, documents: Documents) -> Iterator[PackError]:
    places: list[tuple[Path, str]] = [(("region",), pack.region)]
    places += [(("targets", n, "region"), target.region) for n, target in enumerate(pack.targets)]
    places += [(("budgets", n, "region"), budget.region) for n, budget in enumerate(pack.budgets)]
    for n, ratio in enumerate(pack.ratios):
        places += [(("ratios", n, "regions", m), code) for m, code in enumerate(ratio.regions)]
    for path, code in places:
        if code not in regions() and code not in pack.zones_by_code:
            yield _no_region(documents, path, code)
    for number, budget in enumerate(pack.budgets):
        if budget.level == "county" and budget.region.endswith("00"):
            yield error_at(
                documents,
                ("budgets", number, "region"),
                Bilingual("县级预算要写到县", "a county's budget belongs to a county"),
                Bilingual("写出县(市、区)或片区的代码", "give the code of a county or zone"),
            )


def _no_region(documents: Documents, path: Path, code: str) -> PackError:
    return error_at(
        documents,
        path,
        Bilingual(f"没有区划 {code}", f"there is no region {code}"),
        Bilingual("核对区划代码，或在 zones 里写明", "check the code, or state it in zones"),
    )


def _places_in(pack: Pack, tree: Node, path: Path, documents: Documents) -> Iterator[PackError]:
    """Errors for places an expression names that neither the region table nor the pack has."""
    for node in tree.walk():
        prefix = None
        if node.op is Op.IN_REGION:
            prefix = node.name
        elif node.op is Op.CONST and node.kind == "region" and isinstance(node.value, int):
            prefix = decode_digits(node.value)
        if prefix and not _is_place(pack, prefix):
            yield _no_region(documents, path, prefix)


def _is_place(pack: Pack, prefix: str) -> bool:
    return any(
        code.startswith(prefix) for known in (regions(), pack.zones_by_code) for code in known
    )


def _procedure(pack: Pack, item_id: str, documents: Documents) -> Iterator[PackError]:
    """Errors of an item's form and steps: prefills, choices, and who may not do what."""
    item: Item = pack.items[item_id]
    path: Path = ("items", item_id)
    for number, entry in enumerate(item.form):
        known = PARTY_ATTRIBUTES | pack.facts.keys()
        if entry.prefill is not None:
            yield from _known(entry.prefill, known, documents, (*path, "form", number, "prefill"))
        if (entry.type == "choice") is not bool(entry.choices):
            yield error_at(
                documents,
                (*path, "form", number),
                Bilingual("choices 只用于 choice，且不能为空", "choices belong to type choice"),
                Bilingual("核对 type 和 choices", "check type and choices"),
            )
    yield from _offer(item, path, documents)
    earlier: list[str] = []
    for number, step in enumerate(item.steps):
        for other in step.not_same_as:
            if other not in earlier:
                yield error_at(
                    documents,
                    (*path, "steps", number, "not_same_as"),
                    Bilingual(f"{other} 不是前面的步骤", f"{other} is not an earlier step"),
                    Bilingual("只能写前面的步骤", "name earlier steps only"),
                )
        earlier.append(step.id)


def _offer(item: Item, path: Path, documents: Documents) -> Iterator[PackError]:
    """Errors of an offer without application: questions that do not exist or must be asked."""
    if item.offer is None:
        return
    for number, name in enumerate(item.offer.ask):
        yield from _known(name, item.fields_by_id, documents, (*path, "offer", "ask", number))
    for entry in item.form:
        if (entry.must_be_true or entry.type == "account") and entry.id not in item.offer.ask:
            yield error_at(
                documents,
                (*path, "offer", "ask"),
                Bilingual(
                    f"同意时须回答 {entry.id}（声明和账号）",
                    f"a consent must answer {entry.id}: declarations and accounts",
                ),
                Bilingual(f"在 ask 里补上 {entry.id}", f"add {entry.id} to ask"),
            )
    if any(material.required for material in item.materials):
        yield error_at(
            documents,
            (*path, "offer"),
            Bilingual("免申即享的事项不能有必需的材料", "an offered item requires no papers"),
            Bilingual("去掉 offer，或把材料改为选填", "drop offer, or make the papers optional"),
        )
