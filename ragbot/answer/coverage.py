"""How much of what is asked an answer says, and what it leaves open."""

from collections.abc import Callable, Sequence

from ragbot.guide import Guide
from ragbot.types import (
    Cell,
    CellStatus,
    Citation,
    Claim,
    Column,
    Coverage,
    Document,
    Question,
    QuestionKind,
)
from ragbot.understand.rephrase import in_a_row


def coverage(cells: Sequence[Cell], citations: Sequence[Citation], documents: int) -> Coverage:
    """How much of a table is filled, out of how many independent documents."""
    return Coverage(
        cells=len(cells),
        supported=sum(cell.status is not CellStatus.NO_EVIDENCE for cell in cells),
        documents=documents,
        words_quoted=sum(len(citation.evidence.quote.split()) for citation in citations),
    )


def silent_on(question: Question, claims: Sequence[Claim], guide: Guide) -> list[Column]:
    """The subjects of a question that none of some claims speaks of."""
    quotes = [evidence for claim in claims for evidence in claim.evidence]
    spoken = {s for e in quotes for s in (*e.subjects, *guide.subjects_in(f"{e.label} {e.quote}"))}
    return [column for column in question.columns if column.id not in spoken]


def gaps(
    question: Question,
    claims: Sequence[Claim],
    guide: Guide,
    document_of: Callable[[str], Document],
) -> tuple[str, ...]:
    """Sentences on what none of the quotes of an answer does, though the question asks for it.

    Some quote should speak of each subject; and where they are to be compared, one should compare
    two: it names both, or its document is about both.
    """
    names = {column.id: column.name for column in question.columns}
    if len(names) < 2 or not claims:
        return ()
    if question.kind is QuestionKind.EQUIVALENCE:
        return ()
    if silent := [column.name for column in silent_on(question, claims, guide)]:
        return (f"No quote here speaks of {in_a_row(silent, 'or')}.",)
    if question.kind is QuestionKind.SINGLE:
        return ()
    quotes = [evidence for claim in claims for evidence in claim.evidence]
    compared = any(
        len(names.keys() & set(subjects)) > 1
        for quote in quotes
        for subjects in (
            guide.subjects_in(f"{quote.label} {quote.quote}"),
            document_of(quote.document_id).subjects,
        )
    )
    every = in_a_row(list(names.values()), "and")
    return () if compared else (f"No source quoted here compares {every}.",)
