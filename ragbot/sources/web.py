"""Obtains pages of the web: one page, or those that a sitemap lists."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ragbot.errors import SourceError
from ragbot.progress import Progress
from ragbot.quarantine import Quarantine, in_force
from ragbot.sources.addresses import PublicNetwork, RefusedError, Resolve, resolve
from ragbot.sources.catalog import Entry
from ragbot.sources.fetching import Fetched, Fetcher, Locked, Shelf
from ragbot.sources.patterns import matches
from ragbot.sources.robots import GoneError
from ragbot.sources.web_entry import ObtainWeb
from ragbot.sources.web_page import document_of, path_of
from ragbot.sources.web_sitemap import Listed, listed_pages
from ragbot.sources.web_transport import PageError
from ragbot.sources.web_visit import Limits, Page, UnreachableError, Visitor

_MOST_UNREACHABLE = 3  # pages in a row after which no further one is asked for
_LONGEST_VALIDATOR = 1000  # characters of an ETag that is kept
_ASKS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True, slots=True)
class WebFetcher:
    """Fetches entries of kind `web`.

    The lock's `validators` hold, by address, a checksum of the document and the headers of the next
    conditional request, a line each. `names`, `near_ports` and `sleep` are for tests: another way
    to look up hosts, ports of this machine that may be reached, another way to wait.
    """

    limits: Limits = field(default_factory=Limits)
    names: Resolve = resolve
    near_ports: frozenset[int] = frozenset()
    sleep: Callable[[float], None] = time.sleep

    def __call__(
        self,
        entry: Entry,
        before: Locked | None,
        shelf: Shelf,
        scratch: Path,  # noqa: ARG002 - a page comes whole or not at all
        progress: Progress,
    ) -> Locked | None:
        """Put the pages on the shelf; None where every page is as it was.

        Raises:
            SourceError: the one page, the sitemap or all its pages cannot be had.
        """
        obtain = entry.obtain
        if not isinstance(obtain, ObtainWeb):
            raise SourceError(f"{entry.source.id} is of kind {obtain.kind!r}, not 'web'")
        network = PublicNetwork(self.names, self.near_ports, private=obtain.private)
        ports = None if obtain.private else self.near_ports
        with (
            Visitor(network, obtain.delay, self.limits, ports, self.sleep) as visitor,
            Quarantine(in_force.get()) as quarantine,
        ):
            harvest = _Harvest(visitor, quarantine, before, shelf, obtain)
            if obtain.url:
                progress.stage(f"{entry.source.id}: visiting", 1)
                harvest.take(Listed(obtain.url, ""))
                progress.advance(1)
            else:
                pages = harvest.listed()
                progress.stage(f"{entry.source.id}: visiting", len(pages))
                for page in pages:
                    harvest.take_or_note(page)
                    progress.advance(1)
                harvest.keep_unlisted()
            return harvest.locked()


class _Harvest:
    """Visits pages and puts them on the shelf; what cannot be had now is kept as it was."""

    def __init__(
        self,
        visitor: Visitor,
        quarantine: Quarantine,
        before: Locked | None,
        shelf: Shelf,
        obtain: ObtainWeb,
    ) -> None:
        self._visitor = visitor
        self._quarantine = quarantine
        self._before = before
        self._shelf = shelf
        self._obtain = obtain
        self._known = dict(before.validators) if before else {}
        self._validators: dict[str, str] = {}
        self._addresses: set[str] = set()
        self._noted: set[str] = set()
        self._newest = ""
        self._unreachable = 0
        self._reached = False
        self._failure: Exception | None = None
        self._lists_missing = False

    def listed(self) -> list[Listed]:
        """The pages of the sitemap that the entry asks for."""
        obtain = self._obtain
        found = listed_pages(obtain.sitemap, self._sitemap, self._left_out)
        chosen = (
            page
            for page in found
            if (not obtain.include or matches(page.url, obtain.include))
            and not matches(page.url, obtain.exclude)
        )
        pages = list(islice(chosen, obtain.pages))
        if next(chosen, None) is not None:
            reason = f"it lists more than {obtain.pages} pages; the first were taken"
            self._shelf.problem(obtain.sitemap, f"{reason} (raise pages in sources.toml)")
        if not pages:
            raise SourceError(f"{obtain.sitemap} lists no page that include asks for")
        return pages

    def _sitemap(self, url: str) -> bytes:
        return self._visitor.visit(url).content

    def _left_out(self, url: str, reason: str, *, is_list: bool) -> None:
        self._shelf.problem(url, reason)
        if is_list:
            self._lists_missing = True
            self._failure = SourceError(reason)

    def keep_unlisted(self) -> None:
        """Keep what was fetched before and may be on a list that cannot be had now."""
        if self._lists_missing:
            for url in self._known.keys() - self._validators.keys() - self._noted:
                self._keep(url)

    def take_or_note(self, page: Listed) -> None:
        """Take a page; one that cannot be had is noted, and kept if it may come back.

        Raises:
            UnreachableError: so far none could be reached, and that several times.
        """
        if self._unreachable >= _MOST_UNREACHABLE:
            self._note(page, PageError("its host does not answer any more; sync later"))
            self._keep_known(page)
            return
        try:
            self.take(page)
            self._unreachable = 0
            self._reached = True
        except (GoneError, RefusedError) as error:
            self._note(page, error)
        except PageError as error:
            self._note(page, error)
            self._keep_known(page)
            self._unreachable += isinstance(error, UnreachableError)
            if self._unreachable >= _MOST_UNREACHABLE and not self._reached:
                raise

    def take(self, page: Listed) -> None:
        """Put a page on the shelf, or keep it where it has not changed.

        Raises:
            SourceError: it cannot be had.
        """
        known = self._known.get(page.url, "")
        found = self._visitor.visit(page.url, _conditions(known))
        if found.status == 304:
            self._keep(page.url)
            return
        document = document_of(
            found, page.url, page.changed, self._obtain.licence, self._quarantine
        )
        if document.url in self._addresses:
            return  # the same page under two addresses
        self._addresses.add(document.url)
        self._newest = max(self._newest, document.updated, document.published)
        checksum = _checksum(document)
        self._validators[page.url] = _validator(checksum, found)
        if known.partition("\n")[0] == checksum:
            self._shelf.keep(document.path)
        else:
            self._shelf.put(document)

    def locked(self) -> Locked | None:
        """What the source was resolved to; None where it is what it was before.

        Raises:
            SourceError: there is no page at all.
        """
        if not self._validators:
            raise SourceError(f"no page of {self._obtain.sitemap} can be had: {self._failure}")
        pages = {url: told.partition("\n")[0] for url, told in sorted(self._validators.items())}
        listing = "".join(f"{url} {checksum}\n" for url, checksum in pages.items())
        total = hashlib.sha256(listing.encode()).hexdigest()
        if self._before and self._before.checksum == total and self._failure is None:
            return None
        date = max(self._newest, self._before.date if self._before else "")
        return Locked(total[:12], date, total, self._validators)

    def _keep(self, url: str) -> None:
        self._shelf.keep(path_of(url))
        self._validators[url] = self._known[url]

    def _keep_known(self, page: Listed) -> None:
        if page.url in self._known:
            self._keep(page.url)

    def _note(self, page: Listed, error: Exception) -> None:
        self._noted.add(page.url)
        self._failure = error
        self._shelf.problem(page.url, str(error))


def _conditions(known: str) -> dict[str, str]:
    asks = (line.partition(": ") for line in known.split("\n")[1:])
    return {ask: value for ask, _, value in asks if ask in _ASKS.values() and _can_be_sent(value)}


def _validator(checksum: str, page: Page) -> str:
    told = ((ask, page.headers.get(name, "")) for name, ask in _ASKS.items())
    return "\n".join((checksum, *(f"{ask}: {value}" for ask, value in told if _can_be_sent(value))))


def _can_be_sent(value: str) -> bool:
    """Whether a validator can be given back in a header; what cannot is as good as none."""
    return 0 < len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable()


def _checksum(document: Fetched) -> str:
    facts = (
        document.media_type,
        document.url,
        document.published,
        document.updated,
        document.licence,
    )
    told = "\n".join(facts).encode() + b"\n" + document.content
    return hashlib.sha256(told).hexdigest()[:16]


fetch: Fetcher = WebFetcher()
