"""Twenty reviews with the keyboard only: no mouse, no address typed after the sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from miaopu.cases import actions
from miaopu.cases.models import Case, Correction, Item
from miaopu.core import clock
from miaopu.core.models import Event
from tests.browser.people import Person
from tests.factories import GOOD_FORM, YUNYAN, make_enterprise, make_owner

pytestmark = pytest.mark.browser
REVIEWS = 20


def hand_in(count: int) -> list[Case]:
    """So many applications of enterprises of the district that may get the subsidy."""
    item = Item.objects.get(code="direct_subsidy")
    cases = []
    with clock.read_once():
        for _number in range(count):
            enterprise = make_enterprise(YUNYAN)
            owner = make_owner(enterprise)
            case = actions.open_case(item, enterprise, by=owner)
            actions.save_form(case, GOOD_FORM, revision=case.revision, by=owner)
            cases.append(actions.submit_case(case, by=owner))
    return cases


def number_of(page: Page) -> str:
    """The number of the case whose packet is open."""
    found = re.search(r"/office/cases/([0-9]+)/", page.url)
    assert found, page.url
    return found[1]


def go(page: Page, key: str) -> None:
    """Press a key that opens a page, or the same one anew."""
    with page.expect_navigation():
        page.keyboard.press(key)


def press(page: Page, *keys: str) -> None:
    """Press keys that stay on the page."""
    for key in keys:
        page.keyboard.press(key)


def test_twenty_reviews_by_keyboard(person: Callable[..., Person]) -> None:
    cases = hand_in(REVIEWS)
    reviewer = person(1366).sign_in("yunyan-reviewer").open("/office/cases/?todo=mine")
    page = reviewer.page
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    go(page, "Enter")
    assert number_of(page) == cases[0].number
    reviewer.check()

    # Twenty acceptances: a leads to the button, Enter accepts and opens the next one.
    for place in range(REVIEWS):
        expect(page.locator("[data-keys] kbd").first).to_be_visible()
        press(page, "a")
        expect(page.locator("form[data-key=a] button[name=next]")).to_be_focused()
        go(page, "Enter")
        if place < REVIEWS - 1:
            expect(page.locator("form[data-key=a]")).to_be_visible()
    assert Case.objects.in_states("accepted").count() == REVIEWS

    # Twenty reviews of the same queue: proposals, one refusal, one return for correction.
    reviewer.check()
    done = []
    for place in range(REVIEWS):
        done.append(number_of(page))
        if place == 5:
            press(page, "c")
            page.keyboard.type("请写联系人全名 c a p n")  # letters, not keys
            go(page, "Enter")
            go(page, "n")
        elif place == 9:
            press(page, "r")
            page.keyboard.type("经营不满三个月，尚未成熟")
            press(page, "Tab")
            go(page, "Enter")
            go(page, "n")
        else:
            press(page, "p", "Space", "Tab", "Space", "Tab")
            go(page, "Control+Enter")
    assert len(set(done)) == REVIEWS
    states = list(Case.objects.filter(number__in=done).values_list("state", flat=True))
    assert states.count("proposed") == REVIEWS - 2
    assert states.count("returned") == states.count("refusal_proposed") == 1
    assert "c a p n" in Correction.objects.get().points[0]["text"]
    by_keys = Event.objects.filter(verb__in=["cases.accept", "cases.propose_grant"])
    assert by_keys.count() == REVIEWS + REVIEWS - 2
    assert not reviewer.complaints


def test_keys_are_explained_and_can_be_switched_off(person: Callable[..., Person]) -> None:
    hand_in(2)
    reviewer = person(375, "en").sign_in("yunyan-reviewer").open("/office/cases/?todo=mine")
    page = reviewer.page
    press(page, "j")
    go(page, "Enter")
    press(page, "?")
    help_dialog = page.locator("dialog[open]")
    expect(help_dialog).to_be_visible()
    reviewer.check()
    press(page, "n")  # in the dialog keys lead nowhere
    expect(help_dialog).to_be_visible()
    switch = help_dialog.locator("[data-keys-switch]")
    switch.focus()
    press(page, "Enter")
    expect(switch).to_have_text("Single keys are off: switch on")
    press(page, "Escape")
    expect(help_dialog).to_have_count(0)
    here = page.url
    press(page, "n", "q", "a", "j")
    assert page.url == here
    page.reload()
    press(page, "n", "q")
    assert page.url == here
    expect(page.locator("[data-keys-on]")).to_be_hidden()
    page.locator("[data-keys] button").focus()
    press(page, "Enter")
    page.locator("dialog[open] [data-keys-switch]").focus()
    press(page, "Enter", "Escape")
    go(page, "n")


def test_without_scripts_tab_and_enter_do(person: Callable[..., Person]) -> None:
    first, second = hand_in(2)
    reviewer = person(1366, scripts=False).sign_in("yunyan-reviewer")
    reviewer.open("/office/cases/?todo=mine")
    page = reviewer.page
    expect(page.locator("[data-keys]")).to_be_hidden()
    reviewer.press(first.number)
    page.locator("form[action*='/accept/'] button[name=next]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert number_of(page) == second.number
    assert "todo=mine" in page.url
