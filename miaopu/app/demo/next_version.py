"""A made-up district programme in its fourth version: read, completed by hand, changed, read again.

What the pages of versions show needs a programme that has moved on: targets and money that the
revised plan changes, a rule that two people changed, and cases that stay on the version under
which they began. All through the product's own actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import yaml

from miaopu.cases import actions
from miaopu.cases.models import Case, Item
from miaopu.core.models import Region, User
from miaopu.engine.drafting.check import check_draft
from miaopu.engine.packs.rule_parts import part_of
from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.files import read_bytes
from miaopu.plans.actions import load_version
from miaopu.plans.followers import follow_version
from miaopu.plans.models import PlanReading, Programme
from miaopu.plans.reading_actions import begin_reading, open_reading, upload_plan
from miaopu.plans.reading_completion import complete_reading, draft_reading, keep_choices
from miaopu.plans.reading_item_actions import accept_item, correct_item, discard_item
from miaopu.plans.rule_actions import propose_rule, publish_rule, save_proposal, start_proposal
from miaopu.plans.simulating import Question, open_simulation, run_simulation

SLUG, DISTRICT, ITEM = "yunyan-2018", "520103", "rent_subsidy"
FIRST, SECOND = "city-programme", "city-programme2"
BEFORE_THE_CHANGE, AFTER_IT = 3, 1  # how many apply under the rule before, and under the one after
HIGHER, LEAST_STAFF = "8000", 3
_CHOICES: dict[str, Any] = {
    "programme": SLUG,
    "title": "云岩区2018年小微企业成长服务计划",
    "title_en": "Yunyan service plan for small enterprises 2018",
    "region": DISTRICT,
    "start": "2018-01-01",
    "end": "2018-12-31",
    "scopes": {"全区": "*"},
}
_NAMED = {
    "9月底前建成企业服务站": "建成企业服务站",
    "10月底前组织银企对接活动": "组织银企对接活动",
    "培训小微企业负责人": "小微企业负责人参加培训",
}
_DATA = files("miaopu.app.demo") / "data"

Act = Callable[[], object]


def next_version_agenda() -> Iterator[tuple[date, int, Act]]:
    """What happens with the district's programme, by day and order of the day."""
    yield date(2018, 4, 2), 20, _read_the_first
    yield date(2018, 4, 4), 20, _complete_by_hand
    yield date(2018, 4, 24), 20, lambda: _apply(BEFORE_THE_CHANGE)
    yield date(2018, 5, 3), 20, _raise_the_amount
    yield date(2018, 5, 7), 20, lambda: _apply(AFTER_IT)
    yield date(2018, 5, 8), 20, _read_the_revised


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _read(name: str, shown: str) -> PlanReading:
    """A document read and gone through to the last item."""
    by = _user(FIRST)
    content = (_DATA / name).read_bytes()
    region = Region.objects.get(code=DISTRICT)
    uploaded = upload_plan(content, shown, region=region, by=by)
    reading = open_reading(begin_reading(uploaded), to_json(read_bytes(content)))
    for item in list(reading.items.unread().in_order()):
        named = _NAMED.get(item.content.get("indicator", ""))
        if named is not None:
            full = {**item.content, "indicator": named}
            correct_item(item, full, revision=item.revision, by=by, reason="指标要写全")
        elif item.content.get("explicit") is False:
            discard_item(item, revision=item.revision, by=by, reason="只是出资，不是责任单位")
        else:
            accept_item(item, revision=item.revision, by=by)
    return reading


def _read_the_first() -> None:
    reading = _read("district_plan.txt", "云岩区成长服务计划.txt")
    complete_reading(keep_choices(reading, _CHOICES, by=_user(FIRST)), by=_user(FIRST))


def _complete_by_hand() -> None:
    """The downloaded draft with a subsidy, its rule and budget and the English names: a pack."""
    [reading] = PlanReading.objects.filter(version__programme__slug=SLUG)
    added = yaml.safe_load((_DATA / "district_items.yaml").read_text(encoding="utf-8"))
    english = added.pop("english")
    drafted = {
        name: _translated(part, english) for name, part in draft_reading(reading).files.items()
    }
    _files, check = check_draft({**drafted, "items.yaml": added}, [])
    assert check.pack is not None, [str(error) for error in check.errors]
    by = _user(SECOND)
    version, _created = load_version(check.pack, by=by)
    follow_version(version, by)


def _translated(value: Any, english: dict[str, str]) -> Any:
    if isinstance(value, dict):
        found = {key: _translated(one, english) for key, one in value.items()}
        if isinstance(value.get("zh"), str) and value["zh"] in english:
            found["en"] = english[value["zh"]]
        return found
    return [_translated(one, english) for one in value] if isinstance(value, list) else value


def _apply(count: int) -> None:
    """Enterprises of the district that have applied for something before apply for this too."""
    item = Item.objects.public().get(version__programme__slug=SLUG, code=ITEM)
    taken = Case.objects.filter(item__code=ITEM).values("enterprise")
    others = Case.objects.filter(region=DISTRICT, item__code="direct_subsidy")
    opened = 0
    for before in others.exclude(enterprise__in=taken).select_related("enterprise").order_by("pk"):
        if opened == count:
            return
        enterprise = before.enterprise
        staff = enterprise.facts.filter(name="employees").order_by("-valid_from").first()
        acts = enterprise.representatives.filter(ended_at=None).order_by("pk").first()
        if acts is None or staff is None or int(staff.value) < LEAST_STAFF:
            continue
        owner = acts.user
        case = actions.open_case(item, enterprise, by=owner)
        typed = {
            **case.form,
            "contact_phone": enterprise.phone or "0851-88888888",
            "bank_name": "贵阳银行云岩支行",
            "bank_account": f"6222{enterprise.pk:015d}",
            "commitment": "on",
        }
        actions.save_form(case, typed, revision=case.revision, by=owner)
        case.refresh_from_db()
        actions.submit_case(case, by=owner)
        opened += 1


def _raise_the_amount() -> None:
    """One officer proposes more money, another one sees what it costs and publishes."""
    maker, signer = _user(FIRST), _user(SECOND)
    version = Programme.objects.get(slug=SLUG).current_version
    draft = start_proposal(version, ITEM, by=maker)
    part = part_of(version.pack, ITEM) | {"amount": HIGHER}
    draft = save_proposal(
        draft, part, revision=draft.revision, by=maker, reason="上半年租金上涨，每户提高到8000元"
    )
    proposal = propose_rule(draft, by=maker)
    seen = run_simulation(open_simulation(Question(ITEM, proposal, version), by=signer))
    publish_rule(proposal, seen=seen.key, by=signer, reason="预算够用，同意")


def _read_the_revised() -> None:
    """The revised plan becomes the next version; its subsidy and budget are kept."""
    by = _user(SECOND)
    reading = _read("district_plan_revised.txt", "云岩区成长服务计划（修订）.txt")
    kept = keep_choices(reading, {**_CHOICES, "onto": SLUG}, by=by)
    following = draft_reading(kept).following
    complete_reading(kept, by=by, seen=following.stand if following else "")
