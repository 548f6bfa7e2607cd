"""How a statement speaks, whatever it speaks of: whether it tells, asks, or points elsewhere."""

import re
from collections.abc import Sequence

from ragbot.lexical.tokens import tokens
from ragbot.statements import LABEL_JOIN
from ragbot.types import BlockKind, Statement

# What is added to a score (docs/log.md, 2026-11-20).
ASKING = -0.25  # a quote that asks instead of telling
LISTING = -0.30  # code, where prose was asked for
SHOWING = -0.05  # code, where it is welcome: what tells in words comes first
SCRAP = -0.15  # too few words to stand alone, or it begins in mid-sentence
SCRAP_WORDS = 5
SCRAP_CODE = 3  # names and numbers
TORN_WORDS = 12  # a heading or caption has fewer words
LONGER, HEADING_CAPITALS = 3, 0.6  # letters of its longer words, and the share with a capital
POINTER = -0.20  # it says where to read on, not what is so

_GREETS = re.compile(r"\b(?:(?:you can|feel free to|may) skip|congratulations)\b", re.IGNORECASE)
_POINTER = re.compile(
    r"^(?:see|refer|check out|visit|read|learn more|for more|to learn|take a look|as mentioned|"
    r"as (?:we )?(?:saw|seen)|(?:in )?(?:the )?(?:previous|following|next)|"
    r"(?:in )?this (?:guide|tutorial|page|section|document|example|notebook|recipe|blog|"
    r"article|post)|we hope|if you (?:want|would like) to (?:learn|know|read) more|"
    r"follow along|watch (?!out)|(?:complete |quick |short )?guide (?:to|for|on)\b|"
    r"guide:|tutorial:|author:|also known as:|explore the|what you will learn|"
    r"here(?:['\u2019]s| is| are)|now,? |let'?s|we will|first, we)|"
    r"\b(?:guide|tutorial|chapter|section|notebook) "
    r"(?:includes?|covers?|explains?|describes?|shows?)|"
    r"\b(?:this link|link below)\b|"
    r"\b(?:learn (?:more|how)|quick-?start|talk from|more (?:details|information)|"
    r"(?:guide|tutorial|documentation|docs)\.?$|"
    r"(?:see|refer to|check out|read|visit) (?:the|our|this|also)\b)",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"(?!(?:in|if|although|though|with|when|while|because|there|here|for|as|since|unlike|like)\b)"
    r"(?:an? |the )?(?P<name>\S+(?: \S+){0,4}?) (?:is|are) (?:an?|the|one of)\b",
    re.IGNORECASE,
)
_ENDED = (".", "!", "?", ":", ";", ")", '"', "\u201d", "\u2019", "…")
_NOTES = re.compile(r"(?:\s?\[\d+\])+$")
_NAME = re.compile(r"\w+")


def manner(statement: Statement, quote: str, *, code: bool) -> float:
    """What is added to a score for how a statement speaks; `code`: whether listings are welcome."""
    value = 0.0
    if quote.rstrip().endswith("?"):
        value += ASKING
    if statement.kind is BlockKind.CODE:
        value += SHOWING if code else LISTING
    else:
        few = not statement.label and len(quote.split()) < SCRAP_WORDS
        prose = statement.kind is BlockKind.PROSE
        torn = prose and (not _has_ended(quote) or _begins_low(quote))
        value += SCRAP if few or torn else 0
        points = _POINTER.search(quote) or _POINTER.search(statement.label)
        value += POINTER if points or _GREETS.search(quote) or quote.endswith(":") else 0
    return value


def defines(quote: str, thing: str) -> bool:
    """Whether a quote begins by saying what a thing is: its name has all words of that."""
    found = _DEFINES.match(quote)
    name = found["name"].partition(" of ")[0] if found else ""
    return bool(name) and set(tokens(thing)) <= set(tokens(name))


def says_nothing(statement: Statement, quote: str) -> bool:
    """Whether a statement tells nothing: a question, heading, announcement, address or scrap."""
    if statement.kind is BlockKind.CODE:
        return len(_NAME.findall(quote)) < SCRAP_CODE
    if statement.label:
        return quote.casefold() in statement.label.casefold().split(LABEL_JOIN)
    words = quote.split()
    if quote.endswith((":", "?")) or (len(words) == 1 and not quote.endswith(".")):
        return True
    prose = statement.kind is BlockKind.PROSE
    return prose and not _has_ended(quote) and _is_heading(_NAME.findall(quote))


def _has_ended(quote: str) -> bool:
    """Whether a quote ends as a sentence does, numbers of notes aside."""
    return _NOTES.sub("", quote).endswith(_ENDED)


def _is_heading(words: Sequence[str]) -> bool:
    """Whether some words are few, and most of the longer ones have capitals."""
    longer = [word for word in words if len(word) >= LONGER]
    capitals = sum(not word[0].islower() for word in longer)
    return len(words) < TORN_WORDS and capitals > HEADING_CAPITALS * len(longer)


def _begins_low(quote: str) -> bool:
    """Whether a quote begins in mid-sentence: in lower case, though not with a programming name."""
    first = quote.split(maxsplit=1)[0]
    return first[:1].islower() and not set("._()") & set(first)
