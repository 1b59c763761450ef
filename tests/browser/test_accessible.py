"""Every page of every role: axe, width, zoom, keyboard; 关怀版 with its sizes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.people import AXE, RUN_AXE
from tests.browser.sites import FullCity
from tests.portal.everything import browsers, one_visit_each

pytestmark = pytest.mark.browser

DESK, PHONE, ZOOMED = 1366, 375, 320  # 320 px is a window of 1280 px at 400 %
HEIGHT = 900
LEAST_PAGES = 140  # of different pages; a walk that finds fewer has lost its way

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

# What stands out of the window, to name the culprit.
CULPRITS = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    && !one.closest('.table-box, pre, [hidden], .visually-hidden'))
  .slice(0, 4).map((one) => one.tagName + '.' + one.className)"""

# Visible text below 18 px and targets below 44 px.
SMALL = """() => {
  const found = [];
  const shown = (one) => one.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
    && !one.closest('.visually-hidden, .skip, [hidden]');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const said = new Set();
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || said.has(parent) || !shown(parent)) { continue; }
    said.add(parent);
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < 18) {
      found.push(`text ${size.toFixed(1)}px <${parent.tagName} ${parent.className}>`);
    }
  }
  const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  for (const one of document.querySelectorAll(targets)) {
    if (!shown(one)) { continue; }
    const box = one.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) { continue; }
    if (box.height < 43.5 || box.width < 43.5) {
      const within = one.parentElement;
      found.push(`target ${box.width.toFixed(0)}x${box.height.toFixed(0)} <${one.tagName} `
        + `${one.className} ${one.type || ''}> in ${within.tagName}.${within.className}`);
    }
  }
  return [...new Set(found)];
}"""

# What a person must be able to reach; radio buttons of one name are one stop. What gets the focus
# from here on is written down, with whether it can be seen there.
STOPS = """() => {
  const stops = [];
  const radios = new Set();
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  for (const one of document.querySelectorAll(all)) {
    const hidden = !one.checkVisibility({checkVisibilityCSS: true});
    if (one.disabled || hidden || one.closest('[inert], .for-machines')) { continue; }
    if (one.type === 'radio') {
      if (radios.has(one.name)) { continue; }
      radios.add(one.name);
      one.dataset.stop = 'radio ' + one.name;
    } else { one.dataset.stop = String(stops.length); }
    stops.push(one.dataset.stop);
  }
  if (document.querySelector('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])')) {
    stops.push('a positive tabindex');
  }
  window.reached = {};
  document.addEventListener('focusin', (event) => {
    const one = event.target;
    const style = getComputedStyle(one);
    const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== 'none';
    const name = one.type === 'radio' ? 'radio ' + one.name : one.dataset.stop || '';
    window.reached[name] = seen ? '' : one.outerHTML.slice(0, 90);
  });
  document.body.tabIndex = -1; document.body.focus(); window.scrollTo(0, 0);
  return stops;
}"""


def unreachable(page: Page) -> list[str]:
    """What Tab does not reach, and where the focus cannot be seen."""
    wanted: list[str] = page.evaluate(STOPS)
    reached: dict[str, str] = {}
    for _round in range(4):  # a date is several stops inside one field
        for _press in range(max(len(wanted) - len(reached), 4) + 2):
            page.keyboard.press("Tab")
        reached = page.evaluate("window.reached")
        if set(reached) >= set(wanted):
            break
    problems = [f"focus not visible: {text}" for name, text in reached.items() if name and text]
    for name in set(wanted) - set(reached):
        if name == "a positive tabindex":
            problems.append(name)
            continue
        selector = f'[data-stop="{name}"]'
        text = page.locator(selector).first.evaluate("(one) => one.outerHTML.slice(0, 120)")
        problems.append(f"not reached by Tab: {text}")
    return problems


def look(page: Page, width: int, *, care: bool, axe: bool = True) -> list[str]:
    """What is wrong with the page at this width."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    problems = []
    wide = page.evaluate(WIDER)
    if wide > 0:
        problems.append(f"scrolls sideways by {wide} px: {page.evaluate(CULPRITS)}")
    if axe:
        problems += page.evaluate(RUN_AXE)
    if care:
        problems += page.evaluate(SMALL)
    return problems


def is_page(page: Page, address: str) -> bool:
    """Open the address; False where it is a file to keep. Fails for every answer but 200."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message:
            return False
        raise
    assert answer is not None
    assert answer.status == 200, f"{address}: {answer.status}"
    return answer.headers["content-type"].startswith("text/html")


