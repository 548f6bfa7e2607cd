"""Reads what a question asks, once: its form, subjects, objects and aspects.

spell      misspelt words by the corpus's own                  spelling.py
contain    what is left to the conversation, in words          followup.py
form       in what form an answer is asked for, learnt         form.py
subjects   those named, and those of the names set against     guide
objects    products and programming names, resolved            objects.py
unknown    names that nothing in the corpus holds              versus.py, objects.py
aspects    the rows of a comparison
"""

from collections.abc import Sequence
from typing import Protocol

from ragbot.guide import Aspect
from ragbot.retrieval import Vector
from ragbot.stages import stage
from ragbot.types import (
    Column,
    CounterpartRequest,
    Form,
    Object,
    ObjectKind,
    Question,
    QuestionKind,
    Row,
)
from ragbot.understand.counterpart import requested
from ragbot.understand.facets import facets
from ragbot.understand.followup import Contained, Turn, self_contained
from ragbot.understand.foreign import actor, foreign_names
from ragbot.understand.form import COMPARING, FormReading, open_forms
from ragbot.understand.language import pattern
from ragbot.understand.objects import ObjectFinder
from ragbot.understand.rephrase import chooses, only_joins
from ragbot.understand.spelling import Spelling
from ragbot.understand.tongue import foreign_tongue
from ragbot.understand.versus import set_against, strangers
from ragbot.understand.vocabulary import Vocabulary
from ragbot.understand.words import SPECIFIC, is_symbol, specific_words

QUESTION_ROW = "question"
OVERALL = Row(QUESTION_ROW, "Overall")  # first in a table of a question that names no aspect
NARROWING = 0.28  # share of the largest idf of a word that narrows a question without an aspect


class Meanings(Protocol):
    """Vectors of questions, and the aspects that come near to one."""

    def of_text(self, text: str) -> Vector:
        """The vector of a text."""
        ...

    def similar_aspects(self, text: str) -> Sequence[Aspect]:
        """The aspects whose description is near in meaning, best first."""
        ...


