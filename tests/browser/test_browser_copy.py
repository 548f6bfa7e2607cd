"""That code and the link to a question can be copied as they are."""

import pytest
from playwright.sync_api import expect

from .conftest import Open, ask

pytestmark = pytest.mark.browser


def test_code_and_the_link_to_a_question_can_be_copied(open_page: Open) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "How do I open a database?")
    read = "navigator.clipboard.readText()"
    page.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
    code = page.locator(".findings pre code").text_content()
    assert page.evaluate(read) == code
    assert "\n" in str(code)
    page.get_by_role("link", name="Link to this question").click()
    expect(page.locator(".copy-link")).to_have_attribute("data-copied", "yes")
    assert page.evaluate(read) == page.url
    assert page.locator(".turn").count() == 1
