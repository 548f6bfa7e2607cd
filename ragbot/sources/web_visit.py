"""Visits pages as a good guest: allowed ones only, slowly, and not for ever."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import httpx

from ragbot import __version__
from ragbot.sources.addresses import PublicNetwork, RefusedError
from ragbot.sources.robots import AGENT, GoneError, Robots
from ragbot.sources.shown import redacted
from ragbot.sources.web_transport import BROKEN, PageError, PublicTransport, body

_PORTS = {None, 80, 443}
_MOVED = {301, 302, 303, 307, 308}
_TRY_AGAIN = {429, 500, 502, 503, 504}
_GONE = {404, 410, 451}
_HEADERS = {
    "User-Agent": f"{AGENT}/{__version__}",
    "Accept": "text/html, application/xhtml+xml, application/xml, application/pdf, text/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}


class UnreachableError(PageError):
    """A host that does not answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a visit may cost: bytes and seconds a page, seconds a source, redirects, tries.

    `seconds_a_step` is the longest silence of a server.
    """

    most_bytes: int = 20_000_000
    seconds: float = 60.0
    seconds_a_step: float = 20.0
    seconds_a_source: float = 7200.0
    longest_wait: float = 120.0
    redirects: int = 5
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the address after all redirects, the status (200 or 304), headers, bytes."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes


class Visitor:
    """Visits pages with at least `delay` seconds between two visits of one host.

    `near_ports` may be visited besides the usual ones; None for any port.
    """

    def __init__(
        self,
        network: PublicNetwork,
        delay: float,
        limits: Limits,
        near_ports: frozenset[int] | None = frozenset(),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._network = network
        self._delay = delay
        self._limits = limits
        self._ports = None if near_ports is None else _PORTS | near_ports
        self._sleep = sleep
        self._until = time.monotonic() + limits.seconds_a_source
        self._next: dict[str, float] = {}
        self._robots = Robots(self._robots_at)
        self._client = httpx.Client(
            transport=PublicTransport(network),
            trust_env=False,  # a proxy would look up names itself, unchecked
            headers=_HEADERS,
            timeout=limits.seconds_a_step,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def visit(self, url: str, conditions: Mapping[str, str] | None = None) -> Page:
        """The page at an address; status 304 where it is the same under these `conditions`.

        Raises:
            GoneError: there is no such page, or robots.txt forbids to read it.
            RefusedError: it is, or is redirected to, no public address.
            UnreachableError: its host does not answer.
            PageError: it cannot be had for another reason.
        """
        page = self._followed(url, conditions or {}, ask=True)
        if page.status in _GONE:
            raise GoneError(f"{url} is not there any more (status {page.status})")
        if page.status != 200 and not (page.status == 304 and conditions):
            raise PageError(f"{url} cannot be had (status {page.status})")
        return page

    def _followed(self, url: str, conditions: Mapping[str, str], *, ask: bool) -> Page:
        at = _address(url)
        for _ in range(self._limits.redirects + 1):
            self._check(at)
            if ask:
                self._robots.check(at)
            page = self._patiently(at, conditions)
            target = page.headers.get("location", "")
            if page.status not in _MOVED or not target:
                return page
            at = _joined(at, target)
        raise PageError(f"{url} is redirected more than {self._limits.redirects} times")

    def _patiently(self, url: httpx.URL, conditions: Mapping[str, str]) -> Page:
        for attempt in range(1, self._limits.tries + 1):
            self._wait(self._next.get(url.host, 0.0) - time.monotonic(), url)
            page = self._once(url, conditions)
            pause = max(self._delay, self._robots.delay(url))
            self._next[url.host] = time.monotonic() + pause
            if page.status not in _TRY_AGAIN or attempt == self._limits.tries:
                return page
            wanted = _retry_after(page.headers.get("retry-after", ""))
            self._wait(pause * 2**attempt if wanted is None else wanted, url)
        return page

    def _once(self, url: httpx.URL, conditions: Mapping[str, str]) -> Page:
        limits = self._limits
        self._network.deadline = time.monotonic() + limits.seconds
        try:
            with self._client.stream("GET", url, headers=dict(conditions)) as response:
                content = body(response, limits.most_bytes) if response.status_code == 200 else b""
                return Page(str(url), response.status_code, response.headers, content)
        except (httpx.InvalidURL, UnicodeError) as error:  # httpx looks where it leads to at once
            raise RefusedError(
                f"{url} is redirected to what is no http or https address"
            ) from error
        except BROKEN as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"{url} cannot be reached ({reason}); sync later") from error

    def _wait(self, seconds: float, url: httpx.URL) -> None:
        if seconds > max(self._limits.longest_wait, self._delay, self._robots.delay(url)):
            raise PageError(f"{url.host} asks to come back in {seconds:.0f} s; sync later")
        if time.monotonic() + seconds > self._until:
            raise PageError(f"{url} was not reached within the time for one source; sync later")
        if seconds > 0:
            self._sleep(seconds)

    def _robots_at(self, url: str) -> tuple[int, bytes]:
        page = self._followed(url, {}, ask=False)
        return page.status, page.content

    def _check(self, url: httpx.URL) -> None:
        if url.scheme not in {"http", "https"} or not url.host:
            raise RefusedError(f"{url} is no http or https address")
        if url.userinfo:
            raise RefusedError(f"an address of {url.host} must not hold a user name")
        if self._ports is not None and url.port not in self._ports:
            raise RefusedError(f"{url} has the unusual port {url.port}")


def _address(url: str) -> httpx.URL:
    try:
        found = httpx.URL(url)
        found.host.encode("ascii", "ignore")  # a host that cannot be written is found out here only
    except (httpx.InvalidURL, UnicodeError) as error:
        raise RefusedError(f"{redacted(url)!r} is no address ({redacted(str(error))})") from error
    return found


def _joined(at: httpx.URL, target: str) -> httpx.URL:
    """Where a redirect leads to."""
    try:
        return at.join(_address(target)).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(f"{at} is redirected to {redacted(target)!r}: no address") from error


def _retry_after(value: str) -> float | None:
    """The seconds that a Retry-After header asks for, given as seconds or as a date."""
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
