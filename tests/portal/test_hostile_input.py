"""Whatever is typed into addresses and forms, the answer is a page, never a fault of ours."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.factories import City
from tests.harness.pages import StrictClient

pytestmark = pytest.mark.django_db

STRANGE = ["%00", "a%00b", quote("\u202e"), "9" * 400, "-1", "%ED%A0%80", "%FF", "x" * 5000]
OPEN = ["publicity/{}/", "publicity/{}/content.json", "money/awards/{}/", "money/?page={}"]
OWNER = ["my/cases/{}/", "my/enterprises/{}/", "my/cases/{}/form/", "my/files/{}/"]
REVIEWER = ["office/cases/{}/", "office/cases/?q={}", "office/enterprises/{}/", "jobs/{}/"]
PAYER = ["finance/awards/{}/", "finance/accounts/{}/", "finance/payments/?q={}"]
AUDITOR = ["audit/events/?subject={}", "audit/events/?since={}", "audit/events/?verb={}"]


@pytest.mark.parametrize("strange", STRANGE)
def test_strange_addresses_are_not_found(client: StrictClient, city: City, strange: str) -> None:
    people = [
        (None, OPEN),
        (city.owner, OWNER),
        (city.reviewer, REVIEWER),
        (city.finance, PAYER),
        (city.auditor, AUDITOR),
    ]
    for user, addresses in people:
        client.logout()
        if user is not None:
            client.force_login(user)
        for address in addresses:
            response = client.get(f"/{address.format(strange)}")
            expected = {200} if "?" in address else {404}
            assert response.status_code in expected, address


@pytest.mark.parametrize("strange", ["\x00", "a\x00b", "x" * 100_000, "9" * 400, "²"])
def test_strange_forms_are_refused(client: StrictClient, city: City, strange: str) -> None:
    case, publicity = city.published()
    posts = [
        (city.approver, "/office/publicity/publish/", {"item": strange}),
        (city.approver, "/office/publicity/publish/", {"item": city.item.pk, "region": strange}),
        (city.approver, f"/office/cases/{case.number}/grant/", {"revision": strange}),
        (city.approver, f"/office/publicity/{publicity.number}/decide/", {"x": strange}),
        (city.owner, "/kept-forms/discard/", {"kept_form": strange, "next": strange}),
        (city.owner, "/kept-forms/discard/", {"next": "1"}),
        (city.owner, "/language/", {"language": strange, "next": strange}),
        (city.owner, "/demo/clock/", {"working_days": strange, "to": strange}),
    ]
    for user, address, data in posts:
        client.force_login(user)
        response = client.post(address, data)
        assert response.status_code < 500, address
        assert not response.headers.get("Location", "").startswith(("http", "//")), address
