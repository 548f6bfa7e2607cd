"""The page where the service asks for keys: the browser has the user type one, and sends it."""

import pytest
from playwright.sync_api import Browser, Error

from api import keys
from api.keys import Role
from ragbot.settings import Settings

from ..service.living import living  # noqa: TID252
from ..service.proxy import proxied  # noqa: TID252
from ..service.scripted import ScriptedAssistant  # noqa: TID252

pytestmark = pytest.mark.browser


def test_a_key_as_password_opens_the_page_also_under_a_prefix(browser: Browser) -> None:
    secret, key = keys.made("alice", Role.READER)
    settings = Settings(keys=key.line(), root_path="/help")
    with (
        living(settings, ScriptedAssistant()) as service,
        proxied(service.url, "/help", strips=True, says=False) as url,
    ):
        context = browser.new_context(http_credentials={"username": "me", "password": secret})
        page = context.new_page()
        page.goto(f"{url}/help/?q=Kestrel%20or%20Osprey%3F")
        page.get_by_text("For a tool on one machine").first.wait_for(timeout=20_000)
        assert page.url.startswith(f"{url}/help/?q=")
        page.goto(f"{url}/help/docs")
        page.get_by_text("/v1/feedback").first.wait_for(timeout=20_000)
        assert page.get_by_text(f"curl '{url}/help/v1/subjects'").count() == 1
        assert page.get_by_text("Something went wrong").count() == 0
        context.close()
        wrong = browser.new_context(http_credentials={"username": "me", "password": "wrong"})
        refused = wrong.new_page()
        try:
            response = refused.goto(f"{url}/help/")
            assert response is not None
            assert response.status == 401
        except Error as error:
            assert "INVALID_AUTH_CREDENTIALS" in str(error)  # noqa: PT017
        wrong.close()
