"""Fills the table of a comparison: which rows are shown, and what stands in each cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ragbot.answer import compose
from ragbot.answer.candidates import Candidate, Wanted
from ragbot.answer.compose import Composer
from ragbot.answer.select import Selector
from ragbot.guide import Guide
from ragbot.limits import SEARCHES
from ragbot.retrieval import Filters, Query, Vector
from ragbot.retrieval.plan import cell_query, question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Cell, Claim, Column, Question, Row
from ragbot.understand.question import OVERALL, QUESTION_ROW

PASSAGES_A_CELL = 12
CANDIDATES_A_CELL = 100  # passages that each retriever gives for one
QUESTION_SHARE = 0.7  # of the question itself in what a cell's quotes are compared with
OVERALL_QUOTES = 3  # a cell of it
OVERVIEW_ROWS = 3  # aspects shown when the question names none
OVERVIEW_QUOTES = 1  # a cell of theirs


@dataclass(frozen=True, slots=True)
class Table:
    """The rows shown, the cells row by row, and the verdict over them."""

    rows: tuple[Row, ...]
    cells: tuple[Cell, ...]
    verdict: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class _Search:
    """What was found for one cell."""

    row: Row
    column: Column
    vector: Vector
    passages: Sequence[Ranked]
    candidates: Sequence[Candidate]


class Tabulator:
    """Makes the tables of one generation."""

    def __init__(
        self, guide: Guide, searcher: Searcher, selector: Selector, vectors: QueryVectors
    ) -> None:
        self._guide = guide
        self._searcher = searcher
        self._selector = selector
        self._vectors = vectors

    def table(
        self,
        question: Question,
        filters: Filters,
        ranked: Sequence[Ranked],
        vector: Vector,
        composer: Composer,
        words: Mapping[str, float],
    ) -> Table:
        """The table of a question, whose passages and vector are `ranked` and `vector`.

        Without rows in the question, those are shown on which the sources say most, below one for
        the question as a whole; only so many aspects of the guide are looked at, from the first,
        as make SEARCHES cells. `words` are the tokens of the question with their weights.
        """
        overview = not question.rows
        most = max(1, SEARCHES // len(question.columns)) - 1
        aspects = self._guide.aspects[:most]
        rows = question.rows or (OVERALL, *(Row(a.id, a.name) for a in aspects))
        searches = self._searches(replace(question, rows=rows), filters)
        if overview:
            rows = (OVERALL, *self._telling(rows[1:], searches))
        limit = compose.quotes_a_cell(len(rows) * len(question.columns))
        cells, pool = [], {r.ordinal: r for r in ranked}
        for search in searches:
            if search.row not in rows:
                continue
            wanted = search.vector if overview else _between(search.vector, vector)
            if overview:
                limit = OVERALL_QUOTES if search.row == OVERALL else OVERVIEW_QUOTES
            cells.append(
                composer.cell(
                    search.column,
                    search.row,
                    search.candidates,
                    wanted,
                    search.vector,
                    limit,
                    words,
                )
            )
            pool |= {r.ordinal: r for r in search.passages}
        candidates = self._selector.candidates(list(pool.values()))
        return Table(rows, tuple(cells), composer.verdict(question, candidates, vector))

    def _searches(self, question: Question, filters: Filters) -> list[_Search]:
        """One search a cell, row by row; the queries are encoded in one batch."""
        plan = [(row, column) for row in question.rows for column in question.columns]
        queries = [self._query(question, row, column, filters) for row, column in plan]
        encoded = self._vectors.of(queries)
        found = self._searcher.rank(encoded, PASSAGES_A_CELL, CANDIDATES_A_CELL)
        return [
            _Search(row, column, one.vector, passages, self._selector.candidates(passages))
            for (row, column), one, passages in zip(plan, encoded, found, strict=True)
        ]

    def _query(self, question: Question, row: Row, column: Column, filters: Filters) -> Query:
        subject, aspect = self._guide.subject(column.id), self._guide.aspect(row.id)
        if row.id == QUESTION_ROW or subject is None or aspect is None:
            return question_query(self._guide, question.standalone, subject, filters)
        return cell_query(subject, aspect, filters)

    def _telling(self, rows: Sequence[Row], searches: Sequence[_Search]) -> tuple[Row, ...]:
        """The rows that the sources themselves compare on, in the guide's order.

        A row counts by its worst filled cell, and documents that speak of several subjects count
        before those that describe one.
        """
        worth: dict[Row, list[tuple[float, float]]] = {row: [] for row in rows}
        for search in searches:
            if search.row not in worth:
                continue
            wanted = Wanted(search.column.id, search.row.id, search.vector, code=False)
            comparing = [c for c in search.candidates if c.comparing]
            worth[search.row].append(
                (self._worth(comparing, wanted), self._worth(search.candidates, wanted))
            )
        ranked = sorted(rows, key=lambda row: min(worth[row]), reverse=True)
        kept = [row for row in ranked[:OVERVIEW_ROWS] if max(worth[row]) > (0, 0)]
        return tuple(row for row in rows if row in kept)

    def _worth(self, candidates: Sequence[Candidate], wanted: Wanted) -> float:
        """The score of the best quote that some candidates would give a cell, 0 for none."""
        best = self._selector.best(candidates, wanted, 1, compose.CELL_LEAST, 0, set())
        return best[0].score if best and best[0].on_aspect else 0.0


def _between(sub_query: Vector, question: Vector) -> Vector:
    """The unit vector between a cell's sub-query and the whole question."""
    mixed: Vector = (1 - QUESTION_SHARE) * sub_query + QUESTION_SHARE * question
    mixed /= max(float(np.linalg.norm(mixed)), 1e-12)
    return mixed
