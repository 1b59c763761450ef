"""Bases that hold a title of the programme, against the targets that ask for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from miaopu.bases.models import Base
from miaopu.core.scope import region_prefix
from miaopu.engine.messages import Bilingual
from miaopu.plans.models import ProgrammeVersion


@dataclass(frozen=True)
class TitledTarget:
    """A target for bases with a title in a region: at least, at most (None: no end), and how many.

    A title counts from the day it was granted, as long as it holds; renewing it goes on counting.
    """

    key: str
    scheme: str
    title: Bilingual
    unit: Bilingual
    region: str
    least: Decimal
    most: Decimal | None
    done: int
    clause: str

    @property
    def wanting(self) -> int:
        """How many bases are still wanting; 0 where the target is reached."""
        return max(0, int(self.least) - self.done)

    @property
    def is_over(self) -> bool:
        """Whether there are more than the plan has room for."""
        return self.most is not None and self.done > self.most


def titled_targets(version: ProgrammeVersion, day: date) -> tuple[TitledTarget, ...]:
    """The targets that titles count into, in the order of the plan, as of a day."""
    pack, rows = version.pack, []
    for key, scheme in pack.base_titles.items():
        if scheme.counts_into is None:
            continue
        held = Base.objects.holding(scheme.level, scheme.title.zh, day)
        by_region = Counter(held.values_list("region_id", flat=True))
        indicator = pack.indicators[scheme.counts_into]
        for target in pack.targets:
            if target.indicator != scheme.counts_into:
                continue
            inside = region_prefix(target.region)
            rows.append(
                TitledTarget(
                    key=target.id,
                    scheme=key,
                    title=indicator.title.bilingual,
                    unit=indicator.unit.bilingual,
                    region=target.region,
                    least=Decimal(target.value),
                    most=Decimal(target.upper) if target.upper is not None else None,
                    done=sum(n for code, n in by_region.items() if code.startswith(inside)),
                    clause=target.clause,
                )
            )
    return tuple(rows)
