"""The types that flow from a source to an answer; this module imports nothing of ours.

    Source -> RawDocument -> Document -> Passage -> Hit -> Evidence -> Claim -> Cell -> Answer

All are frozen; change one with `dataclasses.replace`. Every offset counts characters (code points)
of `Document.text`, from 0, with the end exclusive.
"""

from dataclasses import dataclass
from enum import StrEnum


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


class QuestionKind(StrEnum):
    """How a question is answered: a table of cells, or a list of findings."""

    COMPARISON = "comparison"
    SINGLE = "single"


class CellStatus(StrEnum):
    """What the sources say about one subject and one aspect."""

    SUPPORTED = "supported"
    NO_EVIDENCE = "no_evidence"


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
class RawDocument:
    """The bytes of one document with what is known about them before they are read.

    `path` names the document inside its source's corpus (POSIX, relative); `title` may be empty,
    then the reader finds one. `url` is the document's own public address or "unknown".
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


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level.

    Sections tile the text: the first starts at 0, each ends where the next starts.
    `heading_path` holds the headings from the outermost to this one, () before the first heading.
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
    `depth` is the heading level (1 to 6) or the nesting of a list item (0 outermost).
    """

    kind: BlockKind
    start: int
    end: int
    cells: tuple[tuple[int, int], ...] = ()
    header: int | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """Clean text with its structure. `blocks` are in order and do not overlap; between them stands
    white space only (and list markers).
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


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice `[start, end)` of one document that fits the encoder's window.

    `id` is a hash of source, path and text, stable between builds. `table_header` is the header row
    above a slice that starts inside a table, "" otherwise. `subjects` are the ids it speaks of.
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


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest thing worth quoting: a sentence, list item, table cell or row, or code listing.

    `[start, end)` are the quoted characters of the document; `label` is what the reader needs to
    see beside them ("Ease of use | Keras" for a table cell), "" where the quote stands alone.
    `subjects` are the ids of the subjects it speaks of, by name, heading, column or document.
    """

    passage_id: str
    start: int
    end: int
    kind: BlockKind
    label: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. Ranks count from 1; None: not found by that retriever."""

    passage: Passage
    score: float
    dense_rank: int | None
    dense_score: float | None
    lexical_rank: int | None
    lexical_score: float | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote: the exact characters `[start, end)` of a document, and what they speak of."""

    quote: str
    start: int
    end: int
    document_id: str
    passage_id: str
    kind: BlockKind
    label: str
    subjects: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Check:
    """One mechanical check of a claim and its outcome; `detail` says what was compared."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the answer, the evidence that supports it and the checks it passed."""

    text: str
    subject: str | None
    aspect: str | None
    evidence: tuple[Evidence, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What the sources say about one subject and one aspect."""

    subject: str
    aspect: str
    status: CellStatus
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered piece of evidence with everything a reader needs to open and weigh it.

    `url` carries a text fragment that scrolls to the quote, where the page is the quoted text
    itself; `published`, `updated` may be "undated".
    """

    number: int
    evidence: Evidence
    title: str
    section: tuple[str, ...]
    url: str
    source_id: str
    publisher: str
    author: str
    authority: Authority
    kind: SourceKind
    published: str
    updated: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Row:
    """An aspect of the comparison; `id` is "question" for the question's own words."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """A subject of the comparison."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood. `standalone` is `text` made self-contained with the history.

    `unknown` are the names that are asked to be compared but that the corpus does not know.
    """

    text: str
    standalone: str
    kind: QuestionKind
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, and the passages that came nearest."""

    reason: str
    nearest: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the table is filled, and by how many independent documents."""

    cells: int
    supported: int
    documents: int
    words_quoted: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and what the sources say.

    `verdict` holds quoted recommendations; `cells` the table, row by row; `findings` the quotes for
    a question that asks for no table. `refusal` is set when, and only when, all three are empty.
    """

    question: Question
    verdict: tuple[Claim, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    coverage: Coverage
    refusal: Refusal | None
    generation: str
