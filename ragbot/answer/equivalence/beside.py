"""Sets the names that a question asks about beside their counterparts."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from ragbot.answer.citations import Numbering
from ragbot.answer.equivalence.asked import Asked, asked, wider
from ragbot.answer.equivalence.composing import BesideComposer, Quotes
from ragbot.answer.equivalence.counterparts import Counterpart, counterparts
from ragbot.answer.equivalence.reference import Reference
from ragbot.answer.find import PoolFinder
from ragbot.answer.instructions import for_readers
from ragbot.encoder import Vectors
from ragbot.guide import Guide
from ragbot.index.generation import Generation
from ragbot.judge.candidates import Gatherer
from ragbot.retrieval.search import Ranked
from ragbot.types import (
    Column,
    Form,
    Question,
    QuestionKind,
    SideBySide,
)

COUNTERPARTS = 3  # shown for one name and subject
COUNTERPARTS_WIDE = 2  # where several names or subjects are asked about


_OF_NAMES = (Form.EQUIVALENT, Form.DIFFERENCE)  # forms that two names side by side answer


class Equivalents:
    """Finds and composes names side by side in one generation; shared between threads."""

    def __init__(self, generation: Generation, finder: PoolFinder) -> None:
        self._generation = generation
        self._finder = finder
        self._gatherer = Gatherer(generation)
        self._quotes = Quotes(generation, self._gatherer)
        self._has_symbols = any(passage.symbol for passage in generation.passages)
        self._lock = threading.Lock()
        self._made: Reference | None = None

    def side_by_side(
        self,
        question: Question,
        vector: Vectors,
        ranked: Sequence[Ranked],
        numbering: Numbering,
    ) -> tuple[SideBySide, ...]:
        """Each documented name in a question beside its counterparts; () where it has none.

        Where a difference is asked for, one without a counterpart that surely does the same is left
        to the quotes that answer best.
        `ranked` are the passages found for the question, in which guides may name both.
        """
        if question.kind is not QuestionKind.EQUIVALENCE or not self._has_symbols:
            return ()
        if question.form not in _OF_NAMES:
            return ()
        reference, guide = self._reference(), self._generation.guide
        columns = [column.id for column in question.columns]
        # Where the question names only the subject of the counterpart, the name is of another.
        beyond = wider(guide, columns[0]) if len(columns) == 1 else ()
        owners = [s.id for s in guide.subjects if s.id not in beyond] if beyond else columns
        found = asked(question.standalone, owners, reference, guide, vector)
        guides = [c for c in for_readers(self._gatherer.candidates(ranked)) if not c.symbol]
        helping = partial(self._finder.helping, question)
        made = []
        for one, subject, others in _pairs(found, columns):
            few = COUNTERPARTS_WIDE if len(columns) > 2 else COUNTERPARTS
            best = others or counterparts(
                one.entry, subject, wider(guide, subject), vector, guides, reference, few
            )
            if best:
                composer = BesideComposer(self._quotes, reference, vector, numbering, helping)
                composed = composer.compose(one, subject, best, is_named=bool(others))
                if composed.counterparts[0].is_direct or question.form is Form.EQUIVALENT:
                    made.append(composed)
        return tuple(made)

    def _reference(self) -> Reference:
        with self._lock:
            if self._made is None:
                self._made = Reference(self._generation)
            return self._made


def settled(question: Question, beside: Sequence[SideBySide], guide: Guide) -> Question:
    """A question for a counterpart with all its columns and no rows.

    One in which no name is documented is a comparison, or about the one subject that it names.
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


def _pairs(
    found: Sequence[Asked], columns: Sequence[str]
) -> Iterable[tuple[Asked, str, list[Counterpart]]]:
    """Each name with a subject to look in; two names of two subjects are each other's."""
    subjects = list(dict.fromkeys(one.subject for one in found))
    if len(subjects) > 1:
        one, other = (next(a for a in found if a.subject == subject) for subject in subjects[:2])
        yield one, other.subject, [Counterpart(other.entry, 1.0)]
        return
    for one in found:
        for column in columns:
            if column != one.subject:
                yield one, column, []
