"""Sentences that cannot stand alone: they lean on the one before, which is brought along."""

from dataclasses import replace

from ragbot import sentences
from ragbot.statements import QUOTE_WORDS
from ragbot.traits.language import pattern
from ragbot.types import Block, BlockKind, Document, Evidence


def leans(text: str) -> bool:
    """Whether a text begins with a reference to what was said before it."""
    return bool(pattern("leans").match(text)) and not pattern("free").match(text)


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
