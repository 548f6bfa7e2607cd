"""The scripted service that most of these tests talk to, and one over a real, small index."""

from collections.abc import Iterator

import httpx
import pytest

from ragbot.settings import Settings

from .living import Living, living
from .scripted import ScriptedAssistant


@pytest.fixture(scope="session")
def scripted() -> ScriptedAssistant:
    """The assistant behind `service`."""
    return ScriptedAssistant()


@pytest.fixture(scope="session")
def service(scripted: ScriptedAssistant) -> Iterator[Living]:
    """A running service whose answers are written."""
    with living(Settings(max_body_bytes=20_000), scripted) as service:
        yield service


@pytest.fixture
def client(service: Living) -> Iterator[httpx.Client]:
    """An HTTP client of `service`."""
    with httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client:
        yield client
