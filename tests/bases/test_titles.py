"""A base comes to a title, and what becomes of the title afterwards."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from miaopu.bases import admission, title_actions, title_lists, title_motions, title_objections
from miaopu.bases.enums import CarrierType, TitleLevel
from miaopu.bases.models import Base, BaseTitle, Nomination, TitleCampaign, TitleList
from miaopu.bases.title_enums import MotionKind, MotionState, NominationState
from miaopu.bases.title_states import MOTION_TABLE, NOMINATION_TABLE
from miaopu.cases.objections import Statement, digest_of_code
from miaopu.core import clock
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Notice
from miaopu.engine.packs.base_titles import BaseTitleScheme
from miaopu.monitoring.titled import titled_targets
from miaopu.portal.views.titled_parts import titled_table
from tests.bases.factories import Park, build_park
from tests.factories import CITY, YUNYAN, City, make_officer, travel

SAID = Statement("李先生", "13900000000", "场地并不在申报的地址")
pytestmark = pytest.mark.django_db


def campaign_of(city: City) -> TitleCampaign:
    """A campaign until the end of May."""
    return title_actions.open_campaign(
        city.version, "growth_base", date(2018, 5, 31), by=city.programme_officer
    )


def park_of(city: City, name: str, kind: CarrierType = CarrierType.ENTREPRENEURSHIP_PARK) -> Park:
    """An admitted base in the approver's district."""
    park = build_park(city, name=name, carrier_type=kind)
    park.admitted()
    return park


def listed(city: City) -> BaseTitle:
    """A title that a campaign gave."""
    campaign = campaign_of(city)
    base = park_of(city, "苗岭孵化园").base
    one = title_actions.nominate_base(campaign, base, by=city.approver, reason="服务好")
    title_actions.select_nomination(one, by=city.programme_officer, reason="符合条件")
    found = title_lists.publish_titles(campaign, by=city.programme_officer)
    travel(found.ends_on + timedelta(days=1))
    [title] = title_lists.list_titles(found, document="筑微企办〔2018〕3号", by=city.leading_group)
    return title


def test_titles_on_the_list_count_into_the_target(city: City) -> None:
    version, day = city.version, date(2018, 5, 10)
    scheme = version.pack.base_titles["growth_base"]

    def counted() -> dict[str, tuple[int, int]]:
        """Bases and what is still wanting, of the districts that have any."""
        found = titled_targets(version, clock.today())
        return {one.region: (one.done, one.wanting) for one in found if one.done}

    assert counted() == {} and len(titled_targets(version, day)) == 14
    parks = [
        build_park(city, name=name, carrier_type=CarrierType.ENTREPRENEURSHIP_PARK)
        for name in ("甲园", "乙园", "丙园")
    ]
    held = []
    for at, park in enumerate(parks):
        park.admitted()
        held.append(
            admission.add_title(
                park.base, level=TitleLevel.CITY, name=scheme.title.zh, granted_on=day,
                valid_until=date(2018, 5, 20) if at == 2 else None, by=city.programme_officer,
            )
        )  # fmt: skip
    # Another title, and the same once more for a base that has it, change nothing.
    admission.add_title(
        parks[0].base, level=TitleLevel.PROVINCIAL, name=scheme.title.zh, granted_on=day,
        valid_until=None, by=city.programme_officer,
    )  # fmt: skip
    assert counted() == {YUNYAN: (3, 0)}
    [row] = [one for one in titled_targets(version, day) if one.region == YUNYAN]
    assert row.is_over
    table = titled_table("guiyang-2018", [row])
    assert table is not None
    shown = Client().get(table.rows[0]["href"])
    assert [line["name"] for line in shown.context["table"].rows] == ["甲园", "乙园", "丙园"]
    travel(date(2018, 5, 21))
    assert counted() == {YUNYAN: (2, 0)}  # one has ended
    motion = title_motions.propose_motion(
        held[1], MotionKind.WITHDRAW, by=city.programme_officer, reason="服务人员空缺"
    )
    title_motions.approve_motion(motion, by=city.leading_group, reason="同意撤销")
    assert counted() == {YUNYAN: (1, 0)}
    assert [one.pk for one in Base.objects.holding("city", scheme.title.zh, clock.today())] == [
        parks[0].base.pk
    ]


def test_tables_end_and_the_pack_names_real_kinds() -> None:
    assert NOMINATION_TABLE.reachable(NominationState.PROPOSED) == set(NominationState)
    assert MOTION_TABLE.reachable(MotionState.PROPOSED) == set(MotionState)
    names = BaseTitleScheme.model_json_schema()["properties"]["carriers"]["items"]["enum"]
    assert sorted(names) == sorted(CarrierType.values)


def test_districts_propose_within_their_quota(city: City) -> None:
    campaign = campaign_of(city)
    with pytest.raises(ActionRefused, match="正在进行"):
        campaign_of(city)
    first, second, third = (park_of(city, f"孵化园{number}").base for number in range(3))
    shop = park_of(city, "商贸区", CarrierType.COMMERCE_CLUSTER).base
    draft = build_park(city, name="未准入", carrier_type=CarrierType.ENTREPRENEURSHIP_PARK).base

    def propose(base: Base) -> Nomination:
        return title_actions.nominate_base(campaign, base, by=city.approver, reason="服务好")

    with pytest.raises(ActionRefused, match="评选范围"):
        propose(shop)
    with pytest.raises(ActionRefused, match="尚未准入"):
        propose(draft)
    with pytest.raises(NotAllowed):
        title_actions.nominate_base(campaign, first, by=city.other_approver, reason="别区的")
    one = propose(first)
    with pytest.raises(ActionRefused, match="已在本次评选中"):
        propose(first)
    propose(second)
    with pytest.raises(ActionRefused, match="最多推荐 2 个"):
        propose(third)
    title_actions.recall_nomination(one, by=city.approver, reason="换一个")
    propose(third)
    assert Nomination.objects.for_user(city.other_approver).count() == 0
    travel(date(2018, 6, 1))
    with pytest.raises(ActionRefused, match="截止"):
        propose(first)


