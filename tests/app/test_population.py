"""The demo population: the same everywhere, valid, unique, and shaped like a city."""

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from importlib import resources

import pytest

from miaopu.app.demo.offices import CITY, OFFICES
from miaopu.app.demo.people import DEMO_USERS
from miaopu.app.demo.places import LOW_INCOME_VILLAGES, PLACES, villages
from miaopu.app.demo.population import (
    FOUNDER_GROUPS,
    OWNERS_AMONG,
    EnterpriseSeed,
    generate,
    pick_owner_enterprises,
)
from miaopu.engine import size, uscc
from miaopu.engine.reference import industries, regions

COUNT = 6000
ZONES = {"520191", "520192", "520193", "520194"}
SOURCES = {
    "region": "market",
    "industry": "market",
    "status": "market",
    "registered_on": "market",
    "employees": "hr",
    "operating_revenue": "tax",
    "total_assets": "statistics",
    "founder_group": "hr",
    "key_group_employees": "hr",
    "low_income_village": "agriculture",
}


@pytest.fixture(scope="module")
def population() -> list[EnterpriseSeed]:
    return list(generate(COUNT))


def share(population: Iterable[EnterpriseSeed], test: Callable[[EnterpriseSeed], bool]) -> float:
    answers = [test(enterprise) for enterprise in population]
    return sum(answers) / len(answers)


def test_same_call_gives_same_enterprises(population: list[EnterpriseSeed]) -> None:
    assert repr(list(generate(300))) == repr(population[:300])


def test_first_enterprises_are_fixed(population: list[EnterpriseSeed]) -> None:
    """Pinned: every machine and Python version must draw these, or demos stop being comparable."""
    drawn = [(e.uscc, e.name, e.legal_representative) for e in population[:2]]
    assert drawn == [
        ("91520103MA0MTCF62Q", "云岩区侗乡服装店", "杨娜荣"),
        ("92520115MA2C3NR538", "观山湖区瑞安货运部", "张琴正"),
    ]


@pytest.mark.parametrize("count", [0, 1, 17, 18, 200, 1000])
def test_smaller_population_is_the_beginning_of_a_larger(
    population: list[EnterpriseSeed], count: int
) -> None:
    assert list(generate(count)) == population[:count]


def test_another_seed_gives_another_population(population: list[EnterpriseSeed]) -> None:
    other = list(generate(100, seed=7))
    assert not {e.name for e in other} & {e.name for e in population[:100]}


@pytest.mark.parametrize("count", [-1, 2_000_001])
def test_impossible_counts_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="count must be"):
        next(generate(count))


@pytest.mark.parametrize("attribute", ["uscc", "name", "phone"])
def test_nothing_is_given_twice(population: list[EnterpriseSeed], attribute: str) -> None:
    counted = Counter(getattr(enterprise, attribute) for enterprise in population)
    assert counted.most_common(1)[0][1] == 1


def test_credit_codes_are_valid_and_name_the_kind(population: list[EnterpriseSeed]) -> None:
    known = regions()
    for enterprise in population:
        result = uscc.check(enterprise.uscc)
        assert result.valid, f"{enterprise.uscc}: {result.reason}"
        assert enterprise.uscc[:2] == {"enterprise": "91", "individual": "92"}[enterprise.kind]
        assert enterprise.uscc[2:8] in known


def test_regions_and_industries_are_known(population: list[EnterpriseSeed]) -> None:
    counties = {code for code, region in regions().items() if region.parent == CITY}
    assert {enterprise.region for enterprise in population} == counties | ZONES
    classes = industries()
    for enterprise in population:
        assert classes[enterprise.industry].level == 4


def test_regions_have_their_shares(population: list[EnterpriseSeed]) -> None:
    assert sum(place.share for place in PLACES) == 1000
    counted = Counter(enterprise.region for enterprise in population)
    for place in PLACES:
        assert abs(counted[place.code] / COUNT - place.share / 1000) < 0.02
    assert share(population, lambda e: e.region in ZONES) < 0.1


def test_wholesale_and_retail_lead(population: list[EnterpriseSeed]) -> None:
    classes = industries()
    sections = Counter(classes[enterprise.industry].section for enterprise in population)
    assert 0.37 < sections["F"] / COUNT < 0.44
    assert 0.08 < sections["C"] / COUNT < 0.12
    in_zones = [e for e in population if e.region in ZONES]
    assert share(in_zones, lambda e: classes[e.industry].section == "A") == 0
    rural = [e for e in population if "村" in e.address]
    assert share(rural, lambda e: classes[e.industry].section == "A") > 0.3


