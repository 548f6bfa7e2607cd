"""Names side by side and steps on the page, from an index of libraries that do not exist."""

import pytest
from playwright.sync_api import expect

from ..service.living import Living  # noqa: TID252
from .conftest import NARROW, Open, ask

pytestmark = pytest.mark.browser


def test_names_stand_side_by_side_and_each_quote_opens(open_page: Open, references: Living) -> None:
    page = open_page(url=references.url)
    ask(page, "What is the Heron equivalent of ibex.box.Seal2d?")
    beside = page.locator("section.names-beside")
    names = beside.locator("thead code")
    expect(names).to_have_text(["ibex.box.Seal2d", "heron.SealLayer2d"])
    row = beside.get_by_role("row", name="Other default")
    expect(row.locator("td code")).to_have_text(["margin=0.5", "margin: float = 0.1"])
    expect(beside.locator("pre").last).to_have_text(
        "heron.SealLayer2d(width: int, margin: float = 0.1, *, turns=1.0)"
    )
    beside.get_by_role("row", name="What it does").locator(".cite").last.click()
    expect(page.locator("#panel mark")).to_have_text("Seal rows on disk with a lid.")


def test_a_narrow_page_does_not_scroll_sideways(open_page: Open, references: Living) -> None:
    page = open_page(url=references.url, size=NARROW)
    ask(page, "What is the Heron equivalent of ibex.box.Seal2d?")
    expect(page.locator("section.names-beside")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_steps_are_an_ordered_list_with_their_code(open_page: Open, references: Living) -> None:
    page = open_page(url=references.url)
    ask(page, "How do I restore a snapshot in Heron?")
    steps = page.locator("section.steps > ol > li")
    expect(steps.nth(1)).to_contain_text("Stop the server.")
    expect(steps.nth(2)).to_contain_text("Copy the snapshot to the disk.")
    code = page.locator("section.steps pre code").first.text_content()
    assert code == 'link = heron.open("birds.db",\n                  restore=True)'
    place = page.locator("section.steps .place")
    expect(place).to_contain_text("Moving to Heron")
    expect(place).to_contain_text("Restore a snapshot")
