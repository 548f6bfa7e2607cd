"""SIGTERM under load: what runs may finish, what waits is told at once, and nothing gets a 500."""

import signal
import socket
import time
from collections import Counter
from pathlib import Path

import pytest

from .process import ended, served

BODY = b'{"question": "Kestrel or Osprey?"}'
ASK = (
    b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n"
)


@pytest.mark.parametrize(("delay", "finish"), [(2, True), (60, False)])
def test_forty_questions_and_a_sigterm(tmp_path: Path, delay: float, finish: bool) -> None:
    with served(tmp_path, delay=delay, workers=2, waiting=40, finish_seconds=4) as service:
        clients = [socket.create_connection(service.address, timeout=60) for _ in range(40)]
        for client in clients:
            client.sendall(ASK % len(BODY) + BODY)
        time.sleep(1)
        service.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        replies = [(read(client), time.monotonic() - told) for client in reversed(clients)]
        service.process.wait(30)
        took = time.monotonic() - told
        assert service.process.returncode == 0
        assert "Traceback" not in service.said()
    statuses = Counter(reply[9:12] for reply, _ in replies)
    assert set(statuses) <= {b"200", b"503"}
    assert statuses[b"200"] in ((2, 4) if finish else (0,))
    assert all(b"\r\nretry-after: " in reply for reply, _ in replies if reply[9:12] == b"503")
    assert replies[30][1] < 3  # those who waited were told at once, not after those who ran
    assert took < 30  # and not the minute of those who ran


def read(client: socket.socket) -> bytes:
    """All that comes until the connection is closed."""
    with client:
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_a_client_that_is_still_sending_does_not_keep_it(tmp_path: Path) -> None:
    with served(tmp_path, finish_seconds=1, body_seconds=60, head_seconds=60) as service:
        with (
            socket.create_connection(service.address) as body,
            socket.create_connection(service.address) as head,
        ):
            body.sendall(ASK % 100 + b"{")
            head.sendall(b"GET / HT")
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            assert ended(service.process, 30) < 25
        assert service.process.returncode == 0
        assert "Traceback" not in service.said()
