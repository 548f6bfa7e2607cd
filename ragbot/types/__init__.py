"""The types that flow from a source to an answer; this module imports nothing of ours.

    Source -> RawDocument -> Document -> Passage -> Hit -> Evidence -> Claim -> Cell -> Answer

All are frozen; change one with `dataclasses.replace`. Every offset counts characters (code points)
of `Document.text`, from 0, with the end exclusive.
"""

from ragbot.types.answers import (
    Answer,
    Cell,
    CellStatus,
    Check,
    Citation,
    Claim,
    Column,
    Coverage,
    DisagreementKind,
    Evidence,
    Question,
    QuestionKind,
    Refusal,
    Row,
    Summary,
    SummaryStatus,
)
from ragbot.types.documents import (
    Address,
    Authority,
    Block,
    BlockKind,
    Document,
    Fact,
    FactKind,
    Passage,
    RawDocument,
    Section,
    Source,
    SourceKind,
    Statement,
)
from ragbot.types.hits import Contribution, Hit, Reason

__all__ = [
    "Address",
    "Answer",
    "Authority",
    "Block",
    "BlockKind",
    "Cell",
    "CellStatus",
    "Check",
    "Citation",
    "Claim",
    "Column",
    "Contribution",
    "Coverage",
    "DisagreementKind",
    "Document",
    "Evidence",
    "Fact",
    "FactKind",
    "Hit",
    "Passage",
    "Question",
    "QuestionKind",
    "RawDocument",
    "Reason",
    "Refusal",
    "Row",
    "Section",
    "Source",
    "SourceKind",
    "Statement",
    "Summary",
    "SummaryStatus",
]
