"""How much of what is asked an answer says, and what it leaves open."""

from collections.abc import Callable, Sequence

from ragbot.answer.rephrase import in_a_row
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

    A quote compares subjects where it names two of them, or its document is about two. Where one
    thing is asked about two subjects, some quote should speak of each.
    """
    names = {column.id: column.name for column in question.columns}
    if len(names) < 2 or not claims:
        return ()
    if question.kind is QuestionKind.SINGLE:
        silent = [column.name for column in silent_on(question, claims, guide)]
        return (f"No quote here speaks of {in_a_row(silent, 'or')}.",) if silent else ()
    if question.kind is QuestionKind.EQUIVALENCE:
        return ()
    quotes = [evidence for claim in claims for evidence in claim.evidence]
    named = [{*guide.subjects_in(f"{e.label} {e.quote}")} for e in quotes]
    compared = any(
        len(names.keys() & ({*document_of(quote.document_id).subjects} | others)) > 1
        for quote, others in zip(quotes, named, strict=True)
    )
    every = in_a_row(list(names.values()), "and")
    return () if compared else (f"No source quoted here compares {every}: each speaks for itself.",)
