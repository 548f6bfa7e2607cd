"""A model's reply as it streams: finished sentences, each with the cell that it is meant for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ragbot import sentences
from ragbot.answer.generate.grounds import Place

_THINKING: Final = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_OPENED: Final = re.compile(r"<t?h?i?n?k?i?n?g?\Z")
_LEAD: Final = re.compile(
    r"^(?:[-*\u2022>#\s]+|\(?\d{1,2}[.)]\s+|(?:summary|verdict|answer|conclusion)\s*:\s*)+", re.I
)
_NUMBERS: Final = re.compile(r"\s*[\[(](?:\d+(?:\s*[,;\u2013-]\s*\d+)*|source[^\])]*)[\])]", re.I)
_EMPHASIS: Final = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=[\w.])[*_](?!\w)|`")
_ENDED: Final = re.compile(r"[.!?][\"'\u2019\u201d)]*$")
_MARKUP: Final = re.compile(r"[<>|{}]|://|\]\(|```")
_ENDS: Final = re.compile(r"[.!?\s]")
_LONGEST: Final = 60  # words; no summary needs a longer sentence


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finished sentence; `fault` says why it need not be looked at further."""

    text: str
    place: Place | None
    fault: str = ""


def finished(pieces: Iterable[str], places: Mapping[str, Place]) -> Iterator[Sentence]:
    """Each sentence of a reply as soon as it is finished.

    A reply that ends by an error of `pieces` leaves its last, unfinished sentence out.
    """
    raw, done, given = "", 0, 0  # `given` sentences of the line that begins at `done`
    for piece in pieces:
        raw += piece
        text = _OPENED.sub("", _THINKING.sub("", raw))
        while (end := text.find("\n", done)) >= 0:
            yield from list(_of_line(text[done:end], places))[given:]
            done, given = end + 1, 0
        if _ENDS.search(piece):
            found = list(_of_line(text[done:], places))[:-1]
            yield from found[given:]
            given = max(given, len(found))
    yield from list(_of_line(_THINKING.sub("", raw)[done:], places))[given:]


def _of_line(line: str, places: Mapping[str, Place]) -> Iterator[Sentence]:
    plain = _LEAD.sub("", _EMPHASIS.sub("", line)).strip()
    place = None
    for name, known in places.items():
        if found := re.match(rf"{_loosely(name)}\s*[:\u2013\u2014-]+\s*", plain, re.IGNORECASE):
            place, plain = known, plain[found.end() :]
            break
    if plain.endswith(":"):
        return
    plain = _NUMBERS.sub("", plain).strip()
    for start, end in sentences.split(plain):
        text = plain[start:end]
        yield Sentence(text, place, _fault(text))


def _loosely(name: str) -> str:
    """A pattern for a cell's name, with whatever stands between its two parts."""
    return r"[\s,|/\u2013\u2014-]+".join(map(re.escape, re.split(r",\s+", name)))


def _fault(text: str) -> str:
    if _MARKUP.search(text):
        return "markup"
    if not _ENDED.search(text):
        return "unfinished"
    return "too long" if len(text.split()) > _LONGEST else ""
