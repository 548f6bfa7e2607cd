"""What is answered: evidence, claims, cells, citations, the answer."""

from dataclasses import dataclass
from enum import StrEnum

from ragbot.types.documents import Address, Authority, BlockKind, Fact, SourceKind


class QuestionKind(StrEnum):
    """How a question is answered: a table of cells, or a list of findings."""

    COMPARISON = "comparison"
    SINGLE = "single"


class CellStatus(StrEnum):
    """What the sources say about one subject and one aspect."""

    SUPPORTED = "supported"
    NO_EVIDENCE = "no_evidence"


class DisagreementKind(StrEnum):
    """In what two statements about the same subject disagree."""

    STATUS = "status"
    RELATION = "relation"
    VERSIONS = "versions"
    BY_VERSION = "by_version"
    NUMBER = "number"
    DATE = "date"
    HOLDER = "holder"
    MANNER = "manner"
    JUDGEMENT = "judgement"


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


class SummaryStatus(StrEnum):
    """What became of a model's summary; all but the first two leave the quotes to stand alone."""

    WRITING = "writing"
    WRITTEN = "written"
    UNSUPPORTED = "unsupported"
    SLOW = "slow"
    DOWN = "down"
    LIMITED = "limited"
    FAILED = "failed"
    EMPTY = "empty"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a language model made of an answer's quotes, as far as they bear it out.

    A sentence with an aspect is for that cell. `dropped`: what was wrong with each one left out.
    """

    model: str
    status: SummaryStatus
    note: str
    sentences: tuple[Claim, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered piece of evidence with everything a reader needs to open and weigh it.

    `url` carries a text fragment that scrolls to the quote, where the page is the quoted text
    itself; `published`, `updated` may be "undated"; `facts` hold of the quote.
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
    facts: tuple[Fact, ...] = ()
    also_at: tuple[Address, ...] = ()


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
    `summary` is None without a language model.
    """

    question: Question
    verdict: tuple[Claim, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    coverage: Coverage
    refusal: Refusal | None
    generation: str
    summary: Summary | None = None
