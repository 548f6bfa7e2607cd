"""In what order an answer stands, and that its lead and the source of it are seen at once."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from ..service.living import Living  # noqa: TID252
from .conftest import Open, ask

pytestmark = pytest.mark.browser

SIZES = [ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)]
FIRST = (
    ".answer-lead, .names-beside, .steps > ol > li:first-child, "
    ".findings > ul > li:first-child, .nearest > ul > li:first-child"
)
LONG = "A quote that goes on for as many words as any may have, which are eighty. " * 6


def changed(page: Page, change: Any) -> None:
    """Have every answer changed on its way to the page."""

    def fulfil(route: Route) -> None:
        sent = {"accept": "application/json", "content-type": "application/json"}
        answer = route.fetch(headers=sent).json()
        change(answer)
        body = f"event: answer\ndata: {json.dumps(answer)}\n\n"
        route.fulfill(body=body, content_type="text/event-stream")

    page.route("**/v1/ask", fulfil)


def three_long_sides(answer: dict[str, Any]) -> None:
    claims = [claim for cell in answer["cells"] for claim in cell["claims"]][:3]
    sides = ("kestrel", "osprey", "heron")
    answer["lead"] = [
        claim | {"text": LONG, "subject": s} for claim, s in zip(claims, sides, strict=True)
    ]


def is_above_the_fold(page: Page) -> bool:
    """Whether the first of the answer ends above the box at the bottom, its source included."""
    fold = page.locator(".composer-box").bounding_box()
    first = page.locator(".turn").last.locator(FIRST).first
    source = first.locator(".origin").last.bounding_box()
    quote = first.locator(".quote, pre").first.bounding_box()
    assert fold is not None
    assert source is not None
    assert quote is not None
    return quote["y"] >= 0 and source["y"] + source["height"] <= fold["y"]


@pytest.mark.parametrize("size", SIZES, ids=["1280", "390"])
def test_the_lead_and_its_source_are_above_the_fold(
    open_page: Open, references: Living, size: ViewportSize
) -> None:
    page = open_page(size=size)
    for question in ("Kestrel or Osprey?", "On what do they disagree?", "How to open?", "Mars?"):
        ask(page, question)
        assert is_above_the_fold(page), question
    changed(page, three_long_sides)
    ask(page, "Kestrel, Osprey or Heron?")
    expect(page.locator(".turn").last.locator(".answer-lead .origin")).to_have_count(3)
    assert is_above_the_fold(page)
    more = page.get_by_role("button", name="Show all of it").first
    more.click()
    expect(page.get_by_role("button", name="Show less")).to_be_visible()
    page = open_page(url=references.url, size=size)
    for question in ("How do I restore a snapshot in Heron?",):
        ask(page, question)
        assert is_above_the_fold(page), question


def test_each_source_is_named_beside_the_lead_and_numbers_agree(open_page: Open) -> None:
    page = open_page()
    ask(page, "On what do they disagree?")
    expect(page.locator(".answer-lead .origin")).to_contain_text(
        "Three small databases, compared, The Aviary Weekly"
    )
    expect(page.locator(".answer-lead .origin")).to_contain_text("2022")
    cited = set(page.locator(".cite").all_text_contents())
    listed = page.locator(".sources .number").all_text_contents()
    assert len(listed) == len(set(listed))
    assert set(listed) == cited
    expect(page.locator(".sources li")).to_have_count(3)
    first = page.locator(".sources li").first
    expect(first).to_contain_text("The Aviary Weekly")
    expect(first).to_contain_text("independent")
    first.locator(".number").first.click()
    expect(page.locator("#panel-title")).to_have_text("Three small databases, compared")


def test_what_is_cited_nowhere_is_not_listed_and_other_rows_are_folded(open_page: Open) -> None:
    def change(answer: dict[str, Any]) -> None:
        answer["question"]["rows"][0] |= {"id": "question", "name": "What you asked"}
        for cell in answer["cells"]:
            cell["aspect"] = {"speed": "question"}.get(cell["aspect"], cell["aspect"])
            if cell["aspect"] == "question":
                cell["claims"] = []

    page = open_page()
    changed(page, change)
    ask(page, "Kestrel or Osprey?")
    expect(page.locator(".sources .number")).to_have_text(["[1]", "[4]", "[5]", "[6]"])
    other = page.locator("details.other-row")
    expect(other.locator("summary")).to_have_text("Learning curve (3 quotes)")
    expect(other.locator("td").first).to_be_hidden()
    other.locator("summary").click()
    expect(other.locator("td").first).to_contain_text("ten minutes")


def test_parts_come_in_their_order(open_page: Open) -> None:
    page = open_page()
    ask(page, "On what do they disagree?")
    parts = page.locator(".answer > section, .answer > details")
    heads = parts.locator("> h3, > summary").all_text_contents()
    assert [head.split(":")[0] for head in heads] == [
        "In short",
        "Side by side",
        "Where the sources differ",
        "3 sources",
    ]
