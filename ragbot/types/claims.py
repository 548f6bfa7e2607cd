"""What an answer says: quotes, and the claims that they prove."""

from dataclasses import dataclass
from enum import StrEnum

from ragbot.types.documents import Authority, BlockKind

Span = tuple[str, int, int]
"""A document's id, and where in its text a quote begins and ends."""


def nested(one: Span, other: Span) -> bool:
    """Whether one of two quotes lies within the other."""
    (document, start, end), (its_document, its_start, its_end) = one, other
    if document != its_document:
        return False
    return (start <= its_start and its_end <= end) or (its_start <= start and end <= its_end)


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

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.document_id, self.start, self.end


@dataclass(frozen=True, slots=True)
class Check:
    """One mechanical check of a claim and its outcome; `detail` says what was compared."""

    name: str
    passed: bool
    detail: str


class MarkKind(StrEnum):
    """Why a claim is not to be read like those beside it."""

    OLD = "old"
    UNDATED = "undated"
    DISPUTED = "disputed"
    OUTDATED = "outdated"
    ONLY_ITS_MAKER = "only_its_maker"


@dataclass(frozen=True, slots=True)
class Mark:
    """A warning beside a claim; `text` says it in words."""

    kind: MarkKind
    text: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many further independent voices say nearly the same, by who speaks; none is left out."""

    voices: tuple[tuple[Authority, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the answer, the evidence that supports it and the checks it passed."""

    text: str
    subject: str | None
    aspect: str | None
    evidence: tuple[Evidence, ...]
    checks: tuple[Check, ...]
    marks: tuple[Mark, ...] = ()
    agreement: Agreement = Agreement()
