"""The one story: a question becomes an answer. Read this module first.

    understand   which subjects, which aspects                     answer/question.py
    plan         one sub-query a subject and aspect                retrieval/plan.py
    retrieve     dense and BM25, fused, filtered by subject        retrieval/search.py
    refuse       when the corpus does not speak of it              answer/refuse.py
    select       the statements that say most, exact characters    answer/select.py
    check        each quote against its document                   answer/verify.py
    compose      verdict, table or findings, numbered citations    answer/table.py, compose.py

Only the question and its sub-queries are encoded; statements have their vectors since the build.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from ragbot.answer import refuse
from ragbot.answer.citations import Numbering
from ragbot.answer.compose import Composer
from ragbot.answer.question import Turn, named_question, self_contained, understand
from ragbot.answer.select import Selector, Vector, Wanted, evidence
from ragbot.answer.table import Tabulator
from ragbot.encoder import Encoder, open_encoder
from ragbot.errors import QuestionError
from ragbot.guide import Guide
from ragbot.index.generation import Generation
from ragbot.index.serving import kept_encoder, must_fit, without_graph
from ragbot.lexical.tokens import tokens
from ragbot.retrieval import Filters
from ragbot.retrieval.plan import question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.settings import Settings
from ragbot.types import (
    Answer,
    Cell,
    CellStatus,
    Citation,
    Claim,
    Coverage,
    Hit,
    Question,
    QuestionKind,
    Refusal,
)

__all__ = ["Assistant", "Filters", "Turn"]

PASSAGES_A_QUESTION = 30
PASSAGES_LOOKED_AT = 12  # to see whether the question's words are there, and what came nearest
NEAREST = 3  # statements shown with a refusal


class Assistant:
    """Answers questions from one generation of an index; safe to share between threads."""

    def __init__(self, generation: Generation, encoder: Encoder, settings: Settings) -> None:
        """Take an open generation and the encoder that it was built with.

        Raises:
            IndexDamagedError: the generation was built with other weights.
        """
        must_fit(generation, encoder.name, encoder.weights)
        self.generation = generation
        self.encoder = encoder
        self._settings = settings
        self._searcher = Searcher(generation)
        self._selector = Selector(generation)
        self._vectors = QueryVectors(encoder, generation.guide)
        self._tabulator = Tabulator(generation.guide, self._searcher, self._selector, self._vectors)

    @classmethod
    def open(
        cls, settings: Settings, encoder: Encoder | None = None, before: Self | None = None
    ) -> Self:
        """An assistant over the live generation; the encoder of the one `before` serves again.

        Raises:
            IndexMissingError: there is no index.
            IndexDamagedError: the index is damaged, or was built with another encoder.
            EncoderError: the encoder does not load.
        """
        generation = Generation.open(settings.index)
        known = before.encoder if before else None
        encoder = encoder or kept_encoder(generation, settings, known)
        return cls(generation, encoder or open_encoder(without_graph(settings)), settings)

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
        understood = understand(text, history, self.guide, weights, self._vectors.similar_aspects)
        return self._answer(understood, filters)

    def compare(
        self,
        subjects: Sequence[str],
        aspects: Sequence[str] = (),
        filters: Filters = Filters(),
    ) -> Answer:
        """Compare subjects on aspects, both by id, name or alias.

        Without aspects they are compared on those that the sources say most about.

        Raises:
            QuestionError: there are fewer than two subjects, or the index does not know one.
        """
        return self._answer(named_question(self.guide, subjects, aspects), filters, named=True)

    def search(self, query: str, limit: int = 10, filters: Filters = Filters()) -> tuple[Hit, ...]:
        """The passages nearest to a query, best first.

        Raises:
            QuestionError: the query is empty or too long.
        """
        text = self._checked(query)
        asked = question_query(self.guide, text, None, filters)
        return self._searcher.hits(
            self._searcher.rank([asked], self._vectors.of([asked]), limit)[0]
        )

    def self_contained(self, question: str, history: Sequence[Turn]) -> str:
        """The question with what it leaves to the history put in words."""
        return self_contained(question, history, self.guide)

    def _answer(self, question: Question, filters: Filters, *, named: bool = False) -> Answer:
        """The answer to a question as understood; one put by names is never off the subject."""
        asked = question_query(self.guide, question.standalone, None, filters)
        vector = self._vectors.of([asked])[0]
        ranked = self._searcher.rank([asked], vector[None], PASSAGES_A_QUESTION)[0]
        numbering = Numbering(self.generation.library)
        composer = Composer(self._selector, self.guide, numbering)
        why = None if named else refuse.reason(question, self._signals(question, ranked))
        if why is not None:
            return self._refusal(question, why, ranked, vector, composer)
        verdict: tuple[Claim, ...] = ()
        cells: tuple[Cell, ...] = ()
        findings: tuple[Claim, ...] = ()
        if question.kind is QuestionKind.COMPARISON:
            table = self._tabulator.table(question, filters, ranked, vector, composer)
            question = replace(question, rows=table.rows)
            cells, verdict = table.cells, table.verdict
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
            coverage=_coverage(cells, citations, numbering.documents()),
            refusal=None,
            generation=self.generation.name,
        )

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
            query = question_query(self.guide, question.standalone, known, filters)
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
        candidates = self._selector.candidates(ranked[:PASSAGES_LOOKED_AT])
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
        for hit in self._searcher.hits(ranked[:PASSAGES_LOOKED_AT]):
            held = set(tokens(" ".join((*hit.passage.heading_path, hit.passage.text))))
            covered.append(sum(w for token, w in weights.items() if token in held) / total)
        return refuse.signals(ranked, covered)

    def _checked(self, text: str) -> str:
        text = " ".join(text.split())
        if not text:
            raise QuestionError("the question is empty; ask something")
        limit = self._settings.max_question_chars
        if len(text) > limit:
            raise QuestionError(
                f"the question has {len(text):,} characters; ask it in at most {limit:,}"
            )
        return text


def _coverage(cells: Sequence[Cell], citations: Sequence[Citation], documents: int) -> Coverage:
    return Coverage(
        cells=len(cells),
        supported=sum(cell.status is CellStatus.SUPPORTED for cell in cells),
        documents=documents,
        words_quoted=sum(len(citation.evidence.quote.split()) for citation in citations),
    )
