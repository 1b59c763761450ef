"""The gallery shows every component, in both languages, without undefined variables."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.template import Context, Template, engines
from django.test import Client
from django.utils import translation

from miaopu.portal.gallery import COMPONENTS, ENTRIES

pytestmark = pytest.mark.django_db

VOID = {"meta", "link", "input", "img", "br", "hr"}
CHINESE = re.compile("[\u4e00-\u9fff]")


class Balanced(HTMLParser):
    """Fails on a tag that is closed without being open, or left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}> at {self.getpos()}"
        self.open.pop()


@pytest.fixture(params=["zh-hans", "en"])
def page(request: pytest.FixtureRequest, client: Client) -> Iterator[str]:
    client.cookies["django_language"] = request.param
    response = client.get("/gallery/")
    assert response.status_code == 200
    yield response.content.decode()


def test_every_component_file_is_in_the_gallery() -> None:
    files = {path.stem for path in COMPONENTS.glob("**/*.html")}
    assert len(files) > 20
    assert {entry.name for entry in ENTRIES} == files


def test_every_section_shows_its_component() -> None:
    folder = COMPONENTS.parent / "gallery" / "states"
    for entry in ENTRIES:
        text = (folder / f"{entry.name}.html").read_text(encoding="utf-8")
        assert re.search(rf"<{entry.tag}[\s/>]", text), (
            f"{entry.template} does not show {entry.tag}"
        )


def test_every_component_says_what_it_is_for() -> None:
    for entry in ENTRIES:
        lines = entry.usage.splitlines()
        assert any(line.startswith("Arguments:") for line in lines), entry.name
        example = entry.usage.partition("Example:")[2]
        assert f"<{entry.tag}" in example, f"{entry.name}: the example shows another component"


def test_the_page_is_well_formed(page: str) -> None:
    parser = Balanced()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids)), "an id stands twice"


def test_components_are_compiled(page: str) -> None:
    assert "<c-" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    assert len(re.findall(r"data-component=", page)) == len(ENTRIES)


def test_english_page_is_english(client: Client) -> None:
    client.cookies["django_language"] = "en"
    page = client.get("/gallery/").content.decode()
    body = re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    clauses = re.sub(r'class="clause".*?(三/\(二\)|二|五)', "", body, flags=re.DOTALL)
    left = [line.strip() for line in clauses.splitlines() if CHINESE.search(line)]
    assert left == [line for line in left if "中文" in line], left


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_component_needs_an_argument_to_render(language: str) -> None:
    """A component without its arguments may be empty, but never shows an undefined variable."""
    engine = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, "UNDEFINED:%s"
    needs_object = {"clock", "progress", "field", "table", "chart", "job", "pagination"}
    try:
        with translation.override(language):
            for entry in ENTRIES:
                if entry.name not in needs_object:
                    html = Template(f"{{% cotton {entry.tag[2:]} / %}}").render(Context())
                    assert "UNDEFINED" not in html, f"{entry.name}: {html}"
    finally:
        engine.string_if_invalid = before
