"""Many made-up vectors in clusters: time, recall and memory of lists, beside exact search.

They stand for passages of many subjects: clusters of unequal size around random centres, and within
a cluster cosines of about a half, as between passages on one thing.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ragbot.stores.faiss_store import FaissStore

from .figures import Figure
from .timing import p50, p95, seconds

DIMENSION = 384
CLUSTER = 100  # vectors, on average
SPREAD = 1.0  # length of what is added to a centre of length 1
QUERIES = 200
NEAREST = 10
SLAB = 50_000
SEED = 7

_SEARCH = """
import json, sys, time
import numpy as np
from pathlib import Path
from ragbot.stores.faiss_store import FaissStore
folder, kind, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = FaissStore.open(folder / kind)
third = np.arange(len(store)) % 3 == 0
def each(queries, allowed):
    found, times = [], []
    for query in queries:
        begin = time.perf_counter()
        found.append(store.search(query[None], limit, allowed)[1][0])
        times.append((time.perf_counter() - begin) * 1000)
    return np.stack(found), times
queries = np.load(folder / "queries.npy")
each(queries[:20], None)
rows, times = each(queries, None)
kept, filtered = each(queries[: len(queries) // 4], third)
np.savez(folder / f"{kind}.npz", rows=rows, kept=kept)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
own = int(status.get("RssAnon", "0").split()[0]) / 1024
print(json.dumps({"times": times, "filtered": filtered, "own": own}))
"""


def million(count: int) -> Iterator[Figure]:
    """Figures of `count` vectors; needs about 2.5 kB of memory and of disk for each.

    Each store is searched in a process of its own, so that its memory is its own.
    """
    part = f"{count:,} vectors"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        took = _built(count, folder)
        found = {kind: _searched(folder, kind) for kind in took}
        rows = {kind: np.load(folder / f"{kind}.npz") for kind in took}
    ours, exact, than = found["ivf"], found["flat"], "exact FAISS"
    yield Figure(part, "query p50", p50(ours["times"]), "ms", p50(exact["times"]), than, at_most=25)
    yield Figure(part, "query p95", p95(ours["times"]), "ms", p95(exact["times"]), than)
    recall = _recall(rows["ivf"]["rows"], rows["flat"]["rows"])
    yield Figure(part, "recall@10", recall, "", 1.0, than, at_least=0.95)
    yield Figure(
        part, "a third allowed: p50", p50(ours["filtered"]), "ms", p50(exact["filtered"]), than
    )
    recall = _recall(rows["ivf"]["kept"], rows["flat"]["kept"])
    yield Figure(part, "a third allowed: recall@10", recall, "", 1.0, than)
    yield Figure(part, "build", took["ivf"], "s", took["flat"], than)
    yield Figure(part, "memory", ours["own"], "MB", exact["own"], than)


def _built(count: int, folder: Path) -> dict[str, float]:
    """Seconds that it takes to build and save each kind of store."""
    vectors, queries = made_up(count)
    np.save(folder / "queries.npy", queries)
    return {
        kind: seconds(lambda k=kind: FaissStore.build(vectors, k).save(folder / k))
        for kind in ("ivf", "flat")
    }


def made_up(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors as float16, shape (count, 384), and queries out of the same clusters."""
    chance = np.random.default_rng(SEED)
    centres = _unit(chance.standard_normal((max(1, count // CLUSTER), DIMENSION), np.float32))
    shares = chance.exponential(size=len(centres))
    vectors = np.empty((count, DIMENSION), dtype=np.float16)
    for at in range(0, count, SLAB):
        slab = vectors[at : at + SLAB]
        slab[:] = _around(centres, shares, len(slab), chance)
    return vectors, _around(centres, shares, QUERIES, chance)


def _around(centres: np.ndarray, shares: np.ndarray, count: int, chance) -> np.ndarray:
    chosen = chance.choice(len(centres), size=count, p=shares / shares.sum())
    aside = _unit(chance.standard_normal((count, DIMENSION), np.float32))
    return _unit(centres[chosen] + SPREAD * aside)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _searched(folder: Path, kind: str) -> dict:
    command = [sys.executable, "-c", _SEARCH, str(folder), kind, str(NEAREST)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _recall(found: np.ndarray, right: np.ndarray) -> float:
    shared = [len(set(a) & set(b)) for a, b in zip(found, right, strict=True)]
    return sum(shared) / right.size
