"""How guides use the names of an API reference: what the sentences around them say."""

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from ragbot.encoder import Vectors
from ragbot.index.generation import Generation

MOST_MEANT = 6  # entries that one written name may mean; one of more means none

_WRITTEN = re.compile(
    r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)+|\b[A-Z][a-z]+[A-Z]\w*|\b[A-Z][a-z]+\d*[dD]?\b(?=\()"
)
_GUIDES = (
    "SELECT ordinal, text FROM documents "
    "WHERE COALESCE(json_array_length(facts, '$.names'), 0) = 0 ORDER BY ordinal"
)
_STATEMENTS = (
    's.start, s."end", s.ordinal, s.subjects FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document "
    "WHERE COALESCE(json_array_length(d.facts, '$.names'), 0) = 0"
)

Meaning = Callable[[str, frozenset[str]], Sequence[int]]


def usage(generation: Generation, size: int, meant: Meaning) -> tuple[Vectors, Vectors]:
    """The mean vector of the statements of guides that name each of `size` entries, and their log.

    Shapes (size, dimension) and (size,): zeros where none names it. `meant` gives the entries that
    a written name can mean in a statement about some subjects.
    """
    uses: dict[int, list[int]] = defaultdict(list)
    library = generation.library
    statements: dict[int, list[tuple[int, int, int, str]]] = defaultdict(list)
    for row in library.read(f"SELECT p.document, {_STATEMENTS} ORDER BY s.ordinal"):
        statements[row[0]].append((row[1], row[2], row[3], row[4]))
    for document, text in library.read(_GUIDES):
        found = sorted(statements.get(document, ()))
        starts = [start for start, *_ in found]
        for match in _WRITTEN.finditer(text):
            at = bisect_right(starts, match.start()) - 1
            if at < 0 or match.end() > found[at][1]:
                continue
            subjects = frozenset(json.loads(found[at][3]))
            for entry in meant(match.group(), subjects):
                uses[entry].append(found[at][2])
    means: Vectors = np.zeros((size, generation.statement_vectors.shape[1]), dtype=np.float32)
    counts: Vectors = np.zeros(size, dtype=np.float32)
    for entry, ordinals in uses.items():
        rows = np.array(sorted(set(ordinals)))
        mean = generation.statement_vectors[rows].astype(np.float32).mean(axis=0)
        means[entry] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        counts[entry] = np.log1p(len(rows))
    return means, counts