def test_each_page_once(browser: Browser, full_city: FullCity) -> None:
    """Each page as who works on it, one in the usual mode and the next in the large one.

    At the desk it is looked at by axe, on the telephone walked by keyboard. Every page as every
    role, in all ways, is the matter of the long walks.
    """
    problems: dict[str, list[str]] = defaultdict(list)
    count = 0
    site = full_city.address
    with (
        browsers(browser, site, script=AXE) as normal,
        browsers(browser, site, care=True, script=AXE) as care,
    ):
        for visit in one_visit_each(full_city.everything):
            large = bool(count % 2)
            page = (care if large else normal)(visit.user)
            if not is_page(page, site + visit.path):
                continue
            assert page.locator("html.care").count() == large, visit
            for width in (DESK, PHONE):
                found = look(page, width, care=large, axe=width == DESK)
                if width == PHONE:
                    found += unreachable(page)
                for problem in found:
                    problems[f"{width}: {problem}"].append(str(visit))
            count += 1
    said = [f"{what}\n      {len(where)}: {where[:3]}" for what, where in problems.items()]
    assert not said, "\n".join(said)
    assert count >= LEAST_PAGES


@pytest.mark.slow
@pytest.mark.parametrize("care", [False, True], ids=["normal", "care"])
def test_every_page_of_every_role(care: bool, browser: Browser, full_city: FullCity) -> None:
    """Nothing serious for axe at a desk's and a phone's width, no sideways scroll at 400 %."""
    problems: dict[str, list[str]] = defaultdict(list)
    count = 0
    with browsers(browser, full_city.address, care=care, script=AXE) as page_of:
        for visit in full_city.visits():
            page = page_of(visit.user)
            answer = page.goto(full_city.address + visit.path)
            assert answer is not None
            assert answer.status == 200, f"{visit}: {answer.status}"
            assert page.locator("html.care").count() == care, visit
            for width in (DESK, PHONE):
                for problem in look(page, width, care=care):
                    problems[f"{width}: {problem}"].append(str(visit))
            page.set_viewport_size({"width": ZOOMED, "height": HEIGHT})
            wide = page.evaluate(WIDER)
            if wide > 0:
                culprits = page.evaluate(CULPRITS)
                problems[f"400 %: sideways by {wide} px: {culprits}"].append(str(visit))
            count += 1
    said = [f"{what}\n      {len(where)}: {where[:3]}" for what, where in problems.items()]
    assert not said, "\n".join(said)
    assert count >= LEAST_PAGES


@pytest.mark.slow
def test_every_page_by_keyboard(browser: Browser, full_city: FullCity) -> None:
    """Tab reaches everything that can be acted on, and the focus is always to be seen."""
    problems: dict[str, list[str]] = defaultdict(list)
    routes: set[str] = set()
    with browsers(browser, full_city.address) as page_of:
        for visit in full_city.visits():
            if visit.route in routes:  # roles differ in rights, hardly in kinds of controls
                continue
            routes.add(visit.route)
            page = page_of(visit.user)
            page.goto(full_city.address + visit.path)
            for problem in unreachable(page):
                problems[problem].append(str(visit))
    assert not problems, "\n".join(f"{what}: {where[:3]}" for what, where in problems.items())


def test_care_is_switched_without_scripts_and_remembered(
    browser: Browser, full_city: FullCity
) -> None:
    context = browser.new_context(
        viewport={"width": PHONE, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{full_city.address}/publicity/?page=1")
    page.get_by_role("button", name="关怀版").click()
    assert page.url == f"{full_city.address}/publicity/?page=1"
    expect(page.locator("html.care")).to_have_count(1)
    expect(page.locator("[data-read-aloud]")).to_be_hidden()  # nothing that does not work
    page.goto(f"{full_city.address}/money/")
    expect(page.locator("html.care")).to_have_count(1)
    page.get_by_role("button", name="标准版").click()
    expect(page.locator("html.care")).to_have_count(0)
    context.close()


def test_a_page_is_read_aloud(browser: Browser, full_city: FullCity) -> None:
    context = browser.new_context()
    context.add_cookies([{"name": "care", "value": "1", "url": full_city.address}])
    page = context.new_page()
    # What the browser would say; a headless one has no voice.
    page.add_init_script(
        "window.said = []; speechSynthesis.speak = (one) => window.said.push([one.text, one.lang]);"
    )
    page.goto(f"{full_city.address}/")
    button = page.get_by_role("button", name="朗读本页")
    button.click()
    said: list[Any] = page.evaluate("window.said")
    assert any("3,500" in text for text, _language in said)
    assert {language for _text, language in said} == {"zh-CN"}
    assert all(len(text) <= 180 for text, _language in said)
    page.get_by_role("button", name="停止朗读").click()
    expect(page.get_by_role("button", name="朗读本页")).to_be_visible()
    context.close()
