"""What refusal looks at in one generation, and what is shown with a refusal."""

from collections.abc import Sequence

from ragbot.answer import refuse
from ragbot.answer.candidates import Candidate, Scored, Wanted, evidence
from ragbot.answer.citations import Numbering
from ragbot.answer.select import Selector
from ragbot.index.generation import Generation
from ragbot.lexical.tokens import tokens
from ragbot.retrieval import Filters, Vector
from ragbot.retrieval.plan import question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Answer, BlockKind, Coverage, Question, Refusal
from ragbot.understand.foreign import actor, foreign_names, not_held

PASSAGES = 12  # looked at for the question's words
STATEMENTS = 12  # nearest ones, looked at for its names
SHOWN = 3  # statements shown with a refusal
NAMING = 2  # more, that hold the name which the question failed on


class Refuser:
    """Looks whether one generation can answer, and what it has where it cannot."""

    def __init__(
        self,
        generation: Generation,
        searcher: Searcher,
        selector: Selector,
        vectors: QueryVectors,
    ) -> None:
        self._generation = generation
        self._searcher = searcher
        self._selector = selector
        self._vectors = vectors

    def signals(
        self, question: Question, ranked: Sequence[Ranked], vector: Vector
    ) -> refuse.Signals:
        """What refusal is decided on, of a question and its passages, best first."""
        weights = self._generation.lexical.weights
        words = weights(question.standalone)
        total = sum(words.values()) or 1.0
        passages = [hit.passage for hit in self._searcher.hits(ranked[:PASSAGES])]
        heads = [set(tokens(" ".join(passage.heading_path))) for passage in passages]
        held = [head | set(tokens(p.text)) for head, p in zip(heads, passages, strict=True)]
        covered = (sum(w for token, w in words.items() if token in one) for one in held)
        return refuse.Signals(
            cosine=max((r.dense_score for r in ranked), default=0.0),
            covered=max(covered, default=0.0) / total,
            apart=self._apart(question, ranked, vector),
            strange=not_held(question.unknown, heads if question.columns else held),
        )

    def refusal(
        self,
        question: Question,
        refused: refuse.Refused,
        ranked: Sequence[Ranked],
        vector: Vector,
    ) -> Answer:
        """No answer, why, and the statements that came nearest, those with its names first."""
        numbering = Numbering(self._generation.library)
        chosen = self._naming(refused.names, vector) if refused.near_miss else []
        subject = question.columns[0].id if len(question.columns) == 1 else None
        candidates = self._selector.candidates(ranked)
        for about in dict.fromkeys((subject, None)):
            if len(chosen) < SHOWN or about == subject:
                chosen += self._best(candidates, about, vector, SHOWN, chosen)
        shown = chosen[: SHOWN + (NAMING if refused.names else 0)]
        return Answer(
            question=question,
            verdict=(),
            cells=(),
            findings=(),
            citations=(),
            coverage=Coverage(0, 0, 0, 0),
            refusal=Refusal(
                refused.reason,
                tuple(numbering.cite(evidence(scored)) for scored in shown),
                refused.near_miss,
            ),
            generation=self._generation.name,
        )

    def _apart(
        self, question: Question, ranked: Sequence[Ranked], vector: Vector
    ) -> tuple[str, ...]:
        """The proper names that none of the statements nearest to a question holds.

        One that acts ("Does gull use Heron?") must stand in a sentence that names the subject.
        """
        text, guide = question.standalone, self._generation.guide
        weights = self._generation.lexical.weights
        names = foreign_names(text, guide, weights)
        if not names:
            return ()
        near = self._selector.candidates(ranked)
        near.sort(key=lambda c: (-float(c.vector @ vector), c.ordinal))
        near = near[:STATEMENTS]
        held = [
            set(tokens(" ".join((c.heading, c.symbol, c.statement.label, c.quote)))) for c in near
        ]
        asked = {column.id for column in question.columns}
        naming = [
            set(tokens(c.quote))
            for c in near
            if c.statement.kind is not BlockKind.CODE and asked & set(guide.subjects_in(c.quote))
        ]
        acts = actor(text, guide, weights) if asked else ""
        others = not_held((name for name in names if name != acts), held)
        return (*others, *not_held(filter(None, (acts,)), naming))

    def _naming(self, names: Sequence[str], vector: Vector) -> list[Scored]:
        """Statements that hold one of some names, nearest to the question first."""
        if not names:
            return []
        asked = question_query(self._generation.guide, " ".join(names), None, Filters())
        ranked = self._searcher.rank(self._vectors.of([asked]), PASSAGES)[0]
        naming = [
            candidate
            for candidate in self._selector.candidates(ranked)
            if len(not_held(names, [set(tokens(candidate.quote))])) < len(names)
        ]
        return self._best(naming, None, vector, NAMING, [])

    def _best(
        self,
        candidates: Sequence[Candidate],
        subject: str | None,
        vector: Vector,
        limit: int,
        chosen: Sequence[Scored],
    ) -> list[Scored]:
        wanted = Wanted(subject, None, vector, code=False)
        taken = {scored.candidate.said for scored in chosen}
        rest = [candidate for candidate in candidates if candidate.said not in taken]
        return self._selector.best(rest, wanted, limit, -1.0, 2.0, set())
