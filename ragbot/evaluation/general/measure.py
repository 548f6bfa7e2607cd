"""nDCG@10 of BM25, of the encoder, and of both as ragbot's own search fuses them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ragbot.encoder import Encoder
from ragbot.evaluation.general.sets import GeneralSet
from ragbot.index.cache import EmbeddingCache
from ragbot.lexical import LexicalIndex
from ragbot.progress import Progress
from ragbot.retrieval.fusion import candidates
from ragbot.stores import Rows
from ragbot.stores.faiss_store import FaissStore

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """Mean nDCG@10 over the questions of one set."""

    bm25: float
    dense: float
    hybrid: float


def ndcg(ranked: Sequence[str], worth: Mapping[str, int], depth: int = DEPTH) -> float:
    """The discounted gain of the first `depth` documents, as a share of the best there can be.

    Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", with the
    gain and the discount of trec_eval, as in BEIR: the sum of worth / log2(1 + rank).
    """
    best = _gain(sorted(worth.values(), reverse=True)[:depth])
    found = _gain([worth.get(document, 0) for document in ranked[:depth]])
    return found / best if best > 0 else 0.0


def measure(chosen: GeneralSet, encoder: Encoder, cache: Path, progress: Progress) -> Figures:
    """The figures of one encoder on a set; vectors are kept in the cache file.

    Documents are searched whole, so the encoder reads as much of each as its window takes.
    """
    names, texts = list(chosen.texts), list(chosen.texts.values())
    kept = EmbeddingCache(cache)
    try:
        title = f"Encoding {chosen.name}"
        halves = kept.encode(encoder, iter(texts), len(texts), title, progress)
    finally:
        kept.close()
    store = FaissStore.build(halves, "flat")
    words = LexicalIndex.build(texts)
    vectors = encoder.encode_queries(list(chosen.questions.values()))
    totals = np.zeros(3)
    for (question, text), vector in zip(chosen.questions.items(), vectors, strict=True):
        found = candidates(store, vector, words.scores(text))
        fused = found.rows[np.lexsort((found.rows, -found.fused))]
        ranked = (found.lexical_rows, found.dense_rows, fused)
        totals += [ndcg(_names(names, rows), chosen.worth[question]) for rows in ranked]
    return Figures(*(totals / len(chosen.questions)).tolist())


def _gain(worths: Iterable[int]) -> float:
    return float(sum(worth / np.log2(1 + rank) for rank, worth in enumerate(worths, 1)))


def _names(names: Sequence[str], rows: Rows) -> list[str]:
    return [names[row] for row in rows[:DEPTH]]
