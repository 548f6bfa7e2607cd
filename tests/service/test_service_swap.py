"""Ten generations go live while hundreds of requests are in flight: none fails, none is mixed."""

import asyncio
import gc
import shutil
import threading
import time
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import app_over
from api.desk import Desk
from ragbot.index import generation
from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.settings import Settings
from tests.sample import write_corpus
from tests.words import WordEncoder

from . import living as livings
from .living import living

SWAPS = 10
AT_ONCE = 200
FASTER = 40  # the desk's two seconds between two looks, for this test
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/ask", {"question": "Compare Heron, Ibex and Marmot on speed and backup"}),
    ("/v1/ask", {"question": "Is Marmot fast?"}),
    ("/v1/ask", {"question": "React vs Vue"}),
    ("/v1/compare", {"subjects": ["heron", "marmot"]}),
    ("/v1/search", {"query": "Marmot reads rows fast", "limit": 5}),
)


def write(corpus: Path, variant: int) -> None:
    """One of two corpora; every document that answers has another number and another length."""
    marmot = "\n\n".join(
        f"Marmot reads {variant} rows fast in {n} seconds." for n in range(variant)
    )
    (corpus / "course.txt").write_text(f"Marmot course {variant}\n\n{marmot}\n")
    (corpus / "heron" / "new.md").write_text(
        f"# Heron {variant}\n\nHeron reads {variant}00 rows fast. Heron has {variant} snapshots.\n"
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = write_corpus(tmp_path)
    write(corpus, 3)
    settings = Settings(
        corpus=corpus,
        index=tmp_path / "index",
        subjects=corpus / "subjects.toml",
        refresh_hours=0,
        waiting=AT_ONCE,
    )
    build(settings, WordEncoder())
    return settings


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk of the next service that is started; it looks at the folder often."""
    monkeypatch.setattr("ragbot.assistant.open_encoder", lambda _: WordEncoder())
    desk = Desk(settings, clock=lambda: time.monotonic() * FASTER)
    monkeypatch.setattr(livings, "create_app", lambda *_: app_over(desk, settings))
    return desk


class Load:
    """Clients that ask without pause, and what they were told."""

    def __init__(self, url: str) -> None:
        self.stop = threading.Event()
        self.told: dict[str, list[Any]] = {}  # by generation and question, each body once
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self._url = url
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()))

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(60)

    async def _all(self) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(
            base_url=self._url, timeout=60, trust_env=False, limits=limits
        ) as client:
            await asyncio.gather(*(self._one(client, number) for number in range(AT_ONCE)))

    async def _one(self, client: httpx.AsyncClient, number: int) -> None:
        while not self.stop.is_set():
            number += 1
            path, body = ASKED[number % len(ASKED)]
            try:
                response = await client.post(path, json=body)
            except httpx.HTTPError as error:
                self.faults.append(repr(error))
                continue
            if response.status_code != 200:
                self.faults.append(response.text)
                continue
            self._heard(f"{path} {body}", response.json())

    def _heard(self, asked: str, answer: dict[str, Any]) -> None:
        name = answer.pop("generation")
        self.counts[name] += 1
        known = self.told.setdefault(f"{name} {asked}", [])
        if answer not in known:
            known.append(answer)


def alone(settings: Settings, name: str) -> list[dict[str, Any]]:
    """The answers of a service that has that generation and no other."""
    only = settings.model_copy(update={"index": settings.index.parent / name})
    shutil.copytree(
        settings.index / generation.GENERATIONS / name, only.index / generation.GENERATIONS / name
    )
    generation.activate(only.index, name)
    client = TestClient(app_over(Desk(only), only), base_url="http://localhost")
    answers = [client.post(path, json=body).json() for path, body in ASKED]
    assert {answer.pop("generation") for answer in answers} == {name}
    return answers


def test_ten_swaps_under_load(settings: Settings, desk: Desk) -> None:
    first = generation.live_name(settings.index)
    names, bodies = [first], [alone(settings, first)]
    with living(settings) as service, Load(service.url) as load:
        for swap in range(SWAPS):
            write(settings.corpus, (7, 3)[swap % 2])
            names.append(build(settings, WordEncoder(), force=True).generation)
            if swap == 0:
                bodies.append(alone(settings, names[1]))
            reached = _wait(lambda: load.counts[names[-1]] >= 5)
            assert reached, f"swap {swap} was not followed"
        load.stop.set()
    assert load.faults == []
    assert set(load.counts) == set(names)
    assert sum(load.counts.values()) >= AT_ONCE
    assert bodies[0] != bodies[1]
    for place, name in enumerate(names):
        for number, (path, body) in enumerate(ASKED):
            for answer in load.told.get(f"{name} {path} {body}", []):
                assert answer == bodies[place % 2][number], f"{name} {path}"


def test_what_is_open_is_neither_pruned_nor_kept_open(settings: Settings, desk: Desk) -> None:
    single = settings.model_copy(update={"keep_generations": 1})
    old = desk.assistant()
    name = old.generation.name
    gone = weakref.ref(old.generation)
    for variant in (5, 6, 7):
        write(settings.corpus, variant)
        last = build(single, WordEncoder()).generation
    assert generation.names(settings.index) == [name, last]
    with ThreadPoolExecutor() as threads:  # one that opens the texts only now
        assert threads.submit(old.ask, "Is Heron fast?").result().findings
    assert _wait(lambda: desk.assistant().generation.name == last)
    del old
    gc.collect()
    assert gone() is None
    assert not [file for file in _open_files() if name in file]
    last = build(single, WordEncoder(), force=True).generation
    assert generation.names(settings.index)[-1] == last
    assert name not in generation.names(settings.index)


def test_what_was_replaced_is_let_go_at_once(settings: Settings, desk: Desk) -> None:
    name = desk.assistant().generation.name
    gone = weakref.ref(desk.assistant().generation.library)
    write(settings.corpus, 5)
    last = build(settings, WordEncoder()).generation
    gc.collect()
    gc.disable()  # in a quiet service it may not run for hours
    try:
        assert _wait(lambda: desk.assistant().generation.name == last)
        assert _wait(lambda: gone() is None)
        assert _wait(lambda: not [file for file in _open_files() if name in file])
    finally:
        gc.enable()


def test_a_roll_back_is_followed(settings: Settings, desk: Desk) -> None:
    first = desk.assistant().generation.name
    write(settings.corpus, 5)
    second = build(settings, WordEncoder()).generation
    assert _wait(lambda: desk.assistant().generation.name == second)
    generation.activate(settings.index, first)
    assert _wait(lambda: desk.assistant().generation.name == first)
    assert isinstance(desk.assistant().generation, Generation)


def _wait(ready: Any) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if ready():
            return True
        time.sleep(0.02)
    return False


def _open_files() -> list[str]:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return []
    found = []
    for handle in folder.iterdir():
        try:
            found.append(str(handle.readlink()))
        except OSError:
            continue
    return found
