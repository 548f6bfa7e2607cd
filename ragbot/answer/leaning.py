"""Sentences that say little alone: what they lean on, announce or go on with is brought along."""

from collections.abc import Iterable
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


def with_announced(evidence: Evidence, document: Document) -> Evidence:
    """A quote that ends in a colon with the items of the list behind it, as many as there is room.

    One that announces anything else, or a list whose first item is too long, is left as it is.
    """
    if not announces(evidence.quote):
        return evidence
    end = evidence.end
    for block in document.blocks:
        if block.start < end:
            continue
        is_next = len(document.text[end : block.start].split()) <= 1  # the item's mark
        words = len(document.text[evidence.start : block.end].split())
        if block.kind is not BlockKind.LIST_ITEM or not is_next or words > QUOTE_WORDS:
            break
        end = block.end
    return replace(evidence, quote=document.text[evidence.start : end], end=end)


def announces(text: str) -> bool:
    """Whether a text ends with the promise of something that is not in it."""
    return text.rstrip().endswith(":")


def with_neighbours(evidence: Evidence, document: Document, others: Iterable[Evidence]) -> Evidence:
    """A quote out of a paragraph with those of others that stand directly before or behind it.

    Only sentences of the same paragraph are joined, and only while all are at most QUOTE_WORDS.
    """
    block = block_of(document, evidence.start, evidence.end)
    if block is None or evidence.kind is not BlockKind.PROSE:
        return evidence
    text, start, end = document.text, evidence.start, evidence.end
    inside = sorted((o.start, o.end) for o in others if block.start <= o.start)
    for first, last in inside:
        follows = first >= end and last <= block.end and not text[end:first].strip()
        if follows and len(text[start:last].split()) <= QUOTE_WORDS:
            end = last
    for first, last in reversed(inside):
        precedes = last <= start and not text[last:start].strip()
        if precedes and len(text[first:end].split()) <= QUOTE_WORDS:
            start = first
    return replace(evidence, quote=text[start:end], start=start, end=end)


def block_of(document: Document, start: int, end: int) -> Block | None:
    """The paragraph or list item that holds some characters whole."""
    for block in document.blocks:
        if block.start <= start and end <= block.end:
            return block if block.kind in (BlockKind.PROSE, BlockKind.LIST_ITEM) else None
    return None
