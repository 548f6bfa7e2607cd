"""What a proxy before the service says, where it is one that is trusted; and the prefix it serves.

Whoever reaches the service can send X-Forwarded headers, so that only those of the addresses in the
setting `trusted_proxies` are believed.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ragbot.errors import ConfigError
from ragbot.settings import Settings

Network = IPv4Network | IPv6Network

_PREFIX: Final = re.compile(r"(/[\w.~-]+)+")
_SCHEMES: Final = ("http", "https")


class Forwarded:
    """Takes client, scheme and prefix from a trusted proxy, and the prefix off the path.

    The prefix is the setting `root_path`, or X-Forwarded-Prefix. A proxy may leave it on the path
    or take it off: both work. What follows sees the path without it, and `root_path` holds it.
    """

    def __init__(self, app: ASGIApp, prefix: str, trusted: Sequence[Network]) -> None:
        self._app = app
        self._prefix = prefix.rstrip("/")
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as its sender meant it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = {**scope}
        prefix = self._prefix
        if self._trusted and self._trusts((scope.get("client") or ("",))[0]):
            headers = Headers(scope=scope)
            told = headers.get("x-forwarded-prefix", "").rstrip("/")
            prefix = prefix or (told if _PREFIX.fullmatch(told) else "")
            scheme = headers.get("x-forwarded-proto", "").strip().lower()
            if scheme in _SCHEMES:
                scope["scheme"] = scheme
            client = self._client(headers.getlist("x-forwarded-for"))
            if client:
                scope["client"] = (client, 0)
        path: str = scope["path"]
        if prefix:
            scope["root_path"] = prefix
            if path == prefix:  # addresses of the page are relative: it has to end in a slash
                query = scope["query_string"].decode("latin-1")
                target = f"{prefix}/?{query}" if query else f"{prefix}/"
                redirect = RedirectResponse(target, HTTPStatus.PERMANENT_REDIRECT)
                await redirect(scope, receive, send)
                return
            raw: bytes = scope.get("raw_path") or b""
            # However often it stands there: who routes takes it off once more, and what guards a
            # path has to see the one that is routed.
            while path.startswith(f"{prefix}/"):
                path = path[len(prefix) :]
                raw = raw.removeprefix(prefix.encode())
            scope |= {"path": path, "raw_path": raw}
        await self._app(scope, receive, send)

    def _client(self, lines: list[str]) -> str:
        """The last address in X-Forwarded-For that is no trusted proxy's, or ""."""
        for said in reversed(",".join(lines).split(",")):
            address = said.strip()
            try:
                ip_address(address)
            except ValueError:
                return ""
            if not self._trusts(address):
                return address
        return ""

    def _trusts(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def forwarded(settings: Settings) -> Middleware:
    """The middleware with the prefix and the proxies of the settings.

    Raises:
        ConfigError: one of them is no address and no network.
    """
    trusted: list[Network] = []
    for said in settings.trusted_proxies:
        try:
            trusted.append(ip_network(said, strict=False))
        except ValueError as error:
            raise ConfigError(
                f"trusted_proxies has {said!r}, which is no address and no network; "
                "write 10.0.0.5 or 10.0.0.0/8"
            ) from error
    return Middleware(Forwarded, prefix=settings.root_path, trusted=trusted)