def test_sizes_follow_the_national_standard(population: list[EnterpriseSeed]) -> None:
    sizes = Counter(enterprise.size_class() for enterprise in population)
    decided = COUNT - sizes[None]
    assert sizes[None] / COUNT < 0.08
    assert 0.75 < sizes["micro"] / decided < 0.81
    assert 0.15 < sizes["small"] / decided < 0.21
    assert 0.025 < sizes["medium"] / decided < 0.045
    assert 0.001 < sizes["large"] / decided < 0.01


def test_size_class_reads_yuan_as_ten_thousands(population: list[EnterpriseSeed]) -> None:
    enterprise = next(
        e for e in population if e.operating_revenue and e.employees and e.total_assets
    )
    assert enterprise.operating_revenue is not None
    assert enterprise.total_assets is not None
    expected = size.classify(
        enterprise.industry,
        enterprise.employees,
        enterprise.operating_revenue / Decimal(10_000),
        enterprise.total_assets / Decimal(10_000),
    )
    assert enterprise.size_class() == expected.size_class


def test_trades_stand_in_their_group_of_the_standard() -> None:
    table = resources.files("miaopu.app.demo").joinpath("trades.csv").read_text("utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert len({row["code"] for row in rows}) == len(rows)
    for row in rows:
        group = size.classify(row["code"], 10, Decimal(100), Decimal(100)).group
        assert (row["code"], row["group"]) == (row["code"], group)


def test_some_figures_are_missing(population: list[EnterpriseSeed]) -> None:
    assert 0.06 < share(population, lambda e: e.operating_revenue is None) < 0.10
    assert 0.035 < share(population, lambda e: e.employees is None) < 0.065
    assert 0.13 < share(population, lambda e: e.total_assets is None) < 0.17
    assert 0.045 < share(population, lambda e: e.founder_group is None) < 0.075
    assert 0.08 < share(population, lambda e: e.key_group_employees is None) < 0.12


def test_figures_are_plausible(population: list[EnterpriseSeed]) -> None:
    for enterprise in population:
        for money in (enterprise.operating_revenue, enterprise.total_assets):
            assert money is None or (money > 0 and money == money.to_integral_value())
        assert enterprise.employees is None or enterprise.employees >= 1
        if enterprise.employees is not None and enterprise.key_group_employees is not None:
            assert 0 <= enterprise.key_group_employees <= enterprise.employees


def test_founders_groups(population: list[EnterpriseSeed]) -> None:
    groups = {enterprise.founder_group for enterprise in population}
    assert groups == {*FOUNDER_GROUPS, "none", None}
    assert 0.19 < share(population, lambda e: e.founder_group in FOUNDER_GROUPS) < 0.25


def test_registration_gets_denser_and_ends_in_april_2018(
    population: list[EnterpriseSeed],
) -> None:
    days = sorted(enterprise.registered_on for enterprise in population)
    assert date(1998, 1, 1) <= days[0]
    assert date(2018, 1, 1) < days[-1] <= date(2018, 4, 30)
    years = Counter(day.year for day in days)
    assert years[2002] < years[2008] < years[2012] < years[2017]
    assert all(day.weekday() < 5 for day in days)


def test_most_are_active(population: list[EnterpriseSeed]) -> None:
    assert {e.status for e in population} == {"active", "suspended", "closed"}
    assert share(population, lambda e: e.status == "active") > 0.9


def test_low_income_villages(population: list[EnterpriseSeed]) -> None:
    marked = [v for rows in villages().values() for v in rows if v.low_income]
    assert len(marked) == LOW_INCOME_VILLAGES
    for rows in villages().values():
        assert len({(village.town, village.name) for village in rows}) == len(rows)
    assert 0.02 < share(population, lambda e: e.low_income_village) < 0.045
    counties = {"520111", "520112", "520121", "520122", "520123", "520181"}
    for enterprise in population:
        if enterprise.low_income_village:
            assert enterprise.region in counties
            assert "村" in enterprise.address


def test_every_fact_repeats_what_its_department_knows(population: list[EnterpriseSeed]) -> None:
    for enterprise in population:
        said = {fact.name: fact for fact in enterprise.facts}
        assert len(said) == len(enterprise.facts)
        for name, source in SOURCES.items():
            value = getattr(enterprise, name)
            if value is None:
                assert name not in said
                continue
            assert said[name].value == value
            assert type(said[name].value) is type(value)
            assert said[name].source == source
            assert enterprise.registered_on <= said[name].valid_from <= date(2018, 4, 30)
            assert said[name].record


def test_records_of_a_department_belong_to_one_enterprise(
    population: list[EnterpriseSeed],
) -> None:
    owners: dict[tuple[str, str], int] = {}
    for enterprise in population:
        for fact in enterprise.facts:
            assert owners.setdefault((fact.source, fact.record), enterprise.index) == (
                enterprise.index
            )


def test_names_need_gb18030_and_fit_the_register(population: list[EnterpriseSeed]) -> None:
    people = [enterprise.legal_representative for enterprise in population]
    assert any(ord(character) > 0xFFFF for name in people for character in name)
    assert any(name.startswith(("欧阳", "令狐", "上官", "司马")) for name in people)
    assert any("·" in name for name in people)
    for enterprise in population:
        enterprise.legal_representative.encode("gb18030")
        assert 2 <= len(enterprise.legal_representative) <= 12
        assert 6 <= len(enterprise.name) <= 40
        assert enterprise.address.startswith("贵州省贵阳市")
        assert len(enterprise.phone) == 11
        assert enterprise.phone.startswith("142")
        if enterprise.kind == "individual":
            assert "公司" not in enterprise.name


@pytest.mark.parametrize("seed", [20180510, 1, 2, 3])
def test_owner_enterprises_are_there_for_every_seed(seed: int) -> None:
    first = list(generate(OWNERS_AMONG, seed))
    picked = pick_owner_enterprises(first)
    assert picked == pick_owner_enterprises(list(generate(2 * OWNERS_AMONG, seed)))
    yunyan, nanming, guanshanhu = (first[index] for index in picked)
    assert (yunyan.region, yunyan.size_class()) == ("520103", "micro")
    assert yunyan.founder_group in FOUNDER_GROUPS
    assert (nanming.region, nanming.size_class()) == ("520102", "micro")
    assert nanming.key_group_employees
    assert guanshanhu.size_class() == "small"
    for enterprise in (yunyan, nanming, guanshanhu):
        assert enterprise.status == "active"
        assert {fact.name for fact in enterprise.facts} == set(SOURCES)


def test_too_few_enterprises_for_the_owners_are_told() -> None:
    with pytest.raises(LookupError, match="the demo needs 200"):
        pick_owner_enterprises(list(generate(3)))


def test_a_whole_city_takes_seconds() -> None:
    began = time.perf_counter()
    assert sum(1 for _ in generate(COUNT)) == COUNT
    assert time.perf_counter() - began < 10


def test_offices_cover_the_city_and_every_county() -> None:
    assert len({office.code for office in OFFICES}) == len(OFFICES)
    assert len({office.name_en for office in OFFICES}) == len(OFFICES)
    kinds = {(office.region, office.kind) for office in OFFICES if office.level == "county"}
    assert kinds == {
        (place.code, kind)
        for place in PLACES
        for kind in ("district_office", "finance", "leading_group")
    }
    assert {office.kind for office in OFFICES if office.region == CITY} == {
        "programme_office",
        "finance",
        "audit",
        "leading_group",
        "administration",
    }
    assert all(office.name_en.isascii() for office in OFFICES)


def test_log_ins_sit_in_offices_or_own_enterprises() -> None:
    codes = {office.code for office in OFFICES}
    assert len({user.username for user in DEMO_USERS}) == len(DEMO_USERS)
    for user in DEMO_USERS:
        assert (user.office is None) != (user.enterprise is None)
        assert user.office is None or user.office in codes
        assert bool(user.roles) == (user.office is not None)
        assert user.name_en.isascii()
        assert user.note_en.isascii()
        assert user.note_zh
    assert {user.enterprise for user in DEMO_USERS} == {None, 0, 1, 2}


def test_duties_that_exclude_each_other_have_different_people() -> None:
    for duties in (
        ("reviewer", "approver", "finance_officer"),
        ("system_admin", "security_admin", "audit_admin"),
    ):
        for user in DEMO_USERS:
            assert len(set(user.roles) & set(duties)) <= 1
    yunyan = Counter(
        role
        for user in DEMO_USERS
        if (user.office or "").startswith("520103")
        for role in user.roles
    )
    assert yunyan == {"reviewer": 2, "approver": 1, "finance_officer": 1, "leading_group": 1}
