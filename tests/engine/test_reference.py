"""Reference tables."""

from collections import Counter

import pytest

from miaopu.engine.reference import Industry, Region, industries, regions


def test_regions() -> None:
    table = regions()
    assert Counter(region.level for region in table.values()) == {1: 31, 2: 342, 3: 2975}
    assert table["520100"] == Region("520100", "贵阳市", 2, "520000")
    assert table["520000"].parent is None
    guiyang = [region.name for region in table.values() if region.parent == "520100"]
    assert len(guiyang) == 10
    levels: dict[str | None, int] = {None: 0}
    for region in table.values():
        assert levels[region.parent] == region.level - 1  # the parent came before
        levels[region.code] = region.level


def test_cities_without_counties_are_not_their_own_parents() -> None:
    for code in ("441900", "442000", "460400"):
        assert regions()[code].level == 2
    assert all(region.parent != region.code for region in regions().values())


def test_industries() -> None:
    table = industries()
    assert Counter(industry.level for industry in table.values()) == {1: 20, 2: 97, 3: 274, 4: 1381}
    assert table["6511"] == Industry("6511", "基础软件开发", 4, "I", "65", "651")
    assert table["A"].section == "A"
    for industry in table.values():
        assert industry.section in table
        assert not industry.division or industry.division in table


def test_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        regions()["000000"] = Region("000000", "", 1, None)  # type: ignore[index]
    assert regions() is regions()
