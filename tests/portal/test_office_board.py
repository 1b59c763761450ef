"""The programme board: chart, table and SQL say the same; every figure opens to what it counts."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miaopu.cases.actions import submit_case
from miaopu.cases.models import Case
from miaopu.ledger.awards import pay_award, release_award
from miaopu.portal.charts import MAPS, drawn_on
from tests.factories import FIRST_DAY, NANMING, YUNYAN, City, make_enterprise, make_owner, travel
from tests.harness.pages import StrictClient
from tests.monitoring.awards import award_in

pytestmark = pytest.mark.django_db
BOARD = "/office/board/"


def board(client: StrictClient, user: Any) -> Any:
    client.force_login(user)
    answer = client.get(BOARD)
    assert answer.status_code == 200
    return answer


def chart_data(html: str, key: str) -> Any:
    found = re.search(rf'<script id="{key}" type="application/json">(.*?)</script>', html)
    assert found is not None, key
    return json.loads(found.group(1))


def sql(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_chart_table_and_sql_agree(client: StrictClient, city: City) -> None:
    for _time in range(2):
        award_in(city, YUNYAN)
    paid = award_in(city, NANMING)
    pay_award(paid, "B1", by=city.other_finance)
    release_award(award_in(city, YUNYAN), by=city.finance, reason="企业已注销")
    answer = board(client, city.programme_officer)
    html = answer.content.decode()
    counted = dict(
        sql(
            "SELECT c.region_id, COUNT(DISTINCT c.enterprise_id) FROM ledger_award a"
            " JOIN cases_case c ON c.id = a.case_id WHERE a.state <> 'released' GROUP BY 1"
        )
    )
    assert counted == {YUNYAN: 2, NANMING: 1}
    drawn = {row["code"]: row["value"] for row in chart_data(html, "chart-map")["rows"]}
    *rows, total = answer.context["districts"].rows
    in_table = {row.code: row.enterprises for row in rows}
    assert {code: value for code, value in in_table.items() if value} == counted
    assert drawn == {code: value for code, value in in_table.items() if code in drawn}
    assert total.enterprises == sum(in_table.values()) == 3
    assert total.paid_fen == paid.amount_fen
    assert total.jobs == 12
    trend = chart_data(html, "chart-trend")
    table = answer.context["trend_table"].rows
    assert trend["series"][0]["values"] == [row["done"] for row in table]
    assert trend["series"][1]["values"] == [row["due"] for row in table]
    assert [value for value in trend["series"][0]["values"] if value is not None][-1] == 3
    assert table[-1]["due"] == 3500
    assert "扶持企业" in html


def test_zones_without_a_boundary_are_named(client: StrictClient, city: City) -> None:
    answer = board(client, city.programme_officer)
    chart, rows = answer.context["map"], answer.context["districts"].rows
    zones = [row for row in rows if row.code and row.code not in drawn_on("520100")]
    assert [row.code for row in zones] == ["520191", "520192", "520193", "520194"]
    assert all(row.name in chart.note for row in zones)
    assert set(MAPS) == {"520100"}
    assert len(drawn_on("520100")) == 10


def test_every_figure_opens_to_as_many(client: StrictClient, city: City) -> None:
    award_in(city, YUNYAN)
    award_in(city, NANMING)
    travel(FIRST_DAY)
    for _time in range(3):
        enterprise = make_enterprise(YUNYAN)
        owner = make_owner(enterprise)
        submit_case(city.draft(enterprise, owner), by=owner)
    travel(FIRST_DAY + timedelta(days=60))
    answer = board(client, city.programme_officer)
    cases = answer.context["cases"]
    opened = 0
    for row in cases.rows:
        for column in cases.columns[1:]:
            href = row[column.link]
            assert bool(href) == bool(row[column.key])
            if href:
                found = client.get(href).context["page"].paginator.count
                assert found == row[column.key], (href, column.key)
                opened += 1
    assert opened > 6
    assert cases.rows[-1]["overdue"] >= 3
    for row in answer.context["districts"].rows:
        assert client.get(row.firsts_href).context["count"] == row.enterprises
        assert client.get(row.href).context["total_fen"] == row.committed_fen + row.paid_fen
    for row in answer.context["trend_table"].rows:
        if row["href"]:
            assert client.get(row["href"]).context["count"] == row["done"]
    sums = answer.context["sums"]
    assert client.get(answer.context["awards_href"]).context["count"] == sums.count == 2


def test_cases_are_those_of_the_own_district(client: StrictClient, city: City) -> None:
    city.submitted()
    submit_case(city.draft(city.other_enterprise, city.other_owner), by=city.other_owner)
    answer = board(client, city.reviewer)
    [row] = answer.context["cases"].rows
    assert row["all"] == Case.objects.for_user(city.reviewer).count() == 1
    assert [own.code for own in answer.context["own"]] == [YUNYAN]
    whole = board(client, city.leading_group)
    assert whole.context["own"] == []
    assert whole.context["cases"].rows[-1]["all"] == 2


def test_as_many_statements_for_many_awards_and_cases(client: StrictClient, city: City) -> None:
    def statements() -> int:
        client.force_login(city.programme_officer)
        client.get(BOARD)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BOARD).status_code == 200
        return len(captured)

    award_in(city, YUNYAN)
    one = statements()
    for _time in range(5):
        award_in(city, YUNYAN)
        award_in(city, NANMING)
    # Session, user, roles, notices; versions, awards, accounts, parts of targets, bases with titles
    # and their districts, cases; what the database shows; and the demo's clock.
    assert one == statements() == 13
