"""That nothing said is lost: reload, Back and Forward, Stop, a question that waits, and a panel."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from ragbot.settings import Settings

from ..service.living import living  # noqa: TID252
from ..service.scripted import ScriptedAssistant  # noqa: TID252
from .conftest import Open, ask

pytestmark = pytest.mark.browser

FIRST, SECOND = "Kestrel or Osprey?", "How do I open a database?"


def test_reload_back_and_forward_bring_every_turn_back(open_page: Open) -> None:
    page = open_page()
    ask(page, FIRST)
    ask(page, SECOND)
    page.locator("#question").fill("a draft")
    page.reload()
    expect(page.locator(".asked")).to_have_count(2)
    expect(page.locator(".turn .comparison")).to_be_visible()
    expect(page.locator(".turn").last.locator(".findings pre")).to_be_visible()
    expect(page.locator("#question")).to_have_value("a draft")
    expect(page.locator(".turn").last).to_be_in_viewport()
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?q=Kestrel%20or%20Osprey%3F$"))
    expect(page.locator(".asked").first).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".asked")).to_have_text([f"You asked: {q}" for q in (FIRST, SECOND)])
    page.locator(".cite").first.click()
    expect(page.locator("#panel mark")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#welcome")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".asked")).to_have_count(2)


def test_a_question_that_failed_is_asked_again_after_a_reload(
    open_page: Open, complaints: list[str]
) -> None:
    page = open_page()
    ask(page, "break it")
    page.reload()
    expect(page.locator(".asked")).to_contain_text("break it")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.locator(".asked")).to_be_focused()
    expect(page.get_by_role("alert")).to_be_visible()
    complaints.clear()


def test_the_way_to_the_box_loses_nothing(open_page: Open) -> None:
    page = open_page()
    ask(page, FIRST)
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator(".asked")).to_have_count(1)


def test_waiting_can_be_stopped_and_one_question_waits(open_page: Open) -> None:
    with living(Settings(), ScriptedAssistant(delay=2)) as service:
        page = open_page(url=service.url)
        page.locator("#question").fill(FIRST)
        page.keyboard.press("Enter")
        expect(page.locator(".time")).to_have_text(re.compile(r"^\d s$"))
        page.locator("#question").fill("Mars?")
        page.keyboard.press("Enter")
        expect(page.locator("#queued")).to_have_text("Asked next: Mars?")
        expect(page.locator(".turn")).to_have_count(1)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".stopped")).to_contain_text("Stopped before an answer came.")
        expect(page.locator(".refusal")).to_be_visible()
        expect(page.locator("#queued")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 1000, 390])
def test_opening_a_source_moves_no_text_and_back_closes_it(open_page: Open, width: int) -> None:
    page = open_page(size=ViewportSize(width=width, height=860))
    ask(page, FIRST)
    button = page.locator(".comparison .cite").first
    button.scroll_into_view_if_needed()
    before = places(page)
    button.click()
    expect(page.locator("#panel mark")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Open the original")).to_be_in_viewport()
    expect(page.locator("#panel .said")).to_be_in_viewport()
    assert places(page) == before
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    expect(button).to_be_focused()
    expect(page.locator(".turn")).to_have_count(1)
    assert places(page) == before
    button.click()
    expect(page.locator("#panel mark")).to_be_visible()
    page.keyboard.press("Escape")
    for _ in range(50):  # a moment after it is hidden; the page's policy forbids wait_for_function
        if not page.evaluate("Boolean(history.state.panel)"):
            break
        page.wait_for_timeout(100)
    page.go_back()
    expect(page.locator("#welcome")).to_be_visible()


def places(page: Page) -> list[list[int]]:
    """Where each quote and label of the answer stands, in pixels."""
    script = """(all) => all.map((one) => {
        const { x, y, width } = one.getBoundingClientRect();
        return [x, y, width].map(Math.round);
    })"""
    found: list[list[int]] = page.locator(".answer .quote, .answer .label").evaluate_all(script)
    return found


def test_print_and_a_fourfold_size_are_not_covered_by_the_box(open_page: Open) -> None:
    page = open_page()
    ask(page, FIRST)
    page.emulate_media(media="print")
    expect(page.locator("#composer")).to_be_hidden()
    page.emulate_media(media="screen")
    page.set_viewport_size(ViewportSize(width=320, height=225))
    position = "getComputedStyle(document.getElementById('composer')).position"
    assert page.evaluate(position) == "static"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
