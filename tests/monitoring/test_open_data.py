"""The open data: a program that stands alone works every public figure out from it again."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from miaopu.cases.actions import withdraw_case
from miaopu.core import clock
from miaopu.ledger.awards import pay_award, release_award
from miaopu.ledger.batches import create_batch
from miaopu.ledger.results import book_results
from miaopu.ledger.returns import correct_account, return_award
from miaopu.monitoring.open_data import COLUMNS, open_data
from tests.factories import NANMING, YUNYAN, City, make_owner, travel
from tests.harness.pages import StrictClient
from tests.ledger import test_batches as bank
from tests.monitoring.awards import award_in
from tests.plans.targets import approved
from tools import recompute_open_data as again

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/", "/money/", "/programmes/guiyang-2018/")


@pytest.fixture
def busy(city: City) -> City:
    """Awards committed, paid and released in two districts, one enterprise's jobs unknown."""
    pay_award(award_in(city, YUNYAN), "B1", by=city.finance)
    award_in(city, YUNYAN, employees=None, size="micro", founder_group=None)
    release_award(award_in(city, YUNYAN), by=city.finance, reason="企业已注销")
    award_in(city, NANMING, employees=7)
    withdraw_case(city.submitted(), by=city.owner)
    return city


@pytest.fixture
def batched(busy: City) -> City:
    """Beside them: payments that failed, came back, were paid again, and came back once more."""
    failed, again, twice, waits = (award_in(busy, YUNYAN) for _number in range(4))
    by = busy.finance
    batch = create_batch([failed, again, twice, waits], by=by, request_key="k1")
    book_results(batch, [bank.failed(failed), bank.paid(again), bank.paid(twice, "B2")], by=by)
    book_results(batch, [bank.returned(again), bank.returned(twice)], by=by)
    travel(clock.today() + timedelta(days=2))
    for award in (again, twice):
        correct_account(award, bank.ACCOUNT, by=make_owner(award.case.enterprise))
    second = create_batch([again, twice], by=by, request_key="k2")
    book_results(second, [bank.paid(again, "B3"), bank.paid(twice, "B4")], by=by)
    travel(clock.today() + timedelta(days=2))
    return_award(twice, by=by, reason="又退票")
    return busy


def test_failed_returned_and_paid_again_without_a_difference(
    client: StrictClient, batched: City
) -> None:
    files = again.unpacked(client.get("/open-data/miaopu-open-data.zip").content)
    figures, problems = again.check(files)
    assert problems == []
    assert figures["guiyang-2018.targets.enterprises"] == 7
    assert figures["guiyang-2018.awards.paid_fen"] == 2 * 4_500_000  # by hand, and the second time
    kinds = [
        row["kind"] for row in csv.DictReader(files["entries.csv"].decode("utf-8-sig").splitlines())
    ]
    assert (kinds.count("post"), kinds.count("return")) == (5 * 6, 3 * 6)
    pages = {path: client.get(path).content.decode() for path in PAGES}
    assert again.differences_on(pages, figures)[1] == []
    forged = files["entries.csv"].replace(b",return,", b",release,", 1)
    assert again.check({**files, "entries.csv": forged})[1], "a return hidden in the file is found"


def test_recomputed_without_a_difference(client: StrictClient, busy: City) -> None:
    answer = client.get("/open-data/miaopu-open-data.zip")
    assert answer["Content-Type"] == "application/zip"
    files = again.unpacked(answer.content)
    figures, problems = again.check(files)
    assert problems == []
    assert figures["guiyang-2018.targets.enterprises"] == 3
    assert figures["guiyang-2018.awards.paid_fen"] == 4_500_000
    pages = {path: client.get(path).content.decode() for path in PAGES}
    count, wrong = again.differences_on(pages, figures)
    assert wrong == []
    assert count > 60


def test_what_is_changed_is_found(client: StrictClient, busy: City) -> None:
    files = again.unpacked(client.get("/open-data/miaopu-open-data.zip").content)
    forged = files["awards.csv"].replace(b",paid,", b",committed,", 1)
    assert forged != files["awards.csv"]
    _figures, problems = again.check({**files, "awards.csv": forged})
    assert any("SHA-256" in problem for problem in problems)
    assert any("paid_fen" in problem for problem in problems)
    page = {"/": client.get("/").content.decode().replace(">45,000<", ">45,001<")}
    _count, wrong = again.differences_on(page, again.recomputed(files))
    assert wrong


