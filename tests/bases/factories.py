"""Bases for tests, made through the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from miaopu.bases import admission, tenants
from miaopu.bases.enums import CarrierType, TenancyStage
from miaopu.bases.models import Base, Room, Tenancy
from miaopu.core.enums import Role
from miaopu.core.models import Region, User
from miaopu.parties.models import Enterprise
from tests.factories import CITY, YUNYAN, City, make_enterprise, make_officer, make_owner

OPENED = date(2016, 1, 1)


def record(region: str = YUNYAN, **changes: Any) -> dict[str, Any]:
    """What an operator states of a base of 1,000 m²."""
    return {
        "name": "苗岭小企业创业基地",
        "carrier_type": CarrierType.STARTUP_BASE,
        "region": Region.objects.get(code=region),
        "address": "云岩区苗岭路1号",
        "opened_on": OPENED,
        "floor_area": Decimal("1000"),
        "incubation_area": Decimal("600"),
        "workshop_area": Decimal("0"),
        "service_staff": 6,
        "coaches": 2,
        "services": "培训、融资对接",
        **changes,
    }


@dataclass
class Park:
    """A base with everybody who has to do with it."""

    city: City
    base: Base
    operator: Enterprise
    runner: User
    accepter: User

    def refreshed(self) -> Base:
        """The base as it stands in the database."""
        self.base = Base.objects.get(pk=self.base.pk)
        return self.base

    def admitted(self) -> Base:
        """The base after its admission."""
        admission.propose_base(self.base, by=self.runner)
        admission.select_base(self.base, by=self.city.approver, reason="现场查看符合条件")
        admission.accept_base(self.base, by=self.city.programme_officer, reason="联合验收通过")
        return self.refreshed()

    def room(self, name: str = "101", area: str = "100") -> Room:
        """A room of the base."""
        return tenants.add_room(
            self.base, building="A", floor="1", name=name, area=Decimal(area), by=self.runner
        )

    def tenant(self, **changes: Any) -> Tenancy:
        """A team in the base, on 50 m²."""
        stated: dict[str, Any] = {
            "team": "苗绣设计团队",
            "enterprise": None,
            "room": None,
            "area": Decimal("50"),
            "rent_fen": 100_000,
            "relief_percent": 50,
            "since": date(2017, 1, 1),
            "stage": TenancyStage.TEAM,
            **changes,
        }
        return tenants.admit_tenant(self.base, by=self.runner, **stated)


def build_park(city: City, operator: Enterprise | None = None, **changes: Any) -> Park:
    """A base in Yunyan that its operator has filed; the city's own enterprise may be it."""
    runner = city.owner if operator is not None else None
    operator = operator or make_enterprise(YUNYAN, "贵阳苗岭基地运营有限公司")
    runner = runner or make_owner(operator)
    base = admission.file_base(operator, record(**changes), by=runner)
    return Park(city, base, operator, runner, make_officer(Role.PROGRAMME_OFFICER, CITY))
