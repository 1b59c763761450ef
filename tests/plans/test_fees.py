"""Fee lists: what is asked for is found in any signs, and a published list stays as it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from miaopu.core.models import Region
from miaopu.plans.fee_actions import publish_fees
from miaopu.plans.fee_sheets import Fee, read_fees
from miaopu.plans.models import FeeEntry, FeeList
from tests.factories import NANMING, YUNYAN, City
from tests.portal.library_samples import FEES, fee_draft

WAIT = 20.0


@pytest.mark.parametrize(
    "asked", ["检测费（首次）", "检测费(首次)", "云示办发[2018]7号 检测", "首次"]
)
def test_a_fee_is_found_in_any_signs(city: City, asked: str) -> None:
    fee = Fee("产品检测费（首次）", "云示办发〔2018〕7号", "检验机构", "每项 50 元", "enterprise")
    publish_fees(fee_draft(city, [*FEES, fee]), by=city.approver)
    assert fee.name in [one.name for one in FeeEntry.objects.named(asked)]
    assert not FeeEntry.objects.named("检测费（复检）") and not FeeEntry.objects.named("？")


def test_a_list_binds_its_region_and_what_lies_in_it(city: City) -> None:
    publish_fees(fee_draft(city), by=city.approver)
    assert FeeList.objects.binding(YUNYAN) and not FeeList.objects.binding(NANMING)
    FeeList.objects.update(region=Region.objects.get(code="520100"))
    assert FeeList.objects.binding(NANMING) and not FeeList.objects.binding("520200")


def test_a_fault_beyond_column_z_names_its_cell() -> None:
    heads = [
        "收费项目",
        "依据文件",
        "收费单位",
        "收费标准",
        *"一二三四五六七八九十",
        *"甲乙丙丁戊己庚辛壬癸",
    ]
    table = [[*heads, "子", "丑", "由谁承担"], ["费", "文", "乙", "1 元", *["无"] * 22, "随便"]]
    _fees, faults = read_fees("\n".join(",".join(line) for line in table).encode())
    assert [one.cell for one in faults] == ["AA2"]


def _somebody_waits(seconds: float) -> bool:
    """Whether within so many seconds another connection waits for this one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() is not None:
                return True
        time.sleep(0.01)
    return False


def test_a_draft_that_is_published_meanwhile_is_not_written_over(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    draft = fee_draft(city)
    published = threading.Event()

    def publish() -> bool:
        with transaction.atomic():
            publish_fees(draft, by=city.approver)
            published.set()
            return _somebody_waits(WAIT)

    def write() -> FeeList:
        assert published.wait(WAIT)
        return fee_draft(city, FEES[:1])

    waited, later = in_threads([publish, write])
    assert waited and isinstance(later, FeeList), later
    draft.refresh_from_db()
    assert (draft.state, draft.entries.count()) == ("in_force", 2)
    assert (later.position, later.state, later.entries.count()) == (2, "draft", 1)
