"""The quotes that answer a question without a table."""

from collections.abc import Mapping, Sequence

from ragbot.answer.candidates import Candidate, Wanted
from ragbot.answer.compose import Composer
from ragbot.answer.coverage import silent_on
from ragbot.answer.equivalence.names import written_in
from ragbot.answer.manner import defines
from ragbot.answer.select import Selector
from ragbot.answer.steps import Procedures
from ragbot.index.generation import Generation
from ragbot.retrieval import Filters, Vector
from ragbot.retrieval.plan import PASSAGES_A_QUESTION, question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Claim, Form, Question, SideBySide

BESIDE_STEPS = 3
BELOW = 2  # quotes below names side by side


class Finder:
    """Finds quotes in one generation; safe to share between threads."""

    def __init__(
        self, generation: Generation, searcher: Searcher, selector: Selector, vectors: QueryVectors
    ) -> None:
        self._guide = generation.guide
        self._searcher = searcher
        self._selector = selector
        self._vectors = vectors
        self._procedures = Procedures(generation, selector)

    def findings(
        self,
        question: Question,
        filters: Filters,
        ranked: Sequence[Ranked],
        vector: Vector,
        composer: Composer,
        words: Mapping[str, float],
    ) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
        """Steps in order, where they are asked for and told, and what else the sources say.

        What a thing is comes first where that is asked; each subject of several has a quote, where
        the sources have one. `ranked` are the passages of the question among all; those of its
        subject are looked for, where it has one.
        """
        subject = question.columns[0].id if len(question.columns) == 1 else None
        if subject is not None:
            ranked = self._about(subject, question, filters) or ranked
        candidates = self._selector.candidates(ranked)
        if len(question.columns) > 1:
            known = {column.id for column in question.columns}
            candidates = [c for c in candidates if known & set(c.statement.subjects)]
        if any(c.named for c in candidates):  # other names are beside the question
            candidates = [c for c in candidates if c.named or not c.symbol]
        shows = question.wants_code
        wanted = Wanted(subject, None, vector, code=shows, words=words)
        steps, findings = self._told(question, candidates, wanted, composer)
        for column in silent_on(question, (*steps, *findings), self._guide):
            of_it = self._selector.candidates(self._about(column.id, question, filters))
            only = Wanted(column.id, None, vector, code=shows, words=words)
            findings += composer.findings(of_it, only, 1)
        if question.form is Form.WHAT_IS and question.objects and not steps:
            thing = question.objects[0].text
            findings = tuple(sorted(findings, key=lambda c: not defines(c.text, thing)))
        return steps, findings

    def _told(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        wanted: Wanted,
        composer: Composer,
    ) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
        """Steps where they are asked for and told, with few other quotes; else more quotes."""
        if question.wants_steps:
            found = self._procedures.best(candidates, wanted)
            steps = composer.in_order(found.statements, wanted) if found else ()
            if found and len(steps) == len(found.statements):
                others = [c for c in candidates if not found.holds(c)]
                return steps, composer.findings(others, wanted, BESIDE_STEPS)
        return (), composer.findings(candidates, wanted)

    def _about(self, subject: str, question: Question, filters: Filters) -> list[Ranked]:
        """The passages of a question among those about one subject; [] where it is none."""
        known = self._guide.subject(subject)
        if known is None:
            return []
        query = question_query(self._guide, question.standalone, known, filters)
        return list(self._searcher.rank(self._vectors.of([query]), PASSAGES_A_QUESTION)[0])

    def below(
        self,
        ranked: Sequence[Ranked],
        vector: Vector,
        composer: Composer,
        words: Mapping[str, float],
        beside: Sequence[SideBySide],
    ) -> tuple[Claim, ...]:
        """What guides say of the names that are shown side by side, in few quotes."""
        names = [s.name for one in beside for s in (one.asked, *one.counterparts) if s.is_direct]
        candidates = [
            c
            for c in self._selector.candidates(ranked)
            if not c.symbol and any(written_in(name, c.quote) for name in names)
        ]
        wanted = Wanted(None, None, vector, code=False, words=words)
        return composer.findings(candidates, wanted, BELOW)
