"""The one story: a question becomes an answer. Read this module first.

    understand   which subjects, which aspects                     answer/question.py
    plan         one sub-query a subject and aspect                retrieval/plan.py
    retrieve     dense and BM25, fused, filtered by subject        retrieval/search.py
    refuse       when the corpus does not speak of it              answer/refuse.py
    select       the statements that say most, exact characters    answer/select.py
    check        each quote against its document                   answer/verify.py
    compose      verdict, table or findings, numbered citations    answer/compose.py
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from ragbot.answer import compose, refuse
from ragbot.answer.citations import Numbering
from ragbot.answer.compose import Composer
from ragbot.answer.question import QUESTION_ROW, Turn, named_question, understand
from ragbot.answer.select import Selector, Vector, Wanted, evidence
from ragbot.encoder import Encoder, Vectors, open_encoder
from ragbot.errors import IndexDamagedError, QuestionError
from ragbot.guide import Aspect, Guide
from ragbot.index.generation import Generation
from ragbot.lexical.tokens import tokens
from ragbot.retrieval import Filters, Query
from ragbot.retrieval.plan import cell_query, question_query
from ragbot.retrieval.search import Ranked, Searcher, interleave
from ragbot.settings import Settings
from ragbot.types import (
    Answer,
    Cell,
    CellStatus,
    Citation,
    Claim,
    Column,
    Coverage,
    Hit,
    Question,
    QuestionKind,
    Refusal,
    Row,
)

__all__ = ["Assistant", "Filters", "Turn"]

PASSAGES_A_QUESTION = 30
PASSAGES_A_CELL = 12
NEAREST = 3  # passages shown with a refusal
OVERVIEW_PASSAGES = 4  # looked at to see whether an aspect is worth a row
OVERVIEW_ROWS = 6  # aspects shown when the question names none
SIMILAR_ASPECT = 0.50  # cosine of a question and the description of an aspect it does not name


class Assistant:
    """Answers questions from one generation of an index; safe to share between threads."""

    def __init__(self, generation: Generation, encoder: Encoder, settings: Settings) -> None:
        """Take an open generation and the encoder that it was built with.

        Raises:
            IndexDamagedError: the generation was built with other weights.
        """
        built_with = generation.manifest.encoder
        if built_with.weights != encoder.weights:
            raise IndexDamagedError(
                f"generation {generation.name} was built with the encoder {built_with.name} "
                f"({built_with.weights[:12]}), this one is {encoder.name} "
                f"({encoder.weights[:12]}); rebuild with `ragbot build`"
            )
        self.generation = generation
        self._settings = settings
        self._searcher = Searcher(generation, encoder)
        self._selector = Selector(generation)
        self._fixed = self._fixed_vectors()

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> Self:
        """An assistant over the live generation.

        Raises:
            IndexMissingError: there is no index.
            IndexDamagedError: the index is damaged, or was built with another encoder.
            EncoderError: the encoder does not load.
        """
        generation = Generation.open(settings.index)
        return cls(generation, encoder or open_encoder(settings), settings)

    @property
    def guide(self) -> Guide:
        """The subjects and aspects of the index."""
        return self.generation.guide

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = Filters()
    ) -> Answer:
        """Answer a question.

        Raises:
            QuestionError: the question is empty or too long.
        """
        text = self._checked(question)
        weights = self.generation.lexical.weights
        understood = understand(text, history, self.guide, weights, self._similar_aspects)
        return self._answer(understood, filters)

    def compare(
        self,
        subjects: Sequence[str],
        aspects: Sequence[str] = (),
        filters: Filters = Filters(),
    ) -> Answer:
        """Compare subjects on aspects, both by id, name or alias; on no aspect: on those that the
        sources compare.

        Raises:
            QuestionError: there are fewer than two subjects, or the index does not know one.
        """
        return self._answer(named_question(self.guide, subjects, aspects), filters)

    def search(self, query: str, limit: int = 10, filters: Filters = Filters()) -> tuple[Hit, ...]:
        """The passages nearest to a query, best first; one that names several subjects gets the
        passages of each in turn.

        Raises:
            QuestionError: the query is empty or too long.
        """
        text = self._checked(query)
        queries = [question_query(text, None, filters)]
        subjects = self.guide.subjects_in(text)
        if len(subjects) > 1 and not filters.subjects:
            found = (self.guide.subject(name) for name in subjects)
            queries += [question_query(text, subject, filters) for subject in found if subject]
        ranked = self._searcher.rank(queries, self._vectors(queries), limit)
        return self._searcher.hits(interleave(ranked, limit))

    def _answer(self, question: Question, filters: Filters) -> Answer:
        asked = question_query(question.standalone, None, filters)
        vector = self._vectors([asked])[0]
        ranked = self._searcher.rank([asked], vector[None], PASSAGES_A_QUESTION)[0]
        numbering = Numbering(self.generation.library)
        composer = Composer(self._selector, self.guide, numbering)
        why = refuse.reason(question, self._signals(question, ranked))
        if why is not None:
            return self._refusal(question, why, ranked, vector, composer)
        verdict: tuple[Claim, ...] = ()
        cells: tuple[Cell, ...] = ()
        findings: tuple[Claim, ...] = ()
        if question.kind is QuestionKind.COMPARISON:
            question, cells, verdict = self._table(question, filters, ranked, vector, composer)
        else:
            findings = self._findings(question, filters, ranked, vector, composer)
        shown = [*verdict, *(claim for cell in cells for claim in cell.claims), *findings]
        if not shown:
            why = "The sources come near to this question, but no statement in them answers it."
            return self._refusal(question, why, ranked, vector, composer)
        numbering.add(shown)
        citations = numbering.all()
        return Answer(
            question=question,
            verdict=verdict,
            cells=cells,
            findings=findings,
            citations=citations,
            coverage=_coverage(cells, citations),
            refusal=None,
            generation=self.generation.name,
        )

    def _table(
        self,
        question: Question,
        filters: Filters,
        ranked: Sequence[Ranked],
        vector: Vector,
        composer: Composer,
    ) -> tuple[Question, tuple[Cell, ...], tuple[Claim, ...]]:
        """The question with the rows that are shown, the cells row by row, and the verdict."""
        overview = not question.rows
        rows = question.rows or tuple(Row(a.id, a.name) for a in self.guide.aspects)
        plan = [(row, column) for row in rows for column in question.columns]
        queries = [self._cell_query(question, row.id, column.id, filters) for row, column in plan]
        vectors = self._vectors(queries)
        found = self._searcher.rank(queries, vectors, PASSAGES_A_CELL)
        if overview:
            rows = self._telling_rows(rows, plan, found, vectors)
        shown = {row.id for row in rows}
        limit = compose.quotes_a_cell(len(rows) * len(question.columns))
        cells, pool = [], list(ranked)
        for (row, column), passages, cell_vector in zip(plan, found, vectors, strict=True):
            if row.id in shown:
                candidates = self._selector.candidates(passages)
                cells.append(composer.cell(column, row, candidates, cell_vector, limit))
                pool += passages
        order = [row.id for row in rows]
        cells.sort(key=lambda cell: order.index(cell.aspect))
        unique = list({r.ordinal: r for r in pool}.values())
        verdict = composer.verdict(question.columns, self._selector.candidates(unique), vector)
        return replace(question, rows=rows), tuple(cells), verdict

    def _telling_rows(
        self,
        rows: Sequence[Row],
        plan: Sequence[tuple[Row, Column]],
        found: Sequence[Sequence[Ranked]],
        vectors: Vectors,
    ) -> tuple[Row, ...]:
        """The aspects on which the sources say most about every subject, in the guide's order."""
        worth: dict[str, list[float]] = {row.id: [] for row in rows}
        for (row, column), passages, vector in zip(plan, found, vectors, strict=True):
            wanted = Wanted(column.id, row.id, vector, code=False)
            candidates = self._selector.candidates(passages[:OVERVIEW_PASSAGES])
            best = self._selector.best(candidates, wanted, 1, compose.CELL_LEAST, 0, set())
            worth[row.id].append(best[0].score if best else 0.0)
        ordered = sorted(rows, key=lambda row: -min(worth[row.id]))
        kept = {row.id for row in ordered[:OVERVIEW_ROWS] if max(worth[row.id]) > 0}
        return tuple(row for row in rows if row.id in kept)

    def _findings(
        self,
        question: Question,
        filters: Filters,
        ranked: Sequence[Ranked],
        vector: Vector,
        composer: Composer,
    ) -> tuple[Claim, ...]:
        subject = question.columns[0].id if question.columns else None
        if subject is not None:
            known = self.guide.subject(subject)
            query = question_query(question.standalone, known, filters)
            ranked = self._searcher.rank([query], vector[None], PASSAGES_A_QUESTION)[0]
        candidates = self._selector.candidates(ranked)
        return composer.findings(candidates, Wanted(subject, None, vector, code=True))

    def _refusal(
        self,
        question: Question,
        why: str,
        ranked: Sequence[Ranked],
        vector: Vector,
        composer: Composer,
    ) -> Answer:
        """No answer, why, and the statements that came nearest."""
        candidates = self._selector.candidates(ranked[:PASSAGES_A_CELL])
        wanted = Wanted(None, None, vector, code=False)
        near = self._selector.best(candidates, wanted, NEAREST, -1.0, 2.0, set())
        nearest = tuple(composer.numbering.cite(evidence(scored)) for scored in near)
        return Answer(
            question=question,
            verdict=(),
            cells=(),
            findings=(),
            citations=(),
            coverage=Coverage(0, 0, 0, 0),
            refusal=Refusal(why, nearest),
            generation=self.generation.name,
        )

    def _signals(self, question: Question, ranked: Sequence[Ranked]) -> refuse.Signals:
        weights = self.generation.lexical.weights(question.standalone)
        total = sum(weights.values()) or 1.0
        covered = []
        for hit in self._searcher.hits(ranked[:PASSAGES_A_CELL]):
            held = set(tokens(" ".join((*hit.passage.heading_path, hit.passage.text))))
            covered.append(sum(w for token, w in weights.items() if token in held) / total)
        return refuse.signals(ranked, covered)

    def _cell_query(self, question: Question, row: str, column: str, filters: Filters) -> Query:
        subject, aspect = self.guide.subject(column), self.guide.aspect(row)
        if row == QUESTION_ROW or subject is None or aspect is None:
            return question_query(question.standalone, subject, filters)
        return cell_query(subject, aspect, filters)

    def _vectors(self, queries: Sequence[Query]) -> Vectors:
        """One vector a query; all that are new are encoded in one batch."""
        texts = dict.fromkeys(query.text for query in queries)
        new = [text for text in texts if text not in self._fixed]
        known = dict(zip(new, self._searcher.encode(new), strict=True)) if new else {}
        vectors = {text: known[text] if text in known else self._fixed[text] for text in texts}
        return np.stack([vectors[query.text] for query in queries])

    def _fixed_vectors(self) -> dict[str, Vector]:
        """Vectors of the sub-queries and aspects, which are few and the same for every question."""
        guide = self.guide
        texts = [aspect.description for aspect in guide.aspects]
        for subject in guide.subjects:
            texts += [cell_query(subject, aspect, Filters()).text for aspect in guide.aspects]
        return dict(zip(texts, self._searcher.encode(texts), strict=True)) if texts else {}

    def _similar_aspects(self, text: str) -> list[Aspect]:
        """The aspect nearest in meaning to a question, where it is near enough."""
        aspects = self.guide.aspects
        if not aspects:
            return []
        queries = [Query(t, t) for t in (text, *(aspect.description for aspect in aspects))]
        vectors = self._vectors(queries)
        cosines = vectors[1:] @ vectors[0]
        best = int(np.argmax(cosines))
        return [aspects[best]] if cosines[best] >= SIMILAR_ASPECT else []

    def _checked(self, text: str) -> str:
        text = " ".join(text.split())
        if not text:
            raise QuestionError("the question is empty; ask something")
        limit = self._settings.max_question_chars
        if len(text) > limit:
            raise QuestionError(f"the question has {len(text)} characters, at most {limit} are read")
        return text


def _coverage(cells: Sequence[Cell], citations: Sequence[Citation]) -> Coverage:
    return Coverage(
        cells=len(cells),
        supported=sum(cell.status is CellStatus.SUPPORTED for cell in cells),
        documents=len({citation.evidence.document_id for citation in citations}),
        words_quoted=sum(len(citation.evidence.quote.split()) for citation in citations),
    )
