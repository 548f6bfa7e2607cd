"""Passages a second, and milliseconds a question, beside sentence-transformers' own encode."""

from collections.abc import Iterator
from dataclasses import replace

from sentence_transformers import SentenceTransformer

from ragbot.encoder import Encoder

from .figures import Figure
from .timing import milliseconds, p50, p95, seconds

THAN = "plain sentence-transformers"
ROUNDS = 3
GOAL = 3.3  # times THAN on a processor; tests/bench/gpu.py measures a GPU


def encoding(
    encoder: Encoder, plain: SentenceTransformer, texts: list[str], queries: list[str]
) -> Iterator[Figure]:
    """Figures of both on the same texts in turn, so that both meet the same noise."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(len(texts) / seconds(lambda: encoder.encode_passages(texts)))
        theirs.append(len(texts) / seconds(lambda: plain.encode(texts, show_progress_bar=False)))
    speed = Figure("encoding", "passages a second", p50(ours), "/s", p50(theirs), THAN)
    yield replace(speed, at_least=GOAL, by_ratio=True)
    mine, other = [], []
    for query in queries:
        mine += milliseconds([lambda q=query: encoder.encode_queries([q])])
        other += milliseconds([lambda q=query: plain.encode([q], show_progress_bar=False)])
    yield Figure("encoding", "one question p50", p50(mine), "ms", p50(other), THAN)
    yield Figure("encoding", "one question p95", p95(mine), "ms", p95(other), THAN)
