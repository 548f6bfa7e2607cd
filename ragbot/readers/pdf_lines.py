"""Makes paragraphs of the lines of a page: joins what was broken, drops what runs along."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_PAGE_NUMBER = re.compile(r"^\W*(?:\d+|[ivxlc]+)\b|\b\d+\s*(?:of|/)\s*\d+|\b(?:\d+|[ivxlc]+)\W*$")
_NUMBER_ALONE = re.compile(r"\W*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_BROKEN_WORD = re.compile(r"(\w+(?:-\w+)*)-$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BULLET = re.compile(r"^(?:[•‣◦●▪\u2013*-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s")
_ENDS = (".", "!", "?", ":", ";", "”", '"')
_FEWEST_REPEATS = 3
_EDGE_LINES = 2
_WIDE_GAP = 1.35  # times the usual distance of lines
_OTHER_SIZE = 1.15  # times the height of the line above
_SHORT_LINE = 0.8  # of the width of the page's text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and where its ink is, in points from the lower left corner of the page.

    `edges` are the left and right end of the column that it stands in, None for the page's.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    edges: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a document in lower case: those without a hyphen, and those with one."""

    plain: frozenset[str] = frozenset()
    hyphenated: frozenset[str] = frozenset()


def without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the lines at their upper and lower ends that repeat from page to page.

    Numbers at an end of a line count as equal, so that page numbers go too. A document of two
    pages loses what both have; a longer one what at least three have.
    """
    fewest = min(_FEWEST_REPEATS, max(len(pages), 2))
    heads = Counter(key for page in pages for key in {_key(line) for line in page[:_EDGE_LINES]})
    feet = Counter(key for page in pages for key in {_key(line) for line in page[-_EDGE_LINES:]})
    kept = []
    for page in pages:
        begin, end = 0, len(page)
        while begin < min(end, _EDGE_LINES) and heads[_key(page[begin])] >= fewest:
            begin += 1
        while end > max(begin, len(page) - _EDGE_LINES) and feet[_key(page[end - 1])] >= fewest:
            end -= 1
        if end - begin > _EDGE_LINES:  # a number alone at an end needs no other page to prove it
            begin += bool(_NUMBER_ALONE.fullmatch(page[begin].text))
            end -= bool(_NUMBER_ALONE.fullmatch(page[end - 1].text))
        kept.append(list(page[begin:end]))
    return kept


def vocabulary(pages: Sequence[Sequence[Line]]) -> Vocabulary:
    """The words that stand whole inside of a line somewhere."""
    plain: set[str] = set()
    hyphenated: set[str] = set()
    for line in (line for page in pages for line in page):
        for word in _WORD.findall(_BROKEN_WORD.sub("", line.text)):
            (hyphenated if "-" in word else plain).add(word.lower())
    return Vocabulary(frozenset(plain), frozenset(hyphenated))


def paragraphs(lines: Sequence[Line], known: Vocabulary | None = None) -> list[str]:
    """The paragraphs of a page; a word broken at the end of a line is joined.

    Whether it keeps its hyphen is for the words of the document to say, see `vocabulary`.
    """
    if not lines:
        return []
    known = known or Vocabulary()
    page = min(line.left for line in lines), max(line.right for line in lines)
    pitch = _pitch(lines)
    texts = [lines[0].text.strip()]
    for above, line in pairwise(lines):
        left, right = above.edges or page
        if _begins(above, line, pitch, left + _SHORT_LINE * (right - left)):
            texts.append(line.text.strip())
        else:
            texts[-1] = _joined(texts[-1], line.text.strip(), known)
    return texts


def _begins(above: Line, line: Line, pitch: float, short: float) -> bool:
    """Whether a line begins a paragraph."""
    sizes = sorted((above.top - above.bottom, line.top - line.bottom))
    gap = above.bottom - line.bottom
    if sizes[1] > _OTHER_SIZE * max(sizes[0], 0.1) or _BULLET.match(line.text.strip()):
        return True
    if gap < 0:  # at the top of the next column, or anywhere
        return line.edges is None or above.text.rstrip().endswith(_ENDS)
    if pitch and gap > _WIDE_GAP * pitch:
        return True
    ended = above.text.rstrip().endswith(_ENDS)
    height = max(line.top - line.bottom, 1.0)
    is_indented = line.left - above.left > 0.8 * height
    return ended and (above.right < short or is_indented)


def _pitch(lines: Sequence[Line]) -> float:
    gaps = [
        above.bottom - line.bottom
        for above, line in pairwise(lines)
        if above.bottom - line.bottom > 1
    ]
    return median(gaps) if gaps else 0.0


def _joined(text: str, more: str, known: Vocabulary) -> str:
    broken = _BROKEN_WORD.search(text)
    if broken is None or not more[:1].islower():
        return f"{text}{'' if broken and more[:1].isalnum() else ' '}{more}"
    rest = re.match(r"\w+(?:-\w+)*", more)
    keeps = _keeps(broken[1].lower(), rest[0].lower() if rest else "", known)
    return f"{text}{more}" if keeps else f"{text[:-1]}{more}"


def _keeps(before: str, after: str, known: Vocabulary) -> bool:
    """Whether a word that is broken after its hyphen is one that is written with it.

    The document says so by the word itself; where it is nowhere else, by both parts being words.
    """
    if f"{before}-{after}" in known.hyphenated:
        return True
    if f"{before}{after}" in known.plain:
        return False
    return "-" in before or (before in known.plain and after in known.plain)


def _key(line: Line) -> str:
    return _SPACE.sub(" ", _PAGE_NUMBER.sub("#", line.text.strip().lower()))
