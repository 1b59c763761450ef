"""Items that pay for the same event: what the schema alone cannot see of sets counted once."""

from collections.abc import Iterator, Mapping

from miaopu.engine.definitions.pieces import error_at
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.schema import Pack

Documents = Mapping[str, Document]


def check_counted_alike(pack: Pack, documents: Documents) -> Iterator[PackError]:
    """Errors for sets counted once whose items are for different parties or times."""
    for name, one in pack.counted_once.items():
        items = [pack.items[item] for item in one.among if item in pack.items]
        if len({(item.party, item.once_per) for item in items}) > 1:
            yield error_at(
                documents,
                ("counted_once", name, "among"),
                Bilingual(
                    "只计一次的事项，for 和 once_per 要一致",
                    "items counted once must agree in for and once_per",
                ),
                Bilingual("分成几组，或改成一致", "make several sets, or make them agree"),
            )
