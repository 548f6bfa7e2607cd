"""What a sentence may rest on: the quotes of an answer, and the clauses in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ragbot import sentences
from ragbot.answer.generate.turning import limited
from ragbot.answer.instructions import addresses_a_model
from ragbot.guide import Guide
from ragbot.types import Answer, BlockKind, Claim, Evidence

Place = tuple[str, str]
"""(subject, aspect) of a cell."""

_JOINT: Final = re.compile(r";\s+|,?\s+whereas\s+|,\s+(?:while|and)\s+", re.IGNORECASE)
_CONTRAST: Final = re.compile(r",?\s+but\s+", re.IGNORECASE)
_POINTING: Final = re.compile(r"(?:this|these|that|those|it|its|they|their|such|he|she)\b", re.I)
_CLAUSE_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Ground:
    """A quote, or a clause of it.

    `subjects` are those that it names, in order; else those of its section or document.
    `beside` is what stands beside it: its label, and the name of its cell's aspect. `header` is
    the label where that is the head of its column and row.
    """

    evidence: Evidence
    text: str
    beside: str
    header: str
    subjects: tuple[str, ...]
    names_subjects: bool
    place: Place | None


def grounds(answer: Answer, guide: Guide) -> tuple[Ground, ...]:
    """Everything in an answer that a sentence may rest on, without listings and orders."""
    found: list[Ground] = []
    aspects = {row.id: row.name for row in answer.question.rows}
    for claim, place in _claims(answer):
        named = aspects.get(place[1], "") if place else ""
        for evidence in claim.evidence:
            spoken = f"{evidence.label}\n{evidence.quote}"
            if evidence.kind is BlockKind.CODE or addresses_a_model(spoken):
                continue
            found.extend(_of(evidence, named, place, guide))
    return tuple(dict.fromkeys(found))


def clauses(text: str, guide: Guide) -> list[str]:
    """A sentence's main clauses; one where a condition or limit may govern all of it.

    What follows a "but" may take back what came before, unless it speaks of another subject.
    """
    if limited(text):
        return [text]
    parts = [part.strip() for part in _JOINT.split(text)]
    if len(guide.subjects_in(text)) > 1:
        parts = [half.strip() for part in parts for half in _CONTRAST.split(part)]
    # What is shorter belongs to an enumeration.
    return parts if all(len(part.split()) >= _CLAUSE_WORDS for part in parts) else [text]


def _claims(answer: Answer) -> Iterator[tuple[Claim, Place | None]]:
    yield from ((claim, None) for claim in (*answer.lead, *answer.findings))
    for cell in answer.cells:
        yield from ((claim, (cell.subject, cell.aspect)) for claim in cell.claims)


def _of(evidence: Evidence, named: str, place: Place | None, guide: Guide) -> Iterator[Ground]:
    beside = f"{evidence.label} {named}".strip()
    header = evidence.label if evidence.kind is BlockKind.TABLE_ROW else ""
    whole = guide.subjects_in(evidence.quote) or guide.subjects_in(evidence.label)
    parts = [part for said in _sentences(evidence.quote) for part in (said, *clauses(said, guide))]
    for text in dict.fromkeys((evidence.quote, *parts)):
        own = guide.subjects_in(text)
        # Of a quote about several, a clause that names none may be about any of them.
        if text != evidence.quote and not own and len(whole) > 1:
            continue
        subjects = own or whole or evidence.subjects
        yield Ground(evidence, text, beside, header, subjects, bool(own), place)


def _sentences(quote: str) -> list[str]:
    """The sentences of a quote; one that points back stays with the one before it."""
    found: list[str] = []
    for start, end in sentences.split(quote):
        if found and _POINTING.match(quote, start):
            found[-1] = f"{found[-1]} {quote[start:end]}"
        else:
            found.append(quote[start:end])
    return found