def test_the_list_is_frozen_and_an_upheld_objection_takes_a_base_off(city: City) -> None:
    campaign = campaign_of(city)
    bases = [park_of(city, f"孵化园{number}").base for number in range(2)]
    for base in bases:
        one = title_actions.nominate_base(campaign, base, by=city.approver, reason="服务好")
        with pytest.raises(NotAllowed):
            title_actions.select_nomination(one, by=city.approver, reason="自己评自己")
        title_actions.select_nomination(one, by=city.programme_officer, reason="符合条件")
    found = title_lists.publish_titles(campaign, by=city.programme_officer)
    assert (found.starts_on, found.ends_on) == (date(2018, 5, 10), date(2018, 5, 17))
    with pytest.raises(DatabaseError), transaction.atomic():
        TitleList.objects.filter(pk=found.pk).update(lines=[])
    made, code = title_objections.object_to_title(found, bases[0].number, SAID, by=None)
    assert made.code_digest == digest_of_code(code.lower())
    assert Notice.objects.filter(user=city.programme_officer, key__startswith="title-obj").exists()
    other = make_officer(Role.PROGRAMME_OFFICER, CITY)
    with pytest.raises(ActionRefused, match="公示尚未结束"):
        title_lists.list_titles(found, document="", by=other)
    travel(date(2018, 5, 18))
    with pytest.raises(ActionRefused, match="结束"):
        title_objections.object_to_title(found, bases[1].number, SAID, by=None)
    with pytest.raises(ActionRefused, match="没有答复的异议"):
        title_lists.list_titles(found, document="", by=other)
    with pytest.raises(NotAllowed):
        title_objections.answer_title_objection(
            made, upheld=True, by=city.programme_officer, reason="属实"
        )
    title_objections.answer_title_objection(made, upheld=True, by=other, reason="属实")
    with pytest.raises(Conflict):
        title_objections.answer_title_objection(made, upheld=False, by=other, reason="再答")
    with pytest.raises(NotAllowed):  # who selected does not put on the list
        title_lists.list_titles(found, document="", by=city.programme_officer)
    [title] = title_lists.list_titles(found, document="筑微企办〔2018〕3号", by=other)
    assert (title.base, title.level) == (bases[1], TitleLevel.CITY)
    assert (title.granted_on, title.valid_until) == (date(2018, 5, 18), date(2021, 5, 17))
    assert {one.state for one in Nomination.objects.all()} == {"dropped", "listed"}
    dropped = Nomination.objects.get(state="dropped")
    assert list(
        Event.objects.for_subject(dropped).order_by("pk").values_list("verb", flat=True)
    ) == [
        "titles.nominate_base", "titles.select_nomination", "titles.publish_titles",
        "titles.object_to_title", "titles.uphold_objection",
    ]  # fmt: skip


def test_a_title_is_renewed_recommended_and_withdrawn_by_two_people(city: City) -> None:
    title = listed(city)
    propose = title_motions.propose_motion
    with pytest.raises(ActionRefused, match="2020-11-17 起"):
        propose(title, MotionKind.RENEW, by=city.approver, reason="到期复核")
    with pytest.raises(ActionRefused, match="上级"):
        propose(title, MotionKind.RECOMMEND, level="county", by=city.approver, reason="推荐")
    up = propose(title, MotionKind.RECOMMEND, level="national", by=city.approver, reason="推荐")
    with pytest.raises(ActionRefused, match="同样的事项"):
        propose(title, MotionKind.RECOMMEND, level="national", by=city.approver, reason="再推荐")
    title_motions.approve_motion(up, by=city.leading_group, reason="同意推荐")
    known = title_motions.recognise_motion(
        up, document="工信部〔2018〕1号", granted_on=date(2018, 5, 18), by=city.programme_officer,
        reason="公告",
    )  # fmt: skip
    assert known.result is not None
    assert known.result.level == TitleLevel.NATIONAL
    travel(date(2020, 11, 18))
    assert title_motions.remind_of_titles() == 4  # both titles end in May 2021
    assert title_motions.remind_of_titles() == 0
    again = propose(title, MotionKind.RENEW, by=city.programme_officer, reason="复核合格")
    with pytest.raises(NotAllowed):
        title_motions.approve_motion(again, by=city.programme_officer, reason="自己同意自己")
    renewed = title_motions.approve_motion(again, by=city.leading_group, reason="同意").result
    assert renewed is not None
    assert (renewed.granted_on, renewed.valid_until) == (date(2021, 5, 18), date(2024, 5, 17))
    out = propose(title, MotionKind.WITHDRAW, by=city.approver, reason="弄虚作假")
    title_motions.approve_motion(out, by=city.leading_group, reason="属实，撤销")
    title.refresh_from_db()
    assert title not in BaseTitle.objects.valid_on(date(2020, 11, 18))
    assert title in BaseTitle.objects.valid_on(date(2020, 11, 17))
    with pytest.raises(DatabaseError), transaction.atomic():
        BaseTitle.objects.filter(pk=title.pk).update(withdrawn_on=None)
    with pytest.raises(Conflict):
        title_motions.approve_motion(out, by=city.leading_group, reason="再点一次")
