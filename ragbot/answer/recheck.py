"""Checks a saved answer anew against an index: what it says must still stand in the documents."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ragbot.answer import verify
from ragbot.answer.saved import SavedAnswer, SavedCitation, SavedClaim
from ragbot.errors import NotFoundError
from ragbot.guide import Guide
from ragbot.index.library import Library
from ragbot.index.traits import subjects_within
from ragbot.types import BlockKind, Document, Evidence

LIKE = 0.6  # likeness from which a sentence is a quote that was changed

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Outcome(StrEnum):
    """What became of a quote."""

    SOUND = "sound"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """A cited quote and what became of it; `detail` says where it stands now, or what does."""

    where: str
    number: int
    quote: str
    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something else that does not hold, and where in the answer."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found."""

    answered_by: str
    checked_against: str
    claims: int
    quotes: tuple[CheckedQuote, ...]
    faults: tuple[Fault, ...]

    @property
    def same_generation(self) -> bool:
        """Whether the index is the one that gave the answer."""
        return self.answered_by == self.checked_against

    @property
    def holds(self) -> bool:
        """Whether every quote stands in its document, and nothing else is wrong.

        In another generation than that which answered a quote may have moved.
        """
        fine = {Outcome.SOUND} if self.same_generation else {Outcome.SOUND, Outcome.MOVED}
        return not self.faults and all(quote.outcome in fine for quote in self.quotes)


def recheck(saved: SavedAnswer, library: Library, guide: Guide, generation: str) -> Report:
    """Check every quote, every number and every claim of a saved answer."""
    checker = _Checker(library, guide)
    quotes = [checker.quote(where, citation) for where, citation in saved.citations]
    cited = {c.number: c for where, c in saved.citations if where.startswith("citations")}
    twice = len([w for w, _ in saved.citations if w.startswith("citations")]) - len(cited)
    faults = [Fault("citations", "two citations have the same number")] if twice else []
    for where, number in saved.numbers:
        if number not in cited:
            faults.append(Fault(where, f"there is no citation {number}"))
    for claim in saved.claims:
        faults += [Fault(claim.where, what) for what in checker.claim(claim, cited)]
    return Report(saved.generation, generation, len(saved.claims), tuple(quotes), tuple(faults))


class _Checker:
    def __init__(self, library: Library, guide: Guide) -> None:
        self._library = library
        self._guide = guide
        self._documents: dict[str, Document | None] = {}

    def quote(self, where: str, citation: SavedCitation) -> CheckedQuote:
        """Whether a quote stands at its place; else where it went, or what stands there now."""
        outcome, detail = self._outcome(citation)
        return CheckedQuote(where, citation.number, citation.quote, outcome, detail)

    def claim(self, claim: SavedClaim, cited: dict[int, SavedCitation]) -> Iterator[str]:
        """What is wrong with a claim."""
        unknown = [number for number in claim.citations if number not in cited]
        yield from (f"there is no citation {number}" for number in unknown)
        if not claim.citations:
            yield "it cites nothing"
        if unknown or not claim.citations:
            return
        quotes = [cited[number] for number in claim.citations]
        if claim.composed:
            yield from self._composed(claim, quotes)
            return
        if claim.text not in {quote.quote for quote in quotes} | {_joined(quotes)}:
            yield "its text is none of the quotes it cites"
        for quote in quotes:
            document = self._document(quote.document_id)
            if document is not None:
                placed = self._evidence(quote, document)
                checks = verify.check(
                    placed,
                    document,
                    claim.subject,
                    self._guide,
                    claim.aspect,
                    alone=verify.ALONE in claim.checks,
                )
                yield from (
                    f"citation {quote.number}: {check.name} fails: {check.detail}"
                    for check in checks
                    if not check.passed and check.name != verify.EXACT
                )

    def _composed(self, claim: SavedClaim, quotes: Sequence[SavedCitation]) -> Iterator[str]:
        """What a sentence in other words says that its quotes do not: numbers and subjects."""
        said = " ".join(f"{quote.label} {quote.quote} {quote.title}" for quote in quotes)
        held = set(_NUMBER.findall(said))
        more = [number for number in _NUMBER.findall(claim.text) if number not in held]
        yield from (f"{number} stands in none of the quotes it cites" for number in more)
        named = set(self._guide.subjects_in(said))
        for quote in quotes:
            document = self._document(quote.document_id)
            if document is not None and len(document.subjects) == 1:
                named |= set(document.subjects)
        for subject in self._guide.subjects_in(claim.text):
            if subject not in named:
                yield f"it names {subject}, of which none of the quotes it cites speaks"

    def _outcome(self, citation: SavedCitation) -> tuple[Outcome, str]:
        document = self._document(citation.document_id)
        if document is not None:
            if document.text[citation.start : citation.end] == citation.quote:
                return Outcome.SOUND, f"characters {citation.start} to {citation.end}"
            place = document.text.find(citation.quote) if citation.quote else -1
            if place >= 0:
                return Outcome.MOVED, f"it stands at {place} to {place + len(citation.quote)} now"
        elsewhere = self._elsewhere(citation.quote)
        if elsewhere is not None:
            return Outcome.MOVED, f"it stands in the document {elsewhere.id} now"
        if document is None:
            return Outcome.GONE, f"there is no document {citation.document_id}, nor the quote"
        like = _likest(citation.quote, document.text)
        now = f"most like it is: {like}" if like else "nothing in the document is like it"
        return Outcome.CHANGED, now

    def _evidence(self, citation: SavedCitation, document: Document) -> Evidence:
        """A citation as evidence, at its place in the document as it is now."""
        subjects = self._subjects(citation, document)
        kind = BlockKind(citation.block) if citation.block in set(BlockKind) else BlockKind.PROSE
        found = Evidence(
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            document_id=document.id,
            passage_id=citation.passage_id,
            kind=kind,
            label=citation.label,
            subjects=subjects,
            score=0.0,
        )
        place = document.text.find(citation.quote)
        if document.text[found.start : found.end] != found.quote and place >= 0:
            found = replace(found, start=place, end=place + len(found.quote))
        return found

    def _subjects(self, citation: SavedCitation, document: Document) -> tuple[str, ...]:
        """Whom a quote speaks of: what its statements do, else its passage or document."""
        span = citation.start, citation.end
        found = subjects_within(self._library, citation.passage_id, *span)
        if found is not None:
            return found
        try:
            return self._library.passage(citation.passage_id).subjects
        except NotFoundError:  # it is of another generation
            return document.subjects

    def _document(self, name: str) -> Document | None:
        if name not in self._documents:
            try:
                self._documents[name] = self._library.document(name)
            except NotFoundError:
                self._documents[name] = None
        return self._documents[name]

    def _elsewhere(self, quote: str) -> Document | None:
        """The first document that holds a quote word for word."""
        if not quote:
            return None
        return next((d for d in self._library.documents() if quote in d.text), None)


def _joined(quotes: Sequence[SavedCitation]) -> str:
    return " ".join(quote.quote for quote in quotes)


def _likest(quote: str, text: str) -> str:
    """The line of a text that is most like a quote, if any is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pieces = [piece for line in lines for piece in re.split(r"(?<=[.!?])\s+", line)]
    found = difflib.get_close_matches(quote, [*lines, *pieces], n=1, cutoff=LIKE)
    return found[0] if found else ""
