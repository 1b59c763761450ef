"""What forms and pages ask about typed words of a reading, as the engine reads them."""

from miaopu.engine.drafting.typed import MONEY_UNITS as MONEY_UNITS
from miaopu.engine.drafting.typed import is_ratio as is_ratio
from miaopu.engine.drafting.typed import split_units as split_units
from miaopu.engine.drafting.typed import typed_time as typed_time
from miaopu.engine.drafting.typed import without_mark as without_mark
