"""Finds the main text of an HTML page and the facts that the page tells of itself."""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from htmldate import find_date
from lxml import etree, html
from trafilatura import bare_extraction, extract_metadata

from ragbot.errors import ReadError
from ragbot.readers.html_notes import put_notes_in_place
from ragbot.readers.html_tables import spread
from ragbot.readers.writer import fold

for _name in ("trafilatura", "htmldate"):  # what they remark on is not for the screen
    logging.getLogger(_name).addHandler(logging.NullHandler())

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PERMALINKS = ".//a[contains(@class,'headerlink') or contains(@class,'anchor-link')]"
_PERMALINK_SIGNS = re.compile(r"\s*[¶#§\uf0c1]+$")
_HEADINGS = ".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"
_AROUND = (
    "//*[self::nav or self::footer or @role='navigation' or @role='contentinfo' or @role='search']"
)
_LEFT_OUT = {
    tag: f"<{tag}> element"
    for tag in ("aside", "audio", "button", "form", "iframe", "script", "style", "svg", "video")
} | {"img": "image"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ASIDES = "//details[summary][not(ancestor::li or ancestor::td or ancestor::th)]"
ASIDE, ASIDE_END = "\ue0f6", "\ue0f7"
"""Before the words of a summary, and where what it sums up ends: headings of a tree."""

_SHORTEST = 250  # characters; below, trafilatura gathers loose paragraphs without their structure


@dataclass(frozen=True, slots=True)
class MainText:
    """A page: its title, the tree of its main text, the ids of its headings, in order.

    `tree` has the elements that trafilatura writes (head, p, list, item, table, row, cell, code,
    quote, hi, lb), None where no main text can be told apart; `body` is the HTML of the whole page
    without its menus and footer. `dropped` counts what was left out, by name.
    """

    title: str
    tree: Any
    anchors: Mapping[str, Sequence[str]]
    body: str
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself: its address, ISO dates; "" where it says nothing."""

    address: str
    published: str
    updated: str


def main_text(text: str) -> MainText:
    """The main text of a page: no menus, side bars, comments or footers.

    Raises:
        ReadError: it is no HTML.
    """
    page = _parsed(text)
    anchors = _anchors(page)
    _prepare(page)
    title = heading_text(extract_metadata(page, extensive=False).title or "")
    found = bare_extraction(
        _with_asides(page),
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        fast=True,
    )
    tree = getattr(found, "body", None)
    if tree is not None and len("".join(tree.itertext()).strip()) < _SHORTEST:
        tree = None
    top = None if tree is None else tree.find(".//head[@rend='h1']")
    if top is not None:  # surer than the first heading of the page, which may be a menu's
        title = heading_text("".join(top.itertext()))
    around = page.xpath(_AROUND)
    dropped = Counter(f"<{part.tag}> element" for part in around)
    if tree is not None:
        dropped += Counter(_LEFT_OUT[str(part.tag)] for part in page.iter(*_LEFT_OUT))
    for part in around:
        part.drop_tree()
    return MainText(title, tree, anchors, html.tostring(page, encoding="unicode"), dropped)


def page_facts(text: str, url: str) -> PageFacts:
    """The facts of a page that was found at `url`; an address of another site is not taken.

    Dates are those of its metadata; none is guessed from its text.

    Raises:
        ReadError: it is no HTML.
    """
    page = _parsed(text)
    published = _date(page, first=True)
    updated = _date(page, first=False)
    changed = updated if updated > published else ""
    return PageFacts(_canonical(page, url), published, changed)


def heading_text(text: str) -> str:
    """The words of a heading, without the sign of a permanent link after them."""
    return _PERMALINK_SIGNS.sub("", fold(text))


def _parsed(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    try:
        page = html.document_fromstring(_NOT_XML.sub("", text).encode(), parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise ReadError(f"it is no HTML ({error}); it holds no text") from error
    return page


def _prepare(page: html.HtmlElement) -> None:
    """Mark listings as code, give tables all their cells, take out what headings link to."""
    for link in page.xpath(_PERMALINKS):
        link.drop_tree()
    for address in page.xpath(".//address"):
        address.tag = "p"
    for figure in page.xpath(".//figure"):
        figure.tag = "div"
    for caption in page.xpath(".//figcaption"):
        caption.tag = "p"
    put_notes_in_place(page)
    for table in page.xpath(".//table"):
        spread(table)
    for listing in page.xpath(".//pre"):
        text = _NOT_XML.sub("", str(listing.text_content()))
        for child in list(listing):
            listing.remove(child)
        listing.text = None
        etree.SubElement(listing, "code").text = text


def _with_asides(page: html.HtmlElement) -> html.HtmlElement:
    """The page with the ends of its <details> marked, of which trafilatura would tell nothing."""
    if not page.xpath(_ASIDES):
        return page
    page = deepcopy(page)
    for aside in page.xpath(_ASIDES):
        aside.tag = "div"
        summary = aside.find("summary")
        summary.tag = "h6"
        summary.text = f"{ASIDE}{summary.text or ''}"
        etree.SubElement(aside, "h6").text = ASIDE_END
    return page


def _anchors(page: html.HtmlElement) -> dict[str, list[str]]:
    """The ids by which each heading can be linked to, by its words."""
    anchors: dict[str, list[str]] = defaultdict(list)
    for heading in page.xpath(_HEADINGS):
        inside = heading.xpath("./@id") or heading.xpath(".//*/@id") or heading.xpath(".//a/@name")
        first = heading.xpath("parent::*[self::section or @class='section']/@id")
        anchors[heading_text(heading.text_content())].append(str((inside or first or [""])[0]))
    return dict(anchors)


def _canonical(page: html.HtmlElement, url: str) -> str:
    """The address that the page calls its own, if it is on the same site."""
    links = page.xpath("//link[@rel='canonical']/@href") or page.xpath(
        "//meta[@property='og:url']/@content"
    )
    try:
        address = urljoin(url, str(links[0]).strip()) if links else ""
        own, there = urlsplit(url), urlsplit(address)
    except ValueError:
        return ""
    if there.scheme not in {"http", "https"} or _site(own.netloc) != _site(there.netloc):
        return ""
    return there._replace(fragment="").geturl()


def _site(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def _date(page: html.HtmlElement, *, first: bool) -> str:
    found = find_date(page, extensive_search=False, original_date=first) or ""
    return found if _DAY.fullmatch(found) else ""
