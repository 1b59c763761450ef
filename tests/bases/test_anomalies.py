"""What looks wrong of a base is found with its records, cleared with a reason, and found anew."""

import io
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import docx
import pytest
import typst

from miaopu.bases import tenants
from miaopu.bases.anomaly_actions import clear_anomaly, renew_anomalies
from miaopu.bases.anomaly_enums import AnomalyKind, AnomalyState
from miaopu.bases.models import Anomaly, FileSketch, Tenancy
from miaopu.bases.records import add_photo
from miaopu.bases.rectification_actions import report_rectification
from miaopu.cases.actions import attach_file, open_case
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.engine.near import likeness, sketch_of
from miaopu.parties.actions import record_fact
from miaopu.parties.enums import Source
from miaopu.parties.models import Enterprise
from miaopu.portal.views.anomaly_parts import explain, record_table
from tests.bases.factories import Park, build_park
from tests.bases.inspected import problem
from tests.factories import City, make_enterprise, make_owner

pytestmark = pytest.mark.django_db
TEXT = "".join(
    f"第{number}户在{number * 7}号房间经营，用工{number % 5}人，" for number in range(60)
)


def document(text: str) -> bytes:
    """A Word file with the text."""
    made, stream = docx.Document(), io.BytesIO()
    made.add_paragraph(text)
    made.save(stream)
    return stream.getvalue()


def tenant_of(park: Park, enterprise: Enterprise, **changes: Any) -> Tenancy:
    """An enterprise in incubation since January 2017."""
    return park.tenant(team="", enterprise=enterprise, area=Decimal("10"), **changes)


def open_kinds(park: Park) -> list[str]:
    """The kinds of what is open of a base."""
    return sorted(Anomaly.objects.pending().filter(base=park.base).values_list("kind", flat=True))


def test_sketches_tell_how_much_texts_share() -> None:
    assert sketch_of("太短") == []
    one = sketch_of(TEXT)
    assert likeness(one, sketch_of(TEXT.replace("，", "， \n"))) == 1
    near = likeness(one, sketch_of(TEXT[:-40] + "另外再写几句不同的话作为结尾"))
    assert Fraction(8, 10) < near < 1
    assert likeness(one, sketch_of(TEXT[::-1])) < Fraction(1, 10)
    assert likeness(one, []) == 0


def test_facts_of_tenants_that_look_wrong(city: City) -> None:
    park = build_park(city)
    park.admitted()
    calm = make_enterprise(employees=5)
    tenant_of(park, calm)
    idle = make_enterprise(employees=0)
    tenant_of(park, idle)
    done = make_enterprise(employees=5, operating_revenue=Decimal(0))
    finished = tenant_of(park, done)
    tenants.graduate_tenant(finished, date(2018, 3, 1), by=park.runner, reason="达到条件")
    grown = make_enterprise(employees=6)
    tenant_of(park, grown)
    on = date(2018, 4, 30)
    record_fact(grown, "employees", 60, source=Source.HR, record="RS-9", valid_from=on, by=None)
    other = build_park(city, name="另一个基地")
    other.admitted()
    tenant_of(other, calm)
    Enterprise.objects.filter(pk__in=[calm.pk, idle.pk, grown.pk]).update(phone="0851-86000001")

    assert renew_anomalies(by=None) == 6
    assert open_kinds(park) == ["jump", "no_revenue", "no_staff", "shared_phone", "two_bases"]
    assert open_kinds(other) == ["two_bases"]
    jump = Anomaly.objects.get(kind=AnomalyKind.JUMP)
    assert (jump.data["was"], jump.data["now"]) == ("6", "60")
    shared = Anomaly.objects.get(kind=AnomalyKind.SHARED_PHONE)
    assert len(shared.data["tenancies"]) == 3
    assert "86000001" not in str(shared.data)
    assert list(Anomaly.objects.for_user(park.runner).order_by("pk")) == list(
        park.base.anomalies.order_by("pk")
    )
    assert not Anomaly.objects.for_user(city.other_approver).exists()


def test_many_tenants_at_one_address_are_told_and_cleared(city: City) -> None:
    park = build_park(city)
    park.admitted()
    there = [make_enterprise(employees=5) for _number in range(3)]
    for one in there:
        tenant_of(park, one)
    rows = Enterprise.objects.filter(pk__in=[one.pk for one in there])
    rows.update(address="云岩区苗岭路1号 201室")
    rows.filter(pk=there[0].pk).update(address="云岩区苗岭路1号201室")  # the same but for a blank
    renew_anomalies(by=None)
    row = Anomaly.objects.get(kind=AnomalyKind.SHARED_ADDRESS)
    assert len(row.data["tenancies"]) == 3
    clear_anomaly(
        row, fingerprint=row.fingerprint, by=city.reviewer, reason="同一创业社区的工位注册"
    )
    renew_anomalies(by=None)
    row.refresh_from_db()
    assert row.state == AnomalyState.CLEARED


