"""Milliseconds of a warm search and of its parts, beside the same put together plainly.

Plainly: sentence-transformers' encode, an exact FAISS index, bm25s with its own tokens, and
reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import bm25s
import faiss
import numpy as np
from sentence_transformers import SentenceTransformer

from ragbot.assistant import Assistant
from ragbot.encoder import Encoder
from ragbot.retrieval.fusion import POOL
from ragbot.retrieval.search import Searcher
from ragbot.retrieval.vectors import QueryVectors

from .figures import Figure
from .timing import Stopwatch, milliseconds, p50, p95

LIMIT = 10
ASPECTS = 5
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Plain:
    """The libraries by themselves, over the same texts and vectors."""

    model: SentenceTransformer
    vectors: faiss.IndexFlatIP
    words: bm25s.BM25
    texts: list[str]

    def encode(self, query: str) -> np.ndarray:
        return self.model.encode([query], show_progress_bar=False)

    def dense(self, vector: np.ndarray) -> np.ndarray:
        return self.vectors.search(vector, min(POOL, len(self.texts)))[1][0]

    def lexical(self, query: str) -> np.ndarray:
        tokens = bm25s.tokenize([query], show_progress=False, return_ids=False)
        most = min(POOL, len(self.texts))
        return self.words.retrieve(tokens, k=most, show_progress=False).documents[0]

    def search(self, query: str) -> list[str]:
        scores: dict[int, float] = {}
        for rows in (self.dense(self.encode(query)), self.lexical(query)):
            for rank, row in enumerate(rows.tolist(), 1):
                scores[row] = scores.get(row, 0.0) + 1 / (60 + rank)
        return [self.texts[row] for row in sorted(scores, key=scores.__getitem__)[-LIMIT:]]


def plain(model: SentenceTransformer, assistant: Assistant, texts: list[str]) -> Plain:
    """Index the texts of every passage plainly; the vectors are those that the index has."""
    vectors = assistant.generation.vectors
    exact = faiss.IndexFlatIP(vectors.dimension)
    exact.add(vectors.vectors(np.arange(len(vectors))))
    words = bm25s.BM25()
    words.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    return Plain(model, exact, words, texts)


def searching(
    assistant: Assistant, encoder: Encoder, beside: Plain, queries: list[str]
) -> Iterator[Figure]:
    """Figures of one question at a time, warm."""
    generation = assistant.generation
    part = f"search, {len(beside.texts):,} passages"
    for query in queries[:20]:
        assistant.search(query, LIMIT)
        beside.search(query)
    ours, theirs, parts = [], [], {name: ([], []) for name in ("encode", "dense", "BM25", "read")}
    for query in queries:
        ours += milliseconds([lambda q=query: assistant.search(q, LIMIT)])
        theirs += milliseconds([lambda q=query: beside.search(q)])
        vector = encoder.encode_queries([query])
        rows = [int(row) for row in beside.dense(vector)[:LIMIT]]
        pairs = {
            "encode": (
                lambda q=query: encoder.encode_queries([q]),
                lambda q=query: beside.encode(q),
            ),
            "dense": (
                lambda v=vector: generation.vectors.search(v, POOL, None),
                lambda v=vector: beside.dense(v),
            ),
            "BM25": (
                lambda q=query: generation.lexical.scores(q),
                lambda q=query: beside.lexical(q),
            ),
            "read": (
                lambda r=rows: generation.library.passages_at(r),
                lambda r=rows: [beside.texts[row] for row in r],
            ),
        }
        for name, works in pairs.items():
            for times, work in zip(parts[name], works, strict=True):
                times.extend(milliseconds([work]))
    than = {
        "encode": "plain sentence-transformers",
        "dense": "exact FAISS",
        "BM25": "bm25s",
        "read": "a list in memory",
    }
    everything = "these, put together plainly"
    yield Figure(part, "question to passages p50", p50(ours), "ms", p50(theirs), everything, 10)
    yield Figure(part, "question to passages p95", p95(ours), "ms", p95(theirs), everything)
    for name, (mine, other) in parts.items():
        yield Figure(part, f"of it: {name} p50", p50(mine), "ms", p50(other), than[name])
    rest = p50(ours) - sum(p50(mine) for mine, _ in parts.values())
    yield Figure(part, "of it: fusing and the rest", max(0.0, rest), "ms")


def comparing(assistant: Assistant) -> Iterator[Figure]:
    """A comparison of three subjects on five aspects: its retrieval, and the whole answer."""
    subjects = [subject.id for subject in assistant.guide.subjects][:3]
    aspects = [aspect.id for aspect in assistant.guide.aspects]
    part = f"comparison of {len(subjects)} subjects"
    if len(subjects) < 2 or len(aspects) < ASPECTS:
        return
    retrieval, answers = [], []
    groups = [aspects[at : at + ASPECTS] for at in range(0, len(aspects) - ASPECTS + 1, ASPECTS)]
    with Stopwatch((Searcher, "rank"), (QueryVectors, "of")) as watch:
        assistant.compare(subjects, groups[0])
        for chosen in groups * ROUNDS:
            watch.restart()
            answers += milliseconds([lambda a=chosen: assistant.compare(subjects, a)])
            retrieval.append(watch.milliseconds)
    name = f"on {ASPECTS} aspects"
    yield Figure(part, f"{name}: retrieval p50", p50(retrieval), "ms", at_most=40)
    yield Figure(part, f"{name}: retrieval p95", p95(retrieval), "ms")
    yield Figure(part, f"{name}: the whole answer p50", p50(answers), "ms")
    yield Figure(part, f"{name}: the whole answer p95", p95(answers), "ms")
