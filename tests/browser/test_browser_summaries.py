"""A language model's summary on the page: above the quotes, in its cell, with its note."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from ragbot.settings import Settings
from ragbot.types import Answer, Summary

from ..service.living import living  # noqa: TID252
from ..service.scripted import SUMMARY, ScriptedAssistant  # noqa: TID252
from .conftest import Open, ask

pytestmark = pytest.mark.browser


class Slow(ScriptedAssistant):
    """Takes a second before the last of its summaries."""

    def summaries(self, answer: Answer) -> Iterator[Summary]:
        for number, summary in enumerate(super().summaries(answer)):
            time.sleep(number)
            yield summary


def test_the_answer_is_there_first_and_the_summary_comes_after(open_page: Open) -> None:
    with living(Settings(), Slow(summary=SUMMARY)) as service:
        page = open_page(url=service.url)
        ask(page, "Kestrel or Osprey?")
        expect(page.locator(".comparison")).to_be_visible()
        expect(page.locator(".in-words .note")).to_have_text("It is being written.")
        expect(page.locator(".in-words .note")).to_contain_text("2 of 3 sentences")
        words = page.locator("section.in-words .words")
        expect(words).to_have_text("Kestrel answers a point read in 4 µs. [2] ")
        cell = page.locator("table.comparison td", has_text="Osprey needed an afternoon.")
        expect(cell.locator("p.in-words")).to_contain_text("Osprey needed an afternoon. [5]")
        words.locator(".cite").click()
        expect(page.locator("#panel mark")).to_contain_text("4 microseconds")


def test_without_a_model_nothing_is_said_of_one(open_page: Open) -> None:
    page = open_page()
    ask(page, "Kestrel or Osprey?")
    expect(page.locator(".comparison")).to_be_visible()
    expect(page.locator(".in-words")).to_have_count(0)
