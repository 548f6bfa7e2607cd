"""Other ways in and out: the keyboard alone, screen readers, and a service that does not answer."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ragbot.settings import Settings

from ..service.living import living  # noqa: TID252
from ..service.scripted import ScriptedAssistant  # noqa: TID252
from .conftest import NARROW, WIDE, Open, ask

pytestmark = pytest.mark.browser

Picture = Callable[[Page, str], None]


def test_the_keyboard_is_enough(open_page: Open) -> None:
    page = open_page()
    expect(page.locator(".example")).to_have_count(3)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the question box")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("Kestrel or")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Osprey?")
    page.keyboard.press("Enter")
    expect(page.locator(".comparison")).to_be_visible()
    expect(page.locator("#question")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.cite')"):
            break
    button = page.locator(".cite:focus")
    outline = button.evaluate("(element) => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#panel mark")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.cite')")


def test_landmarks_names_and_announcements(open_page: Open) -> None:
    page = open_page()
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("form", name="Ask a question")).to_have_count(1)
    ask(page, "Kestrel or Osprey?")
    expect(page.get_by_role("status")).to_have_text(
        re.compile("^For a tool on one machine we would take Kestrel.* 6 quotes from 3 documents")
    )
    first = page.locator(".cite").first
    expect(first).to_have_attribute(
        "aria-label", "Source 1: Three small databases, compared, The Aviary Weekly"
    )
    first.click()
    expect(page.get_by_role("dialog", name="Three small databases, compared")).to_be_visible()
    levels = page.locator("h1:visible, h2:visible, h3:visible").evaluate_all(
        "(all) => all.map((heading) => heading.tagName)"
    )
    assert levels[:3] == ["H1", "H2", "H3"]


def test_while_it_looks_the_page_says_so(open_page: Open, picture: Picture) -> None:
    with living(Settings(), ScriptedAssistant(delay=1.5)) as service:
        page = open_page(url=service.url)
        page.locator("#question").fill("Kestrel or Osprey?")
        page.keyboard.press("Enter")
        expect(page.locator(".turn")).to_have_attribute("aria-busy", "true")
        expect(page.get_by_role("status")).to_have_text("Looking it up in the documents.")
        picture(page, "waiting-1280")
        expect(page.locator(".turn")).to_have_count(1)
        expect(page.locator(".turn")).to_have_attribute("aria-busy", "false")
        expect(page.locator(".comparison")).to_be_visible()


def test_a_conversation_can_be_dropped_while_it_looks(open_page: Open) -> None:
    with living(Settings(), ScriptedAssistant(delay=1)) as service:
        page = open_page(url=service.url)
        page.locator("#question").fill("Kestrel or Osprey?")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="New conversation").click()
        ask(page, "Mars?")
        expect(page.locator(".turn")).to_have_count(1)
        expect(page.locator(".refusal")).to_be_visible()


def test_a_fault_is_said_in_words_and_can_be_tried_again(
    open_page: Open, picture: Picture, complaints: list[str]
) -> None:
    page = open_page(size=NARROW)
    ask(page, "break it")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Something went wrong inside the service")
    picture(page, "error-360")
    with page.expect_request("**/v1/ask"):
        alert.get_by_role("button", name="Try again").click()
    expect(alert).to_be_visible()
    assert len(complaints) == 2
    complaints.clear()


def test_a_service_that_was_stopped(
    open_page: Open, picture: Picture, complaints: list[str]
) -> None:
    with living(Settings(), ScriptedAssistant()) as service:
        page = open_page(url=service.url)
        ask(page, "Kestrel or Osprey?")
        service.stop()
        ask(page, "How do I open a database?")
        alert = page.locator(".turn .trouble")
        expect(alert).to_contain_text("The service cannot be reached")
        expect(alert.locator("code")).to_have_text("ragbot serve")
        picture(page, "stopped-1280")
        page.locator(".cite").first.click()
        expect(page.locator("#panel .trouble")).to_contain_text("cannot be reached")
        page.keyboard.press("Escape")
        expect(page.locator(".cite").first).to_be_focused()
    assert all("ERR_CONNECTION_REFUSED" in words for words in complaints)
    complaints.clear()


def test_a_service_without_an_index_says_how_to_build_one(
    open_page: Open, picture: Picture, complaints: list[str], tmp_path: Path
) -> None:
    with living(Settings(index=tmp_path)) as service:
        page = open_page(url=service.url)
        expect(page.locator("#welcome .trouble code")).to_contain_text("ragbot build")
        picture(page, "no-index-1280")
        ask(page, "Kestrel or Osprey?")
        expect(page.locator(".turn .trouble")).to_contain_text("There is no index yet")
    complaints.clear()


def test_the_api_is_described_for_people(open_page: Open, picture: Picture) -> None:
    page = open_page("/docs", size=NARROW)
    routes = page.locator(".route")
    expect(routes).to_have_count(23)
    expect(routes.first).to_contain_text("POST")
    expect(routes.first).to_contain_text("/v1/ask")
    expect(routes.first.locator("pre")).to_contain_text("Content-Type: application/json")
    expect(routes.first).to_contain_text("400, 401, 413, 415, 421, 422, 429, 500 and 503")
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    picture(page, "docs-360")
    page.set_viewport_size(WIDE)
    picture(page, "docs-1280")
