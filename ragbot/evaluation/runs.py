"""Answers a file of questions in the form that the scorer reads."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ragbot.answer.plain import as_text
from ragbot.assistant import Assistant
from ragbot.retrieval import Filters
from ragbot.types import Answer, Claim
from ragbot.understand.followup import Turn

LEAST_PASSAGES, LEAST_WORDS = 20, 2500  # a retrieval run holds at least so many of both


def history_of(line: Mapping[str, Any]) -> list[Turn]:
    """The turns before a question, out of its line in a question set."""
    return [Turn(turn["role"], turn["content"]) for turn in line.get("history") or ()]


def search_line(
    assistant: Assistant,
    name: str,
    question: str,
    history: Iterable[Turn] = (),
    filters: Filters = Filters(),
) -> dict[str, Any]:
    """{"id", "passages", "documents"}: texts and paths, best first."""
    text = assistant.self_contained(question, tuple(history))
    limit = LEAST_PASSAGES
    while True:
        hits = assistant.search(text, limit, filters)
        words = sum(len(hit.passage.text.split()) for hit in hits)
        if len(hits) < limit or words >= LEAST_WORDS:
            break
        limit *= 2
    library = assistant.generation.library
    return {
        "id": name,
        "passages": [
            "\n".join(filter(None, (hit.passage.table_header, hit.passage.text))) for hit in hits
        ],
        "documents": [library.document(hit.passage.document_id).path for hit in hits],
    }


def ask_line(
    assistant: Assistant,
    name: str,
    question: str,
    history: Iterable[Turn] = (),
    filters: Filters = Filters(),
) -> dict[str, Any]:
    """What a scorer needs of an answer.

    {"id", "abstained", "quotes", "lead", "form", "objects", "answer"}; a quote, of the lead too, is
    {"text", "subject", "document"}, an object {"text", "kind", "name", "subject"}.
    """
    answer = assistant.ask(question, tuple(history), filters)
    return {
        "id": name,
        "abstained": answer.refusal is not None,
        "quotes": list(_quotes(assistant, _claims(answer))),
        "lead": list(_quotes(assistant, _leading(answer))),
        "form": answer.question.form.value,
        "objects": [
            {"text": one.text, "kind": one.kind.value, "name": one.name, "subject": one.subject}
            for one in answer.question.objects
        ],
        "answer": as_text(answer),
    }


def _claims(answer: Answer) -> list[Claim]:
    """Every claim of an answer, in the order in which it is read."""
    beside = [claim for one in answer.side_by_side for claim in one.claims()]
    cells = [claim for cell in answer.cells for claim in cell.claims]
    return [*answer.lead, *beside, *answer.steps, *cells, *answer.findings]


def _leading(answer: Answer) -> list[Claim]:
    """What is read first: the lead, or what stands first where there is none."""
    if answer.lead:
        return list(answer.lead)
    if answer.side_by_side:
        counterpart = answer.side_by_side[0].counterparts[0]
        return [claim for claim in (counterpart.summary, *counterpart.signature) if claim][:1]
    first = answer.question.rows[0].id if answer.question.rows else None
    row = [cell.claims[0] for cell in answer.cells if cell.aspect == first and cell.claims]
    return row or list((*answer.steps, *answer.findings)[:1])


def _quotes(assistant: Assistant, claims: Iterable[Claim]) -> Iterator[dict[str, str | None]]:
    """Each quote of some claims once a subject, in their order."""
    seen = set()
    for claim in claims:
        for evidence in claim.evidence:
            key = (evidence.span, claim.subject)
            if key not in seen:
                seen.add(key)
                yield {
                    "text": evidence.quote,
                    "subject": claim.subject or next(iter(evidence.subjects), None),
                    "document": assistant.generation.library.document(evidence.document_id).path,
                }
