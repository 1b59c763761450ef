"""Every free text holds an attack; every page of every role is opened in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.browser.sites import FullCity
from tests.harness.hostile import fill_everything
from tests.portal.everything import browsers, visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});
"""
INLINE = """() => [...document.querySelectorAll('script:not([src]):not([type="application/json"])')]
  .map((one) => one.outerHTML.slice(0, 80))"""


def test_no_dialog_and_no_violation_of_the_policy(browser: Browser, full_city: FullCity) -> None:
    fill_everything()
    complaints: list[str] = []
    listened: set[int] = set()

    def listen(page: Page) -> None:
        if id(page) in listened:
            return
        listened.add(id(page))
        page.add_init_script(LISTEN)

        def on_dialog(dialog: Dialog) -> None:
            complaints.append(f"dialog on {page.url}: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", on_dialog)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{page.url}: {message.text}")
                if "Content Security Policy" in message.text
                else None
            ),
        )

    opened = 0
    with browsers(browser, full_city.address) as page_of:
        for visit in visits(full_city.everything):
            page = page_of(visit.user)
            listen(page)
            answer = page.goto(full_city.address + visit.path)
            assert answer is not None
            assert answer.status == 200, str(visit)
            for violation in page.evaluate("window.violations"):
                complaints.append(f"{visit}: {violation}")
            complaints += [f"{visit}: {inline}" for inline in page.evaluate(INLINE)]
            opened += 1
    assert not complaints, "\n".join(complaints[:20])
    assert opened >= 45
