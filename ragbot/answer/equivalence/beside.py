"""Sets the names that a question asks about beside their counterparts."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from ragbot.answer.citations import Numbering
from ragbot.answer.equivalence.composing import BesideComposer, NamedSymbol, Quotes
from ragbot.answer.equivalence.names import written_in
from ragbot.answer.equivalence.pairs import Counterpart, Search, counterparts, wider
from ragbot.answer.equivalence.reference import Reference
from ragbot.answer.find import PoolFinder
from ragbot.answer.instructions import for_readers
from ragbot.guide import Guide
from ragbot.index.generation import Generation
from ragbot.judge.candidates import Candidate, Gatherer
from ragbot.retrieval.search import Ranked
from ragbot.retrieval.selection import Selection
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Column, Question, QuestionKind, SideBySide
from ragbot.understand.rephrase import without_marks
from ragbot.understand.resolver import Resolver

COUNTERPARTS = 3  # shown for one name and subject
COUNTERPARTS_WIDE = 2  # where several subjects are asked about


class Equivalents:
    """Finds and composes names side by side in one generation; shared between threads."""

    def __init__(
        self, generation: Generation, vectors: QueryVectors, finder: PoolFinder, resolver: Resolver
    ) -> None:
        self._generation = generation
        self._vectors = vectors
        self._finder = finder
        self._resolver = resolver
        self._gatherer = Gatherer(generation)
        self._lock = threading.Lock()
        self._made: Reference | None = None

    def side_by_side(
        self, question: Question, ranked: Sequence[Ranked], numbering: Numbering, left: Selection
    ) -> tuple[SideBySide, ...]:
        """The name that a question asks about beside its counterparts in each subject asked for.

        `ranked` are the passages found for the question, in which guides may name both. Out of
        nothing that is not `left` is quoted, and no counterpart is found.
        """
        request = question.request
        if request is None:
            return ()
        reference, guide = self._reference(), self._generation.guide
        entry = reference.number(request.document)
        if entry is None:
            return ()
        asked = NamedSymbol(request.text, entry, request.subject)
        readings = self._resolver.readings(question.standalone)
        vector = self._vectors.of_text(without_marks(question.standalone))
        guides = [c for c in for_readers(self._gatherer.candidates(ranked)) if not c.symbol]
        helping = partial(self._finder.helping, question)
        quotes = Quotes(self._generation, self._gatherer, left)
        other = reference.number(request.other) if request.other else None
        if other is not None and not reference.is_left(other, left):
            other = None
        few = COUNTERPARTS_WIDE if len(request.targets) > 1 else COUNTERPARTS
        made = []
        for target in filter(left.of_subject, request.targets):
            subjects = wider(guide, target)
            search = Search.of(entry, subjects, vector, readings, reference)
            best = counterparts(replace(search, left=left), reference, few)
            if other is not None and target in reference.symbols[other].subjects:
                best = [Counterpart(other, 1.0, is_direct=True)]
            if best:
                told = _told(guides, entry, best[0].entry, reference)
                composer = BesideComposer(quotes, reference, vector, numbering, helping)
                made.append(
                    composer.compose(asked, target, best, told, is_named=best[0].entry == other)
                )
        return tuple(made)

    def prepare(self) -> None:
        """Make ready what all questions share, so that none waits for it."""
        if self._generation.reference is not None:
            self._reference()

    def _reference(self) -> Reference:
        with self._lock:
            if self._made is None:
                self._made = Reference(self._generation, self._resolver.signs)
            return self._made


def settled(question: Question, beside: Sequence[SideBySide], guide: Guide) -> Question:
    """A question for a counterpart with all its columns and no rows.

    One for which none was found is a comparison, or about the one subject that it names.
    """
    if question.kind is not QuestionKind.EQUIVALENCE:
        return question
    if not beside:
        few = len(question.columns) < 2
        return replace(question, kind=QuestionKind.SINGLE if few else QuestionKind.COMPARISON)
    known = {column.id for column in question.columns}
    shown = [s.subject for one in beside for s in (one.asked, *one.counterparts)]
    more = (guide.subject(name) for name in dict.fromkeys(shown) if name not in known)
    columns = [Column(subject.id, subject.name) for subject in more if subject]
    return replace(question, columns=(*question.columns, *columns), rows=())


def _told(
    guides: Iterable[Candidate], one: int, other: int, reference: Reference
) -> list[Candidate]:
    """The statements of guides that name both of two symbols."""

    def names(at: int, text: str) -> bool:
        return any(written_in(name, text) for name in reference.symbols[at].names)

    return [c for c in guides if names(one, c.quote) and names(other, c.quote)]
