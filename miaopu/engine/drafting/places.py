"""Places that a plan prints, found in the region table (GB/T 2260)."""

from __future__ import annotations

from collections.abc import Mapping

from miaopu.engine.drafting.pieces import WHOLE
from miaopu.engine.reference import regions

_WHOLE = frozenset(("全市", "全省", "全区", "全县", "全州", "我市", "我省"))
_SUFFIXES = ("自治县", "市", "县", "区", "旗")


def suggested_place(scope: str, code: str, name: str, zones: Mapping[str, str]) -> str:
    """What a place printed in the plan of a region (`code`, `name`) probably is.

    WHOLE, the code of a region below it or of one of its `zones` (code by name); "" where nobody
    can say, which is also where two regions would fit.
    """
    if scope in _WHOLE or scope == name:
        return WHOLE
    if scope in zones:
        return zones[scope]
    prefix = code
    while len(prefix) > 2 and prefix.endswith("00"):
        prefix = prefix[:-2]
    below = [one for known, one in regions().items() if known.startswith(prefix) and known != code]
    exact = [one.code for one in below if one.name == scope]
    near = [one.code for one in below if _stem(one.name) == _stem(scope)]
    found = exact or near
    return found[0] if len(found) == 1 else ""


def _stem(name: str) -> str:
    for suffix in _SUFFIXES:
        if len(name) > len(suffix) + 1 and name.endswith(suffix):
            return name.removesuffix(suffix)
    return name
