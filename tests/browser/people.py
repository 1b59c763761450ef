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
        self.context.add_init_script(AXE)
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

    def go(self, name: str) -> Person:
        """Follow the main navigation, by keyboard; on a telephone that of the staff is folded."""
        navigation = self.page.get_by_role("navigation", name="主导航")
        folded = navigation.locator("details:not([open]) > summary")
        if folded.is_visible():
            folded.focus()
            self.page.keyboard.press("Enter")
        link = navigation.get_by_role("link", name=name, exact=True)
        link.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.check()
        return self

    def fill(self, **values: str) -> Person:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").fill(value)
        return self

    def tick(self, *selectors: str) -> Person:
        """Tick boxes and radio buttons."""
        for selector in selectors:
            self.page.locator(f"main {selector}").check()
        return self

    def unfold(self, summary: str) -> Person:
        """Open the part of the page that lies behind this line."""
        self.page.locator("summary").filter(has_text=summary).first.click()
        return self

    def attach(self, name: str, file: str, content: bytes) -> Person:
        """Choose a file of one's own in the first field of this name."""
        kind = "application/octet-stream"
        self.page.locator(f"main [name={name}]").first.set_input_files(
            {"name": file, "mimeType": kind, "buffer": content}
        )
        return self

    def download(self, name: str | re.Pattern[str]) -> bytes:
        """Follow a link that gives a file; its bytes."""
        with self.page.expect_download() as begun:
            self.page.get_by_role("link", name=name).first.click()
        return begun.value.path().read_bytes()

    def wait_for(self, text: str, seconds: float = 45) -> Person:
        """Until the page, which renews itself, says this."""
        expect(self.page.locator("main")).to_contain_text(text, timeout=seconds * 1000)
        self.page.wait_for_load_state()
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
