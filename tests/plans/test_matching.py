"""Programmes in versions, and who is entitled."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, OperationalError, transaction

from miaopu.core.models import Job, Region
from miaopu.engine.packs.schema import Pack
from miaopu.plans.actions import load_version, match_version
from miaopu.plans.entitlements import explain_item
from miaopu.plans.models import Match, Programme, ProgrammeVersion, Target
from miaopu.plans.tasks import match_programme, start_matching
from tests.factories import NANMING, YUNYAN, City, guiyang_pack, make_enterprise

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 10)


def test_same_pack_again_changes_nothing(city: City) -> None:
    version, created = load_version(guiyang_pack(), by=None)
    assert (version, created) == (city.version, False)
    assert ProgrammeVersion.objects.count() == 1


def test_changed_pack_is_a_new_version_and_the_old_one_stays(city: City) -> None:
    content = guiyang_pack().to_json()
    content["period"]["to"] = "2018-11-30"
    changed = Pack.from_json(content)
    version, created = load_version(changed, by=None)
    assert created
    assert version.number == 2
    city.version.refresh_from_db()
    assert city.version.state == "superseded"
    assert city.version.pack.digest == city.version.digest == guiyang_pack().digest
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeVersion.objects.filter(pk=city.version.pk).update(state="current")


def test_an_older_pack_loaded_again_is_in_force_again(city: City) -> None:
    content = guiyang_pack().to_json()
    content["period"]["to"] = "2018-11-30"
    newer, _created = load_version(Pack.from_json(content), by=None)
    assert load_version(guiyang_pack(), by=None) == (city.version, False)
    assert city.version.programme.versions.current().get() == city.version
    newer.refresh_from_db()
    assert newer.state == "superseded"
    assert load_version(guiyang_pack(), by=None) == (city.version, False)


def test_a_programme_of_the_province_reaches_its_enterprises(city: City) -> None:
    Programme.objects.filter(pk=city.version.programme_id).update(region="520000")
    city.version.programme.refresh_from_db()
    assert match_version(city.version, DAY) > 0
    Programme.objects.filter(pk=city.version.programme_id).update(region=NANMING)
    city.version.programme.refresh_from_db()
    match_version(city.version, DAY)
    regions = Match.objects.values_list("enterprise__region", flat=True)
    assert set(regions) == {NANMING}


def test_a_job_without_its_task_does_not_block(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_arguments: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(match_programme, "defer", broken)
        with pytest.raises(OperationalError):
            start_matching(city.version, by=city.programme_officer)
    assert not Job.objects.exists()


def test_targets_come_from_the_pack(city: City) -> None:
    values = dict(
        Target.objects.filter(version=city.version, region="520100").values_list(
            "indicator", "value"
        )
    )
    assert values["supported_enterprises"] == 3500
    assert values["jobs"] == 11000


def test_zones_are_regions_of_the_city(city: City) -> None:
    zone = Region.objects.get(code="520191")
    assert (zone.is_zone, zone.parent_id) == (True, "520100")


def test_everybody_is_matched_as_one_by_one(city: City) -> None:
    known = make_enterprise(YUNYAN)
    small = make_enterprise(YUNYAN, employees=40, operating_revenue=4_000_000)
    unknown = make_enterprise(NANMING, employees=None, operating_revenue=None)
    count = match_version(city.version, DAY)
    assert match_version(city.version, DAY) == count == Match.objects.count()
    found = {match.enterprise_id: match for match in Match.objects.all()}
    assert small.pk not in found
    assert found[known.pk].is_entitled
    assert found[known.pk].missing == ["decide:mature"]
    assert not found[unknown.pk].is_entitled
    assert "size" in found[unknown.pk].missing
    for enterprise in (known, small, unknown, city.enterprise):
        explanation = explain_item(city.version, "direct_subsidy", enterprise, DAY)
        match = found.get(enterprise.pk)
        assert explanation.status == (match.status if match else "false")
        assert explanation.is_entitled == (match is not None and match.is_entitled)


def test_reasons_name_source_and_date(city: City) -> None:
    explanation = explain_item(city.version, "direct_subsidy", city.enterprise, DAY)
    trace = explanation.trace()
    assert trace["facts"]["size"]["source"] == "computed"
    assert trace["facts"]["region"] == {
        "value": YUNYAN,
        "source": "market",
        "as_of": "2018-03-31",
        "record": trace["facts"]["region"]["record"],
    }
    assert trace["digest"] == city.version.digest
