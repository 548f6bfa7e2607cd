"""The page over a real index: what a reader does first, from an empty page to the source."""

import pytest
from playwright.sync_api import expect

from ..service.built import built  # noqa: TID252
from ..service.living import living  # noqa: TID252
from .conftest import NARROW, Open, ask

pytestmark = [pytest.mark.browser, pytest.mark.quality]


def test_from_a_question_to_its_sources(
    open_page: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = built(tmp_path_factory.mktemp("small"))
    with living(settings) as service:
        page = open_page(url=service.url, size=NARROW)
        expect(page.locator("#knows")).to_contain_text("Kestrel and Osprey")
        page.locator(".example").first.click()
        expect(page.locator(".answer .foot")).to_be_visible()
        ask(page, "Is Kestrel or Osprey easier to learn?")
        turn = page.locator(".turn").last
        expect(turn.get_by_role("table")).to_be_visible()
        buttons = turn.locator(".cite")
        for number in range(buttons.count()):
            quote = buttons.nth(number).locator(
                "xpath=ancestor::li[not(contains(@class, 'origin'))][1]//blockquote"
            )
            said = quote.inner_text()
            buttons.nth(number).click()
            mark = page.locator("#panel mark")
            expect(mark.first).to_be_in_viewport()
            # A quote may go on in the next paragraph, whose mark is another.
            assert _letters("".join(mark.all_inner_texts())) == _letters(said)
            page.keyboard.press("Escape")
            expect(buttons.nth(number)).to_be_focused()


def _letters(text: str) -> str:
    return "".join(text.split())
