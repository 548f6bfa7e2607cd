"""Finds everything in a document that is worth quoting, and says of which subjects each speaks.

A statement is a sentence, a short list item, a table cell under its headers, or a piece of a code
listing. It never exceeds MAX_WORDS, so that every statement can be quoted whole. A sentence that
leans on the one before it ("This makes it ...") begins with that one. It speaks of its grammatical
subject ("it" is what stands before), not of all that it mentions.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from ragbot import sentences
from ragbot.guide import Guide
from ragbot.nesting import end_with_nested
from ragbot.traits.asserting import assertions
from ragbot.traits.language import pattern
from ragbot.traits.speaking import SILENT, Speaking, speaking
from ragbot.traits.standing import outdated
from ragbot.types import (
    ON_ITS_WAY_OUT,
    Assertion,
    Block,
    BlockKind,
    Document,
    Passage,
    Statement,
)
from ragbot.unspaced import count_words

MAX_WORDS = 60
QUOTE_WORDS = 80  # of a quote, at most: a statement with what it takes in of what stands beside it
ITEM_WORDS = 40  # longer list items are quoted sentence by sentence
LEAD_WORDS = 25  # a lead-in ("Advantages of it:") longer than that is no label
_OF_ITEMS = (BlockKind.LIST_ITEM, BlockKind.CODE)
LABEL_JOIN = " | "


@dataclass(frozen=True, slots=True)
class _Quote:
    start: int
    end: int
    label: str = ""
    subjects: tuple[str, ...] = ()
    lead: str = ""  # the words before it that say what it speaks of, where the label does not
    likened: tuple[str, ...] = ()  # whom it surely does not speak of, whatever its headings say
    asserts: tuple[Assertion, ...] = ()


def find(document: Document, passages: list[Passage], guide: Guide) -> list[Statement]:
    """The statements of a document, each in the first of its passages that holds it whole."""
    starts = [passage.start for passage in passages]
    statements = []
    for number, quote in _quotes(document, guide):
        # Passages overlap by one sentence at most, so that only two can hold a quote.
        last = bisect_right(starts, quote.start)
        holding = (p for p in passages[max(0, last - 2) : last] if quote.end <= p.end)
        passage = next(holding, None)
        if passage is None:
            continue
        end = _end(document, number, quote, passage, guide)
        statements.append(
            Statement(
                passage_id=passage.id,
                start=quote.start,
                end=end,
                kind=document.blocks[number].kind,
                label=quote.label,
                subjects=quote.subjects or _about(document, passage, quote, guide),
                facts=document.kinds_of(quote.start, end),
                asserts=quote.asserts,
                outdates=_outdates(document, quote, guide),
            )
        )
    return statements


def _end(document: Document, number: int, quote: _Quote, passage: Passage, guide: Guide) -> int:
    """Where a quote ends: that of a short item with what is nested in it, to which it leads."""
    block = document.blocks[number]
    if block.kind is not BlockKind.LIST_ITEM or quote.end != block.end:
        return quote.end
    end = end_with_nested(document, number, ITEM_WORDS)
    speaks_alike = set(guide.subjects_in(document.text[quote.end : end])) <= set(quote.subjects)
    return end if end <= passage.end and speaks_alike else quote.end


def labelled(symbol: str, label: str) -> str:
    """What a reader must see beside a quote: its label, below the name that its page documents."""
    return LABEL_JOIN.join(filter(None, (symbol, label)))


def statement_text(title: str, heading_path: tuple[str, ...], label: str, quote: str) -> str:
    """What the encoder reads of a statement: its innermost heading, its label and the quote."""
    return ": ".join(filter(None, (heading_path[-1] if heading_path else title, label, quote)))


def with_subjects(
    document: Document, passages: list[Passage], statements: list[Statement], guide: Guide
) -> list[Passage]:
    """The passages, each with the subjects that its statements speak of or name.

    A passage that only names a subject is still searched for it; which of its statements speak of
    that, these know themselves.
    """
    subjects: dict[str, dict[str, None]] = {passage.id: {} for passage in passages}
    for statement in statements:
        found = subjects[statement.passage_id]
        found |= dict.fromkeys(statement.subjects)
        if statement.kind is not BlockKind.CODE:
            text = document.text[statement.start : statement.end]
            found |= dict.fromkeys(guide.subjects_in(text))
    return [replace(passage, subjects=tuple(subjects[passage.id])) for passage in passages]


def _quotes(document: Document, guide: Guide) -> Iterator[tuple[int, _Quote]]:
    lead, before = "", SILENT  # whom the paragraph before speaks of at its end
    above: list[str] = []  # the items that the next one may be nested in, the outermost first
    for number, block in enumerate(document.blocks):
        text = document.text[block.start : block.end]
        match block.kind:
            case BlockKind.PROSE:
                lead = text if text.endswith(":") and count_words(text) <= LEAD_WORDS else ""
                quotes, last = _sentences(block.start, text, guide, before)
                quotes = quotes if not lead else []
                before = last if last.of else before
            case BlockKind.LIST_ITEM:
                above = above[: block.depth]
                quotes = _item(block.start, text, above[-1] if above else lead, guide)
                above.append(text if count_words(text) <= LEAD_WORDS else lead)
            case BlockKind.TABLE_ROW:
                quotes = _row(document, block, guide)
            case BlockKind.CODE:
                quotes, lead = _listing(block.start, text, lead), ""
            case _:
                quotes, lead, before = [], "", SILENT
        above = above if block.kind in _OF_ITEMS else []
        for quote in quotes:
            if 0 < count_words(document.text[quote.start : quote.end]) <= MAX_WORDS:
                yield number, _beneath(block.label, quote) if block.label else quote


def _beneath(name: str, quote: _Quote) -> _Quote:
    """A quote with the name of the tab it stands in before its label."""
    label = LABEL_JOIN.join(dict.fromkeys(filter(None, (name, quote.label))))
    return replace(quote, label=label, lead=quote.lead or name)


def _sentences(
    offset: int, text: str, guide: Guide, before: Speaking, label: str = ""
) -> tuple[list[_Quote], Speaking]:
    """Every sentence, and whom the last speaks of; one that leans on another starts there."""
    quotes: list[_Quote] = []
    told = before
    for begin, end in sentences.split(text):
        start, sentence = begin, text[begin:end]
        told = speaking(sentence, guide, told)
        if quotes and _leans(sentence):
            last = quotes[-1]
            if count_words(text[last.start - offset : end]) <= MAX_WORDS:
                start = last.start - offset
        span = offset + start, offset + end
        states = tuple(assertions(sentence, told, guide))
        quotes.append(_Quote(*span, label, told.of, likened=told.likened, asserts=states))
    return quotes, told


def _leans(sentence: str) -> bool:
    """Whether a sentence begins with a word for what stands before it."""
    opening = pattern("opening").match(sentence)  # "Unlike that, it ..."
    start = opening.end() if opening else 0
    return any(pattern(name).match(sentence, start) for name in ("pronoun", "pointing"))


def _item(offset: int, text: str, lead: str, guide: Guide) -> list[_Quote]:
    label = lead.removesuffix(":")
    above = speaking(lead, guide)
    if count_words(text) <= ITEM_WORDS:
        told = speaking(text, guide, above)
        about = told.of or tuple(name for name in above.of if name not in told.likened)
        states = tuple(assertions(text, told, guide))
        end = offset + len(text)
        return [_Quote(offset, end, label, about, likened=told.likened, asserts=states)]
    return _sentences(offset, text, guide, above, label)[0]


def _outdates(document: Document, quote: _Quote, guide: Guide) -> tuple[str, ...]:
    """The names of what a quote says to be deprecated; not what is nested in it: that says so."""
    if ON_ITS_WAY_OUT.isdisjoint(document.kinds_of(quote.start, quote.end)):
        return ()
    text = document.text[quote.start : quote.end]
    said = [outdated(text[start:end], guide) for start, end in sentences.split(text)]
    return tuple(dict.fromkeys(chain(*said)))


def _row(document: Document, block: Block, guide: Guide) -> list[_Quote]:
    """The cells of a row where a column or the row itself is a subject's, else the whole row."""
    text = document.text
    cells = [text[start:end] for start, end in block.cells]
    header = document.blocks[block.header] if block.header is not None else None
    columns = [text[start:end] for start, end in header.cells] if header else []
    if len(columns) != len(cells) or len(cells) < 2:
        columns = [""] * len(cells)
    owners = [guide.subjects_in(column) for column in columns]
    row_owner = guide.subjects_in(cells[0])
    if sum(len(owner) == 1 for owner in owners[1:]) < 2 and len(row_owner) != 1:
        label = text[header.start : header.end] if header else ""
        return [_Quote(block.start, block.end, label, guide.subjects_in(" ".join(cells)))]
    quotes = []
    for column, owner, cell, (start, end) in list(
        zip(columns, owners, cells, block.cells, strict=True)
    )[1:]:
        about = owner if len(owner) == 1 else row_owner
        label = LABEL_JOIN.join(filter(None, (cells[0], column)))
        if len(about) == 1 and cell:
            quotes.append(_Quote(start, end, label, about))
    return quotes