def drawn(seed: int, width: int, extra: str = "") -> bytes:
    """A picture of coloured fields, as wide as asked; the same seed gives the same fields."""
    fields = "".join(
        f"#place(dx: {at * 37 % 96}pt, dy: {at * 53 % 64}pt, "
        f"rect(width: {8 + at * seed % 23}pt, height: {6 + at * seed % 17}pt, "
        f"fill: rgb({at * seed * 29 % 256}, {at * seed * 71 % 256}, {at * 97 % 256})))"
        for at in range(1, 40)
    )
    page = f"#set page(width: 96pt, height: 64pt, margin: 0pt)\n{fields}{extra}"
    made = typst.compile(page.encode(), format="png", ppi=72 * width / 96)
    assert isinstance(made, bytes)
    return made


def test_a_picture_that_is_used_again_is_told(city: City) -> None:
    first, second = build_park(city), build_park(city, name="另一个基地")
    for park in (first, second):
        park.admitted()

    def photo(park: Park, name: str, content: bytes) -> None:
        add_photo(park.base, name=name, content=content, caption="", by=park.runner)

    photo(first, "大门.png", drawn(3, 480))
    photo(first, "大门（小）.png", drawn(3, 240))  # its own picture twice proves nothing
    photo(first, "车间.png", drawn(11, 480))
    photo(second, "正门.png", drawn(3, 600, "#place(text(size: 5pt)[2018])"))
    photo(
        second,
        "空白.png",
        blank := drawn(3, 200, "#place(rect(width: 96pt, height: 64pt, fill: white))"),
    )
    row = problem(first)
    report_rectification(row, "已补配", [("后.png", drawn(11, 300))], revision=1, by=first.runner)
    for _night in range(2):  # what the first base is compared with is known from the second night
        renew_anomalies(by=None)
    told = Anomaly.objects.pending().filter(kind=AnomalyKind.SAME_FILES)
    assert {(one.base.name, *one.data["bases"]) for one in told if one.data["bases"]} == {
        (first.base.name, "另一个基地"), ("另一个基地", first.base.name),
    }  # fmt: skip
    [again] = [one for one in told if not one.data["bases"]]
    assert again.data["problems"] == [row.number] and 95 <= again.data["percent"] < 100
    texts = {explain(one) for one in told}
    assert any("另一个基地" in text and "照片高度相似" in text for text in texts)
    assert record_table(first.runner, again).rows[0]["number"] == row.number
    assert FileSketch.objects.get(file__sha256=sha256(blank).hexdigest()).picture == ""
    for one in told:
        clear_anomaly(
            one, fingerprint=one.fingerprint, by=city.reviewer, reason="同一栋楼的两个入口"
        )
    renew_anomalies(by=None)
    assert not told.all().exists()


def test_what_is_cleared_stays_cleared_until_the_facts_change(city: City) -> None:
    park = build_park(city)
    park.admitted()
    idle = make_enterprise(employees=0)
    tenant_of(park, idle)
    renew_anomalies(by=None)
    [row] = Anomaly.objects.all()

    def clear(by: Any, reason: str = "法定代表人夫妻经营", fingerprint: str = "") -> None:
        clear_anomaly(row, fingerprint=fingerprint or row.fingerprint, by=by, reason=reason)

    for stranger in (park.runner, city.other_approver, city.leading_group):
        with pytest.raises(NotAllowed):
            clear(stranger)
    with pytest.raises(ActionRefused):
        clear(city.reviewer, reason=" ")
    with pytest.raises(Conflict):
        clear(city.reviewer, fingerprint="0" * 64)
    clear(city.reviewer)
    with pytest.raises(Conflict):
        clear(city.approver)
    assert renew_anomalies(by=None) == 0
    record_fact(
        idle, "employees", 0, source=Source.HR, record="RS-2", valid_from=date(2018, 5, 1), by=None
    )
    assert renew_anomalies(by=None) == 1  # stated anew
    record_fact(
        idle, "employees", 3, source=Source.HR, record="RS-3", valid_from=date(2018, 5, 2), by=None
    )
    assert renew_anomalies(by=None) == 0
    row.refresh_from_db()
    assert row.state == AnomalyState.GONE
    assert list(row.trail().order_by("pk").values_list("verb", flat=True)) == [
        "bases.find_anomaly", "bases.clear_anomaly", "bases.find_anomaly", "bases.end_anomaly",
    ]  # fmt: skip


def test_files_of_two_tenants_that_are_the_same_or_nearly(city: City) -> None:
    park = build_park(city)
    park.admitted()
    materials = [one.id for one in city.item.definition.materials]
    first = document(TEXT)
    contents = [first, first, document(TEXT[:-12] + "最后一句改过了"), document(TEXT[::-1])]
    for number, content in enumerate(contents):
        enterprise = make_enterprise(employees=5)
        owner = make_owner(enterprise)
        tenant_of(park, enterprise)
        case = open_case(city.item, enterprise, by=owner)
        attach_file(case, materials[0], f"说明{number}.docx", content, by=owner)
    renew_anomalies(by=None)
    rows = Anomaly.objects.filter(kind=AnomalyKind.SAME_FILES).order_by("data__percent")
    near, same = rows
    assert same.data["percent"] == 100
    assert 85 <= near.data["percent"] < 100
    assert len(same.data["tenancies"]) == len(near.data["tenancies"]) == 2
    assert FileSketch.objects.count() == 3
