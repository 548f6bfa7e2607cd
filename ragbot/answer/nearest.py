"""What refusal looks at in one generation, and what is shown with a refusal."""

from collections.abc import Sequence
from dataclasses import replace

from ragbot.answer import refuse
from ragbot.answer.citations import Numbering
from ragbot.answer.find import Place, PoolFinder
from ragbot.answer.pick import ranked
from ragbot.answer.prove import evidence
from ragbot.index.generation import Generation
from ragbot.judge.candidates import Candidate, Gatherer, clash
from ragbot.judge.refusal import RefusalModel
from ragbot.lexical.tokens import tokens
from ragbot.retrieval import Filters, Vector
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.types import Answer, BlockKind, Coverage, Question, Refusal
from ragbot.understand.foreign import not_held
from ragbot.understand.tongue import names_in, said_of

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
        finder: PoolFinder,
    ) -> None:
        self._generation = generation
        self._searcher = searcher
        self._finder = finder
        self._gatherer = Gatherer(generation)
        self._model = RefusalModel.read()

    def refused(
        self, question: Question, passages: Sequence[Ranked], vector: Vector
    ) -> refuse.Refused | None:
        """Why a question with these passages, best first, cannot be answered; None: it can."""
        if question.tongue:
            names = names_in(question.text, question.tongue, self._generation.lexical.holds)
            return refuse.Refused(said_of(question.tongue), near_miss=True, names=names)
        found = self.signals(question, passages, vector)
        return refuse.judge(question, found, self._model, self._generation.manifest.nearness)

    def signals(
        self, question: Question, passages: Sequence[Ranked], vector: Vector
    ) -> refuse.Signals:
        """What refusal is decided on, of a question and its passages, best first."""
        weights = self._generation.lexical.weights
        words = weights(question.standalone)
        total = sum(words.values()) or 1.0
        first = [hit.passage for hit in self._searcher.hits(passages[:PASSAGES])]
        heads = [set(tokens(" ".join(passage.heading_path))) for passage in first]
        held = [head | set(tokens(p.text)) for head, p in zip(heads, first, strict=True)]
        covered = (sum(w for token, w in words.items() if token in one) for one in held)
        return refuse.Signals(
            cosine=max((r.dense_score for r in passages), default=0.0),
            covered=max(covered, default=0.0) / total,
            apart=self._apart(question, passages, vector),
            strange=not_held(question.unknown, heads if question.columns else held),
        )

    def refusal(self, question: Question, refused: refuse.Refused, filters: Filters) -> Answer:
        """No answer, why, and the statements that came nearest, those with its names first."""
        numbering = Numbering(self._generation.library)
        chosen: list[Candidate] = []
        room = SHOWN
        if refused.near_miss and refused.names:
            naming = replace(question, standalone=" ".join(refused.names), columns=())
            near = self._nearest(naming, filters)
            chosen = [
                c
                for c in near
                if len(not_held(refused.names, [set(tokens(c.quote))])) < len(refused.names)
            ][:NAMING]
            room += len(chosen)
        for candidate in self._nearest(question, filters):
            if len(chosen) == room:
                break
            if not any(clash(candidate, other) for other in chosen):
                chosen.append(candidate)
        return Answer(
            question=question,
            lead=(),
            cells=(),
            findings=(),
            citations=(),
            coverage=Coverage(0, 0, 0, 0),
            refusal=Refusal(
                refused.reason,
                tuple(numbering.cite(evidence(candidate, 0.0)) for candidate in chosen),
                refused.near_miss,
            ),
            generation=self._generation.name,
        )

    def _nearest(self, question: Question, filters: Filters) -> list[Candidate]:
        """What is most likely to help, best first: about its subject, where it has one."""
        column = question.columns[0] if len(question.columns) == 1 else None
        (pool,) = self._finder.pools(question, [Place(column)], filters)
        return [one.candidate for one in ranked(pool.judged)]

    def _apart(
        self, question: Question, ranked: Sequence[Ranked], vector: Vector
    ) -> tuple[str, ...]:
        """The proper names that none of the statements nearest to a question holds.

        One that acts ("Does gull use Heron?") must stand in a sentence that names the subject.
        """
        guide = self._generation.guide
        names = question.strangers
        if not names:
            return ()
        near = self._gatherer.candidates(ranked)
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
        acts = question.actor if asked else ""
        others = not_held((name for name in names if name != acts), held)
        return (*others, *not_held(filter(None, (acts,)), naming))
