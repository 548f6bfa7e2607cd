"""A browser, a page of each size, and the watch for what no page of ours may do."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from ragbot.settings import Settings

from ..service.living import Living, living  # noqa: TID252
from ..service.scripted import ScriptedAssistant  # noqa: TID252
from ..symbol_sample import open_references  # noqa: TID252

SCREENSHOTS = Path(__file__).parent / "screenshots"
WIDE = ViewportSize(width=1280, height=860)
NARROW = ViewportSize(width=360, height=740)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Open = Callable[..., Page]


def chromium() -> str | None:
    """The Chromium of RAGBOT_CHROMIUM, or the first one on the path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = (shutil.which(name) for name in names)
    return os.environ.get("RAGBOT_CHROMIUM") or next((path for path in found if path), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module's tests; none on this machine skips them, but never in CI.

    Not for the whole session: Playwright keeps an event loop running in the thread of the tests.
    """
    path = chromium()
    if path is None:
        words = "no Chromium: install one, or name it in RAGBOT_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service() -> Iterator[Living]:
    """A running service whose answers are written."""
    with living(Settings(), ScriptedAssistant()) as service:
        yield service


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A service over the references of libraries that do not exist."""
    assistant = open_references(tmp_path_factory.mktemp("references"))
    with living(assistant._settings, assistant) as service:
        yield service


@pytest.fixture
def complaints() -> list[str]:
    """What the console said; a test that provokes an error clears it."""
    return []


@pytest.fixture
def open_page(browser: Browser, service: Living, complaints: list[str]) -> Iterator[Open]:
    """Opens pages; at the end none may have complained or asked another host for anything."""
    contexts = []
    strangers: list[str] = []

    def open_one(
        path: str = "/", size: ViewportSize = WIDE, scheme: str = "light", url: str = ""
    ) -> Page:
        dark = scheme == "dark"
        context = browser.new_context(
            viewport=size,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            has_touch=size == NARROW,
        )
        contexts.append(context)
        page = context.new_page()
        home = url or service.url

        def watch(address: str) -> None:
            if not address.startswith(home):
                strangers.append(address)

        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: watch(request.url))
        page.goto(home + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
    assert strangers == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Takes a screenshot into screenshots/, which git ignores."""
    SCREENSHOTS.mkdir(exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return take


def ask(page: Page, question: str) -> None:
    """Type a question, send it with Enter and wait for what comes of it."""
    turns = page.locator(".turn").count()
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn").nth(turns).locator(".answer .foot, .trouble").wait_for()
