"""What people ask of the service: answers, tables, searches, documents, the page."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import Any

import httpx

from .tally import Tally

Asked = tuple[str, str, str, dict[str, Any] | None]  # kind, method, path, body

PAGE = ("/", "/page.js", "/style.css", "/docs", "/openapi.json")
AT_ONCE = 6  # clients


def mix(subjects: Sequence[str], aspects: Sequence[str], documents: Sequence[str]) -> list[Asked]:
    """One round of requests, by the names that the index knows."""
    both = " or ".join(subjects[:2])
    history = [
        {"role": "user", "content": f"{both}?"},
        {"role": "assistant", "content": "One of them is fast."},
    ]
    found: list[Asked] = [
        ("ask", "POST", "/v1/ask", {"question": f"Is {both} faster?"}),
        ("ask", "POST", "/v1/ask", {"question": f"What is {subjects[0]}?"}),
        ("ask", "POST", "/v1/ask", {"question": "What is the weather on Mars?"}),
        ("follow-up", "POST", "/v1/ask", {"question": "And for beginners?", "history": history}),
        ("follow-up", "POST", "/v1/ask", {"question": "Why?", "history": history}),
        ("compare", "POST", "/v1/compare", {"subjects": subjects, "aspects": aspects[:2]}),
        ("compare", "POST", "/v1/compare", {"subjects": subjects}),
        ("search", "POST", "/v1/search", {"query": "open a file", "limit": 5}),
        ("search", "POST", "/v1/search", {"query": "fast reads", "subjects": [subjects[0]]}),
        *(("page", "GET", path, None) for path in PAGE),
        *(("document", "GET", f"/v1/documents/{name}", None) for name in documents[:2]),
        ("list", "GET", "/v1/sources", None),
        ("list", "GET", "/v1/index", None),
    ]
    return found


class Visitors:
    """Clients that go through the mix, each from another place in it."""

    def __init__(self, url: str, asked: Sequence[Asked], tally: Tally) -> None:
        self._url = url
        self._asked = asked
        self._tally = tally

    async def stay(self, until: float) -> None:
        """Ask until then, on a clock that only goes forward."""
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(
            base_url=self._url, timeout=60, trust_env=False, limits=limits
        ) as client:
            await asyncio.gather(*(self._visit(client, place, until) for place in range(AT_ONCE)))

    async def _visit(self, client: httpx.AsyncClient, place: int, until: float) -> None:
        for kind, method, path, body in itertools.islice(
            itertools.cycle(self._asked), place * 3, None
        ):
            if time.monotonic() >= until:
                return
            begun = time.monotonic()
            try:
                response = await client.request(method, path, json=body)
            except httpx.HTTPError as error:
                self._tally.add(kind, type(error).__name__, begun)
                continue
            self._tally.add(kind, str(response.status_code), begun)
            if response.status_code == 503:
                await asyncio.sleep(min(2, float(response.headers.get("retry-after", 1))))
            await asyncio.sleep(0.02)
