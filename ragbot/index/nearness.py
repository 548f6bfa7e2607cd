"""What nearness is worth in one corpus, measured when it is built.

A cosine that is far in a large corpus is near in a small one, or in another field. Two marks tell:
how near questions of fields that are foreign to the corpus come to it, and how near its own
headings do, each to the best passage.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from ragbot.encoder import Encoder
from ragbot.index.library import Library
from ragbot.index.manifest import Nearness
from ragbot.stores.faiss_store import FaissStore

FOREIGN = Path(__file__).with_name("foreign.txt")
SAMPLE = 200  # headings at most, spread over the corpus


def measured(library: Library, vectors: FaissStore, encoder: Encoder) -> Nearness:
    """The two marks of a corpus."""
    headings = _headings(library)
    return Nearness(
        foreign=_median(vectors, encoder, foreign_questions()),
        own=_median(vectors, encoder, headings),
        headings=len(headings),
    )


@cache
def foreign_questions() -> tuple[str, ...]:
    """Questions of many fields."""
    lines = FOREIGN.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _headings(library: Library) -> list[str]:
    """Headings, and titles of what has none, evenly out of the whole corpus, each once."""
    found = dict.fromkeys(
        passage.heading_path[-1] if passage.heading_path else title
        for passage, title in library.passage_titles()
    )
    every = [heading for heading in found if heading.strip()]
    step = max(1, -(-len(every) // SAMPLE))
    return every[::step]


def _median(vectors: FaissStore, encoder: Encoder, texts: Sequence[str]) -> float:
    if not texts:
        return 0.0
    queries = np.asarray(encoder.encode_queries(texts), dtype=np.float32)
    best, _ = vectors.search(queries, 1, None)
    return round(float(np.median(best[:, 0])), 4)
