"""One request may not cost the memory of the machine: a service in a process that is watched."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.settings import Settings
from tests.sample import write_corpus
from tests.words import WordEncoder

from .process import Served, served

SECTIONS = 1500
GREEDY = (
    {"query": "fast reads", "subjects": [""] * 20_000},
    {"query": "fast reads", "subjects": ["heron", ""] * 4500},
    {"query": "fast reads", "sources": ["x" * 60_000]},
    {"query": "fast reads", "sources": ["review"] * 6000},
)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over an index of many passages."""
    folder = tmp_path_factory.mktemp("large")
    corpus = write_corpus(folder)
    text = "\n\n".join(
        f"## Part {n}\n\nHeron reads {n} rows fast from disk number {n}." for n in range(SECTIONS)
    )
    (corpus / "heron" / "parts.md").write_text(f"# Heron in parts\n\n{text}\n")
    settings = Settings(corpus=corpus, index=folder / "index", subjects=corpus / "subjects.toml")
    build(settings, WordEncoder())
    assert Generation.open(settings.index).manifest.counts.passages > SECTIONS
    with served(folder, words=True, index=settings.index) as service:
        yield service


@pytest.mark.parametrize("body", GREEDY)
def test_six_greedy_searches_at_once(large: Served, body: dict[str, object]) -> None:
    with httpx.Client(base_url=large.url, timeout=60, trust_env=False) as client:
        assert client.post("/v1/search", json={"query": "fast reads"}).status_code == 200
        large.forget_the_most()
        before = large.megabytes()
        with ThreadPoolExecutor(6) as threads:
            asked = [threads.submit(client.post, "/v1/search", json=body) for _ in range(6)]
            assert {one.result().status_code for one in asked} == {422}
        assert large.megabytes("VmHWM:") - before < 40
        assert client.get("/readyz").status_code == 200
