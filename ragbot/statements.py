"""Finds everything in a document that is worth quoting, and says of which subjects each speaks.

A statement is a sentence, a short list item, a table cell under its headers, or a piece of a code
listing. It never exceeds MAX_WORDS, so that every statement can be quoted whole. A sentence that
leans on the one before it ("This makes it ...") begins with that one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ragbot import sentences
from ragbot.guide import Guide
from ragbot.types import Block, BlockKind, Document, Passage, Statement
from ragbot.unspaced import count_words

MAX_WORDS = 60
QUOTE_WORDS = 80  # of a quote, at most: a statement with what it takes in of what stands beside it
ITEM_WORDS = 40  # longer list items are quoted sentence by sentence
LEAD_WORDS = 25  # a lead-in ("Advantages of it:") longer than that is no label
LABEL_JOIN = " | "

_LEANS = re.compile(
    r"(?:(?:However|But|So|Thus|Therefore|Hence|Also|Additionally|Moreover|Furthermore|Instead|"
    r"Otherwise|Similarly|In addition|As a result|For example|For instance|In contrast),?\s+)?"
    r"(?:this|that|these|those|it|its|they|their|them|he|she|such|the former|the latter|both|"
    r"which|one|here)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Quote:
    start: int
    end: int
    label: str = ""
    subjects: tuple[str, ...] = ()
    lead: str = ""  # the words before it that say what it speaks of, where the label does not


def find(document: Document, passages: list[Passage], guide: Guide) -> list[Statement]:
    """The statements of a document, each in the first of its passages that holds it whole."""
    starts = [passage.start for passage in passages]
    statements = []
    for block, quote in _quotes(document, guide):
        # Passages overlap by one sentence at most, so that only two can hold a quote.
        last = bisect_right(starts, quote.start)
        holding = (p for p in passages[max(0, last - 2) : last] if quote.end <= p.end)
        passage = next(holding, None)
        if passage is None:
            continue
        about = quote.subjects or _about(document, passage, quote, guide)
        statements.append(
            Statement(
                passage_id=passage.id,
                start=quote.start,
                end=quote.end,
                kind=block.kind,
                label=quote.label,
                subjects=about,
                facts=document.kinds_of(quote.start, quote.end),
            )
        )
    return statements


def statement_text(title: str, heading_path: tuple[str, ...], label: str, quote: str) -> str:
    """What the encoder reads of a statement: its innermost heading, its label and the quote."""
    return ": ".join(filter(None, (heading_path[-1] if heading_path else title, label, quote)))


def with_subjects(passages: list[Passage], statements: list[Statement]) -> list[Passage]:
    """The passages, each with the subjects that its statements speak of."""
    subjects: dict[str, dict[str, None]] = {passage.id: {} for passage in passages}
    for statement in statements:
        subjects[statement.passage_id] |= dict.fromkeys(statement.subjects)
    return [replace(passage, subjects=tuple(subjects[passage.id])) for passage in passages]


def _quotes(document: Document, guide: Guide) -> Iterator[tuple[Block, _Quote]]:
    lead = ""
    for block in document.blocks:
        text = document.text[block.start : block.end]
        match block.kind:
            case BlockKind.PROSE:
                lead = text if text.endswith(":") and count_words(text) <= LEAD_WORDS else ""
                quotes = _sentences(block.start, text, guide) if not lead else []
            case BlockKind.LIST_ITEM:
                quotes = _item(block.start, text, lead, guide)
            case BlockKind.TABLE_ROW:
                quotes = _row(document, block, guide)
            case BlockKind.CODE:
                quotes, lead = _listing(block.start, text, lead), ""
            case _:
                quotes, lead = [], ""
        for quote in quotes:
            if 0 < count_words(document.text[quote.start : quote.end]) <= MAX_WORDS:
                yield block, _beneath(block.label, quote) if block.label else quote


def _beneath(name: str, quote: _Quote) -> _Quote:
    """A quote with the name of the tab it stands in before its label."""
    label = LABEL_JOIN.join(dict.fromkeys(filter(None, (name, quote.label))))
    return replace(quote, label=label, lead=quote.lead or name)


def _sentences(offset: int, text: str, guide: Guide, label: str = "") -> list[_Quote]:
    """Every sentence; one that leans on its neighbour starts there and takes over its subjects."""
    quotes: list[_Quote] = []
    for begin, end in sentences.split(text):
        start, sentence = begin, text[begin:end]
        named = guide.subjects_in(sentence)
        if quotes and _LEANS.match(sentence):
            before = quotes[-1]
            named = tuple(dict.fromkeys((*before.subjects, *named)))
            if count_words(text[before.start - offset : end]) <= MAX_WORDS:
                start = before.start - offset
        quotes.append(_Quote(offset + start, offset + end, label, named))
    return quotes


def _item(offset: int, text: str, lead: str, guide: Guide) -> list[_Quote]:
    label = lead.removesuffix(":")
    if count_words(text) <= ITEM_WORDS:
        named = guide.subjects_in(text) or guide.subjects_in(lead)
        return [_Quote(offset, offset + len(text), label, named)]
    return _sentences(offset, text, guide, label)


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
    if len(document.subjects) == 1:
        return named or document.subjects
    return named if len(named) == 1 else ()
