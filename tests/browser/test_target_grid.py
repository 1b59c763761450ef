"""The table of a target's parts in a browser: live sums, a block pasted, saved while one types."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from miaopu.core.models import User
from miaopu.plans.models import DecompositionMember, Target
from miaopu.plans.target_opening import Opening, open_decomposition
from tests.browser.people import Person

pytestmark = pytest.mark.browser
PAGE = "/office/targets/guiyang-2018/jobs/edit/"
OTHERS = (
    "/office/targets/",
    "/office/targets/guiyang-2018/jobs/",
    "/office/targets/guiyang-2018/enterprises/",
    "/office/target-letters/",
)
PASTE = """(cell, text) => {
  const data = new DataTransfer();
  data.setData("text", text);
  const how = {clipboardData: data, bubbles: true, cancelable: true};
  cell.dispatchEvent(new ClipboardEvent("paste", how));
}"""


def test_a_block_is_pasted_summed_and_saved(person: Callable[..., Person]) -> None:
    officer = User.objects.get(username="city-programme")
    target = Target.objects.public().get(version__programme__slug="guiyang-2018", key="jobs")
    made = open_decomposition(target, Opening(), by=officer)
    first, second = made.members.order_by("position")[:2]
    desk = person(1366)
    desk.sign_in("city-programme").open(PAGE)
    cell = desk.page.locator(f"[name='cell-{first.pk}.0']")
    cell.evaluate(PASTE, "6,000\n5,001\n")
    words = desk.page.locator("[data-grid-words]")
    expect(words).to_have_text("超出目标值 1")
    other = desk.page.locator(f"[name='cell-{second.pk}.0']")
    other.fill("5000")
    expect(words).to_have_text("已全部分解，合计等于目标值")
    expect(desk.page.locator("tfoot [data-grid-sum]")).to_have_text("11,000")
    expect(desk.page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    saved = DecompositionMember.objects.get(pk=second.pk).parts.get()
    assert saved.value == 5000
    other.fill("五千")
    expect(words).to_have_text("还有 5,000 未分解")  # what cannot be read counts as nothing
    cell.press("Enter")  # leads down, as in a spreadsheet, and hands nothing in
    expect(other).to_be_focused()
    desk.page.get_by_role("button", name="保存", exact=True).last.click()
    expect(desk.page.locator(".field-error")).to_contain_text("不是数字")
    desk.check()
    for path in OTHERS:
        desk.open(path)  # each is checked: axe, width, complaints
    phone = person(375, "en")
    phone.sign_in("city-programme").open(PAGE)
    phone.check()
    assert not desk.complaints + phone.complaints
