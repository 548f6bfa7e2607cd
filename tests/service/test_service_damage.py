"""The files of a live generation are damaged while the service runs: right answers, or a 503."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import app_over
from api.desk import Desk
from ragbot.index import generation
from ragbot.index.build import build
from ragbot.settings import Settings
from tests.sample import write_corpus
from tests.words import WordEncoder

from . import living as livings
from .living import living

FASTER = 20  # the desk's two seconds between two looks, for these tests
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/ask", {"question": "Compare Heron, Ibex and Marmot on speed and backup"}),
    ("/v1/ask", {"question": "Is Marmot fast?"}),
    ("/v1/search", {"query": "Marmot reads rows fast", "limit": 5}),
    ("/v1/sources", {}),
)
LIBRARY = "library.sqlite"


@dataclass
class Running:
    """A service with two generations, the second one live."""

    settings: Settings
    client: httpx.Client
    names: list[str]
    right: dict[str, list[Any]]  # what each generation answers, undamaged

    @property
    def live(self) -> Path:
        return self.settings.index / generation.GENERATIONS / self.names[-1]

    def ready(self) -> dict[str, Any]:
        found = self.client.get("/readyz")
        assert str(self.settings.index) not in found.text
        return {"code": found.status_code} | found.json()

    def index(self) -> dict[str, Any]:
        found = self.client.get("/v1/index")
        assert str(self.settings.index) not in found.text
        return found.json()

    def ask(self, number: int) -> httpx.Response:
        path, body = ASKED[number]
        return self.client.post(path, json=body) if body else self.client.get(path)

    def is_right_or_damaged(self, number: int) -> bool:
        """Whether one was answered; an answer that is neither fails."""
        found = self.ask(number)
        if found.status_code == 503:
            assert found.json()["type"] == "urn:ragbot:index-damaged"
            assert "ragbot build" in found.json()["detail"]
            assert str(self.settings.index) not in found.text
            return False
        assert found.status_code == 200, found.text
        answer = found.json()
        assert answer == self.right[answer["generation"]][number]
        return True

    def until(self, ready: Callable[[], Any]) -> Any:
        """What `ready` says once that is something; all the while every answer is right or 503."""
        end = time.monotonic() + 60
        number = 0
        while time.monotonic() < end:
            self.is_right_or_damaged(number % len(ASKED))
            number += 1
            found = ready()
            if found:
                return found
        raise AssertionError(f"it did not come to that: {self.ready()} {self.index()}")


def truth(running: Running) -> list[Any]:
    return [running.ask(number).json() for number in range(len(ASKED))]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two generations of two corpora, for copies."""
    folder = tmp_path_factory.mktemp("made")
    corpus = write_corpus(folder)
    settings = Settings(
        corpus=corpus, index=folder / "index", subjects=corpus / "subjects.toml", refresh_hours=0
    )
    build(settings, WordEncoder())
    (corpus / "course.txt").write_text("Marmot course\n\nMarmot reads 7 rows fast.\n")
    build(settings, WordEncoder())
    return settings


