"""How many questions a minute: of a key, and of an address; beyond them 429 says when to go on.

Counted over a moving minute, in the memory of this process.
"""

import math
import time
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guard import key_of
from api.problems import problem
from ragbot.settings import Settings

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

COUNTED: Final = (
    "/v1/ask",
    "/v1/compare",
    "/v1/search",
    "/v1/chat/completions",
    "/v1/feedback",
    "/mcp",
)

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class _Count:
    """Who is counted, what is allowed and left, and in how many seconds there is more."""

    whose: str
    most: int
    left: int
    seconds: int
    is_within: bool

    def headers(self) -> dict[str, str]:
        """The same as headers (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"{self.whose}";q={self.most};w={_MINUTE}',
            "RateLimit": f'"{self.whose}";r={self.left};t={self.seconds}',
        }


class RateLimit:
    """Counts what is asked, and answers 429 to what is too much."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._an_address = settings.per_minute
        self._limiter: MovingWindowRateLimiter | None = None
        if self._an_address:
            self._counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with what is left, or answer 429."""
        counts: list[_Count] = []
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in COUNTED:
            for whose, name, most in self._limits(scope):
                counts.append(self._counted(whose, name, most))
                if not counts[-1].is_within:
                    break
        if not counts:
            await self._app(scope, receive, send)
            return
        count = min(counts, key=lambda one: (one.is_within, one.left))
        if not count.is_within:
            headers = {**count.headers(), "Retry-After": str(count.seconds)}
            detail = (
                f"This {count.whose} has asked {count.most} times within a minute, and may "
                f"not more often; go on in {count.seconds} seconds."
            )
            refused = problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                detail,
                scope["path"],
                kind="urn:ragbot:rate",
                title="Asked too often",
                headers=headers,
            )
            await refused(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(count.headers())
            await send(message)

        await self._app(scope, receive, with_headers)

    def _limits(self, scope: Scope) -> list[tuple[str, str, int]]:
        """(what is counted, whose it is, how many a minute) of each limit there is."""
        found = []
        key = key_of(scope)
        if key is not None and key.per_minute:
            found.append(("key", key.name, key.per_minute))
        if self._an_address:
            found.append(("address", _neighbourhood(scope), self._an_address))
        return found

    def _counted(self, whose: str, name: str, most: int) -> _Count:
        from limits import RateLimitItemPerMinute

        item, counter = RateLimitItemPerMinute(most), self._counter()
        is_within = counter.hit(item, whose, name)
        window = counter.get_window_stats(item, whose, name)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        return _Count(whose, most, window.remaining, seconds, is_within)

    def _counter(self) -> "MovingWindowRateLimiter":
        if self._limiter is None:  # its import takes half a second
            from limits.storage.memory import MemoryStorage
            from limits.strategies import MovingWindowRateLimiter

            self._limiter = MovingWindowRateLimiter(MemoryStorage())
        return self._limiter


def _neighbourhood(scope: Scope) -> str:
    """The address of a client; of IPv6 its network, as one household has 2**64 addresses."""
    host = str((scope.get("client") or ("unknown",))[0])
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return host
