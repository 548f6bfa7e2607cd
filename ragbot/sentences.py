"""Where sentences begin and end, with offsets."""

import re
import threading
from functools import lru_cache

import pysbd

from ragbot import unspaced

_KEPT = 4096  # texts of which it is remembered: an answer asks for those of a paragraph again
_LONG = 20_000  # characters; longer "paragraphs" are data, and a sentence splitter is slow on them


def split(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence of a one-line text, without the white space around it.

    The sentences are in order, and between them stands white space only.
    """
    return list(_split(text))


@lru_cache(maxsize=_KEPT)
def _split(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(_sentences(text))


def _sentences(text: str) -> list[tuple[int, int]]:
    if unspaced.is_unspaced(text):
        return _strip(text, unspaced.sentences(text))
    if len(text) > _LONG or not re.search(r"[.!?]\s", text):
        return _strip(text, [(0, len(text))])
    spans = _whole([(span.start, span.end) for span in _own.segmenter.segment(text)], text)
    if not _covers(text, spans):
        return _strip(text, [(0, len(text))])
    return _strip(text, spans)


class _Own(threading.local):
    """A segmenter a thread: it keeps the text that it works on."""

    def __init__(self) -> None:
        self.segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)


_own = _Own()


def _whole(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """The spans, joined where no white space stands between two: `~/.config` is one word."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not any(map(str.isspace, text[joined[-1][1] - 1 : start + 1])):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _covers(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the spans tile the text; the library loses track of offsets in rare texts."""
    at = 0
    for start, end in spans:
        if start < at or text[at:start].strip() or end <= start:
            return False
        at = end
    return not text[at:].strip()


def _strip(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    stripped = []
    for start, end in spans:
        piece = text[start:end]
        left = len(piece) - len(piece.lstrip())
        kept = piece.strip()
        if kept:
            stripped.append((start + left, start + left + len(kept)))
    return stripped
