"""A web site on this machine that answers as a test tells it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = " ".join(f"Herons wade in shallow water and number {n} of them waits." for n in range(9))
HTML = "text/html; charset=utf-8"


def page(title: str = "Herons", words: str = WORDS, head: str = "") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav><a href='/'>Menu</a></nav>"
        f"<article><h1>{title}</h1><p>{words}</p></article><footer>Imprint</footer></body></html>"
    )


@dataclass
class Answer:
    """One answer; `body` may be written by a function of its own."""

    body: str | bytes | Callable[[BaseHTTPRequestHandler], None] = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = HTML


Route = Answer | Callable[[dict[str, str]], Answer]


class Site:
    """`routes` by path; `asked` are the paths in the order they were asked for, with headers."""

    def __init__(self, port: int) -> None:
        self.routes: dict[str, Route | list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.port = port

    def url(self, path: str, host: str = "heron.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        self.asked.append(path)
        self.headers.append(headers)
        route = self.routes.get(path, Answer("none", 404))
        if isinstance(route, list):
            return route.pop(0) if len(route) > 1 else route[0]
        return route(headers) if callable(route) else route


@contextmanager
def serving() -> Iterator[Site]:
    """A site that is served as long as this lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = site.answer(self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.media_type:
                self.send_header("Content-Type", answer.media_type)
            if callable(answer.body):
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                answer.body(self)
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the visitor left
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
