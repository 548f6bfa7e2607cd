"""Whom a sentence speaks of: its grammatical subject, not whatever it mentions.

"Unlike Heron, it keeps no log" speaks of what "it" is, which the sentence before it tells; "Ibex
runs on Heron" of Ibex. Where the subject is no name ("Many users of Heron moved to Ibex"), all that
are named are spoken of, but for those that something is only likened to.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragbot.guide import Guide
from ragbot.traits.language import pattern

Mention = tuple[int, int, str]
"""(start, end, subject id) of a name in a text."""

Row = list[Mention]
"""Names that stand in one row ("A, B and C"), or one alone."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """Whom a sentence speaks of, by id, and whom something is only likened to.

    `subject` is the one that is its grammatical subject as a whole, "" where that is none, several,
    or a part or product of one; `at` is where that ends, `version` the one that is named with it.
    """

    of: tuple[str, ...]
    likened: tuple[str, ...] = ()
    subject: str = ""
    at: int = 0
    version: str = ""


SILENT = Speaking(())


def speaking(sentence: str, guide: Guide, before: Speaking = SILENT) -> Speaking:
    """Whom a sentence speaks of; `before` is whom the sentence before it does."""
    mentions = guide.mentions(sentence)
    if not mentions and not before.of:
        return SILENT
    opening = pattern("opening").match(sentence)
    start = opening.end() if opening else 0
    told: list[Row] = []
    likened: list[Row] = []
    for row in _rows(sentence, mentions, start):
        at = row[0][0]
        is_aside = at < start or pattern("aside").search(sentence, 0, at)
        (likened if is_aside else told).append(row)
    # What is set against a part of a subject may well be another part of it.
    wholes = [[one for one in row if is_whole(sentence, one, guide)] for row in likened]
    aside = tuple(dict.fromkeys(_names(wholes)))
    pronoun = pattern("pronoun").match(sentence, start)
    if pronoun and not pattern("expletive").match(sentence, start):
        led = [row for row in told if _leads(sentence, row[0])]
        of = dict.fromkeys((*before.of, *_names(led)))
        subject = before.subject if len(of) == 1 else ""
        return Speaking(tuple(of), aside, subject, pronoun.end(), before.version if subject else "")
    if pattern("pointing").match(sentence, start):
        return Speaking(tuple(dict.fromkeys((*before.of, *_names(told)))), aside)
    if not told or not pattern("before_subject").fullmatch(sentence, start, told[0][0][0]):
        return Speaking(tuple(dict.fromkeys(_names(told))), aside)
    return _led(sentence, start, told, aside, guide)


def _led(
    sentence: str, start: int, told: Sequence[Row], aside: tuple[str, ...], guide: Guide
) -> Speaking:
    """Whom a sentence speaks of that begins with a name: that one, and who leads a clause."""
    first = told[0]
    is_place = bool(pattern("place").match(sentence, start))
    led = [first]
    for before, row in pairwise(told):
        if _leads(sentence, row[0]) or (
            is_place and before is first and sentence[before[-1][1] : row[0][0]].strip() == ","
        ):
            led.append(row)
    of = tuple(dict.fromkeys(_names(led)))
    begin, end, name = first[0]
    behind = _VERSION_BEHIND.match(sentence, end)
    version = behind or _VERSION.match(sentence, begin, end)
    if len(of) > 1 or is_place or not is_whole(sentence, first[0], guide):
        return Speaking(of, aside)
    at = behind.end() if behind else end
    return Speaking(of, aside, name, at, version[1] if version else "")


def _leads(sentence: str, mention: Mention) -> bool:
    """Whether a name is the subject of a further clause."""
    start, end, _ = mention
    if pattern("clause").search(sentence, 0, start):
        return True
    has_verb = pattern("verb_behind").match(sentence, end)
    return bool(has_verb and pattern("comma").search(sentence, 0, start))


def is_whole(text: str, mention: Mention, guide: Guide) -> bool:
    """Whether a name means its subject as a whole, not a part of it or a product beside it.

    Its letters are those of the subject's name, or an abbreviation of them, whatever version is
    named; and no other name follows, as in "Name Mobile".
    """
    start, end, name = mention
    subject = guide.subject(name)
    rest = iter(_letters(subject.name if subject else ""))
    is_short = all(letter in rest for letter in _letters(text[start:end]))
    return is_short and "." not in text[start:end] and not _GOES_ON.match(text, end)


_VERSION = re.compile(r"\D*(\d[\d.]*)")
_VERSION_BEHIND = re.compile(r"\s(\d+(?:\.\d+)*)")
_GOES_ON = re.compile(r"(?:\s\d[\d.]*)?(?: [A-Z]\w|[-/]\w|\.\w|['\u2019]s\b)")


def _letters(words: str) -> str:
    return re.sub(r"[^a-z]", "", words.lower())


def _rows(text: str, mentions: Sequence[Mention], opened: int) -> list[Row]:
    """The mentions by rows; none goes on from what opens a sentence to the rest of it."""
    rows: list[Row] = []
    for mention in mentions:
        before = rows[-1][-1][1] if rows else 0
        is_new = not rows or before < opened <= mention[0]
        if not is_new and pattern("row").fullmatch(text, before, mention[0]):
            rows[-1].append(mention)
        else:
            rows.append([mention])
    return rows


def _names(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(name for row in rows for _, _, name in row)
