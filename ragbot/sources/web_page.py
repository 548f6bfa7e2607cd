"""Makes a document of a page that was visited."""

import hashlib
import json
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml import html

from ragbot.errors import ReadError
from ragbot.quarantine import Quarantine, Work
from ragbot.readers.html_decode import html_text
from ragbot.readers.html_main import MainText, PageFacts, main_text, page_facts
from ragbot.sources.fetching import Fetched
from ragbot.sources.web_transport import PageError
from ragbot.sources.web_visit import Page

_TASK = "ragbot.sources.web_page:look"
_AS_IT_IS = {"application/pdf", "text/plain", "text/markdown", "text/x-rst"}
_HTML = {"text/html", "application/xhtml+xml"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# A page may be short, but of so few words nothing can be quoted; with scripts they make the rest.
_FEWEST_WORDS, _FEWEST_BESIDE_SCRIPTS = 5, 25
_NOT_TOLD = "//script | //style | //noscript | //head | //*[self::h1 or self::h2 or self::h3]"
_NOT_IN_PATHS = re.compile(r"[^\w.~+-]+")
_LONGEST_PATH = 180


def document_of(
    page: Page, url: str, changed: str, licence: str, quarantine: Quarantine
) -> Fetched:
    """The document of a page that was asked for at `url`.

    Its address is the one the page calls canonical, else the one that it was found at. `changed` is
    the date of the last change that a sitemap gives, taken where the page gives none. The page is
    parsed in quarantine.

    Raises:
        PageError: it is no text, or a page without any to speak of.
    """
    header = page.headers.get("content-type", "")
    media_type = header.partition(";")[0].strip().lower()
    if not media_type and page.content.lstrip()[:1] == b"<":
        media_type = "text/html"
    if media_type in _AS_IT_IS:
        return Fetched(
            path_of(url), page.content, media_type, url=page.url, updated=changed, licence=licence
        )
    if media_type not in _HTML:
        raise PageError(f"{url} is {media_type or 'of no known type'}, not a page of text")
    charset = _CHARSET.search(header)
    asked = {"url": page.url, "charset": charset[1] if charset else ""}
    try:
        told = quarantine.one(_TASK, asked, page.content)
    except ReadError as error:
        raise PageError(f"{url} cannot be read ({error})") from error
    head, _, content = told.partition(b"\n")
    words, scripted, *said = json.loads(head)
    if words < (_FEWEST_BESIDE_SCRIPTS if scripted else _FEWEST_WORDS):
        raise PageError(f"{url} holds no text to speak of; perhaps scripts make it")
    facts = PageFacts(*said)
    return Fetched(
        path=path_of(url),
        content=content,
        media_type="text/html",
        url=facts.address or page.url,
        published=facts.published,
        updated=facts.updated or (changed if changed > facts.published else ""),
        licence=licence,
    )


def path_of(url: str) -> str:
    """The path that names a page inside its source: host and path of its address."""
    parts = urlsplit(url)
    steps = [parts.netloc, *parts.path.split("/")]
    safe = [_NOT_IN_PATHS.sub("-", unquote(step)).strip(".-") for step in steps]
    path = "/".join(step for step in safe if step)
    is_plain = not parts.query and path == f"{parts.netloc}{parts.path}".rstrip("/")
    if is_plain and len(path) <= _LONGEST_PATH:
        return path
    return f"{path[:_LONGEST_PATH]}~{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def look(work: Work) -> Iterator[bytes]:
    """The task: a line of JSON with the words, whether scripts run and the facts; then the page."""
    text = html_text(work.content, work.facts["charset"])
    facts = page_facts(text, work.facts["url"])
    page = main_text(text)
    words = len(_words(page).split())
    scripted = re.search(r"<script\b", text, re.IGNORECASE) is not None
    head = json.dumps([words, scripted, facts.address, facts.published, facts.updated])
    yield head.encode() + b"\n" + text.encode("utf-8", "replace")


def _words(page: MainText) -> str:
    """What a page says: its main text, or all but menus and headings where there is none."""
    if page.tree is not None:
        return "".join(page.tree.itertext())
    body = html.document_fromstring(page.body)
    for part in body.xpath(_NOT_TOLD):
        part.drop_tree()
    return " ".join(body.itertext())
