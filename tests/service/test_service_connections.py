"""Clients that send slowly, take nothing or only hold a connection: each is ended in time."""

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from api.connection import Doorway
from api.sparing import Sparing
from ragbot.settings import Settings

from .living import Living, living
from .process import served
from .scripted import ScriptedAssistant
from .test_service_stop import ASK, read

SHORT = {"head_seconds": 1, "body_seconds": 1, "idle_seconds": 1, "stalled_seconds": 1}
PATIENCE = 20  # far more than the second that each may take, far less than without an end


@pytest.fixture(scope="module")
def brisk() -> Iterator[Living]:
    """A service that waits for a second only."""
    with living(Settings(**SHORT), ScriptedAssistant()) as service:
        yield service


def connected(service: Living) -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


@pytest.mark.parametrize(
    ("begin", "drip"),
    [
        (b"GET /healthz HTTP/1.1\r\n", b"A: b\r\n"),
        (ASK % 60_000, b" "),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n", b" "),
    ],
    ids=["head", "body", "body of a GET"],
)
def test_what_trickles_in_is_ended(brisk: Living, begin: bytes, drip: bytes) -> None:
    with connected(brisk) as client:
        client.sendall(begin)
        begun = time.monotonic()
        client.settimeout(0.2)
        said = b""
        while time.monotonic() - begun < PATIENCE:
            try:
                client.sendall(drip)
                piece = client.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
            said += piece
            if not piece:
                break
        assert time.monotonic() - begun < PATIENCE
    if b"Content-Length: 9999" not in begin:
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in said
    assert httpx.get(f"{brisk.url}/healthz", trust_env=False).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_what_sends_nothing_more_is_closed(brisk: Living, sent: bytes) -> None:
    with connected(brisk) as client:
        client.sendall(sent)
        said = read(client)  # a timeout of PATIENCE
    assert said.count(b"HTTP/1.1 ") == bool(sent)


def test_what_takes_nothing_of_its_answer_is_left(brisk: Living) -> None:
    ask = b"GET /v1/documents/bird-review HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(PATIENCE)
        host, port = brisk.url.removeprefix("http://").split(":")
        client.connect((host, int(port)))
        begun = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - begun < 2 * PATIENCE:
                client.sendall(ask)
        assert time.monotonic() - begun < PATIENCE


def test_what_is_no_http_is_a_problem(brisk: Living) -> None:
    with connected(brisk) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        said = read(client)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in said


def test_the_room_for_connections_is_half_of_the_descriptors() -> None:
    assert Doorway.of(Settings()).room <= 1000
    assert Doorway.of(Settings(max_connections=30)).room == 30


def test_four_hundred_idle_connections_and_256_descriptors(tmp_path: Path) -> None:
    with served(tmp_path, descriptors=256, head_seconds=60) as service:
        held = []
        for number in range(400):
            client = socket.create_connection(service.address, timeout=10)
            if number % 3 == 1:
                client.sendall(b"GET / HTTP/1.1\r\nX: ")
            elif number % 3 == 2:
                client.sendall(ASK % 100)
            held.append(client)
        for _ in range(5):
            assert httpx.get(f"{service.url}/readyz", timeout=10, trust_env=False).is_success
        asked = {"question": "Kestrel?"}
        answer = httpx.post(f"{service.url}/v1/ask", json=asked, timeout=10, trust_env=False)
        assert answer.status_code == 200
        folder = Path(f"/proc/{service.process.pid}/fd")
        assert len(list(folder.iterdir())) < 240
        for client in held:
            client.close()
        assert len(service.said()) < 20_000


def test_where_all_are_being_answered_the_next_is_told(tmp_path: Path) -> None:
    slow = ScriptedAssistant(delay=3)
    with living(Settings(max_connections=8, workers=8), slow) as service:
        body = b'{"question": "Kestrel?"}'
        busy = [connected(service) for _ in range(8)]
        for client in busy:
            client.sendall(ASK % len(body) + body)
        end = time.monotonic() + 20
        while len(slow.asked) < 8:
            assert time.monotonic() < end
            time.sleep(0.01)
        with connected(service) as client:
            said = read(client)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 5" in said.lower()
        assert all(client.recv(12) == b"HTTP/1.1 200" for client in busy)
        for client in busy:
            client.close()


def test_what_goes_wrong_again_and_again_is_written_a_few_times() -> None:
    now = [0.0]
    sparing = Sparing(most=2, seconds=60, clock=lambda: now[0])

    def passes(message: str, level: int = logging.WARNING) -> str:
        record = logging.LogRecord("api", level, "", 0, message, (1,), None)
        return record.getMessage() if sparing.filter(record) else ""

    assert [passes("Odd request %d") for _ in range(5)] == ["Odd request 1"] * 2 + [""] * 3
    assert passes("Another %d") == "Another 1"
    assert all(passes("Line %d", logging.INFO) for _ in range(9))
    now[0] = 61
    assert passes("Odd request %d") == "Odd request 1 (3 more like it were left out before)"
    assert passes("Odd request %d") == "Odd request 1"
    assert passes("Odd request %d") == ""
