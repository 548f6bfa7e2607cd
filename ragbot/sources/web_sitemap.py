"""Reads sitemaps: lists of pages, or lists of such lists, as XML, packed or one address a line."""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from lxml import etree

from ragbot.errors import SourceError
from ragbot.sources.web_transport import PageError

_GZIP = b"\x1f\x8b"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_LISTS = 100
_MOST_FOREIGN = 100  # addresses of other hosts that are named one by one
_LARGEST = 60_000_000  # bytes of a sitemap once unpacked; the protocol allows 50 MB


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a sitemap and the ISO date of its last change, "" where it gives none."""

    url: str
    changed: str


class Note(Protocol):
    """Told of an address that is left out, why, and whether it is a list of pages."""

    def __call__(self, url: str, reason: str, /, *, is_list: bool) -> None:
        """Take note of it."""
        ...


def listed_pages(sitemap: str, get: Callable[[str], bytes], note: Note) -> Iterator[Listed]:
    """The pages of a sitemap and of those it lists, each once, of its own host only.

    `get` gives the content of an address. A list among lists that cannot be had, and an address of
    another host, is left out, and `note` is told.

    Raises:
        SourceError: the sitemap itself cannot be had, or is none.
    """
    waiting, seen = [sitemap], {sitemap}
    foreign = lists = 0
    while waiting:
        at = waiting.pop(0)
        lists += 1
        if lists > _MOST_LISTS:
            note(
                at,
                f"{sitemap} lists more than {_MOST_LISTS} sitemaps; name this one by itself",
                is_list=True,
            )
            continue
        try:
            rows = list(_rows(at, _unpacked(at, get(at))))
        except SourceError as error:
            if at == sitemap:
                raise
            note(at, str(error), is_list=True)
            continue
        for page, is_list in rows:
            if page.url in seen:
                continue
            seen.add(page.url)
            if _host(page.url) != _host(sitemap):
                foreign += 1
                if foreign <= _MOST_FOREIGN:
                    note(page.url, "it is of another host; add that by itself", is_list=False)
            elif is_list:
                waiting.append(page.url)
            else:
                yield page
    if foreign > _MOST_FOREIGN:
        note(
            sitemap,
            f"{foreign - _MOST_FOREIGN:,} more addresses are of another host",
            is_list=False,
        )


def _rows(url: str, content: bytes) -> Iterator[tuple[Listed, bool]]:
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        for line in content.decode("utf-8", "replace").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield Listed(_whole(url, line.strip()), ""), False
        return
    root = _parsed(url, content)
    for row in root:
        facts = {
            etree.QName(fact).localname: (fact.text or "").strip() for fact in row.iter("{*}*")
        }
        if address := facts.get("loc", ""):
            day = _DAY.match(facts.get("lastmod", ""))
            yield Listed(_whole(url, address), day.group() if day else ""), _name(row) == "sitemap"


def _whole(sitemap: str, address: str) -> str:
    """An address as a sitemap has it, put after the sitemap's own where it is relative."""
    try:
        return urljoin(sitemap, address)
    except ValueError:
        return address  # the visitor says what is wrong with it


def _parsed(url: str, content: bytes) -> Any:
    """The tree of an XML file; one with a document type, so with entities, is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise PageError(f"{url} is no sitemap ({error.msg})") from error
    if root.getroottree().docinfo.doctype or _name(root) not in {"urlset", "sitemapindex"}:
        raise PageError(f"{url} is no sitemap (it is <{_name(root)}>)")
    return root


def _name(element: Any) -> str:
    return etree.QName(element).localname


def _unpacked(url: str, content: bytes) -> bytes:
    if not content.startswith(_GZIP):
        return content
    unpacker = zlib.decompressobj(31)
    try:
        plain = unpacker.decompress(content, _LARGEST)
    except zlib.error as error:
        raise PageError(f"{url} came damaged ({error})") from error
    if unpacker.unconsumed_tail:
        raise PageError(f"{url} is larger than {_LARGEST / 1e6:.0f} MB once unpacked")
    return plain


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
