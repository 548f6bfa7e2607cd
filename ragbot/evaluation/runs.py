"""Answers a file of questions in the form that the scorer reads."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ragbot.answer.plain import as_text
from ragbot.assistant import Assistant
from ragbot.retrieval import Filters
from ragbot.types import Answer
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
    """{"id", "abstained", "quotes", "answer"}; a quote is {"text", "subject", "document"}."""
    answer = assistant.ask(question, tuple(history), filters)
    return {
        "id": name,
        "abstained": answer.refusal is not None,
        "quotes": list(_quotes(assistant, answer)),
        "answer": as_text(answer),
    }


def _quotes(assistant: Assistant, answer: Answer) -> Iterator[dict[str, str | None]]:
    claims = [*answer.verdict, *(c for cell in answer.cells for c in cell.claims), *answer.findings]
    claims += [*(claim for one in answer.side_by_side for claim in one.claims()), *answer.steps]
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
