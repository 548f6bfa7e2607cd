"""What is answered: cells, names side by side, citations, the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ragbot.types.claims import Claim, Evidence, Span
from ragbot.types.documents import Address, Authority, Fact, SourceKind
from ragbot.types.questions import Question
from ragbot.types.side_by_side import SideBySide


class CellStatus(StrEnum):
    """What the sources say about one subject and one aspect."""

    SUPPORTED = "supported"
    NO_EVIDENCE = "no_evidence"
    DISAGREE = "disagree"


class DisagreementKind(StrEnum):
    """In what two statements about the same subject disagree."""

    STATUS = "status"
    NAMES = "names"
    NUMBER = "number"


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
    itself; `path` names the document in its source, and `place` is where a reader finds it: `url`
    if that is an address of its own, else the path. `published`, `updated` may be "undated";
    `facts` hold of the quote.
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
    path: str = ""
    place: str = ""


Cited = Mapping[Span, Citation]
"""Citations by where their quotes stand."""


class Age(StrEnum):
    """How the date of one side of a disagreement lies to that of the other."""

    OLDER = "older"
    NEWER = "newer"
    SAME = "same"
    UNDATED = "undated"
    DATED = "dated"


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of a disagreement says, its most trusted quote first, then the nearest.

    `authority` and `date` are those of that first quote.
    """

    evidence: tuple[Evidence, ...]
    authority: Authority
    date: str
    age: Age


@dataclass(frozen=True, slots=True)
class Conflict:
    """A disagreement of the sources about one subject, whose name as shown is `name`.

    `aspect` is the row of the cell that it belongs to, None where it belongs to the whole answer;
    `about` says in words what it is about; `follows` is the side that the answer follows, 0 or 1,
    None where it stays open, and `why` the reason in words.
    """

    subject: str
    name: str
    aspect: str | None
    kind: DisagreementKind
    about: str
    sides: tuple[Side, Side]
    follows: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, and the passages that came nearest.

    `near_miss`: the sources speak of what is asked about, though none says what is asked.
    """

    reason: str
    nearest: tuple[Citation, ...]
    near_miss: bool = False


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

    `lead` is the answer in one to three quotes, `lead_note` says in words how to take it, "" where
    it needs no word; `cells` is the table, row by row; `findings` the quotes for
    a question that asks for no table, `side_by_side` names and their counterparts. `refusal` is
    set when, and only when, these are all empty. `steps` are quotes of one section in its order.
    `summary` is None without a language model; `conflicts` are the disagreements found; `gaps` say
    what no quote does, though the question asks for it.
    """

    question: Question
    lead: tuple[Claim, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    coverage: Coverage
    refusal: Refusal | None
    generation: str
    summary: Summary | None = None
    conflicts: tuple[Conflict, ...] = ()
    side_by_side: tuple[SideBySide, ...] = ()
    steps: tuple[Claim, ...] = ()
    gaps: tuple[str, ...] = ()
    lead_note: str = ""

    def cited(self) -> Cited:
        """Each citation by where its quote stands."""
        return {citation.evidence.span: citation for citation in self.citations}
