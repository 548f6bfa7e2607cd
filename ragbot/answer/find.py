"""Finds what may be quoted: searches for each place of an answer, and has it judged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragbot.answer.instructions import for_readers
from ragbot.index.generation import Generation
from ragbot.judge import READ, Asked, Judge, Judged
from ragbot.judge.candidates import Candidate, Gatherer
from ragbot.retrieval import Encoded, Filters, Query
from ragbot.retrieval.plan import PASSAGES_A_QUESTION, cell_query, question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Column, Question, Row
from ragbot.understand.question import QUESTION_ROW
from ragbot.understand.rephrase import in_a_row

PASSAGES_A_CELL = 12
CANDIDATES_A_CELL = 100  # passages that each retriever gives for one
READ_AT_ONCE = 60  # candidates that may be read slowly, shared by places that are judged at once


@dataclass(frozen=True, slots=True)
class Place:
    """A place of an answer: a side of it and a row, None where it is any."""

    column: Column | None = None
    row: Row | None = None

    @property
    def subject(self) -> str | None:
        """The id of its subject."""
        return self.column.id if self.column else None

    @property
    def aspect(self) -> str | None:
        """The id of its aspect, None for the question itself."""
        return self.row.id if self.row and self.row.id != QUESTION_ROW else None


@dataclass(frozen=True, slots=True)
class Pool:
    """What was found for a place, judged."""

    place: Place
    judged: tuple[Judged, ...]


class PoolFinder:
    """Finds the pools of answers from one generation; safe to share between threads."""

    def __init__(
        self, generation: Generation, searcher: Searcher, vectors: QueryVectors, judge: Judge
    ) -> None:
        self._generation = generation
        self._guide = generation.guide
        self._searcher = searcher
        self._vectors = vectors
        self._judge = judge
        self._gatherer = Gatherer(generation)

    def pools(
        self,
        question: Question,
        places: Sequence[Place],
        filters: Filters,
        *,
        at_a_glance: bool = False,
    ) -> tuple[Pool, ...]:
        """The pool of each place, in their order; all queries are encoded in one batch.

        `at_a_glance`: the places are only compared, and nothing is read slowly.
        """
        encoded = self._vectors.of([self._query(question, place, filters) for place in places])
        found = self._ranked(places, encoded)
        texts = [self._text(question, place) for place in places]
        asked = self._vectors.of(
            [question_query(self._guide, text, None, filters) for text in texts]
        )
        most = 0 if at_a_glance else min(READ, READ_AT_ONCE // max(1, len(places)))
        return tuple(
            self._pool(question, place, one, ranked, most)
            for place, one, ranked in zip(places, asked, found, strict=True)
        )

    def helping(
        self, question: Question, ordinals: Sequence[int], aspect: str | None = None
    ) -> dict[int, float]:
        """How likely each of some statements helps with a question, by their ordinals.

        With the id of one of its aspects: with what is asked of that.
        """
        found = self._guide.aspect(aspect) if aspect else None
        place = Place(row=Row(found.id, found.name)) if found else Place()
        judged = self._judged(question, place, self._gatherer.at(ordinals))
        return {one.candidate.ordinal: one.helps for one in judged}

    def of_document(self, question: Question, document: str, filters: Filters) -> list[Judged]:
        """The statements of the document with that id, in its order, judged for a question."""
        passages = self._generation.library.passages_of(document)
        candidates = self._gatherer.of_passages(
            self._searcher.selection(filters).among(passages), ()
        )
        return self._judged(question, Place(), _readable(question, candidates))

    def _judged(
        self, question: Question, place: Place, candidates: Sequence[Candidate]
    ) -> list[Judged]:
        """Candidates that no search for the place has found, judged."""
        query = question_query(self._guide, self._text(question, place), None, Filters())
        (asked,) = self._vectors.of([query])
        return self._judge.judge(self._asked(question, place, asked), candidates)

    def _ranked(self, places: Sequence[Place], encoded: Sequence[Encoded]) -> list[list[Ranked]]:
        """The passages of each place; cells of an aspect are looked for less deeply."""
        found: list[list[Ranked]] = [[] for _ in places]
        for deep in (True, False):
            at = [i for i, place in enumerate(places) if (place.aspect is None) is deep]
            if not at:
                continue
            some = [encoded[i] for i in at]
            ranked = (
                self._searcher.rank(some, PASSAGES_A_QUESTION)
                if deep
                else self._searcher.rank(some, PASSAGES_A_CELL, CANDIDATES_A_CELL)
            )
            for i, passages in zip(at, ranked, strict=True):
                found[i] = passages
        return found

    def _query(self, question: Question, place: Place, filters: Filters) -> Query:
        subject = self._guide.subject(place.subject) if place.subject else None
        aspect = self._guide.aspect(place.aspect) if place.aspect else None
        if subject is not None and aspect is not None:
            return cell_query(subject, aspect, filters)
        return question_query(self._guide, question.standalone, subject, filters)

    def _text(self, question: Question, place: Place) -> str:
        """What the statements of a place are judged to answer."""
        if place.row is None or place.aspect is None or len(question.rows) == 1:
            return question.standalone
        names = in_a_row([column.name for column in question.columns], "and")
        return f"Compare {names} on {place.row.name.lower()}"

    def _pool(
        self, question: Question, place: Place, asked: Encoded, ranked: Sequence[Ranked], most: int
    ) -> Pool:
        candidates = [
            candidate
            for candidate in self._gatherer.candidates(ranked)
            if place.subject is None or place.subject in candidate.statement.subjects
        ]
        readable = _readable(question, candidates)
        judged = self._judge.judge(self._asked(question, place, asked), readable, most)
        return Pool(place, tuple(judged))

    def _asked(self, question: Question, place: Place, encoded: Encoded) -> Asked:
        """What the statements of a place are judged for."""
        text = encoded.query.text
        return Asked(
            text=text,
            vector=encoded.vector,
            words=self._generation.lexical.weights(text),
            subject=place.subject,
            aspect=place.aspect,
            names=encoded.query.names,
            forms=dict(question.form_probabilities),
            wants_code=question.wants_code,
        )


def about(pool: Pool, columns: Sequence[Column]) -> Pool:
    """A pool without the statements that speak of none of some subjects; as it is without any."""
    known = {column.id for column in columns}
    if not known:
        return pool
    kept = tuple(j for j in pool.judged if known & set(j.candidate.statement.subjects))
    return replace(pool, judged=kept)


def _readable(question: Question, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Candidates without those that speak to a machine, unless the question is about such texts."""
    return candidates if question.asks_about_orders else for_readers(candidates)
