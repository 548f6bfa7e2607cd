"""How many searches, and how many answers, there are in a second: each asked once."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator

import httpx

from tests.service.process import Served

from .tally import Tally

SEARCHES, ANSWERS = "only searches", "only answers"
FOUND = 50  # passages of a search that words are taken from
WORDS = 12  # of a passage, in a query


async def rates(service: Served, seconds: float, clients: int, tally: Tally) -> None:
    """Search for so many seconds, then ask for as many; each client when it was answered."""
    async with httpx.AsyncClient(base_url=service.url, timeout=60, trust_env=False) as client:
        names, texts = await _words(client)
        chance = random.Random(7)
        searches = ({"query": query} for query in _queries(chance, texts))
        used = service.processor_seconds()
        await _asked(client, "/v1/search", searches, SEARCHES, seconds, clients, tally)
        tally.used[SEARCHES] = service.processor_seconds() - used
        questions = ({"question": question} for question in _questions(chance, names, texts))
        used = service.processor_seconds()
        await _asked(client, "/v1/ask", questions, ANSWERS, seconds, clients, tally)
        tally.used[ANSWERS] = service.processor_seconds() - used


async def _words(client: httpx.AsyncClient) -> tuple[list[str], list[list[str]]]:
    """Names of what the index speaks of, and words that stand in its passages."""
    guide = (await client.get("/v1/subjects")).json()
    subjects = [subject["name"] for subject in guide["subjects"]]
    aspects = [aspect["name"] for aspect in guide["aspects"]]
    texts = []
    for asked in [*subjects, *aspects]:
        found = await client.post("/v1/search", json={"query": asked, "limit": FOUND})
        texts += [hit["passage"]["text"].split() for hit in found.json()["hits"]]
    return subjects, [text for text in texts if len(text) > WORDS]


def _queries(chance: random.Random, texts: list[list[str]]) -> Iterator[str]:
    """A few words of a passage, some in a row."""
    while True:
        text = chance.choice(texts)
        at = chance.randrange(len(text) - WORDS + 1)
        yield " ".join(text[at : at + chance.randint(2, WORDS)])[:300]


def _questions(chance: random.Random, names: list[str], texts: list[list[str]]) -> Iterator[str]:
    """Questions of several forms on what passages speak of."""
    forms = itertools.cycle(
        ("How do I use {words}?", "What is {words}?", "{one} or {two} for {words}?", "Why {words}?")
    )
    for words, form in zip(_queries(chance, texts), forms, strict=False):
        one, two = chance.sample(names, 2) if len(names) > 1 else (names[0], names[0])
        yield form.format(words=words, one=one, two=two)


async def _asked(
    client: httpx.AsyncClient,
    path: str,
    bodies: Iterator[dict[str, str]],
    kind: str,
    seconds: float,
    clients: int,
    tally: Tally,
) -> None:
    started = time.monotonic()

    async def visit() -> None:
        while time.monotonic() < started + seconds:
            begun = time.monotonic()
            try:
                status = str((await client.post(path, json=next(bodies))).status_code)
            except httpx.HTTPError as error:
                status = type(error).__name__
            tally.add(kind, status, begun)

    await asyncio.gather(*(visit() for _ in range(clients)))
    tally.lasted[kind] = time.monotonic() - started
