"""What wraps every request, in pure ASGI: log line, headers, HEAD, last resort, body limit."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import request_ids
from api.figures import Figures
from api.problems import CLIENT_GONE, internal, problem
from api.route_names import route_of

_log = logging.getLogger("api")

_NOBODY: Final = "'none'"
_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)

_HEADERS: Final[Iterable[tuple[str, str]]] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),  # where nothing else is said: answers come from a private corpus
)
_PATH_SHOWN: Final = 200  # characters of a path in the log

_DRAINED_BYTES: Final = 8 * 1024 * 1024
"""Of a body over the limit, what is read and dropped so that its sender can hear the answer."""


class RequestLog:
    """One line a request: method, path, status, milliseconds; never a query or a body.

    The request gets its id here, and is counted.
    """

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and write the line when it is over."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0
        started = time.perf_counter()
        name = request_ids.of(Headers(scope=scope).get(request_ids.HEADER, ""))
        token = request_ids.current.set(name)

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[request_ids.HEADER] = name
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            status = status or CLIENT_GONE
            seconds = time.perf_counter() - started
            self._figures.request(scope["method"][:20], route_of(scope), status, seconds)
            # The path is percent-decoded: quoted again, it cannot forge a second line.
            path = quote(scope["path"][:_PATH_SHOWN])
            _log.info("%s %s %d %.0f ms", scope["method"][:20], path, status, seconds * 1000)
            request_ids.current.reset(token)


class SecurityHeaders:
    """Headers of every response: what a browser may load, and from where (here, only).

    `frames` are the origins whose pages may show one of these in a frame.
    """

    def __init__(self, app: ASGIApp, frames: Sequence[str] = ()) -> None:
        self._app = app
        ancestors = f"frame-ancestors {' '.join(frames) or _NOBODY}"
        policy = "; ".join((*_CONTENT_SECURITY_POLICY, ancestors))
        self._headers = (("Content-Security-Policy", policy), *_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the headers added to its response."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers:
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class HeadAsGet:
    """HEAD is answered as GET is, without the body (which the server leaves out)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as a GET."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


class LastResort:
    """An exception that nobody expected: logged with its traceback, answered without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where it raises before it answered, answer 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = False

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            path = quote(scope["path"][:_PATH_SHOWN])
            _log.exception("%s %s failed", scope["method"][:20], path)
            if answered:
                raise
            await internal(scope["path"])(scope, receive, send)


class BodyLimit:
    """Refuses bodies over `limit` bytes with 413, whether or not they say their length.

    A body is held whole (it is small by definition) before the app sees it.
    """

    def __init__(self, app: ASGIApp, limit: int, longer: Mapping[str, int] | None = None) -> None:
        """`longer` are the limits of the paths that take more, each by how those begin."""
        self._app = app
        self._limit = limit
        self._longer = dict(longer or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body, or answer 413."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        limit = next(
            (n for begin, n in self._longer.items() if path.startswith(begin)), self._limit
        )
        declared = Headers(scope=scope).get("content-length", "")
        body = bytearray()
        received = int(declared) if declared.isdecimal() else 0
        too_large = received > limit
        received = 0
        more = True
        while more and received <= _DRAINED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            piece = message.get("body", b"")
            received += len(piece)
            too_large = too_large or received > limit
            if not too_large:
                body += piece
            more = message.get("more_body", False)
        if too_large:
            await self._refused(path, limit)(scope, receive, send)
            return
        await self._app(scope, _replayed(bytes(body), receive), send)

    def _refused(self, path: str, limit: int) -> ASGIApp:
        detail = f"The body is larger than {limit} bytes; send a shorter history."
        return problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, path, headers={"Connection": "close"}
        )


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body first and then whatever comes (a disconnect)."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
