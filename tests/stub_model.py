"""An OpenAI-compatible endpoint on this machine that plays what a test asks for."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ragbot.settings import Settings
from tests.serving import serving

Play = Callable[["Handler"], None]


def chunk(content: str | None = None, finish: str | None = None) -> bytes:
    """One event of a streamed completion."""
    delta = {} if content is None else {"content": content}
    body = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "stub",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


class Handler(BaseHTTPRequestHandler):
    """Keeps what it was sent and plays its part."""

    protocol_version = "HTTP/1.1"
    server: "Stub"

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length", 0))
        self.server.bodies.append(json.loads(self.rfile.read(size)))
        self.server.keys.append(self.headers.get("authorization", ""))
        with suppress(OSError):  # the client hung up
            self.server.play(self)
        self.close_connection = True

    def begin(self, status: int = 200, kind: str = "text/event-stream") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        self.end_headers()

    def send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class Stub(ThreadingHTTPServer):
    """The endpoint; `bodies` and `keys` hold what it was sent."""

    daemon_threads = True

    def __init__(self, play: Play) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.play = play
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def settings(self, settings: Settings | None = None, **more: object) -> Settings:
        """Settings that name this endpoint."""
        named = {"llm_url": self.url, "llm_model": "stub", "llm_timeout": 5.0} | more
        return (settings or Settings()).model_copy(update=named)


@contextmanager
def stub(play: Play) -> Iterator[Stub]:
    """The endpoint, while the block runs."""
    with serving(Stub(play)) as server:
        yield server


def says(text: str, size: int = 7, finish: str | None = "stop") -> Play:
    """Says a text in pieces of so many characters, whatever it is asked."""

    def play(handler: Handler) -> None:
        handler.begin()
        for at in range(0, len(text), size):
            handler.send(chunk(text[at : at + size]))
        if finish is not None:
            handler.send(chunk(finish=finish))
        handler.send(b"data: [DONE]\n\n")

    return play


def in_bytes(text: str, size: int) -> Play:
    """Says a text whose bytes on the wire are parted anywhere, also within a character."""

    def play(handler: Handler) -> None:
        handler.begin()
        wire = (
            b"".join(chunk(letter) for letter in text) + chunk(finish="stop") + b"data: [DONE]\n\n"
        )
        for at in range(0, len(wire), size):
            handler.send(wire[at : at + size])

    return play


def replies(status: int, body: bytes = b"{}", kind: str = "application/json") -> Play:
    """Replies with a status."""

    def play(handler: Handler) -> None:
        handler.begin(status, kind)
        handler.send(body)

    return play


def drips(said: Sequence[str], event: threading.Event) -> Play:
    """Says something and then only comments, until the event is set."""

    def play(handler: Handler) -> None:
        handler.begin()
        for piece in said:
            handler.send(chunk(piece))
        while not event.wait(0.05):
            handler.send(b": still here\n\n")

    return play


def obeys(handler: Handler) -> None:
    """Does what the texts that it is given order: whatever follows "say that" anywhere in them."""
    prompt = "\n".join(m["content"] for m in handler.server.bodies[-1]["messages"])
    orders = re.findall(r"say that (.*?[.!])", prompt, re.IGNORECASE)
    says(" ".join([*orders, "Heron takes a snapshot for a backup while the server runs."]))(handler)
