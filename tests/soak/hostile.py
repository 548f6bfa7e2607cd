"""What nobody asks in good faith, and what must cost the service nothing that lasts."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from .tally import Tally

AT_ONCE = 4  # clients
HELD = 150  # idle connections that are held at a time
PATIENCE = 60  # seconds, after which a connection counts as never ended


def post(body: bytes, path: str = "/v1/ask", host: str = "localhost", length: int = -1) -> bytes:
    """A request as it is sent; a length that is given is said instead of the true one."""
    said = len(body) if length < 0 else length
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {said}\r\nConnection: close\r\n\r\n".encode() + body


def _json(**fields: object) -> bytes:
    return json.dumps(fields).encode()


ONCE: tuple[tuple[str, bytes], ...] = (
    ("many subjects", post(_json(query="x", subjects=[""] * 15_000), "/v1/search")),
    ("long source", post(_json(query="x", sources=["x" * 60_000]), "/v1/search")),
    ("many cells", post(_json(subjects=["a"] * 5000, aspects=["b"] * 5000), "/v1/compare")),
    (
        "long history",
        post(_json(question="x", history=[{"role": "user", "content": "y" * 500}] * 110)),
    ),
    ("unknown fields", post(_json(**{f"a{n}": n for n in range(4000)}))),
    ("large body", post(b" " * 500_000)),
    ("deep JSON", post(b"[" * 60_000)),
    ("bad JSON", post(b'{"question": ')),
    ("half a character", post(b'{"question": "\\ud800"}')),
    ("odd host", post(_json(question="Kestrel?"), host="rebound.example")),
    ("long path", b"GET /" + b"%0A" * 4000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("long head", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000),
    ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n"),
    ("two lengths", post(b"{}").replace(b"Connection", b"Content-Length: 9\r\nConnection")),
    ("upgrade", b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
)


class Intruders:
    """Clients that send one odd thing after another, slowly or at once."""

    def __init__(self, host: str, port: int, tally: Tally) -> None:
        self._address = host, port
        self._tally = tally

    async def stay(self, until: float) -> None:
        """Do so until then."""
        ways: list[tuple[str, Callable[[], Awaitable[str]]]] = [
            (kind, lambda sent=sent: self._send(sent)) for kind, sent in ONCE
        ]
        ways.append(("hang up", self._hang_up))
        slow = (
            ("slow head", b"GET /healthz HTTP/1.1\r\n", b"A: b\r\n"),
            ("slow body", post(b"", length=50_000), b" "),
        )
        await asyncio.gather(
            *(self._repeat(ways, place * 4, until) for place in range(AT_ONCE)),
            *(
                self._repeat([(kind, lambda b=begin, d=drip: self._drip(b, d))], 0, until)
                for kind, begin, drip in slow
            ),
            *(self._repeat([("idle", lambda: self._send(b""))], 0, until) for _ in range(HELD)),
        )

    async def _repeat(
        self, ways: list[tuple[str, Callable[[], Awaitable[str]]]], place: int, until: float
    ) -> None:
        for kind, way in itertools.islice(itertools.cycle(ways), place, None):
            left = until - time.monotonic()
            if left <= 0:
                return
            begun = time.monotonic()
            try:
                status = await asyncio.wait_for(way(), min(left, PATIENCE))
            except TimeoutError:
                if left > PATIENCE:
                    self._tally.add(kind, "never ended", begun)
                continue
            except OSError:
                status = "closed"
            self._tally.add(kind, status, begun)
            await asyncio.sleep(0.05)

    async def _send(self, sent: bytes) -> str:
        """Send it, and read to the end of what comes back."""
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            writer.write(sent)
            with suppress(ConnectionError):
                await writer.drain()
            return _status(await reader.read(65536))
        finally:
            writer.close()

    async def _drip(self, begin: bytes, drip: bytes) -> str:
        reader, writer = await asyncio.open_connection(*self._address)
        writer.write(begin)
        said = asyncio.ensure_future(reader.read(65536))
        try:
            while not said.done():
                writer.write(drip)
                await asyncio.wait({said}, timeout=0.5)
            return _status(said.result())
        finally:
            said.cancel()
            writer.close()

    async def _hang_up(self) -> str:
        """Thirty questions at once, and nobody who waits for an answer."""
        asked = post(_json(question="Compare Kestrel and Osprey on speed and learning"))
        for _ in range(30):
            _, writer = await asyncio.open_connection(*self._address)
            writer.write(asked)
            await asyncio.sleep(0)
            writer.close()
        await asyncio.sleep(1)
        return "hung up"


def _status(said: bytes) -> str:
    return said[9:12].decode("ascii", "replace") if said.startswith(b"HTTP/") else "closed"
