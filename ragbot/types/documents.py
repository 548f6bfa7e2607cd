"""What is read: sources, documents, passages, statements."""

from dataclasses import dataclass, field
from enum import StrEnum

from ragbot.types.assertions import Assertion


class Authority(StrEnum):
    """Who speaks: the makers of the subject, a seller, an outsider or a teacher."""

    OFFICIAL = "official"
    VENDOR = "vendor"
    INDEPENDENT = "independent"
    TUTORIAL = "tutorial"


class SourceKind(StrEnum):
    """What a source's documents are; a digest retells its original in our own words."""

    DIGEST = "digest"
    ARTICLE = "article"
    DOCUMENTATION = "documentation"


class BlockKind(StrEnum):
    """What a stretch of a document's text is."""

    HEADING = "heading"
    PROSE = "prose"
    LIST_ITEM = "list_item"
    TABLE_HEADER = "table_header"
    TABLE_ROW = "table_row"
    CODE = "code"


class FactKind(StrEnum):
    """What a document says of the standing of what it describes."""

    DEPRECATED = "deprecated"
    EXPERIMENTAL = "experimental"
    UNMAINTAINED = "unmaintained"
    NOT_RECOMMENDED = "not_recommended"
    VERSION_ADDED = "version_added"
    VERSION_CHANGED = "version_changed"


ON_ITS_WAY_OUT = frozenset({FactKind.DEPRECATED, FactKind.UNMAINTAINED, FactKind.NOT_RECOMMENDED})
"""The facts of what a reader should not begin with."""


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of sources.toml, or one made up for a bare folder.

    `published` and `updated` are ISO dates of any precision ("2022-07") or "undated"; `url` may be
    "unknown"; `subjects` are subject ids and may be empty.
    """

    id: str
    title: str
    author: str
    publisher: str
    url: str
    published: str
    updated: str
    version: str
    authority: Authority
    subjects: tuple[str, ...]
    licence: str
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class Included:
    """A file that a document takes in: its `name` as the document writes it, and its text.

    `is_document`: it is a document of the corpus itself, and read as that; then the text is "".
    """

    name: str
    text: str
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class RawDocument:
    """The bytes of one document with what is known about them before they are read.

    `path` names the document inside its source's corpus (POSIX, relative); `title` may be empty,
    then the reader finds one. `url` is the document's own public address or "unknown". `included`
    are the files that it takes in; `definitions` the substitutions that its project makes for all
    of its documents, in reStructuredText.
    """

    source: Source
    path: str
    content: bytes
    media_type: str
    title: str
    url: str
    published: str
    updated: str
    version: str
    subjects: tuple[str, ...]
    licence: str
    obtained: str
    included: tuple[Included, ...] = ()
    definitions: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level.

    Sections tile the text: the first starts at 0, each ends where the next starts.
    `heading_path` holds the headings from the outermost to this one, () before the first heading.
    One that goes on behind a part of a page with a heading of its own begins with no heading.
    """

    heading_path: tuple[str, ...]
    anchor: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, table row or code listing of a document.

    `cells` are the (start, end) of each cell of a table row or header; `header` is the index, in
    `Document.blocks`, of the header of a table row's table, None where the table has none.
    `depth` is the heading level (1 to 6) or the nesting of a list item (0 outermost). `label` is
    what stands above it and holds of it alone, the name of a tab; an index keeps it with the
    statements.
    """

    kind: BlockKind
    start: int
    end: int
    cells: tuple[tuple[int, int], ...] = ()
    header: int | None = None
    depth: int = 0
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """What holds of `[start, end)` of a document: a sentence, a block, a section or all of it.

    `detail` adds to the kind ("since 2.0", "beta", "1.4"), "" where nothing more is said.
    """

    kind: FactKind
    detail: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Address:
    """Another place where a text stands, in the same words; not read from there."""

    source_id: str
    title: str
    url: str
    path: str
    published: str
    updated: str
    version: str


@dataclass(frozen=True, slots=True)
class Document:
    """Clean text with its structure.

    `blocks` are in order and do not overlap; between them stand white space and list markers only.
    `facts` are in order of their start. `dropped` names the constructs that were left out when it
    was read, each with its count; an index does not keep it. `also_at` are the other places of the
    same text, which an index holds once. `names` are the programming names that it documents.
    """

    id: str
    source_id: str
    path: str
    title: str
    text: str
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    url: str
    published: str
    updated: str
    version: str
    subjects: tuple[str, ...]
    licence: str
    facts: tuple[Fact, ...] = ()
    dropped: tuple[tuple[str, int], ...] = field(default=(), compare=False)
    also_at: tuple[Address, ...] = ()
    names: tuple[str, ...] = ()

    def facts_of(self, start: int, end: int) -> tuple[Fact, ...]:
        """The facts that hold of some of the characters `[start, end)`."""
        return tuple(fact for fact in self.facts if fact.start < end and start < fact.end)

    def kinds_of(self, start: int, end: int) -> tuple[FactKind, ...]:
        """The kinds of these facts, each once."""
        return tuple(dict.fromkeys(fact.kind for fact in self.facts_of(start, end)))


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice `[start, end)` of one document that fits the encoder's window.

    `id` is a hash of source, path and text, stable between builds. `table_header` is the header row
    above a slice that starts inside a table, "" otherwise. `subjects` are the ids it speaks of;
    `facts` are the kinds of the facts that hold of some of it.
    """

    id: str
    document_id: str
    start: int
    end: int
    heading_path: tuple[str, ...]
    anchor: str
    text: str
    table_header: str
    subjects: tuple[str, ...]
    facts: tuple[FactKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest thing worth quoting: a sentence, list item, table cell or row, or code listing.

    `[start, end)` are the quoted characters of the document; `label` is what the reader needs to
    see beside them ("Ease of use | Keras" for a table cell), "" where the quote stands alone.
    `subjects` are the ids of the subjects it speaks of, by name, heading, column or document;
    `facts` are the kinds of the facts that hold of it. `asserts` is what it states, `outdates` the
    names of what it says to be deprecated; an index keeps these two apart from it.
    """

    passage_id: str
    start: int
    end: int
    kind: BlockKind
    label: str
    subjects: tuple[str, ...]
    facts: tuple[FactKind, ...] = ()
    asserts: tuple[Assertion, ...] = field(default=(), compare=False)
    outdates: tuple[str, ...] = field(default=(), compare=False)
