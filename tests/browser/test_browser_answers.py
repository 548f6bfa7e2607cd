"""Asking and reading: the empty page, table, findings, refusal, follow-ups, links."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from ..service.scripted import NAMES, REFUSAL  # noqa: TID252
from ..service.written import HOSTILE  # noqa: TID252
from .conftest import NARROW, WIDE, Open, ask

pytestmark = pytest.mark.browser

Picture = Callable[[Page, str], None]
SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["360", "1280"])
QUESTION = "Is Kestrel or Osprey easier to learn, and which is faster?"


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    script = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(script))


@SIZES
def test_the_empty_page_says_what_it_is_and_offers_questions(
    open_page: Open, picture: Picture, size: ViewportSize
) -> None:
    page = open_page(size=size)
    examples = page.locator(".example")
    expect(examples).to_have_count(3)
    expect(examples.first).to_contain_text("Kestrel, Osprey and Heron on speed and learning curve")
    expect(page.locator("#knows")).to_contain_text("3 documents of 3 sources")
    picture(page, f"welcome-{size['width']}")
    assert fits(page)
    examples.first.click()
    expect(page.locator(".comparison")).to_be_visible()
    expect(page.locator("#welcome")).to_be_hidden()


@SIZES
def test_the_table_is_one_for_eyes_and_for_screen_readers(
    open_page: Open, picture: Picture, size: ViewportSize
) -> None:
    page = open_page(size=size)
    ask(page, QUESTION)
    table = page.get_by_role("table")
    for name in NAMES.values():
        expect(table.get_by_role("columnheader", name=name, exact=True)).to_have_count(1)
    expect(table.locator("thead th[scope=col]")).to_have_count(4)
    expect(table.locator("tbody th[scope=row]")).to_have_text(["Speed", "Learning curve"])
    expect(table.get_by_role("rowheader")).to_have_count(2)
    cells = table.get_by_role("cell")
    expect(cells).to_have_count(6)
    expect(cells.nth(0)).to_contain_text("Kestrel answers a point read in 4 microseconds")
    expect(cells.nth(0)).to_contain_text("official")
    expect(cells.nth(0)).to_contain_text("2 Mar 2025")
    expect(cells.nth(2)).to_contain_text("no source says")
    expect(cells.nth(3)).to_contain_text("Time to the first query · Kestrel")
    expect(page.locator(".answer-lead .cite")).to_have_text(["[1]"])
    expect(page.locator(".notice")).to_contain_text("No source here is about Merlin")
    expect(page.locator(".summary")).to_contain_text("No source says anything in 2 of 6 places")
    picture(page, f"table-{size['width']}")
    assert fits(page)


@SIZES
def test_findings_and_a_refusal(open_page: Open, picture: Picture, size: ViewportSize) -> None:
    page = open_page(size=size)
    ask(page, "How do I open a database?")
    expect(page.locator(".findings > ul > li")).to_have_count(3)
    expect(page.locator(".findings pre code")).to_contain_text('kestrel.open("birds.db")')
    picture(page, f"findings-{size['width']}")
    ask(page, "What is the weather on Mars?")
    expect(page.locator(".refusal")).to_contain_text(REFUSAL)
    expect(page.locator(".nearest > ul > li")).to_have_count(2)
    picture(page, f"refusal-{size['width']}")
    assert fits(page)


def test_markup_in_a_document_stays_text(open_page: Open) -> None:
    page = open_page()
    ask(page, "script")
    expect(page.locator(".findings")).to_contain_text(HOSTILE)
    page.locator(".findings .cite").last.click()
    expect(page.locator("mark")).to_contain_text(HOSTILE)
    assert page.locator("main script, main img, dialog script, dialog img").count() == 0
    assert page.evaluate("window.stolen") is None


def test_a_follow_up_sends_what_was_said_and_shows_what_was_understood(open_page: Open) -> None:
    page = open_page()
    ask(page, QUESTION)
    with page.expect_request("**/v1/ask") as sent:
        ask(page, "And Heron?")
    history = sent.value.post_data_json["history"]
    assert [turn["role"] for turn in history] == ["user", "assistant"]
    assert history[0]["content"] == QUESTION
    assert "we would take Kestrel" in history[1]["content"]
    understood = page.locator(".understood").last
    expect(understood).to_contain_text("And Heron? (of Kestrel, Osprey and Heron)")
    understood.get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="The question, to edit")
    expect(field).to_be_focused()
    field.fill("Weather on Mars?")
    page.keyboard.press("Enter")
    expect(page.locator(".asked").last).to_contain_text("Weather on Mars?")
    expect(page.locator(".refusal")).to_be_visible()


def test_a_link_asks_and_a_new_conversation_forgets(open_page: Open) -> None:
    page = open_page("/?q=Kestrel%20or%20Osprey%3F")
    expect(page.locator(".asked")).to_contain_text("Kestrel or Osprey?")
    expect(page.locator(".comparison")).to_be_visible()
    page.locator(".cite").first.click()
    expect(page.locator("#panel")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#question")).to_be_focused()
    expect(page).to_have_url(re.compile("/$"))
    with page.expect_request("**/v1/ask") as sent:
        ask(page, "Weather on Mars?")
    assert sent.value.post_data_json["history"] == []
    expect(page).to_have_url(re.compile(r"/\?q=Weather%20on%20Mars%3F$"))


@SIZES
def test_dark_mode(open_page: Open, picture: Picture, size: ViewportSize) -> None:
    page = open_page(size=size, scheme="dark")
    picture(page, f"welcome-dark-{size['width']}")
    ask(page, QUESTION)
    picture(page, f"table-dark-{size['width']}")
    style = "getComputedStyle(document.documentElement)"
    assert page.evaluate(f"{style}.backgroundColor") == "rgb(23, 23, 21)"
    assert page.evaluate(f"{style}.color") == "rgb(235, 232, 223)"


@SIZES
def test_both_sides_of_a_disagreement_stand_beside_each_other(
    open_page: Open, picture: Picture, size: ViewportSize
) -> None:
    page = open_page(size=size)
    ask(page, "On what do they disagree?")
    expect(page.get_by_role("cell").first).to_contain_text("sources disagree, see below")
    page.locator("details.conflicts > summary").click()
    conflict = page.get_by_role("article", name="Difference about Kestrel: the number of users")
    sides = conflict.locator(".side")
    expect(sides).to_have_count(2)
    expect(sides.nth(0)).to_contain_text("Newer")
    expect(sides.nth(0)).to_contain_text("official")
    expect(sides.nth(0)).to_contain_text("this answer follows it")
    expect(sides.nth(0)).to_contain_text("Kestrel answers a point read in 4 microseconds")
    expect(sides.nth(1)).to_contain_text("Older")
    expect(sides.nth(1)).to_contain_text("Jul 2022")
    expect(sides.nth(1)).to_contain_text("ten minutes")
    expect(conflict.locator(".outcome")).to_have_text("Followed because it is official and newer.")
    conflict.locator("summary").click()
    expect(sides.nth(0)).to_contain_text("one file for all data")
    expect(page.locator(".answer-lead")).to_contain_text("of 2017")
    expect(page.locator(".answer-lead .agreement")).to_contain_text("also said by 2 official pages")
    sides.nth(1).locator(".cite").click()
    expect(page.locator("#panel")).to_contain_text("Three small databases, compared")
    picture(page, f"disagreement-{size['width']}")
    assert fits(page)
