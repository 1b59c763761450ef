"""Changes of an admitted base, its photographs and position, and its exit with its tenants."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from miaopu.bases import leaving, records
from miaopu.bases.enums import BaseState, TenancyStage
from miaopu.bases.models import Base, BaseFile, Tenancy
from miaopu.bases.record_enums import ChangeKind, ChangeState, ExitState, TenantFate
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.parties.models import Fact
from tests.bases.factories import build_park
from tests.factories import City, make_enterprise, make_owner
from tests.plans.supervised import PDF

PROOF = [("证明.pdf", PDF)]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
pytestmark = pytest.mark.django_db


def test_changes_are_filed_checked_by_another_and_late_after_three_months(city: City) -> None:
    park = build_park(city)
    with pytest.raises(ActionRefused, match="尚未准入"):
        records.file_change(
            park.base, ChangeKind.NAME, {"name": "新名"}, date(2018, 1, 1), PROOF, by=park.runner,
            reason="更名",
        )  # fmt: skip
    base = park.admitted()

    def area(to: str, on: date) -> records.BaseChange:
        after = {"floor_area": to, "incubation_area": "600", "workshop_area": "0"}
        return records.file_change(
            base, ChangeKind.AREA, after, on, PROOF, by=park.runner, reason="扩建完成"
        )

    with pytest.raises(ActionRefused, match="不得超过建筑面积"):
        area("500", date(2018, 4, 1))
    change = area("1500.00", date(2018, 2, 9))
    assert (str(change.due_on), change.is_late) == ("2018-05-09", True)
    with pytest.raises(ActionRefused, match="正在核对"):
        area("1600.00", date(2018, 4, 1))
    assert Base.objects.get(pk=base.pk).floor_area == Decimal("1000.00")
    with pytest.raises(NotAllowed):
        records.confirm_change(change, by=park.runner, reason="自己核对")
    records.confirm_change(change, by=city.approver, reason="与房产证一致")
    assert Base.objects.get(pk=base.pk).floor_area == Decimal("1500.00")
    with pytest.raises(Conflict):
        records.return_change(change, by=city.approver, reason="晚了")
    heir = make_enterprise(name="贵阳新苗运营有限公司")
    moved = records.file_change(
        base, ChangeKind.OPERATOR, {"operator": heir.uscc}, date(2018, 2, 10), PROOF,
        by=park.runner, reason="运营权转让",
    )  # fmt: skip
    assert moved.is_late is False
    records.confirm_change(moved, by=city.approver, reason="转让协议齐全")
    heiress = make_owner(heir)
    assert list(Base.objects.for_user(heiress)) == [base]
    assert not Base.objects.for_user(park.runner).exists()
    assert {one.state for one in base.changes.all()} == {ChangeState.CONFIRMED}


def test_photographs_and_position(city: City) -> None:
    park = build_park(city)
    base = park.admitted()
    photo = records.add_photo(base, name="大门.png", content=PNG, caption="大门", by=park.runner)
    with pytest.raises(ActionRefused, match="已经上传"):
        records.add_photo(base, name="again.png", content=PNG, caption="", by=park.runner)
    with pytest.raises(ActionRefused, match="PNG 或 JPG"):
        records.add_photo(base, name="x.png", content=PDF, caption="", by=park.runner)
    assert list(BaseFile.objects.public()) == [photo]
    records.remove_photo(photo, by=park.runner)
    assert not BaseFile.objects.public().exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        BaseFile.objects.all().delete()

    def place(longitude: str | None, latitude: str | None) -> None:
        records.describe_base(
            base, facilities=["parking", "meeting"], by=park.runner,
            longitude=Decimal(longitude) if longitude else None,
            latitude=Decimal(latitude) if latitude else None,
        )  # fmt: skip

    for wrong in (("106.7", None), ("26.6", "106.7")):
        with pytest.raises(ActionRefused):
            place(*wrong)
    place("106.71", "26.6")
    assert Base.objects.get(pk=base.pk).profile.facilities == ["meeting", "parking"]


def test_a_base_leaves_when_every_tenant_is_provided_for(city: City) -> None:
    park = build_park(city)
    base = park.admitted()
    moves, ends = park.tenant(), park.tenant(team="茶艺团队")
    planned = date(2018, 6, 1)
    fates = {moves.pk: (TenantFate.MOVES, "迁入观山湖孵化器")}
    with pytest.raises(ActionRefused, match="逐户写明"):
        leaving.file_exit(base, planned, fates, by=park.runner, reason="场地到期")
    fates[ends.pk] = (TenantFate.MOVES, " ")
    with pytest.raises(ActionRefused, match="写明去向"):
        leaving.file_exit(base, planned, fates, by=park.runner, reason="场地到期")
    fates[ends.pk] = (TenantFate.ENDS, "")
    asked = leaving.file_exit(base, planned, fates, by=park.runner, reason="场地到期")
    with pytest.raises(NotAllowed):
        leaving.confirm_exit(asked, by=city.approver, reason="同意")
    late = park.tenant(enterprise=city.enterprise, team="", stage=TenancyStage.INCUBATING)
    with pytest.raises(ActionRefused, match="入驻情况已有变化"):
        leaving.confirm_exit(asked, by=park.accepter, reason="同意")
    leaving.return_exit(asked, by=park.accepter, reason="有新入驻的团队")
    fates[late.pk] = (TenantFate.STAYS, "原址")
    again = leaving.file_exit(base, planned, fates, by=park.runner, reason="场地到期")
    leaving.confirm_exit(again, by=park.accepter, reason="安置妥当")
    assert park.refreshed().state == BaseState.LEFT
    assert {one.stage for one in Tenancy.objects.all()} == {TenancyStage.LEFT}
    assert moves.trail().latest("pk").reason == "迁入其他基地 迁入观山湖孵化器"
    left = Fact.objects.get(enterprise=city.enterprise, name="left_incubation_on")
    assert left.record == late.number, "rules know that it is incubated no longer"
    again.refresh_from_db()
    assert again.state == ExitState.CONFIRMED