def test_pages_and_figures_say_the_same_in_english(client: StrictClient, busy: City) -> None:
    files = again.unpacked(client.get("/open-data/miaopu-open-data.zip").content)
    client.cookies["django_language"] = "en"
    pages = {path: client.get(path).content.decode() for path in PAGES}
    count, wrong = again.differences_on(pages, again.recomputed(files))
    assert (count > 60, wrong) == (True, [])


def test_the_program_stands_alone(client: StrictClient, busy: City, tmp_path: Path) -> None:
    archive = tmp_path / "set.zip"
    archive.write_bytes(client.get("/open-data/miaopu-open-data.zip").content)
    program = ROOT / "tools" / "recompute_open_data.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(archive)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0 differences\n")


def test_manifest_and_tables(client: StrictClient, busy: City) -> None:
    manifest = json.loads(client.get("/open-data/manifest.json").content)
    files = again.unpacked(client.get("/open-data/miaopu-open-data.zip").content)
    assert json.loads(files["manifest.json"]) == manifest
    assert manifest["as_of"] == clock.today().isoformat()
    assert [one["name"] for one in manifest["files"]] == [
        name for name in files if name != "manifest.json"
    ]
    for name, columns in COLUMNS.items():
        text = files[name].decode("utf-8-sig")
        assert next(csv.reader(io.StringIO(text))) == list(columns)
    stated = {one["name"]: one["rows"] for one in manifest["files"] if "rows" in one}
    assert stated["awards.csv"] == 3
    assert stated["published_cases.csv"] == 4


def test_no_live_formula_and_no_person(client: StrictClient, city: City) -> None:
    award = award_in(city, YUNYAN)
    enterprise = award.case.enterprise
    type(enterprise).objects.filter(pk=enterprise.pk).update(name="=HYPERLINK(1)")
    made = {one.name: one.content.decode("utf-8-sig") for one in open_data(clock.today()).files}
    assert "'=HYPERLINK(1)" in made["awards.csv"]
    for name, text in made.items():
        assert enterprise.legal_representative not in text, name
        assert enterprise.phone not in text, name
        for row in csv.reader(io.StringIO(text)) if name.endswith(".csv") else ():
            assert not any(cell.startswith(("=", "@", "+")) for cell in row), name


def test_unchanged_set_is_not_sent_again(client: StrictClient, busy: City) -> None:
    address = "/open-data/miaopu-open-data.zip"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    travel(clock.today().replace(month=12, day=31))
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_parts_of_targets_are_recomputed_and_nothing_is_no_zero(
    client: StrictClient, busy: City
) -> None:
    split = approved(busy, {YUNYAN: "2000", NANMING: "1500", "520111": "0"})
    approved(busy, {YUNYAN: "11000"}, key="jobs")
    files = again.unpacked(client.get("/open-data/miaopu-open-data.zip").content)
    figures, problems = again.check(files)
    assert problems == []
    head = "guiyang-2018.decompositions.enterprises"
    assert [figures[f"{head}.{YUNYAN}.{name}"] for name in ("target", "done")] == [2000, 2]
    assert figures[f"{head}.520111.target"] == 0
    assert figures[f"{head}.520112.target"] is None
    assert figures[f"{head}.520112.done"] == 0
    rows = list(csv.DictReader(files["target_parts.csv"].decode("utf-8-sig").splitlines()))
    assert {row["value"] for row in rows if row["member"] == "520112"} == {""}
    assert {row["version"] for row in rows} == {str(split.number)}
    pages = {path: client.get(path).content.decode() for path in PAGES}
    assert again.differences_on(pages, figures)[1] == []
    forged = files["target_parts.csv"].replace(b",2000\r\n", b",2001\r\n")
    assert forged != files["target_parts.csv"]
    assert again.check({**files, "target_parts.csv": forged})[1]
