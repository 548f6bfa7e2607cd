"""Hybrid search over one generation: dense and BM25 candidates, their scores fused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ragbot.index.arrays import passage_lengths, statement_quotes
from ragbot.index.generation import Generation
from ragbot.lexical import Scores
from ragbot.retrieval import Encoded, Filters
from ragbot.retrieval.balance import shared_order
from ragbot.retrieval.fusion import POOL, Candidates, candidates, weighed
from ragbot.retrieval.selection import Selection, Selector
from ragbot.retrieval.statements import StatementScores
from ragbot.stages import stage
from ragbot.stores import Mask, Rows
from ragbot.types import Contribution, Hit, Reason

NAMED = 0.20  # added to the fused score of what documents a name in the question
NAMED_FALL = 0.25  # how fast that falls with each part of the name that the question leaves out
NAMED_DOCUMENTS = 30  # documents looked at for one name
FACET = 0.075  # of the cosine with what is asked about the passage's subject (docs/log.md)
A_SUBJECT = 100  # candidates taken for each of the subjects that share the first places


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's ordinal with its fused score and its place in each retriever (ranks from 1).

    `named`: it documents a programming name in the question. `parts` add up to the score; where
    subjects share the first places, `ahead` says how many places the passage gained by that.
    `saying` is the ordinal of its best statement, -1 where it has none.
    """

    ordinal: int
    score: float
    dense_rank: int | None
    dense_score: float
    lexical_rank: int | None
    lexical_score: float
    named: bool = False
    saying: int = -1
    parts: tuple[Contribution, ...] = ()
    ahead: int = 0


