"""People in front of a browser: each with a context of their own, each page checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
PASSWORD = "miaopu-demo-2018"
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => one.id + ": " + one.nodes.map((node) => node.target.join(" ")).join(", "));
}"""


@dataclass
class Person:
    """A browser of one person; `check` looks at the page that is open."""

    browser: Browser
    site: str
    width: int
    shots: Path
    name: str = ""
    language: str = "zh"
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            viewport={"width": self.width, "height": 900}, java_script_enabled=self.scripts
        )
        if self.language == "en":
            cookie: Any = {"name": "django_language", "value": "en", "url": self.site}
            self.context.add_cookies([cookie])
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self._dialog(dialog))

    def _listen(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def sign_in(self, username: str) -> Person:
        """Sign in by typing, as a person does."""
        self.name = username
        self.open("/sign-in/")
        form = self.page.locator("form").filter(has=self.page.locator("input[name=login]:visible"))
        form.locator("input[name=login]").fill(username)
        form.locator("input[name=password]").fill(PASSWORD)
        form.get_by_role("button").first.click()
        expect(self.page).not_to_have_url(re.compile("sign-in"))
        self.check()
        return self

    def open(self, path: str) -> Person:
        """Open an address; anything but 200 fails."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self.check()
        return self

    def press(self, name: str) -> Person:
        """Press the button or link with this name, by keyboard: focus it and press Enter."""
        main = self.page.locator("main")
        target = main.get_by_role("button", name=name, exact=True).or_(
            main.get_by_role("link", name=name, exact=True)
        )
        target.first.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.check()
        return self

    def check(self) -> None:
        """No sideways scroll, nothing serious for axe, no complaint of the browser.

        Without scripts nothing can be asked of the page; what it says is the test's matter.
        """
        if not self.scripts:
            return
        page = self.page
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at {self.width}"
        path = re.sub(r"[0-9]{5,}", "n", page.url.removeprefix(self.site))
        page.evaluate(AXE)
        problems = page.evaluate(RUN_AXE)
        assert not problems, f"{page.url}: {problems}"
        assert not self.complaints, self.complaints
        if path not in self.seen:
            self.seen.add(path)
            name = f"{self.width}-{self.language}-{self.name or 'public'}"
            shot = re.sub(r"[^a-z0-9-]+", "-", f"{name}-{path}".lower()).strip("-")
            page.screenshot(path=self.shots / f"{shot[:120]}.png", full_page=True)

    def text(self) -> str:
        """The words of the page's main part."""
        return self.page.locator("main").inner_text()

    def close(self) -> None:
        """Close the browser context."""
        self.context.close()
