"""Cells that name a region or an industry, by code or by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from miaopu.core.models import Region
from miaopu.core.scope import region_prefix
from miaopu.engine.reference import industries, regions
from miaopu.engine.sheets import cells
from miaopu.engine.sheets.cells import Cell, shown, wrong
from miaopu.engine.size_standard import industry_named

_LEADING_CODE = re.compile(r"([A-Ta-t]?[0-9]{2,4})(?:\D.*)?", re.ASCII | re.DOTALL)
_REGION_CODE = re.compile(r"([0-9]{6})(?:\D.*)?", re.ASCII | re.DOTALL)
_COUNTY = Region.Level.COUNTY


@dataclass(frozen=True)
class Places:
    """The regions in which a delivery may name enterprises, by code and by name."""

    names: Mapping[str, str]
    by_name: Mapping[str, str]

    @classmethod
    def of(cls, region: Region) -> Places:
        """The counties and zones inside a region."""
        inside = Region.objects.filter(
            code__startswith=region_prefix(region.code), level=_COUNTY
        ).values_list("code", "name")
        names = dict(inside)
        return cls(names, {name: code for code, name in names.items()})

    def find(self, cell: Cell) -> str | None:
        """The code of the region that a cell names. Raises CellError for one that is not ours."""
        text = cells.half_width(cell)
        if text is None:
            return None
        match = _REGION_CODE.fullmatch(text)
        code = match[1] if match else self.by_name.get(text.replace(" ", ""))
        if code is None:
            ending = [code for name, code in self.by_name.items() if text.endswith(name)]
            code = ending[0] if len(ending) == 1 else None
        if code in self.names:
            return code
        if code in regions() or any(text.endswith(name) for name in _region_names()):
            raise wrong(
                f"“{shown(cell)}”不在本机构的范围内，或不是区县",
                f'"{shown(cell)}" is not a county within this office\'s region',
                "请改为本机构范围内的区县；其他区域的企业由当地机构导入",
                "name a county of this region; others are delivered by their own offices",
            )
        raise wrong(
            f"没有“{shown(cell)}”这个区域",
            f'there is no region "{shown(cell)}"',
            "请从模板的下拉列表选择，或填六位区划代码",
            "choose from the template's list, or give the six-digit code",
        )


@cache
def _region_names() -> tuple[str, ...]:
    """The names of all divisions there are."""
    return tuple({region.name for region in regions().values()})


def find_industry(cell: Cell) -> str | None:
    """The code of GB/T 4754-2017 that a cell names, digits only. Raises CellError."""
    if isinstance(cell, float) and cell.is_integer():
        cell = _with_lost_zero(int(cell), cell)
    text = cells.half_width(cell)
    if text is None:
        return None
    match = _LEADING_CODE.fullmatch(text)
    code = industry_named(match[1]) if match else _industry_codes().get(text)
    if code is None or not code.isdigit():
        raise wrong(
            f"“{shown(cell)}”不是 GB/T 4754-2017 的行业代码",
            f'"{shown(cell)}" is no industry code of GB/T 4754-2017',
            "请填 2 至 4 位代码，例如 5212；旧版代码请对照新版",
            "give two to four digits, such as 5212; translate codes of older editions",
        )
    return code


def _with_lost_zero(number: int, cell: Cell) -> str:
    """Excel makes 0111 the number 111. Raises CellError where both exist."""
    text = str(number)
    plain, padded = industry_named(text), industry_named(f"0{text}")
    if plain and padded:
        raise wrong(
            f"“{text}”可能是 {text}，也可能是丢了首位 0 的 0{text}",
            f'"{text}" may be {text}, or 0{text} without its leading zero',
            "请把该列格式设为文本，再填写完整代码",
            "set the column to text and give the whole code",
        )
    return f"0{text}" if padded and not plain else text


@cache
def _industry_codes() -> Mapping[str, str]:
    """The code of every name; of a group that is one class, the group's."""
    codes: dict[str, str] = {}
    for entry in sorted(industries().values(), key=lambda one: one.level):
        if entry.code.isdigit():
            codes.setdefault(entry.name, entry.code)
    return codes