class Searcher:
    """Searches one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._selector = Selector(generation)
        self._subjects = self._selector.subjects
        self._voices = np.array([p.voice for p in generation.passages], dtype=np.int64)
        self._statements = StatementScores.of(generation)
        lengths = passage_lengths(generation.library)
        self._lengths = lengths / max(1.0, float(lengths.mean()) if len(lengths) else 1.0)

    def selection(self, filters: Filters) -> Selection:
        """The passages that filters leave."""
        return self._selector.selection(filters)

    @stage("search")
    def rank(self, queries: Sequence[Encoded], limit: int, pool: int = POOL) -> list[list[Ranked]]:
        """The best passages of each query, best first, out of `pool` candidates a retriever.

        Of passages that repeat each other only the best is there.
        """
        alike: dict[tuple[Filters, str], list[int]] = {}
        for place, asked in enumerate(queries):
            alike.setdefault((asked.query.filters, asked.query.about), []).append(place)
        ranked: list[list[Ranked]] = [[] for _ in queries]
        for (filters, about), places in alike.items():
            allowed = self._selector.selection(filters, about).mask
            vectors = np.stack([queries[place].vector for place in places])
            _, nearest = self._generation.vectors.search(vectors, pool, allowed)
            for place, rows in zip(places, nearest, strict=True):
                ranked[place] = self._rank(queries[place], limit, allowed, rows, pool)
        return ranked

    def hits(self, ranked: Iterable[Ranked]) -> tuple[Hit, ...]:
        """Ranked passages with their text, and what put them where they are."""
        ranked = list(ranked)
        library = self._generation.library
        passages = library.passages_at([r.ordinal for r in ranked])
        said = statement_quotes(library, [r.saying for r in ranked if r.saying >= 0])
        return tuple(
            Hit(
                passage,
                r.score,
                r.dense_rank,
                r.dense_score if r.dense_rank else None,
                r.lexical_rank,
                r.lexical_score if r.lexical_rank else None,
                r.parts,
                r.ahead,
                said.get(r.saying, ""),
            )
            for passage, r in zip(passages, ranked, strict=True)
        )

    def _rank(
        self, asked: Encoded, limit: int, allowed: Mask | None, nearest: Rows, pool: int
    ) -> list[Ranked]:
        query, generation = asked.query, self._generation
        named = self._named(query.names, allowed)
        more = np.array(sorted(named), dtype=np.int64)
        for subject in query.sharing:
            more = np.union1d(more, self._of_subject(asked, subject, allowed))
        lexical = generation.lexical.scores(query.words)
        found = candidates(
            generation.vectors,
            asked.vector,
            lexical,
            allowed,
            more,
            self._statements,
            nearest,
            pool,
        )
        if not len(found.rows):
            return []
        bonus = np.array([named.get(int(row), 0.0) for row in found.rows], dtype=np.float32)
        facets = self._facets(asked, found.rows)
        scores = found.fused + bonus + facets
        # Ties are broken by the ordinal, so that the same question gives the same order.
        order = np.lexsort((found.rows, -scores))
        order = order[_firsts(self._voices[found.rows[order]])]
        taken = self._shared(query.sharing, found.rows[order], scores[order], limit)
        return self._ranked(found, bonus, facets, order, taken)

    def _ranked(
        self, found: Candidates, bonus: Scores, facets: Scores, order: Rows, taken: Rows
    ) -> list[Ranked]:
        """The candidates at `order[taken]`, with what their scores are made of."""
        dense_place = {int(row): rank for rank, row in enumerate(found.dense_rows, 1)}
        lexical_place = {int(row): rank for rank, row in enumerate(found.lexical_rows, 1)}
        ranked = []
        for place, by_score in enumerate(taken):
            i = order[by_score]
            ordinal = int(found.rows[i])
            dense, said, words = weighed(found, i)
            parts = (
                Contribution(Reason.PASSAGE, dense),
                Contribution(Reason.STATEMENT, said),
                Contribution(Reason.WORDS, words),
                Contribution(Reason.NAME, float(bonus[i])),
                Contribution(Reason.ASPECT, float(facets[i])),
            )
            ranked.append(
                Ranked(
                    ordinal=ordinal,
                    score=sum(part.score for part in parts),
                    dense_rank=dense_place.get(ordinal),
                    dense_score=float(found.dense[i]),
                    lexical_rank=lexical_place.get(ordinal),
                    lexical_score=float(found.lexical[i]),
                    named=bool(bonus[i]),
                    saying=int(found.saying[i]),
                    parts=tuple(part for part in parts if part.score),
                    ahead=int(by_score) - place,
                )
            )
        return ranked

    def _of_subject(self, asked: Encoded, subject: str, allowed: Mask | None) -> Rows:
        """The nearest passages of one subject."""
        mask = self._subjects.get(subject)
        if mask is None:
            return np.empty(0, dtype=np.int64)
        mask = mask if allowed is None else mask & allowed
        _, rows = self._generation.vectors.search(asked.vector[None], A_SUBJECT, mask)
        found: Rows = rows[0][rows[0] >= 0]
        return found

    def _facets(self, asked: Encoded, rows: Rows) -> Scores:
        """What passages gain by speaking of what is asked about their own subject."""
        gained = np.zeros(len(rows), dtype=np.float32)
        if not asked.facets:
            return gained
        cosines = self._generation.vectors.vectors(rows) @ np.stack(asked.facets).T
        for facet, near in zip(asked.query.facets, cosines.T, strict=True):
            mask = self._subjects.get(facet.subject)
            if mask is not None:
                gained = np.where(mask[rows], np.maximum(gained, FACET * near), gained)
        return gained

    def _shared(self, subjects: Sequence[str], rows: Rows, scores: Scores, limit: int) -> Rows:
        """Which of the passages, that are given best first, are taken, and in which order."""
        masks = [self._subjects[s][rows] for s in subjects if s in self._subjects]
        if len(masks) < 2:
            return np.arange(min(limit, len(rows)))
        return shared_order(scores, np.stack(masks), self._lengths[rows], limit)

    def owner(self, name: str) -> str | None:
        """The one subject whose documents a programming name names, if all are of one."""
        found = self._generation.library.named(name, NAMED_DOCUMENTS)
        owners = {self._generation.passages[ordinal].document_subjects for ordinal, _ in found}
        only = owners.pop() if len(owners) == 1 else ()
        return only[0] if len(only) == 1 else None

    def _named(self, names: Sequence[str], allowed: Mask | None) -> dict[int, float]:
        """What is added to the first passages of the documents of some programming names."""
        found: dict[int, float] = {}
        for name in names:
            for ordinal, dropped in self._generation.library.named(name, NAMED_DOCUMENTS):
                if allowed is None or allowed[ordinal]:
                    # A whole name counts most; an ending less, the more it leaves out.
                    worth = NAMED / (1 + NAMED_FALL * dropped)
                    found[ordinal] = max(worth, found.get(ordinal, 0.0))
        return found


def _firsts(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where each value stands first, in order."""
    places: npt.NDArray[np.int64] = np.unique(values, return_index=True)[1]
    return np.sort(places)
