"""Hybrid search over one generation: dense and BM25 candidates, their scores fused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ragbot.encoder import Vectors
from ragbot.index.generation import Generation
from ragbot.retrieval import Filters, Query
from ragbot.retrieval.fusion import candidates
from ragbot.stores import Mask
from ragbot.types import Hit

NAMED = 0.20  # added to the fused score of what documents a name in the question
NAMED_FALL = 0.25  # how fast that falls with each part of the name that the question leaves out
NAMED_DOCUMENTS = 30  # documents looked at for one name


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's ordinal with its fused score and its place in each retriever (ranks from 1).

    `named`: it documents a programming name in the question.
    """

    ordinal: int
    score: float
    dense_rank: int | None
    dense_score: float
    lexical_rank: int | None
    lexical_score: float
    named: bool = False


class Searcher:
    """Searches one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        authority = {source.id: source.authority for source in generation.library.sources()}
        self._authorities = np.array([authority[p.source] for p in generation.passages], dtype=str)
        self._sources = np.array([p.source for p in generation.passages], dtype=str)
        self._voices = np.array([p.voice for p in generation.passages], dtype=np.int64)
        elsewhere = [(i, s) for i, p in enumerate(generation.passages) for s in p.also_at]
        self._elsewhere = np.array([i for i, _ in elsewhere], dtype=np.int64)
        self._elsewhere_sources = np.array([source for _, source in elsewhere], dtype=str)
        self._subjects = {
            subject.id: np.array(
                [subject.id in p.subjects for p in generation.passages], dtype=bool
            )
            for subject in generation.guide.subjects
        }

    def rank(self, queries: Sequence[Query], vectors: Vectors, limit: int) -> list[list[Ranked]]:
        """The best passages of each query, best first; `vectors` has one row a query.

        Of passages that repeat each other only the best is there.
        """
        return [
            self._rank(query, vector, limit) for query, vector in zip(queries, vectors, strict=True)
        ]

    def hits(self, ranked: Iterable[Ranked]) -> tuple[Hit, ...]:
        """Ranked passages with their text."""
        ranked = list(ranked)
        passages = self._generation.library.passages_at([r.ordinal for r in ranked])
        return tuple(
            Hit(
                passage,
                r.score,
                r.dense_rank,
                r.dense_score if r.dense_rank else None,
                r.lexical_rank,
                r.lexical_score if r.lexical_rank else None,
            )
            for passage, r in zip(passages, ranked, strict=True)
        )

    def _rank(self, query: Query, vector: npt.NDArray[np.float32], limit: int) -> list[Ranked]:
        allowed = self._allowed(query.filters)
        named = self._named(query.names, allowed)
        own = np.array(sorted(named), dtype=np.int64)
        lexical = self._generation.lexical.scores(query.words)
        found = candidates(self._generation.vectors, vector, lexical, allowed, own)
        if not len(found.rows):
            return []
        fused = found.fused
        fused += np.array([named.get(int(row), 0.0) for row in found.rows], dtype=np.float32)
        # Ties are broken by the ordinal, so that the same question gives the same order.
        order = np.lexsort((found.rows, -fused))
        order = order[_firsts(self._voices[found.rows[order]])][:limit]
        dense_place = {int(row): rank for rank, row in enumerate(found.dense_rows, 1)}
        lexical_place = {int(row): rank for rank, row in enumerate(found.lexical_rows, 1)}
        return [
            Ranked(
                ordinal := int(found.rows[i]),
                float(fused[i]),
                dense_place.get(ordinal),
                float(found.dense[i]),
                lexical_place.get(ordinal),
                float(found.lexical[i]),
                ordinal in named,
            )
            for i in order
        ]

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

    def _allowed(self, filters: Filters) -> Mask | None:
        masks: list[Mask] = []
        if filters.subjects:
            nothing = np.zeros(len(self._sources), dtype=bool)
            chosen = [self._subjects.get(subject, nothing) for subject in filters.subjects]
            masks.append(np.logical_or.reduce(chosen))
        if filters.sources:
            there = np.isin(self._sources, filters.sources)
            there[self._elsewhere[np.isin(self._elsewhere_sources, filters.sources)]] = True
            masks.append(there)
        if filters.authorities:
            masks.append(np.isin(self._authorities, [str(a) for a in filters.authorities]))
        return np.logical_and.reduce(masks) if masks else None


def _firsts(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where each value stands first, in order."""
    places: npt.NDArray[np.int64] = np.unique(values, return_index=True)[1]
    return np.sort(places)
