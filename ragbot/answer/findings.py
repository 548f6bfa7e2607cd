"""The quotes that answer a question without a table."""

from collections.abc import Mapping, Sequence

from ragbot.answer.compose import Composer
from ragbot.answer.equivalence.names import written_in
from ragbot.answer.select import Selector, Wanted
from ragbot.guide import Guide
from ragbot.retrieval import Filters, Vector
from ragbot.retrieval.plan import question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Claim, Question, SideBySide

PASSAGES = 30
BELOW = 2  # quotes below names side by side


class Finder:
    """Finds quotes in one generation; safe to share between threads."""

    def __init__(
        self, guide: Guide, searcher: Searcher, selector: Selector, vectors: QueryVectors
    ) -> None:
        self._guide = guide
        self._searcher = searcher
        self._selector = selector
        self._vectors = vectors

    def findings(
        self,
        question: Question,
        filters: Filters,
        vector: Vector,
        composer: Composer,
        words: Mapping[str, float],
    ) -> tuple[Claim, ...]:
        """What the sources say to a question about one subject, or about none that is known."""
        subject = question.columns[0].id if question.columns else None
        known = self._guide.subject(subject) if subject is not None else None
        query = question_query(self._guide, question.standalone, known, filters)
        ranked = self._searcher.rank(self._vectors.of([query]), PASSAGES)[0]
        candidates = self._selector.candidates(ranked)
        return composer.findings(candidates, Wanted(subject, None, vector, code=True, words=words))

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
