"""Lets in who holds a key: readers ask, admins also see figures and change what is served.

A key comes as `Authorization: Bearer KEY`, or as the password of Basic, which browsers ask for.
"""

import base64
import binascii
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.keyring import Keyring
from api.keys import Key, Role
from api.problems import problem

FREE: Final = frozenset({"/healthz", "/readyz"})
ADMIN: Final = "/v1/admin/"
FIGURES: Final = "/metrics"

# A header each: browsers read one challenge of a header, and pass over those that they do not know.
_CHALLENGES: Final = ('Bearer realm="ragbot"', 'Basic realm="ragbot", charset="UTF-8"')
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Answers 401 to who has no key, and 403 to whose role is too small.

    Without keys everyone may ask; what changes the service is for nobody then. `scope["state"]`
    has the `key` of who was let in.
    """

    def __init__(self, app: ASGIApp, keyring: Keyring) -> None:
        self._app = app
        self._keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refused = self._refused(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if path in FREE:
            return None
        is_admins = path.startswith(ADMIN)
        if not self._keyring.is_on:
            detail = "This is for admins, and no keys are set; RAGBOT_KEYS names them."
            return _forbidden(detail, path) if is_admins else None
        headers = Headers(scope=scope)
        secret = _secret(headers.get("authorization", ""))
        key = self._keyring.holder(secret) if secret else None
        if key is None:
            detail = (
                "This key is not known; ask for another."
                if secret
                else "A key is needed: send it as Authorization: Bearer KEY."
            )
            unknown = problem(
                HTTPStatus.UNAUTHORIZED,
                detail,
                path,
                kind="urn:ragbot:key",
                title="A key is needed",
            )
            for challenge in _CHALLENGES:
                unknown.headers.append("WWW-Authenticate", challenge)
            return unknown
        if (is_admins or path == FIGURES) and key.role is not Role.ADMIN:
            return _forbidden(f"This is for admins; {key.name} is a {key.role}.", path)
        if is_admins and _from_elsewhere(scope["method"], headers):
            return _forbidden("Pages of other origins may not do this.", path)
        scope.setdefault("state", {})["key"] = key
        return None


def key_of(scope: Scope) -> Key | None:
    """Who asks, None where no key was needed."""
    found: Key | None = scope.get("state", {}).get("key")
    return found


def _secret(authorization: str) -> str:
    """The key in an Authorization header, "" where there is none."""
    scheme, _, given = authorization.partition(" ")
    given = given.strip()
    if scheme.lower() == "bearer":
        return given
    if scheme.lower() == "basic":
        try:
            said = base64.b64decode(given, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return ""
        return said.partition(":")[2]
    return ""


def _from_elsewhere(method: str, headers: Headers) -> bool:
    """Whether a browser sends this for a page of another origin: it adds a password by itself."""
    origin = headers.get("origin")
    if method in _READING or origin is None:
        return False
    return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


def _forbidden(detail: str, path: str) -> Response:
    return problem(
        HTTPStatus.FORBIDDEN, detail, path, kind="urn:ragbot:role", title="This is not allowed"
    )
