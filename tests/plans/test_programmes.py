"""The packs of all programmes in the database: loaded, loaded again, matched with enterprises."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from miaopu.cases.actions import open_case
from miaopu.cases.models import Item
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Event, Region
from miaopu.ledger.models import Transfer
from miaopu.plans.actions import match_version
from miaopu.plans.models import Match, ProgrammeVersion, Target
from tests.factories import City

pytestmark = pytest.mark.django_db
PACKS = sorted(
    path for path in (Path(__file__).parents[2] / "programmes").iterdir() if path.is_dir()
)


def load() -> str:
    """What `miaopu load` prints for all packs."""
    out = StringIO()
    call_command("load_pack", *map(str, PACKS), stdout=out)
    return out.getvalue()


def everything() -> dict[str, int]:
    """Rows of every table that loading writes."""
    models = (ProgrammeVersion, Target, Item, Transfer, Region, Event)
    return {model.__name__: model.objects.count() for model in models}


def test_every_pack_is_loaded_once() -> None:
    assert load().count(" loaded\n") == len(PACKS) == 5
    before = everything()
    for version in ProgrammeVersion.objects.select_related("programme"):
        assert version.number == 1
        assert version.targets.count() == len(version.pack.targets)
        items = Item.objects.filter(version=version)
        assert {item.code for item in items} == set(version.pack.items)
    assert load().count("already loaded\n") == len(PACKS)
    assert everything() == before


def test_items_for_bases_are_neither_matched_nor_opened_for_enterprises(city: City) -> None:
    load()
    version = ProgrammeVersion.objects.get(programme__slug="xinjiang-2015")
    version.programme.region_id = city.version.programme.region_id
    match_version(version, version.pack.period.end)
    matched = set(Match.objects.filter(version=version).values_list("item", flat=True))
    assert matched <= {name for name in version.pack.items if name.endswith("_enterprise")}
    item = Item.objects.get(version=version, code="high_tech_operator")
    with pytest.raises(ActionRefused, match="不面向企业"):
        open_case(item, city.enterprise, by=city.owner)
