"""What a pack says of tenants: rewards of one event for both sides, and when a tenant graduates."""

from collections.abc import Iterator, Mapping

from miaopu.engine.definitions.pieces import error_at
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Pack
from miaopu.engine.rule_checks import check_rule
from miaopu.engine.rule_pieces import conditions_of
from miaopu.engine.rule_sets import Rule


def check_same_event(
    pack: Pack, item_id: str, documents: Mapping[str, Document]
) -> Iterator[PackError]:
    """An error where an item for a base does not follow the item of the tenant that it names."""
    item = pack.items[item_id]
    if item.same_event_as is None:
        return
    other = pack.items.get(item.same_event_as)
    whole = item.party == "base" and other is not None and other.party == "enterprise"
    if whole and other is not None:
        whole = (item.region, item.conditions) == (other.region, other.conditions)
    if not whole:
        yield error_at(
            documents,
            ("items", item_id, "same_event_as"),
            Bilingual(
                "基地的事项须与企业的事项条件完全相同，才是同一件事的两方奖励",
                "an item for a base rewards the same event only with the enterprise item's "
                "own conditions",
            ),
            Bilingual("核对两个事项的地区和条件", "make region and conditions of both the same"),
        )


def check_graduation(pack: Pack, documents: Mapping[str, Document]) -> list[PackError]:
    """The errors of the conditions of graduating."""
    if pack.incubation is None:
        return []
    asked = pack.incubation.graduation.conditions
    rule = Rule("graduation", conditions=conditions_of(asked))
    around = pack.rule_set(pack.period.end).surroundings(pack.period.end)
    return check_rule(rule, around, documents, ("incubation", "graduation"))[0]