@pytest.fixture
def settings(made: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(made.index, tmp_path / "index")
    shutil.copytree(made.corpus, tmp_path / "corpus")
    return made.model_copy(
        update={
            "index": tmp_path / "index",
            "corpus": tmp_path / "corpus",
            "subjects": tmp_path / "corpus" / "subjects.toml",
        }
    )


@pytest.fixture
def served(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Starts a service over the settings."""
    monkeypatch.setattr("ragbot.assistant.open_encoder", lambda _: WordEncoder())
    desk = Desk(settings, clock=lambda: time.monotonic() * FASTER)
    monkeypatch.setattr(livings, "create_app", lambda *_: app_over(desk, settings))
    return lambda: living(settings)


@pytest.fixture
def running(settings: Settings, served: Callable[[], Any]) -> Iterator[Running]:
    with (
        served() as service,
        httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client,
    ):
        names = generation.names(settings.index)
        running = Running(settings, client, names, {})
        for name in names:
            generation.activate(settings.index, name)
            end = time.monotonic() + 60
            while running.ready()["generation"] != name and time.monotonic() < end:
                time.sleep(0.02)
            running.right[name] = truth(running)
        assert running.right[names[0]] != running.right[names[1]]
        yield running


def delete(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def noise(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.write(os.urandom(path.stat().st_size))


def overwrite_pages(path: Path) -> None:
    """Every page but the first, in place."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(os.urandom(size - 4096))


def overwrite_words(path: Path) -> None:
    """Other words of the same length: the database stays whole, only what it says is wrong."""
    whole = path.read_bytes()
    with path.open("r+b") as stream:
        stream.write(whole.replace(b"fast", b"slow"))


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(os.urandom(path.stat().st_size))
    other.replace(path)


TEXTS_LOST = {
    "deleted": shutil.rmtree,
    "one file deleted": lambda folder: delete(folder / LIBRARY),
    "cut": lambda folder: cut(folder / LIBRARY),
    "emptied": lambda folder: empty(folder / LIBRARY),
    "noise": lambda folder: noise(folder / LIBRARY),
    "pages": lambda folder: overwrite_pages(folder / LIBRARY),
    "words": lambda folder: overwrite_words(folder / LIBRARY),
    "replaced": lambda folder: replace(folder / LIBRARY),
    "all cut": lambda folder: [cut(path) for path in folder.rglob("*") if path.is_file()],
}
IN_MEMORY = {
    "vectors deleted": lambda folder: delete(folder / "passages.faiss"),
    "vectors cut": lambda folder: cut(folder / "passages.faiss"),
    "vectors noise": lambda folder: noise(folder / "passages.faiss"),
    "statements emptied": lambda folder: empty(folder / "statements.npy"),
    "postings noise": lambda folder: noise(folder / "lexical" / "data.csc.index.npy"),
    "manifest changed": lambda folder: (folder / "manifest.json").write_text("{}"),
    "manifest deleted": lambda folder: delete(folder / "manifest.json"),
    "a file more": lambda folder: (folder / "more").write_text("x"),
}


@pytest.mark.parametrize("damage", TEXTS_LOST)
def test_it_goes_back_and_is_well_again_after_a_build(running: Running, damage: str) -> None:
    TEXTS_LOST[damage](running.live)
    older, live = running.names
    ready = running.until(lambda: (found := running.ready()).get("generation") == older and found)
    assert ready["code"] == 200
    assert ready["status"] == "damaged"
    assert ready["since"].startswith("20")
    assert live in ready["detail"]
    assert f"{older} answers instead" in ready["detail"]
    found = running.index()
    assert (found["state"], found["answering"], found["damaged"]) == ("damaged", older, live)
    assert found["damages"] == 1
    assert "ragbot build" in found["damage"]
    assert running.is_right_or_damaged(0)
    new = build(running.settings, WordEncoder(), force=True).generation
    running.right[new] = [answer | {"generation": new} for answer in running.right[live]]
    running.until(lambda: running.ready().get("generation") == new)
    assert running.ready()["status"] == "ready"
    assert running.index()["state"] == "sound"
    assert running.is_right_or_damaged(1)


def test_where_even_the_name_of_the_live_one_is_lost_no_place_is_told(running: Running) -> None:
    current = running.settings.index / generation.CURRENT_FILE
    current.unlink()
    current.mkdir()
    TEXTS_LOST["deleted"](running.live)
    running.until(lambda: running.ready()["status"] == "damaged")
    assert "CURRENT cannot be read" in running.index()["damage"]
    for _ in range(3):  # nothing tells that it is over
        time.sleep(4 / FASTER)  # two looks
        assert "CURRENT cannot be read" in running.index()["damage"]


@pytest.mark.parametrize("damage", IN_MEMORY)
def test_what_is_in_memory_answers_on(running: Running, damage: str) -> None:
    IN_MEMORY[damage](running.live)
    running.until(lambda: running.ready()["status"] == "damaged")
    assert running.ready()["generation"] == running.names[-1]
    assert "in memory" in running.ready()["detail"]
    assert all(running.is_right_or_damaged(number) for number in range(len(ASKED)))
    assert running.index()["state"] == "damaged"


@pytest.mark.parametrize("damage", ["pages", "deleted", "cut"])
def test_where_nothing_can_answer_it_is_not_ready(running: Running, damage: str) -> None:
    shutil.rmtree(running.live.parent / running.names[0])
    TEXTS_LOST[damage](running.live)
    running.until(lambda: running.ready()["code"] == 503)
    problem = running.ready()
    assert problem["type"] == "urn:ragbot:index-damaged"
    assert "No generation can answer" in problem["detail"]
    assert not any(running.is_right_or_damaged(number) for number in range(len(ASKED)))
    assert running.client.get("/v1/subjects").status_code == 200
    assert running.index()["answering"] == ""
    new = build(running.settings, WordEncoder(), force=True).generation
    live = running.names[-1]
    running.right[new] = [answer | {"generation": new} for answer in running.right[live]]
    running.until(lambda: running.ready().get("generation") == new)
    assert running.ready()["status"] == "ready"


def test_a_touched_file_is_no_damage(running: Running) -> None:
    for path in running.live.rglob("*"):
        path.touch()
    os.link(running.live / LIBRARY, running.settings.index / "backup")
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        assert all(running.is_right_or_damaged(number) for number in range(len(ASKED)))
        assert running.ready()["status"] == "ready"
    assert running.index()["damages"] == 0


def test_files_that_are_put_back_are_taken_again(running: Running, tmp_path: Path) -> None:
    shutil.copytree(running.live, tmp_path / "copy")
    older, live = running.names
    shutil.rmtree(running.live)
    running.until(lambda: running.ready().get("generation") == older)
    shutil.copytree(tmp_path / "copy", running.live)
    running.until(lambda: running.ready().get("generation") == live)
    assert running.index()["state"] == "sound"


def test_a_half_built_generation_never_answers(running: Running) -> None:
    folder = running.live.parent / running.names[0]
    shutil.copytree(folder, folder.with_name("000001-ffffffff"))
    (folder.with_name("000001-ffffffff") / "manifest.json").unlink()
    noise(folder / "statements.npy")
    overwrite_pages(running.live / LIBRARY)
    running.until(lambda: running.ready()["code"] == 503)
    assert "000001" not in running.ready().get("generation", "")


def test_a_service_starts_with_an_older_generation(
    settings: Settings, served: Callable[[], Any]
) -> None:
    older, live = generation.names(settings.index)
    cut(settings.index / generation.GENERATIONS / live / LIBRARY)
    with served() as service:
        ready = httpx.get(f"{service.url}/readyz", trust_env=False).json()
    assert (ready["status"], ready["generation"]) == ("damaged", older)
