"""How a statement speaks, whatever it speaks of: whether it tells, asks, or points elsewhere."""

import re

from ragbot.types import BlockKind, Statement

# What is added to a score (docs/log.md, 2026-11-20).
ASKING = -0.25  # a quote that asks instead of telling
LISTING = -0.30  # code, where prose was asked for
SHOWING = -0.05  # code, where it is welcome: what tells in words comes first
SCRAP = -0.15  # too few words to stand alone, or it begins in mid-sentence
SCRAP_WORDS = 5
SCRAP_CODE = 3
TORN_WORDS = 12  # a line of fewer words that ends as no sentence does is a heading or a caption
POINTER = -0.20  # it says where to read on, not what is so

_SKIPS = re.compile(r"\b(?:you can|feel free to|may) skip\b", re.IGNORECASE)
_POINTER = re.compile(
    r"^(?:see|refer|check out|visit|read|learn more|for more|to learn|take a look|as mentioned|"
    r"as (?:we )?(?:saw|seen)|(?:in )?(?:the )?(?:previous|following|next)|"
    r"(?:in )?this (?:guide|tutorial|page|section|document|example|notebook|recipe|blog|"
    r"article|post)|we hope|if you (?:want|would like) to (?:learn|know|read) more|"
    r"guide:|tutorial:|author:|also known as:|explore the|what you will learn|"
    r"here(?:['\u2019]s| is| are)|now,? |let'?s|we will|first, we)|"
    r"\b(?:guide|tutorial|chapter|section|notebook) "
    r"(?:includes?|covers?|explains?|describes?|shows?)|"
    r"\b(?:learn (?:more|how)|quick-?start|talk from|more (?:details|information)|"
    r"(?:guide|tutorial|documentation|docs)\.?$|"
    r"(?:see|refer to|check out|read|visit) (?:the|our|this|also)\b)",
    re.IGNORECASE,
)
_ENDED = (".", "!", "?", ":", ";", ")", '"', "\u201d", "…")


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
        torn = prose and (not quote.endswith(_ENDED) or _begins_low(quote))
        value += SCRAP if few or torn else 0
        points = _POINTER.search(quote) or _POINTER.search(statement.label)
        value += POINTER if points or _SKIPS.search(quote) or quote.endswith(":") else 0
    return value


def says_nothing(statement: Statement, quote: str) -> bool:
    """Whether a statement is no more than a heading, an announcement, an address or a scrap."""
    words = quote.split()
    if statement.kind is BlockKind.CODE:
        return len(words) < SCRAP_CODE
    if statement.label:
        return quote.casefold() in statement.label.casefold()
    if quote.endswith(":"):
        return True
    prose = statement.kind is BlockKind.PROSE and len(words) < TORN_WORDS
    return (prose and not quote.endswith(_ENDED)) or (len(words) == 1 and not quote.endswith("."))


def _begins_low(quote: str) -> bool:
    """Whether a quote begins in mid-sentence: in lower case, though not with a programming name."""
    first = quote.split(maxsplit=1)[0]
    return first[:1].islower() and not set("._()") & set(first)