class QuestionReader:
    """Reads questions over one corpus; safe to share between threads.

    `encoder` is the sha256 of the weights that the vectors of `meanings` are made with.
    """

    def __init__(self, vocabulary: Vocabulary, meanings: Meanings, encoder: str) -> None:
        self._guide = vocabulary.guide
        self._weights = vocabulary.weights
        self._names = vocabulary.names
        self._vocabulary = vocabulary
        self._vectors = meanings
        self._encoder = encoder
        self._forms = open_forms()
        self._objects = ObjectFinder(vocabulary)
        self._resolver = vocabulary.resolver
        self._spelling = Spelling(vocabulary)

    @stage("understand")
    def read(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """The question as understood, with what it leaves to the history."""
        tongue = foreign_tongue(text, self._vocabulary.holds, self._vocabulary.holds_script)
        spelt, spellings = (text, ()) if tongue else self._spelling.corrected(text)
        whole = self._contained(spelt, history)
        standalone = whole.text
        form = self._form(standalone)
        readings = self._resolver.readings(standalone)
        request = requested(standalone, readings, form.form, form.forms)
        found = self._objects.find(standalone, request)
        subjects = self._subjects(standalone, found)
        unknown = strangers(standalone, self._guide, self._weights)
        unknown = tuple(dict.fromkeys((*unknown, *self._objects.unknown(found))))
        by_name = bool(subjects)
        if not subjects and not unknown and self._guide.asks_for_all(standalone):
            subjects = tuple(subject.id for subject in self._guide.subjects)
        columns = tuple(Column(subject, self._guide.name_of(subject)) for subject in subjects)
        kind = _kind(
            form,
            columns,
            request,
            by_name=by_name,
            chooses=chooses(standalone, self._guide),
        )
        is_table = len(columns) > 1 and kind is not QuestionKind.SINGLE
        return Question(
            text=text,
            standalone=standalone,
            kind=kind,
            columns=columns,
            rows=self._rows(standalone, found) if is_table else (),
            unknown=unknown,
            form=form.form,
            form_probabilities=form.forms,
            objects=_with_thing(standalone, form.form, found),
            wants_code=form.wants_code,
            wants_steps=form.form is Form.HOW_TO,
            wants_reasons=whole.wants_reasons,
            readings=(*spellings, *_readings(found, unknown)),
            strangers=foreign_names(standalone, self._guide, self._weights),
            actor=actor(standalone, self._guide, self._weights),
            asks_about_orders=bool(pattern("about_orders").search(standalone)),
            request=request,
            facets=facets(standalone, form.form, found, self._guide),
            tongue=tongue,
        )

    def self_contained(self, text: str, history: Sequence[Turn]) -> str:
        """The question with what it leaves to the history put in words."""
        spelt, _ = self._spelling.corrected(text)
        return self._contained(spelt, history).text

    def _contained(self, text: str, history: Sequence[Turn]) -> Contained:
        def is_name(written: str) -> bool:
            return bool(self._names.ending(written))

        return self_contained(text, history, self._guide, self._weights, is_name)

    def _form(self, text: str) -> FormReading:
        """The form, learnt; subjects and nothing else are compared."""
        read = self._forms.read(text, self._vectors.of_text(text), self._guide, self._encoder)
        bare = len(self._guide.subjects_in(text)) > 1 and only_joins(text, self._guide)
        if bare and read.form not in COMPARING:
            return FormReading(((Form.COMPARISON, 1.0),), read.code)
        return read

    def _subjects(self, text: str, found: Sequence[Object]) -> tuple[str, ...]:
        """The subjects that a text names, then those of names that it sets against others.

        Where it names none, those whose names alone can be meant by what it names.
        """
        named = self._guide.subjects_in(text)
        against = set_against(text)
        owners = [o.subject for o in found if o.document and (not named or o.text in against)]
        return tuple(dict.fromkeys((*named, *filter(None, owners))))

    def _rows(self, text: str, found: Sequence[Object]) -> tuple[Row, ...]:
        """The aspects named; the question itself where it asks for something narrower; () for all.

        Where none is named, the aspect that comes nearest: but not where the question names
        something that has a name of its own.
        """
        guide = self._guide
        named = [guide.aspect(name) for name in guide.aspects_in(text)]
        specific = specific_words(text, guide, self._weights, SPECIFIC if named else NARROWING)
        aspects: Sequence[Aspect | None] = named
        if not named and specific and not any(one.document for one in found):
            aspects = self._vectors.similar_aspects(text)
        rows = [Row(aspect.id, aspect.name) for aspect in aspects if aspect]
        if specific or not guide.aspects:
            rows.insert(0, Row(QUESTION_ROW, "On your question"))
        return tuple(rows)


def _kind(
    form: FormReading,
    columns: Sequence[Column],
    request: CounterpartRequest | None,
    *,
    by_name: bool,
    chooses: bool,
) -> QuestionKind:
    """How a question is answered: names side by side where the counterpart of one is asked for.

    Else a table where subjects are compared, or are set against each other in so many words.
    """
    if request is not None:
        return QuestionKind.EQUIVALENCE
    if len(columns) < 2:
        return QuestionKind.SINGLE
    if by_name and form.form is Form.EQUIVALENT:
        return QuestionKind.COMPARISON
    comparing = form.form in COMPARING
    versus = form.form is Form.YES_NO and chooses
    if by_name and not comparing and not versus:
        return QuestionKind.SINGLE
    return QuestionKind.COMPARISON


def _readings(found: Sequence[Object], unknown: Sequence[str]) -> tuple[str, ...]:
    """What was read into names, and which nothing holds, in words: once, if it is `unknown`."""
    said = [f"{one.text} read as {one.read_as}" for one in found if one.read_as]
    names = [one.text for one in found if not one.is_resolved and one.text not in unknown]
    lost = [f"no source holds the name {name}" for name in names]
    return tuple(dict.fromkeys((*said, *lost)))


def _with_thing(text: str, form: Form, found: Sequence[Object]) -> tuple[Object, ...]:
    """The objects with what is asked to be explained, where no object stands there already."""
    match = pattern("asks_what").match(text) if form is Form.WHAT_IS else None
    if match is None or is_symbol(match["thing"]):
        return tuple(found)
    start, end = match.span("thing")
    if any(one.start < end and start < one.end for one in found):
        return tuple(found)
    thing = Object(match["thing"], start, end, ObjectKind.CONCEPT)
    return tuple(sorted((*found, thing), key=lambda one: one.start))
