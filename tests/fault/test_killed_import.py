"""A worker that is killed in the middle of an import: every row is written once, by another."""

from __future__ import annotations

from typing import Any

import pytest

from miaopu.engine import uscc
from tests.engine.sheet_corpus import workbook
from tests.fault.browser import Browser
from tests.fault.site import DemoSite, wait_until
from tests.fault.test_killed_job import ENDS_WITHIN

pytestmark = pytest.mark.fault
ROWS, PAGE = 12_000, "/office/deliveries/"
TITLES = ["统一社会信用代码", "企业名称", "区域", "行业代码", "法定代表人", "成立日期", "从业人员"]


def file(first: int = 500_000_000) -> bytes:
    """A workbook of enterprises that the demo does not have, with codes from `first` on."""
    lines: list[list[Any]] = [TITLES]
    for n in range(ROWS):
        code = uscc.make("9", "1", "520103", first + n)
        lines.append([code, f"苗岭{n}店", "520103", "5212", "王小苗", "2017-03-01", n % 9])
    return workbook(lines)


def upload(browser: Browser, content: bytes) -> str:
    """Hand the file in by the page; the address of the delivery."""
    form = browser.get(f"{PAGE}new/").the_form(f"{PAGE}new/")
    fields = form.filled(source="officer", as_of="2018-05-01")
    answer = browser.upload(f"{PAGE}new/", fields, "file", content)
    assert answer.location.startswith(PAGE), (answer.status, answer.text[-3000:])
    return answer.location


def state(site: DemoSite) -> tuple[str, int]:
    """The state of the last delivery, and the last row that is written."""
    query = "SELECT state, imported_through FROM parties_delivery ORDER BY id DESC LIMIT 1"
    [row] = site.rows(query)
    return str(row[0]), int(row[1])


def kill_the_worker(site: DemoSite) -> None:
    """End the worker of background jobs at once."""
    worker = site.job_worker()
    assert worker is not None
    site.kill(worker)


ROWS_CHECKED = "SELECT count(*) FROM parties_deliveryrow"
ENTERPRISES = "SELECT count(*) FROM parties_enterprise"


@pytest.mark.slow
def test_a_killed_check_begins_anew(site: DemoSite) -> None:
    browser = Browser(site.port)
    browser.sign_in("yunyan-reviewer")
    checked, before = site.one(ROWS_CHECKED), site.one(ENTERPRISES)
    upload(browser, file(first=600_000_000))
    wait_until(lambda: site.one(ROWS_CHECKED) >= checked + 2000, ENDS_WITHIN, "rows are checked")
    kill_the_worker(site)
    assert state(site)[0] == "checking", "the check was faster than the kill"
    wait_until(lambda: state(site)[0] == "checked", ENDS_WITHIN, "the killed check ends")
    assert site.one(ROWS_CHECKED) == checked + ROWS
    assert site.one(ENTERPRISES) == before, "nothing was written"


def test_a_killed_import_writes_every_row_once(site: DemoSite) -> None:
    """It goes on after the last whole chunk."""
    browser = Browser(site.port)
    browser.sign_in("yunyan-reviewer")
    before = site.one(ENTERPRISES)
    address = upload(browser, file())
    wait_until(lambda: state(site)[0] == "checked", ENDS_WITHIN, "the check ends")
    assert site.one(ENTERPRISES) == before, "nothing was written"

    page = browser.get(address)
    assert browser.post(
        f"{address}confirm/", page.the_form(f"{address}confirm/").fields
    ).location == address  # fmt: skip
    wait_until(lambda: state(site)[1] >= 4000, ENDS_WITHIN, "4,000 rows are written")
    kill_the_worker(site)
    assert state(site)[0] == "importing", "the import was faster than the kill"
    wait_until(lambda: state(site)[0] == "imported", ENDS_WITHIN, "the killed import ends")

    assert site.one(ENTERPRISES) == before + ROWS
    written = site.rows(
        "SELECT count(*), count(DISTINCT (enterprise_id, name)), count(DISTINCT record)"
        " FROM parties_fact WHERE record LIKE 'DR%%'"
    )
    assert written == [(ROWS * 5, ROWS * 5, ROWS)]
    counts = "SELECT registered_count, facts_count FROM parties_delivery ORDER BY id DESC LIMIT 1"
    assert site.rows(counts) == [(ROWS, ROWS * 5)]
    assert "已登记 12,000 户企业" in browser.get(address).text
    events = "SELECT count(*) FROM core_event WHERE verb = 'parties.import_delivery'"
    assert site.one(events) == 1
