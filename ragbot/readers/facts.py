"""Finds the facts of a document and how far each reaches."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ragbot import sentences
from ragbot.readers import notices
from ragbot.readers.notices import Notice
from ragbot.types import Block, BlockKind, Fact, FactKind, Section

_TELLS = re.compile(
    r"deprecat|maint|recommend|experimental|prototype|beta|alpha|introduced|added|available|changed|removed",
    re.IGNORECASE,
)
_HEAD_BLOCKS = 2  # of a section, its code aside: there a notice may speak of all of the section
_LONGEST_LEAD = 40
_DEFINES = re.compile(r"\s*these\b", re.IGNORECASE)  # "Beta: these features ..." tells a word
_STATED = (BlockKind.PROSE, BlockKind.LIST_ITEM)


def find_facts(
    title: str,
    path: str,
    text: str,
    blocks: Sequence[Block],
    sections: Sequence[Section],
    marked: Iterable[Fact],
) -> tuple[Fact, ...]:
    """The facts of a document: those that its markup states, its headings and its sentences.

    `marked` are those of the markup, over the blocks they hold. A fact that heads a section is
    stretched over it, one that heads the document over all of it; what it covers is not said twice.
    """
    found = [Fact(n.kind, n.detail, 0, len(text)) for n in notices.of_heading(title)]
    marks = {fact.start: fact for fact in marked}
    at = 0
    for number, section in enumerate(sections):
        end = _reach(sections, number)
        if section.heading_path:
            of_heading = notices.of_heading(section.heading_path[-1])
            found += [Fact(n.kind, n.detail, section.start, end) for n in of_heading]
        heading = " ".join(section.heading_path[-1:])
        if number == 0:  # a file is named after what it documents more often than titled so
            heading = f"{heading} {title} {path.rpartition('/')[2]}"
        place = 0
        while at < len(blocks) and blocks[at].start < section.end:
            block, at = blocks[at], at + 1
            if block.kind in _STATED:
                place += 1
            is_head = place <= _HEAD_BLOCKS and block.kind in _STATED
            if (mark := marks.get(block.start)) is not None:
                is_wide = is_head and mark.kind is not FactKind.VERSION_CHANGED
                found.append(_over(mark, section.start, end) if is_wide else mark)
            if block.kind in _STATED and _TELLS.search(text, block.start, block.end):
                whole = len(text) if number == 0 else 0
                found += _stated(text, block, heading, (section.start, end, whole), is_head=is_head)
    return tuple(_merged(found))


def _stated(
    text: str, block: Block, heading: str, reach: tuple[int, int, int], *, is_head: bool
) -> Iterator[Fact]:
    """What the sentences of a block state.

    `reach`: where its section starts and ends, and the end of the document where it is the first.
    """
    start, end, whole = reach
    words = text[block.start : block.end]
    if block.kind is BlockKind.PROSE and (notice := _led(words)):
        is_wide = is_head and notice.kind is not FactKind.VERSION_CHANGED
        over = (start, end) if is_wide else (block.start, block.end)
        yield Fact(notice.kind, notice.detail, *over)
    for first, last in sentences.split(words):
        for notice in notices.of_sentence(words[first:last]):
            fact = Fact(notice.kind, notice.detail, block.start + first, block.start + last)
            if is_head and notice.of_whole and whole:
                yield _over(fact, 0, whole)
            elif is_head and _of_section(notice, heading):
                yield _over(fact, start, end)
            elif notices.is_note(words) or block.kind is BlockKind.LIST_ITEM:
                yield _over(fact, block.start, block.end)
            else:
                yield fact


def _led(words: str) -> Notice | None:
    """What the words before a paragraph's first colon say, where nothing marked them as such."""
    lead, _, rest = words.partition(":")
    if len(lead) > _LONGEST_LEAD or _DEFINES.match(rest):
        return None
    notice = notices.of_lead(lead)
    return notice if notice and (rest or any(map(str.isdigit, notice.detail))) else None


def _of_section(notice: Notice, heading: str) -> bool:
    if notice.kind is FactKind.VERSION_ADDED:
        return False
    return notice.of_this or notice.of_whole or notice.names(heading)


def _reach(sections: Sequence[Section], number: int) -> int:
    """The end of a section with the sections below it; of words before any heading, their own."""
    path = sections[number].heading_path
    end = sections[number].end
    for below in range(number + 1, len(sections)):  # a slice would copy all that follows
        section = sections[below]
        if len(section.heading_path) <= len(path) or section.heading_path[: len(path)] != path:
            break
        end = section.end
    return end


def _over(fact: Fact, start: int, end: int) -> Fact:
    return Fact(fact.kind, fact.detail, start, end)


def _merged(facts: list[Fact]) -> Iterator[Fact]:
    """The facts in order, without those that a wider one of the same kind says as well."""
    facts.sort(key=lambda fact: (fact.start, -fact.end, fact.kind, not fact.detail, fact.detail))
    reach: dict[tuple[FactKind, str | None], int] = {}  # of those kept; None for any detail
    for (_, _, kind), same in groupby(facts, key=lambda f: (f.start, f.end, f.kind)):
        fact = next(same)
        if fact.end > reach.get((kind, fact.detail or None), -1):
            for detail in (None, fact.detail):
                reach[kind, detail] = max(fact.end, reach.get((kind, detail), -1))
            yield fact
