"""A reading as the next version of a programme: seen first, progress kept, running cases left."""

from __future__ import annotations

import re
from typing import Any

import pgtrigger
import pytest

from miaopu.cases.actions import open_case
from miaopu.cases.models import Item
from miaopu.engine.drafting.onward import BY_HAND
from miaopu.engine.packs.schema import Pack
from miaopu.plans.actions import load_version
from miaopu.plans.enums import ReadingState
from miaopu.plans.models import PlanReading, ProgrammeVersion, Task
from miaopu.plans.reading_completion import (
    complete_reading,
    draft_reading,
    keep_choices,
    scopes_in,
)
from miaopu.portal.version_words import PARTS
from tests.factories import City, guiyang_pack
from tests.harness.pages import StrictClient
from tests.plans.readings import PLAN, accept_all, hand_in, open_reading
from tests.plans.test_readings import CHOICES
from tests.portal.test_reading_pages import FORM as READING_FORM
from tests.portal.test_reading_pages import text

pytestmark = pytest.mark.django_db
FORM = {**READING_FORM, "onto": "guiyang-2018", "programme": "", "title": "小微企业成长服务计划"}


def test_the_difference_is_seen_before_it_counts(client: StrictClient, city: City) -> None:
    by = city.programme_officer
    client.force_login(by)
    case = open_case(city.item, city.enterprise, by=city.owner)
    reading = open_reading(by)
    accept_all(reading, by)
    where = f"/office/readings/{reading.pk}/complete/"
    assert '<option value="guiyang-2018">' in text(client.get(where))
    checked = text(client.post(where, {**FORM, "step": "check"}))
    assert "第 1 版的不同" in checked
    assert "沿用现行版本：" in checked
    gone = guiyang_pack().targets[0].id
    assert f"targets.{gone}" in checked, "what falls away is told"
    seen = re.search(r'name="seen" value="([^"]+)"', checked)
    assert seen is not None
    blind = client.post(where, {**FORM, "step": "complete"})
    assert blind.status_code == 409
    assert "载入前请先核对与第 1 版的不同" in text(blind)
    assert 'value="Qinglan service plan"' in text(blind)
    done = client.post(where, {**FORM, "step": "complete", "seen": seen[1]})
    assert done["Location"] == "/office/programme-versions/?programme=guiyang-2018&old=1&new=2"
    version = ProgrammeVersion.objects.get(programme__slug="guiyang-2018", number=2)
    assert (version.state, version.pack.region) == ("current", "520100")
    old = guiyang_pack()
    assert {part for part in BY_HAND if getattr(version.pack, part) != getattr(old, part)} == set()
    assert {"incubation", "base_titles", "items", "budgets"} <= set(BY_HAND)
    assert set(PARTS) == set(BY_HAND), "each has a name in the pages"
    assert set(old.clauses) - set(version.pack.clauses), "clauses nothing rests on fall away"
    assert Item.objects.filter(version=version, code=city.item.code).exists(), (
        "the catalogue follows"
    )
    case.refresh_from_db()
    assert case.item.version_id == city.version.pk, "a running case stays on its version"
    assert "已载入为第 2 版" in text(client.get(done["Location"]))


def _read_as_next(content: str, by: Any, onto: str) -> tuple[PlanReading, ProgrammeVersion]:
    reading = hand_in(content.encode(), by)
    accept_all(reading, by)
    places = {**CHOICES["scopes"], "东坪街道": "520191"}
    scopes = {one: places[one] for one in scopes_in(reading)}
    kept = keep_choices(reading, {**CHOICES, "onto": onto, "scopes": scopes}, by=by)
    drafted = draft_stand(kept)
    version = complete_reading(kept, by=by, seen=drafted)
    kept.refresh_from_db()
    return kept, version


def draft_stand(reading: PlanReading) -> str:
    following = draft_reading(reading).following
    return following.stand if following is not None else ""


def test_what_stays_keeps_its_id_and_the_same_again_is_no_version(city: City) -> None:
    by = city.programme_officer
    reading = open_reading(by)
    accept_all(reading, by)
    first = complete_reading(keep_choices(reading, CHOICES, by=by), by=by)
    tasks = dict(Task.objects.filter(programme=first.programme).values_list("title", "pk"))
    before = {one.title.zh: one.id for one in first.pack.tasks}
    plan = PLAN.read_text(encoding="utf-8")
    revised = plan.replace("新增小微企业600户", "新增小微企业650户")
    for number, later in ("五六", "四五", "三四", "二三", "一二"):
        head, second, rest = revised.partition("二、主要任务")
        tasks_of, third, rest = rest.partition("三、实施步骤")
        tasks_of = tasks_of.replace(f"\n（{number}）", f"\n（{later}）")
        revised = f"{head}{second}{tasks_of}{third}{rest}"
    lighter = "\n（一）减轻税费负担。落实税费优惠。（责任单位：区税务局）"
    revised = revised.replace("二、主要任务", f"二、主要任务{lighter}")
    assert revised != plan
    _reading, second = _read_as_next(revised, by, "qinglan-2018")
    assert (second.programme, second.number) == (first.programme, 2)
    now = {one.title.zh: one.id for one in second.pack.tasks}
    assert {name: now[name] for name in before} == before, "though one was put in before them"
    assert len(set(now.values())) == len(now)
    assert now.keys() - before.keys() == {"减轻税费负担"}
    rows = Task.objects.filter(programme=first.programme, title__in=tasks)
    assert dict(rows.values_list("title", "pk")) == tasks, "and with it what was reported"
    again, third = _read_as_next(f"{revised}\n", by, "qinglan-2018")
    assert (third, again.state) == (second, ReadingState.COMPLETED)
    assert first.programme.versions.count() == 2


def test_a_digest_covers_what_was_written(city: City) -> None:
    pack = guiyang_pack()

    class Later(Pack):
        """A release that knows one more key."""

        remark: str | None = None
        scope: tuple[str, ...] = ()

    assert Later.from_json(pack.to_json()).digest == pack.digest
    assert Later.from_json({**pack.to_json(), "remark": "x"}).digest != pack.digest
    written = pack.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert Pack.from_json(written) == pack
    with pgtrigger.ignore("plans.ProgrammeVersion:content_is_frozen"):
        ProgrammeVersion.objects.update(digest="a" * 64)  # as an older release has kept it
    version, created = load_version(pack, by=None)
    assert (version.pk, version.number, created) == (city.version.pk, 1, False)
