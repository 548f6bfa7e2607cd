"""A newer ragbot goes live over an older service: it says so, and answers on."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from ragbot.index import generation
from ragbot.index.build import build
from ragbot.settings import Settings
from tests.sample import write_corpus
from tests.words import WordEncoder

from .living import living

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk looks often, and encodes by hand."""
    monkeypatch.setattr("api.desk._LOOK_SECONDS", 0.1)
    monkeypatch.setattr("ragbot.assistant.open_encoder", lambda _: WordEncoder())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An index, and beside it one that a newer ragbot built, which is not live."""
    corpus = write_corpus(tmp_path)
    settings = Settings(
        corpus=corpus, index=tmp_path / "index", subjects=corpus / "subjects.toml", refresh_hours=0
    )
    build(settings, WordEncoder())
    older = generation.live_name(settings.index)
    (corpus / "course.txt").write_text("Marmot course\n\nMarmot reads 7 rows fast.\n")
    build(settings, WordEncoder())
    manifest = generation.live_folder(settings.index) / "manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(facts | {"ragbot": "9.9", "moods": 3}), encoding="utf-8")
    generation.activate(settings.index, older)
    return settings


def ready(client: httpx.Client, status: str) -> dict[str, Any]:
    """What the service says once it has that status."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = client.get("/readyz").json()
        if found["status"] == status:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_it_says_that_it_is_to_be_upgraded_and_answers_on(settings: Settings) -> None:
    older, newer = generation.names(settings.index)
    ask = {"question": "Is Marmot fast?"}
    with (
        living(settings) as service,
        httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client,
    ):
        before = client.post("/v1/ask", json=ask).json()
        generation.activate(settings.index, newer)
        found = ready(client, "newer")
        assert found["generation"] == older
        assert "built by a newer ragbot (9.9; this is" in found["detail"]
        assert "upgrade this one" in found["detail"]
        assert f"{older} answers" in found["detail"]
        assert "damaged" not in found["detail"]
        told = client.get("/v1/index").json()
        assert (told["state"], told["answering"], told["damaged"]) == ("newer", older, newer)
        assert client.post("/v1/ask", json=ask).json() == before
        generation.activate(settings.index, older)
        assert ready(client, "ready")["generation"] == older


def test_where_nothing_else_can_answer_the_problem_is_its_own(settings: Settings) -> None:
    older, newer = generation.names(settings.index)
    generation.activate(settings.index, newer)
    (settings.index / generation.GENERATIONS / older / "manifest.json").unlink()
    with living(settings) as service:
        found = httpx.get(f"{service.url}/readyz", trust_env=False)
    assert found.status_code == 503
    assert found.json()["type"] == "urn:ragbot:index-newer"
    assert "upgrade this one" in found.json()["detail"]
