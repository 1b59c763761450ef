"""What waits for publicity: counted whole, shown in pages, published as it was counted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, Publicity
from miaopu.portal.views.office_waiting import waiting_href
from tests.factories import FIRST_DAY, NANMING, YUNYAN, City, make_enterprises
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db
PREPARE = "/office/publicity/"


def approve_more(city: City, region: str, count: int) -> None:
    """So many approved cases of as many further enterprises, like the one that went its way."""
    model = Case.objects.filter(state=CaseState.APPROVED).first() or city.approved()
    Case.objects.bulk_create(
        Case(
            number=f"2018{region[:4]}B{enterprise.pk:06d}",
            item=city.item,
            programme=city.version.programme,
            once_key=city.item.once_key(FIRST_DAY),
            enterprise=enterprise,
            region_id=region,
            state=CaseState.APPROVED,
            form=model.form,
            trace=model.trace,
            decisions=model.decisions,
            amount_fen=model.amount_fen,
            proposed_by=city.reviewer,
            approved_by=city.approver,
            opened_at=timezone.now(),
            submitted_at=timezone.now(),
        )
        for enterprise in make_enterprises(count, region)
    )


def signed_in(user: object) -> StrictClient:
    """The user's browser."""
    client = StrictClient()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_a_long_list_is_counted_whole_and_read_page_by_page(city: City) -> None:
    approve_more(city, YUNYAN, 24)
    client = signed_in(city.approver)
    overview = client.get(PREPARE)
    [group] = overview.context["groups"]
    assert (len(group.numbers), len(group.cases), group.amount_fen) == (25, 20, 25 * 4_500_000)
    page = overview.content.decode()
    assert "25 件，共 1,125,000 元" in page
    assert "查看全部 25 件" in page
    first, second = (client.get(f"{group.href}&page={number}") for number in (1, 2))
    shown = [
        case.number for answer in (first, second) for case in answer.context["groups"][0].cases
    ]
    assert shown == group.numbers == first.context["groups"][0].numbers
    answer = client.post(
        reverse("publish"), {"item": city.item.pk, "region": YUNYAN, "seen": group.seen}
    )
    publicity = Publicity.objects.get()
    assert answer["Location"] == reverse("office_publicity", kwargs={"number": publicity.number})
    assert [line["case"] for line in publicity.lines] == group.numbers
    assert client.get(group.href)["Location"] == PREPARE  # nothing waits there any more


def test_several_groups_show_their_first_cases_and_lead_to_the_rest(city: City) -> None:
    approve_more(city, YUNYAN, 7)
    approve_more(city, NANMING, 6)
    officer = signed_in(city.programme_officer)
    groups = officer.get(PREPARE).context["groups"]
    assert sorted(
        (group.region.code, len(group.numbers), len(group.cases)) for group in groups
    ) == [
        (NANMING, 6, 5),
        (YUNYAN, 8, 5),
    ]
    assert not any(group.may_publish for group in groups)
    home = officer.get(reverse("office_home")).content.decode()
    for region in (YUNYAN, NANMING):
        assert waiting_href(city.item.pk, region).replace("&", "&amp;") in home


@pytest.mark.parametrize("item", ["1", "999999999", "x", "9999999999", "²", ""])
def test_what_is_not_there_or_not_hers_leads_back(city: City, item: str) -> None:
    city.approved()
    asked = str(city.item.pk) if item == "1" else item
    answer = signed_in(city.other_approver).get(PREPARE, {"item": asked, "region": YUNYAN})
    assert answer["Location"] == PREPARE
    assert answer.status_code == 302


def test_as_many_statements_for_one_case_as_for_many(city: City) -> None:
    city.approved()
    client = signed_in(city.approver)
    client.get(PREPARE)
    with CaptureQueriesContext(connection) as one:
        client.get(PREPARE)
    approve_more(city, YUNYAN, 40)
    with CaptureQueriesContext(connection) as many:
        assert client.get(PREPARE).content.count(b"/office/cases/2018") == 20
    assert len(one) == len(many)
