"""Picks the statements that say most about a subject and an aspect, out of ranked passages."""

from collections.abc import Callable, Iterable, Mapping, Set
from functools import lru_cache

from ragbot.answer.candidates import Candidate, Said, Scored, Wanted, clash
from ragbot.answer.manner import manner, says_nothing
from ragbot.answer.mentions import aside, in_rows
from ragbot.index.generation import Generation
from ragbot.judge.candidates import Gatherer
from ragbot.lexical.tokens import tokens
from ragbot.retrieval.search import Ranked
from ragbot.types import ON_ITS_WAY_OUT

# What is added to the cosine of a statement and a query (docs/log.md, 2026-11-20).
IN_QUOTE, IN_LABEL, IN_HEADING = 0.10, 0.08, 0.04  # words of the aspect, by where they stand
NAMED = 0.03  # the quote itself names the subject
CROWDED = -0.03  # for each subject past the second that the quote names
IN_A_ROW = -0.15  # the quote names the subject in a row with others: it sets it apart from none
ASIDE = -0.10  # the quote names the subject only as what another is like, or compared with
BARE = -0.15  # a cell of fewer words than BARE_WORDS, where no aspect is asked for
BARE_WORDS = 3
GOING = -0.05  # its document says that it is deprecated, not maintained or not recommended
SYMBOL = 0.15  # its passage documents a programming name in the question
RANK = 0.25  # for the passage ranked first, falling to 0 with its rank
WORDS = 0.15  # for all the words asked for, by their weight, in or beside the quote
REPEATED = -0.15  # it is quoted in another cell already
SAME_DOCUMENT = -0.04  # for a document that the cell quotes already

SURE = 0.90  # score of a statement that is quoted however much better the first is
KEPT = 20_000  # texts of which it is remembered what they name


class Selector(Gatherer):
    """Gathers and scores statements of one generation."""

    def __init__(self, generation: Generation) -> None:
        super().__init__(generation)
        guide = generation.guide
        # The same statements are candidates for question after question.
        self._subjects_in = lru_cache(maxsize=KEPT)(guide.subjects_in)
        self._in_rows = lru_cache(maxsize=KEPT)(lambda quote: in_rows(quote, guide))
        self._aside = lru_cache(maxsize=KEPT)(lambda quote: aside(quote, guide))
        self._aspect_words = lru_cache(maxsize=KEPT)(guide.aspect_words)

    def of_document(self, document: str) -> list[Candidate]:
        """Every statement of the document with that id, in its order, its first passage first."""
        ordinals = self._generation.library.passages_of(document)
        return self.candidates([Ranked(o, 0.0, None, 0.0, None, 0.0) for o in ordinals])

    def score(self, candidate: Candidate, wanted: Wanted) -> Scored:
        """How well a candidate fills a cell."""
        statement = candidate.statement
        cosine = float(candidate.vector @ wanted.vector)
        score = cosine + RANK * candidate.rank_share + (SYMBOL if candidate.named else 0)
        score += WORDS * _words_held(candidate, wanted.words)
        on_aspect = False
        if wanted.aspect is not None:
            for text, weight in (
                (candidate.quote, IN_QUOTE),
                (statement.label, IN_LABEL),
                (candidate.heading, IN_HEADING),
            ):
                if self._aspect_words(wanted.aspect, text):
                    score += weight
                    on_aspect = True
        if wanted.subject is not None:
            named = self._subjects_in(candidate.quote)
            score += NAMED if wanted.subject in named else 0
            score += CROWDED * max(0, len(named or statement.subjects) - 2)
            score += IN_A_ROW if wanted.subject in self._in_rows(candidate.quote) else 0
            score += ASIDE if wanted.subject in self._aside(candidate.quote) else 0
            few = statement.label and len(candidate.quote.split()) < BARE_WORDS
            score += BARE if few and wanted.aspect is None else 0
        score += GOING if ON_ITS_WAY_OUT & set(statement.facts) else 0
        score += manner(candidate.statement, candidate.quote, code=wanted.code)
        return Scored(candidate, score, on_aspect)

    def best(
        self,
        candidates: Iterable[Candidate],
        wanted: Wanted,
        limit: int,
        least: float,
        drop: float,
        used: Set[Said],
        usable: Callable[[Scored], bool] = lambda _: True,
        enough: int = 0,
    ) -> list[Scored]:
        """Up to `limit` statements for a cell, best first, no two alike or overlapping.

        None scores under `least`, nor more than `drop` under the first, but for the best `enough`
        where they score SURE. Those of another document than the ones chosen go first; what is
        quoted elsewhere (`used`) comes last. Of those that would be chosen, ones that are not
        `usable` are passed over.
        """
        scored = [
            self.score(candidate, wanted)
            for candidate in candidates
            if wanted.subject is None or wanted.subject in candidate.statement.subjects
            if not says_nothing(candidate.statement, candidate.quote)
        ]
        chosen: list[Scored] = []
        while len(chosen) < limit:
            documents = {s.candidate.document for s in chosen}
            rest = [
                (
                    s.score
                    + (SAME_DOCUMENT if s.candidate.document in documents else 0)
                    + (REPEATED if s.candidate.said in used else 0),
                    -s.candidate.ordinal,
                    s,
                )
                for s in scored
                if s.score >= least and not any(clash(s.candidate, c.candidate) for c in chosen)
            ]
            if not rest:
                break
            value, _, winner = max(rest, key=lambda entry: entry[:2])
            few = len(chosen) < enough and value >= SURE
            if chosen and not few and value < chosen[0].score - drop:
                break
            if usable(winner):
                chosen.append(winner)
            else:
                scored.remove(winner)
        return chosen


def _words_held(candidate: Candidate, words: Mapping[str, float]) -> float:
    """The share of the weight of some tokens that a statement holds with its headings."""
    total = sum(words.values())
    if not total:
        return 0.0
    texts = (candidate.quote, candidate.statement.label, candidate.heading)
    held = frozenset().union(*map(_tokens, texts))
    return sum(weight for token, weight in words.items() if token in held) / total


@lru_cache(maxsize=KEPT)
def _tokens(text: str) -> frozenset[str]:
    return frozenset(tokens(text))
