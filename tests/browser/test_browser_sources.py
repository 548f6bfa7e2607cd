"""The source panel: what it says, that it marks exactly the quote, and where the focus goes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from ..service.scripted import QUOTES  # noqa: TID252
from ..service.written import DOCUMENTS  # noqa: TID252
from .conftest import NARROW, WIDE, Open, ask

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["360", "1280"])
Picture = Callable[[Page, str], None]


@SIZES
def test_every_citation_opens_with_exactly_its_quote_marked(
    open_page: Open, picture: Picture, size: ViewportSize
) -> None:
    page = open_page(size=size)
    ask(page, "Kestrel or Osprey?")
    expected = [
        QUOTES[key][1] for key in ("verdict", "read", "writes", "minutes", "afternoon", "hostile")
    ]
    buttons = page.locator(".cite")
    expect(buttons).to_have_count(len(expected))
    for number, quote in enumerate(expected):
        buttons.nth(number).click()
        mark = page.locator("#panel mark")
        expect(mark).to_be_in_viewport()
        assert mark.all_text_contents() == [quote]
        expect(page.locator("#panel-title")).to_be_focused()
        expect(buttons.nth(number)).to_have_attribute("aria-expanded", "true")
        picture(page, f"source-{number + 1}-{size['width']}")
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_hidden()
        expect(buttons.nth(number)).to_be_focused()
        expect(buttons.nth(number)).to_have_attribute("aria-expanded", "false")


def test_it_covers_a_phone_and_stands_beside_the_answer_elsewhere(open_page: Open) -> None:
    modal = "document.getElementById('panel').matches(':modal')"
    for size in (NARROW, WIDE):
        page = open_page(size=size)
        ask(page, "Kestrel or Osprey?")
        page.locator(".cite").first.click()
        assert page.evaluate(modal) == (size == NARROW)
        box = page.locator("#panel").bounding_box()
        assert box is not None
        assert (box["width"] == size["width"]) == (size == NARROW)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    expect(page.locator("#question")).to_be_in_viewport()
    page.locator(".cite").nth(1).click()
    expect(page.locator("#panel .overline").first).to_have_text("Source 2")
    page.set_viewport_size(NARROW)
    expect(page.locator("#panel")).to_be_visible()
    expect(page.locator("#panel:modal")).to_have_count(1)  # a moment after the size
    page.keyboard.press("Escape")
    expect(page.locator(".cite").nth(1)).to_be_focused()


def test_it_says_where_the_quote_comes_from(open_page: Open) -> None:
    page = open_page()
    ask(page, "Kestrel or Osprey?")
    page.locator(".cite").first.click()
    about = page.locator("#panel .about")
    for words in (
        "Section",
        "Verdict",
        "The Aviary Weekly",
        "R. Finch",
        "independent",
        "a third party",
        "digest: our own words",
        "It retells the original",
        "Jul 2022",
        "digest: Apache-2.0, our own words",
    ):
        expect(about).to_contain_text(words)
    link = page.get_by_role("link", name="Open the original")
    expect(link).to_have_attribute("href", "https://aviary.example/review")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_it_names_the_other_places_of_the_text(open_page: Open) -> None:
    page = open_page()
    ask(page, "Kestrel or Osprey?")
    page.locator(".cite").first.click()
    about = page.locator("#panel .about")
    expect(about).to_contain_text("Also at")
    links = about.get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_text("Copy 0 of the review")
    expect(links).to_have_attribute("href", "https://mirror.example/review")
    expect(about).to_contain_text("Copy 4 of the review, 4.md (2023)")
    expect(about).not_to_contain_text("Copy 5 of the review")
    expect(about).to_contain_text("and 2 more")


def test_only_web_addresses_become_links(open_page: Open) -> None:
    page = open_page()
    ask(page, "Kestrel or Osprey?")
    page.locator(".comparison .cite").nth(1).click()
    expect(page.locator("#panel-title")).to_have_text("Osprey at scale")
    expect(page.locator("#panel a")).to_have_count(0)
    expect(page.locator("#panel")).to_contain_text("No address of the original is known.")


def test_a_long_document_shows_what_is_around_the_quote_first(open_page: Open) -> None:
    page = open_page()
    ask(page, "How do I open a database?")
    page.locator(".cite").nth(1).click()
    text = page.locator("#panel .reading")
    expect(text.locator("pre mark")).to_have_text(QUOTES["code"][1])
    assert "Paragraph 59" not in text.inner_text()
    page.get_by_role("button", name="Show the whole document").click()
    expect(text).to_contain_text("Paragraph 59")
    shown = "".join(text.inner_text().split())
    assert shown == "".join(DOCUMENTS[0].text.split())


def test_a_document_that_is_not_the_quoted_one_any_more(open_page: Open) -> None:
    page = open_page()
    moved = {"id": "d", "text": "Rewritten.", "blocks": []}
    page.route("**/v1/documents/bird-review", lambda route: route.fulfill(json=moved))
    ask(page, "Kestrel or Osprey?")
    page.locator(".cite").first.click()
    expect(page.locator("#panel .notice")).to_contain_text("has changed since this answer")
    expect(page.locator("#panel blockquote")).to_have_text(QUOTES["verdict"][1])
    expect(page.locator("#panel mark")).to_have_count(0)


def test_offsets_count_code_points(open_page: Open) -> None:
    page = open_page()
    script = """async ([text, offsets]) => {
        const { unitsOf } = await import("/reading.js");
        const at = unitsOf(text);
        return offsets.map((offset) => text.slice(0, at(offset)));
    }"""
    for text in ("plain", "a🦅b🪶", "", "e\u0301🇺🇳x"):
        offsets = list(range(len(text) + 1))
        assert page.evaluate(script, [text, offsets]) == [text[:offset] for offset in offsets]


def test_a_quote_over_two_blocks_and_one_outside_of_all(open_page: Open) -> None:
    page = open_page()
    script = """async ([text, blocks, start, end]) => {
        const { reading } = await import("/reading.js");
        const place = reading({ text, blocks }, start, end);
        return [...place.querySelectorAll("mark")].map((mark) => mark.textContent);
    }"""
    prose = {"kind": "prose", "depth": 0}
    blocks = [{"start": 0, "end": 3, **prose}, {"start": 5, "end": 8, **prose}]
    assert page.evaluate(script, ["one\n\ntwo", blocks, 1, 7]) == ["ne", "tw"]
    assert page.evaluate(script, ["one\n\ntwo", [], 1, 7]) == ["ne\n\ntw"]
