"""Cuts a document into passages that follow its structure and fit the encoder's window.

A passage never spans two sections (a heading with nothing under it goes with the section that
follows), a table row keeps its header with it, and only what is larger than a passage is cut:
prose between sentences, with the last sentence repeated in front of the next passage, code between
lines. Joined, without the overlaps, the passages give the document's text back.
"""

import hashlib
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ragbot import sentences
from ragbot.types import Block, BlockKind, Document, Passage, Section

CountTokens = Callable[[Sequence[str]], list[int]]

SPECIAL_TOKENS = 2
HEADING_CHARS = 160  # of the heading path, at most; the outermost names go first
HEADER_SHARE = 0.4  # of a passage, at most, for a repeated table header
GOAL = 0.8  # of what is left of the window: sections longer than that are cut evenly
OVERLAP_SHARE = 0.25  # of a passage, at most, for the repeated sentence


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch of text that is not cut further; it ends where the next unit starts.

    `part`: it is a piece of its block; `header`: the tokens of the table header it needs with it.
    """

    start: int
    block: Block
    part: bool
    header: int


def cut(document: Document, count_tokens: CountTokens, window: int) -> list[Passage]:
    """The passages of a document, in order.

    Args:
        document: what is cut.
        count_tokens: the encoder's own count for each of some texts, without special tokens.
        window: tokens that the encoder takes, special tokens included.
    """
    room = window - SPECIAL_TOKENS
    passages: list[Passage] = []
    seen: Counter[str] = Counter()
    pending = 0  # where the headings without text of their own begin
    waiting: list[Block] = []
    for section, own in _sections(document):
        waiting += own  # which are headings; only what is new is looked at
        is_heading = all(block.kind is BlockKind.HEADING for block in own)
        if is_heading and section.end < len(document.text):
            continue
        blocks = waiting
        heading = heading_line(document.title, section.heading_path)
        left = room - count_tokens([heading])[0]
        units = _units(document, blocks, pending, left, count_tokens)
        for start, end in _pack(document.text, units, section.end, left, count_tokens):
            passages.append(_passage(document, section, start, end, left, seen, count_tokens))
        pending, waiting = section.end, []
    return passages


def encoded_text(passage: Passage, title: str) -> str:
    """What the encoder reads of a passage: heading path, table header, and text."""
    body = passage.text.strip()
    for name in passage.heading_path:
        body = body.removeprefix(name).lstrip() if body.startswith(f"{name}\n") else body
    lines = [heading_line(title, passage.heading_path), passage.table_header, body]
    return "\n".join(line for line in lines if line)


def heading_line(title: str, heading_path: tuple[str, ...]) -> str:
    """Title and headings on one line, without a heading that repeats the one before it."""
    names: list[str] = []
    for name in (title, *heading_path):
        if not names or name.casefold() != names[-1].casefold():
            names.append(name)
    while len(names) > 1 and len(" > ".join(names)) > HEADING_CHARS:
        names.pop(0)
    return " > ".join(names)[:HEADING_CHARS]


def _sections(document: Document) -> Iterator[tuple[Section, list[Block]]]:
    at = 0
    for section in document.sections:
        blocks = []
        while at < len(document.blocks) and document.blocks[at].start < section.end:
            blocks.append(document.blocks[at])
            at += 1
        yield section, blocks


def _units(
    document: Document, blocks: list[Block], start: int, room: int, count_tokens: CountTokens
) -> list[_Unit]:
    """One unit a block, several for a block larger than `room` tokens; the first at `start`."""
    text = document.text
    counts = count_tokens([text[block.start : block.end] for block in blocks])
    headers = [
        _carried(tokens, room)
        for tokens in count_tokens([_header(document, block) for block in blocks])
    ]
    markers = count_tokens([text[_line_start(text, b.start) : b.start] for b in blocks])
    units: list[_Unit] = []
    for block, count, header, marker in zip(blocks, counts, headers, markers, strict=True):
        parts = _parts(text, block, count, room - header - marker, count_tokens)
        for i, (part_start, _) in enumerate(parts):
            begin = part_start if i else _line_start(text, block.start)
            units.append(_Unit(begin, block, len(parts) > 1, header))
    return [replace(units[0], start=start), *units[1:]] if units else []


def _parts(
    text: str, block: Block, count: int, room: int, count_tokens: CountTokens
) -> list[tuple[int, int]]:
    """The block itself, or where it does not fit, its sentences or lines, or else runs of words."""
    if count <= room:
        return [(block.start, block.end)]
    piece = text[block.start : block.end]
    spans = _lines(piece) if block.kind is BlockKind.CODE else sentences.split(piece)
    parts: list[tuple[int, int]] = []
    for (start, end), tokens in zip(
        spans, count_tokens([piece[start:end] for start, end in spans]), strict=True
    ):
        parts.extend(_halve(piece, start, end, tokens, room, count_tokens))
    return [(block.start + start, block.start + end) for start, end in parts]


def _halve(
    piece: str, start: int, end: int, tokens: int, room: int, count_tokens: CountTokens
) -> list[tuple[int, int]]:
    """Cut what is too long for one passage at the white space nearest to its middle, and again."""
    if tokens <= room or end - start < 2:
        return [(start, end)]
    middle = (start + end) // 2
    space = max(piece.rfind(" ", start + 1, middle), piece.rfind("\n", start + 1, middle))
    at = space + 1 if space > start + (end - start) // 4 else middle
    halves = [(start, at), (at, end)]
    counts = count_tokens([piece[a:b] for a, b in halves])
    return [
        span
        for (a, b), n in zip(halves, counts, strict=True)
        for span in _halve(piece, a, b, n, room, count_tokens)
    ]


def _lines(piece: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for line in piece.splitlines(keepends=True):
        if line.strip():
            spans.append((at, at + len(line.rstrip())))
        at += len(line)
    return spans


def _line_start(text: str, at: int) -> int:
    """Where the line of a block begins: list markers and indentation belong to their item."""
    return text.rfind("\n", 0, at) + 1


def _pack(
    text: str, units: list[_Unit], end: int, room: int, count_tokens: CountTokens
) -> Iterator[tuple[int, int]]:
    """Group units, the last of which ends at `end`, into passages of about equal size."""
    stops = [unit.start for unit in units[1:]] + [end]
    costs = count_tokens([text[u.start : stop] for u, stop in zip(units, stops, strict=True)])
    total = sum(costs)
    goal = total / math.ceil(total / (room * GOAL)) if total > room * GOAL else room
    start, used = units[0].start, units[0].header
    for i, (unit, cost) in enumerate(zip(units, costs, strict=True)):
        full = used + cost > room
        enough = used + cost / 2 > goal and not _binds(units[i - 1])
        if i and (full or enough):
            yield start, unit.start
            start, used = unit.start, unit.header
            if _repeats(units[i - 1], unit, costs[i - 1], cost, room):
                start, used = units[i - 1].start, costs[i - 1]
        used += cost
    yield start, end


def _repeats(before: _Unit, unit: _Unit, repeated: int, cost: int, room: int) -> bool:
    """Whether the sentence before a cut is repeated after it."""
    prose = unit.block.kind in (BlockKind.PROSE, BlockKind.LIST_ITEM)
    same = unit.part and before.block == unit.block
    return prose and same and repeated <= room * OVERLAP_SHARE and repeated + cost <= room


def _binds(unit: _Unit) -> bool:
    """Whether a unit should stay with the next: a heading or a table's header."""
    return unit.block.kind in (BlockKind.HEADING, BlockKind.TABLE_HEADER)


def _carried(header: int, room: int) -> int:
    """Tokens of a table header that goes with its rows; 0 where it is too long to be repeated."""
    return header if header <= room * HEADER_SHARE else 0


def _header(document: Document, block: Block) -> str:
    if block.kind is not BlockKind.TABLE_ROW or block.header is None:
        return ""
    header = document.blocks[block.header]
    return document.text[header.start : header.end]


def _passage(
    document: Document,
    section: Section,
    start: int,
    end: int,
    room: int,
    seen: Counter[str],
    count_tokens: CountTokens,
) -> Passage:
    text = document.text[start:end]
    key = f"{document.source_id}\n{document.path}\n{text}"
    seen[key] += 1
    first = document.blocks[bisect_right(document.blocks, start, key=lambda block: block.end)]
    header = _header(document, first)
    if header and not _carried(count_tokens([header])[0], room):
        header = ""
    return Passage(
        id=hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()[:16],
        document_id=document.id,
        start=start,
        end=end,
        heading_path=section.heading_path,
        anchor=section.anchor,
        text=text,
        table_header=header,
        subjects=(),
        facts=document.kinds_of(start, end),
    )
