"""Writes the clean text of a document block by block and keeps every offset."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragbot.characters import seen
from ragbot.errors import ReadError
from ragbot.readers.facts import find_facts
from ragbot.types import Block, BlockKind, Document, Fact, FactKind, RawDocument, Section

CELL_SEPARATOR = " | "
_SPACE = re.compile(r"\s+")
_NOT_SLUG = re.compile(r"[^\w\- ]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A section to which what is written later may belong again: its headings, by their levels."""

    headings: tuple[tuple[int, str], ...] = ()
    anchor: str = ""

    @property
    def level(self) -> int:
        """That of the innermost heading, 0 where there is none."""
        return self.headings[-1][0] if self.headings else 0


class DocumentWriter:
    """Collects blocks in reading order; `finish` gives the Document.

    Prose, headings, list items and cells are put on one line each (white space is folded); code
    keeps its lines. Empty pieces are dropped. Each block bears the `label` that is set when it is
    written.
    """

    def __init__(self, raw: RawDocument) -> None:
        self.label = ""
        self._raw = raw
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self.place = Place()
        self._resumes = False
        self._sections: list[tuple[int, tuple[str, ...], str]] = []
        self._anchors: dict[str, int] = {}
        self._facts: list[Fact] = []
        self._dropped: Counter[str] = Counter()
        self._dates = {"published": raw.published, "updated": raw.updated}

    @property
    def written(self) -> int:
        """How many blocks there are."""
        return len(self._blocks)

    def heading(self, level: int, text: str, anchor: str = "") -> None:
        """Start a section; `level` 1 is the outermost, `anchor` "" makes one from the text."""
        text = fold(text)
        if not text:
            return
        above = [(depth, name) for depth, name in self.place.headings if depth < level]
        self._resumes = False
        start = self._block(BlockKind.HEADING, text, depth=level)
        self.place = Place((*above, (level, text)), self._unique(anchor or slug(text)))
        self._begin_section(start)

    def resume(self, place: Place) -> None:
        """Go on with an earlier section: what follows stands under its headings."""
        self._resumes = self._resumes or place != self.place
        self.place = place

    def prose(self, text: str) -> None:
        """Add a paragraph."""
        self._block(BlockKind.PROSE, fold(text))

    def item(self, text: str, depth: int = 0, marker: str = "-") -> None:
        """Add a list item; `marker` is "-" or a number such as "3."."""
        follows = bool(self._blocks) and self._blocks[-1].kind is BlockKind.LIST_ITEM
        lead = f"{'  ' * depth}{marker} "
        self._block(BlockKind.LIST_ITEM, fold(text), tight=follows, lead=lead, depth=depth)

    def table(self, header: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> None:
        """Add a table, a line a row, cells joined by ` | `; rows that are all blank are dropped."""
        header_index: int | None = None
        first = True
        if header is not None and any(fold(cell) for cell in header):
            self._row(BlockKind.TABLE_HEADER, header, None, tight=False)
            header_index = len(self._blocks) - 1
            first = False
        for row in rows:
            if any(fold(cell) for cell in row):
                self._row(BlockKind.TABLE_ROW, row, header_index, tight=not first)
                first = False

    def code(self, text: str) -> None:
        """Add a code listing; its lines are kept, trailing white space is not."""
        lines = [seen(line.expandtabs(4)).rstrip() for line in text.splitlines()]
        while lines and not lines[0]:
            lines.pop(0)
        while lines and not lines[-1]:
            lines.pop()
        self._block(BlockKind.CODE, "\n".join(lines))

    def drop(self, construct: str, count: int = 1) -> None:
        """Count what is left out, by the name of the construct."""
        self._dropped[construct] += count

    def fact(self, kind: FactKind, detail: str, first: int) -> None:
        """Say what holds of the blocks from number `first` to the last one written."""
        if first < len(self._blocks):
            self._facts.append(Fact(kind, detail, self._blocks[first].start, self._blocks[-1].end))

    def dated(self, published: str, updated: str) -> None:
        """Say when it was written and changed, "" if not told; what was known before stands."""
        for name, date in (("published", published), ("updated", updated)):
            if date and self._dates[name] == "undated":
                self._dates[name] = date

    def finish(self, title: str = "") -> Document:
        """The document.

        Its title is the raw document's, else `title`, else its first heading, else its file name.

        Raises:
            ReadError: nothing was written.
        """
        if not self._blocks:
            raise ReadError("it holds no text", nothing_left=True)
        text = "".join(self._parts)
        raw = self._raw
        first = self._sections[0][1][0] if self._sections else ""
        starts = self._sections
        if not starts or starts[0][0] > 0:
            starts = [(0, (), ""), *starts]
        ends = [start for start, _, _ in starts[1:]] + [len(text)]
        sections = tuple(
            Section(path, anchor, start, end)
            for (start, path, anchor), end in zip(starts, ends, strict=True)
        )
        title = fold(raw.title) or fold(title) or first or raw.path.rsplit("/", 1)[-1]
        return Document(
            id=hashlib.sha256(f"{raw.source.id}\n{raw.path}".encode()).hexdigest()[:16],
            source_id=raw.source.id,
            path=raw.path,
            title=title,
            text=text,
            sections=sections,
            blocks=tuple(self._blocks),
            url=raw.url,
            published=self._dates["published"],
            updated=self._dates["updated"],
            version=raw.version,
            subjects=raw.subjects,
            licence=raw.licence,
            facts=find_facts(title, raw.path, text, self._blocks, sections, self._facts),
            dropped=tuple(sorted(self._dropped.items())),
        )

    def _row(
        self, kind: BlockKind, cells: Sequence[str], header: int | None, *, tight: bool
    ) -> None:
        folded = [fold(cell) for cell in cells]
        start = self._block(kind, CELL_SEPARATOR.join(folded), tight=tight)
        spans, at = [], start
        for cell in folded:
            spans.append((at, at + len(cell)))
            at += len(cell) + len(CELL_SEPARATOR)
        row = self._blocks[-1]
        # A row may end in empty cells; the block keeps the separators, so that offsets agree.
        self._blocks[-1] = replace(row, cells=tuple(spans), header=header)

    def _block(
        self, kind: BlockKind, text: str, *, tight: bool = False, lead: str = "", depth: int = 0
    ) -> int:
        if not text:
            return self._length
        if self._blocks:
            self._put("\n" if tight else "\n\n")
        if self._resumes:
            self._resumes = False
            self._begin_section(self._length)
        self._put(lead)
        start = self._length
        self._put(text)
        self._blocks.append(Block(kind, start, self._length, depth=depth, label=self.label))
        return start

    def _begin_section(self, start: int) -> None:
        path = tuple(name for _, name in self.place.headings)
        self._sections.append((start, path, self.place.anchor))

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _unique(self, anchor: str) -> str:
        unique = anchor
        while unique in self._anchors:
            unique = f"{anchor}-{self._anchors[anchor]}"
            self._anchors[anchor] += 1
        self._anchors[unique] = 1
        return unique


def fold(text: str) -> str:
    """The text on one line: as it is seen, with any white space as one space.

    White space is folded first as well, since some of it counts as control characters.
    """
    text = _SPACE.sub(" ", text.replace("&nbsp;", " "))
    return _SPACE.sub(" ", seen(text)).strip()


def slug(text: str) -> str:
    """The anchor that common site generators make of a heading."""
    return _SPACE.sub("-", _NOT_SLUG.sub("", text.lower()).strip())
