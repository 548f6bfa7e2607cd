"""The types that flow from a source to an answer; this module imports nothing of ours.

    Source -> RawDocument -> Document -> Passage -> Hit -> Evidence -> Claim -> Cell -> Answer

All are frozen; change one with `dataclasses.replace`. Every offset counts characters (code points)
of `Document.text`, from 0, with the end exclusive.
"""

from ragbot.types.answers import (
    Age,
    Answer,
    Cell,
    CellStatus,
    Citation,
    Cited,
    Conflict,
    Coverage,
    DisagreementKind,
    Refusal,
    Side,
    Summary,
    SummaryStatus,
)
from ragbot.types.assertions import Assertion, AssertionKind
from ragbot.types.claims import Agreement, Check, Claim, Evidence, Mark, MarkKind, Span, nested
from ragbot.types.documents import (
    ON_ITS_WAY_OUT,
    Address,
    Authority,
    Block,
    BlockKind,
    Document,
    Fact,
    FactKind,
    Included,
    Passage,
    RawDocument,
    Section,
    Source,
    SourceKind,
    Statement,
)
from ragbot.types.hits import Contribution, Hit, Reason
from ragbot.types.questions import (
    Column,
    Form,
    Object,
    ObjectKind,
    Question,
    QuestionKind,
    Row,
)
from ragbot.types.side_by_side import ApiSymbol, Argument, ArgumentPair, SideBySide

__all__ = [
    "ON_ITS_WAY_OUT",
    "Address",
    "Age",
    "Agreement",
    "Answer",
    "ApiSymbol",
    "Argument",
    "ArgumentPair",
    "Assertion",
    "AssertionKind",
    "Authority",
    "Block",
    "BlockKind",
    "Cell",
    "CellStatus",
    "Check",
    "Citation",
    "Cited",
    "Claim",
    "Column",
    "Conflict",
    "Contribution",
    "Coverage",
    "DisagreementKind",
    "Document",
    "Evidence",
    "Fact",
    "FactKind",
    "Form",
    "Hit",
    "Included",
    "Mark",
    "MarkKind",
    "Object",
    "ObjectKind",
    "Passage",
    "Question",
    "QuestionKind",
    "RawDocument",
    "Reason",
    "Refusal",
    "Row",
    "Section",
    "Side",
    "SideBySide",
    "Source",
    "SourceKind",
    "Span",
    "Statement",
    "Summary",
    "SummaryStatus",
    "nested",
]
