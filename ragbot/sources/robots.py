"""What the robots.txt of each host allows (RFC 9309)."""

from collections.abc import Callable

import httpx
from protego import Protego

from ragbot.sources.web_transport import PageError

AGENT = "ragbot"
_LARGEST = 500 * 1024  # bytes that must be read of a robots.txt


class GoneError(PageError):
    """A page that there is no longer, or that must not be read."""


class Robots:
    """The rules of each host, asked for once; `get` gives status and content of an address.

    A host that has no robots.txt allows everything; one whose robots.txt cannot be had allows
    nothing for now.
    """

    def __init__(self, get: Callable[[str], tuple[int, bytes]]) -> None:
        self._get = get
        self._rules: dict[str, Protego] = {}

    def check(self, url: httpx.URL) -> None:
        """Pass where a page may be read.

        Raises:
            GoneError: robots.txt forbids it.
            PageError: robots.txt cannot be had.
        """
        if not self._of(url).can_fetch(str(url), AGENT):
            raise GoneError(f"{url} must not be read: the robots.txt of {url.host} forbids it")

    def delay(self, url: httpx.URL) -> float:
        """The seconds that the host of a page wants between two visits; 0.0 where it is silent."""
        rules = self._rules.get(_origin(url))
        return max(float(rules.crawl_delay(AGENT) or 0.0), 0.0) if rules else 0.0

    def _of(self, url: httpx.URL) -> Protego:
        origin = _origin(url)
        if origin not in self._rules:
            status, content = self._get(f"{origin}/robots.txt")
            if status >= 500 or status == 429:
                raise PageError(f"{origin}/robots.txt cannot be had (status {status}); sync later")
            text = content[:_LARGEST].decode("utf-8", "replace") if status == 200 else ""
            self._rules[origin] = Protego.parse(text)
        return self._rules[origin]


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
