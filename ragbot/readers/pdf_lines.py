"""Makes paragraphs of the lines of a page: joins what was broken, drops what runs along."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_PAGE_NUMBER = re.compile(r"^\W*(?:\d+|[ivxlc]+)\b|\b\d+\s*(?:of|/)\s*\d+|\b(?:\d+|[ivxlc]+)\W*$")
_SPACE = re.compile(r"\s+")
_BROKEN_WORD = re.compile(r"(\w+(?:-\w+)*)-$")
_WITH_HYPHEN = re.compile(r"\w+(?:-\w+)+")
_BULLET = re.compile(r"^(?:[•‣◦●▪\u2013*-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s")
_ENDS = (".", "!", "?", ":", ";", "”", '"')
_FEWEST_REPEATS = 3
_EDGE_LINES = 2
_WIDE_GAP = 1.35  # times the usual distance of lines
_OTHER_SIZE = 1.15  # times the height of the line above
_SHORT_LINE = 0.8  # of the width of the page's text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and where its ink is, in points from the lower left corner of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


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
        kept.append(list(page[begin:end]))
    return kept


def hyphenated(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """The words that are written with a hyphen somewhere inside a line."""
    return frozenset(
        word.lower() for page in pages for line in page for word in _WITH_HYPHEN.findall(line.text)
    )


def paragraphs(lines: Sequence[Line], known: Collection[str] = ()) -> list[str]:
    """The paragraphs of a page; a word broken at the end of a line is joined.

    It keeps its hyphen where it has others or is in `known`, see `hyphenated`.
    """
    if not lines:
        return []
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    pitch = _pitch(lines)
    texts = [lines[0].text.strip()]
    for above, line in pairwise(lines):
        if _begins(above, line, pitch, left + _SHORT_LINE * (right - left)):
            texts.append(line.text.strip())
        else:
            texts[-1] = _joined(texts[-1], line.text.strip(), known)
    return texts


def _begins(above: Line, line: Line, pitch: float, short: float) -> bool:
    """Whether a line begins a paragraph."""
    sizes = sorted((above.top - above.bottom, line.top - line.bottom))
    gap = above.bottom - line.bottom
    if sizes[1] > _OTHER_SIZE * max(sizes[0], 0.1) or gap < 0 or _BULLET.match(line.text.strip()):
        return True
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


def _joined(text: str, more: str, known: Collection[str]) -> str:
    broken = _BROKEN_WORD.search(text)
    if broken is None or not more[:1].islower():
        return f"{text}{'' if broken and more[:1].isalnum() else ' '}{more}"
    rest = re.match(r"\w+(?:-\w+)*", more)
    whole = f"{broken[1]}-{rest[0] if rest else ''}".lower()
    keeps = whole in known or "-" in broken[1]
    return f"{text}{more}" if keeps else f"{text[:-1]}{more}"


def _key(line: Line) -> str:
    return _SPACE.sub(" ", _PAGE_NUMBER.sub("#", line.text.strip().lower()))
