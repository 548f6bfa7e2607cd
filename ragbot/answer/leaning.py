"""Sentences that cannot stand alone: they lean on the one before, which is brought along."""

import re
from dataclasses import replace

from ragbot import sentences
from ragbot.statements import QUOTE_WORDS
from ragbot.types import Block, BlockKind, Document, Evidence

_LEANS = re.compile(
    r"(?:(?:however|but|yet|still|so|thus|therefore|hence|also|additionally|moreover|furthermore|"
    r"nevertheless|consequently|instead|otherwise|similarly|likewise|in (?:addition|contrast)|"
    r"as a result|as such|for (?:example|instance|this reason)|on the other hand|that said|"
    r"because of (?:this|that)|and),?\s+)*"
    r"(?:this|that|these|those|it|its|they|their|them|he|she|the (?:former|latter)|both|either|"
    r"neither|such)\b(?!\s+(?:guide|tutorial|page|section|document|example|notebook)\b)"
    r"|(?:however|but|yet|nevertheless|thus|therefore|hence|consequently|as a result|instead|"
    r"on the other hand|in contrast|otherwise|for this reason|because of (?:this|that)|"
    r"(?:in|for) (?:all |the )?(?:other|such|that|this|these|those) (?:case|situation)s?),?\s"
    r"|(?:above|earlier|previously),\s",
    re.IGNORECASE,
)
# "It is possible to ..." and "Both Heron and Ibex ..." point to nothing.
_FREE = re.compile(
    r"it(?:'s| is| was| may be| can be)\s+(?:\w+\s+){0,2}?(?:possible|recommended|important|"
    r"necessary|worth|useful|common|easy|hard|difficult|best|better|good|also possible)\b"
    r"[^.]{0,60}?\b(?:to|that|not)\b|both\s+(?!of\b|are\b|have\b|can\b|support\b)[^.,]{1,60}\band\b|"
    r"(?:either|neither)\s+[^.,]{1,60}\b(?:or|nor)\b",
    re.IGNORECASE,
)


def leans(text: str) -> bool:
    """Whether a text begins with a reference to what was said before it."""
    return bool(_LEANS.match(text)) and not _FREE.match(text)


def with_support(evidence: Evidence, document: Document) -> Evidence:
    """A quote with the sentence before it that it leans on, where that can be brought along."""
    start, end = supported(document, evidence.start, evidence.end)
    if start == evidence.start:
        return evidence
    return replace(evidence, quote=document.text[start:end], start=start)


def supported(document: Document, start: int, end: int) -> tuple[int, int]:
    """Where a quote begins and ends with the sentence before that it leans on.

    Only a sentence of the same paragraph or list item is taken in, and only while all are at most
    QUOTE_WORDS words; else the quote is left as it is.
    """
    block = block_of(document, start, end)
    if block is None or not leans(document.text[start:end]):
        return start, end
    text = document.text[block.start : block.end]
    begins = [block.start + begin for begin, _ in sentences.split(text)]
    before = [begin for begin in begins if begin < start]
    while before:
        first = before.pop()
        if len(document.text[first:end].split()) > QUOTE_WORDS:
            break
        if not leans(document.text[first:end]):
            return first, end
    return start, end


def block_of(document: Document, start: int, end: int) -> Block | None:
    """The paragraph or list item that holds some characters whole."""
    for block in document.blocks:
        if block.start <= start and end <= block.end:
            return block if block.kind in (BlockKind.PROSE, BlockKind.LIST_ITEM) else None
    return None
