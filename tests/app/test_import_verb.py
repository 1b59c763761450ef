"""`miaopu import`: looked at first, written when it is confirmed, like the page for deliveries."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from miaopu.core.errors import NotAllowed
from miaopu.core.models import Region
from miaopu.parties.enums import Source
from miaopu.parties.models import Delivery, Enterprise
from miaopu.parties.tasks import start_delivery
from tests.factories import YUNYAN, City
from tests.parties.sheets import AS_OF, good_row, table_of, workbook

pytestmark = pytest.mark.django_db


def run(file: Path, by: str, *more: str, **options: Any) -> tuple[dict[str, Any], str, int]:
    """What the verb prints as JSON and on standard error, and its exit status."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    given = {"source": "officer", "region": YUNYAN, "as_of": "2018-05-01", **options}
    try:
        call_command(
            "import_table", str(file), *more, by=by, format="json", stdout=out, stderr=err, **given
        )
    except SystemExit as error:
        status = int(error.code or 0)
    return json.loads(out.getvalue()), err.getvalue(), status


def test_a_file_is_looked_at_then_written(city: City, tmp_path: Path) -> None:
    file = tmp_path / "企业.xlsx"
    file.write_bytes(workbook(table_of([good_row(n) for n in range(5)])))
    by, before = city.reviewer.username, Enterprise.objects.count()
    looked, said, status = run(file, by)
    assert (looked["state"], looked["rows"], looked["new"], said, status) == (
        *("checked", 5, 5, ""), 0,
    )  # fmt: skip
    assert Enterprise.objects.count() == before, "a dry run"

    written, _said, status = run(file, by, "--confirm")
    assert (written["delivery"], written["state"]) == (looked["delivery"], "imported")
    assert (written["registered"], written["facts"], status) == (5, 50, 0)
    assert Enterprise.objects.count() == before + 5

    again, _said, status = run(file, by, "--confirm")
    assert (again["unchanged"], again["state"], status) == (5, "checked", 0)


def test_faults_are_lines_and_the_sound_rows_are_written(city: City, tmp_path: Path) -> None:
    file, back = tmp_path / "企业.xlsx", tmp_path / "back.xlsx"
    rows = [good_row(1), {**good_row(2), "employees": "若干"}]
    file.write_bytes(workbook(table_of(rows)))
    result, said, status = run(file, city.reviewer.username, "--confirm", returned=str(back))
    assert (result["registered"], result["wrong"], status) == (1, 1, 1)
    [fault] = result["faults"]
    assert fault["cell"] == "J3"
    assert said.startswith("J3: ")
    assert "若干" in said
    assert back.read_bytes().startswith(b"PK")


def test_a_refused_file_says_why(city: City, tmp_path: Path) -> None:
    file = tmp_path / "企业.xlsx"
    file.write_bytes(b"PK\x03\x04 this is no archive")
    result, said, status = run(file, city.reviewer.username, "--confirm")
    assert (result["state"], status) == ("refused", 1)
    assert "损坏" in result["refusal"]["message"]["zh"]
    assert "damaged" in said


def test_rights_and_words_are_those_of_the_pages(city: City, tmp_path: Path) -> None:
    file = tmp_path / "企业.xlsx"
    file.write_bytes(workbook(table_of([good_row(1)])))
    with pytest.raises(NotAllowed):
        run(file, city.other_reviewer.username)
    for wrong in ({"region": "999999"}, {"as_of": "gestern"}):
        with pytest.raises(CommandError):
            run(file, city.reviewer.username, **wrong)
    with pytest.raises(CommandError):
        run(file, "nobody")
    with pytest.raises(CommandError):
        run(file, city.reviewer.username, source="system")
    assert not Delivery.objects.exists()


def test_what_a_worker_does_is_not_done_twice(city: City, tmp_path: Path) -> None:
    content = workbook(table_of([good_row(1)]))
    file = tmp_path / "企业.xlsx"
    file.write_bytes(content)
    start_delivery(
        content,
        "企业.xlsx",
        source=Source.OFFICER,
        region=Region.objects.get(code=YUNYAN),
        as_of=AS_OF,
        by=city.reviewer,
    )
    with pytest.raises(CommandError, match="background"):
        run(file, city.reviewer.username)