def _listing(offset: int, text: str, lead: str) -> list[_Quote]:
    """A listing in pieces of at most MAX_WORDS words, cut between lines."""
    pieces: list[_Quote] = []
    start, end, words, at = 0, 0, 0, 0
    for line in text.splitlines(keepends=True):
        count = count_words(line)
        if words and words + count > MAX_WORDS:
            pieces.append(_Quote(offset + start, offset + end, lead=lead))
            start, words = at, 0
        words += count
        at += len(line)
        end = at - (len(line) - len(line.rstrip())) if line.strip() else end
    if words:
        pieces.append(_Quote(offset + start, offset + end, lead=lead))
    return pieces


def _about(document: Document, passage: Passage, quote: _Quote, guide: Guide) -> tuple[str, ...]:
    """Subjects that a quote speaks of without naming one.

    They are named by its headings, from the innermost to the outermost, or by the title, or are
    those of the document as a whole. Where headings name several of a document about several, it
    speaks of none of them for certain.
    """
    named = guide.subjects_in(quote.lead)
    for text in (*reversed(passage.heading_path), document.title):
        named = named or guide.subjects_in(text)
    if len(document.subjects) != 1 and len(named) != 1:
        return ()
    return tuple(name for name in named or document.subjects if name not in quote.likened)
