"""One suite for every vector store, against brute force."""

from functools import partial

import faiss
import numpy as np
import pytest

from ragbot.errors import IndexDamagedError
from ragbot.stores import faiss_store
from ragbot.stores.faiss_store import FaissStore

DIMENSION = 16
BUILDERS = {
    "flat": partial(FaissStore.build, kind="flat"),
    "ivf": partial(FaissStore.build, kind="ivf"),
}
EXACT = {"flat"}
FEW = 100  # rows allowed of 600, all of which are compared with under any kind
OPENERS = {"flat": FaissStore.open, "ivf": FaissStore.open}


def unit(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def rounded(vectors: np.ndarray) -> np.ndarray:
    """As a build leaves them: float16 can hold them."""
    return vectors.astype(np.float16).astype(np.float32)


VECTORS, QUERIES = rounded(unit(600, seed=1)), unit(20, seed=2)


@pytest.fixture(params=BUILDERS)
def kind(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def stores() -> dict[str, FaissStore]:
    return {kind: build(VECTORS) for kind, build in BUILDERS.items()}


@pytest.fixture
def store(kind, stores):
    return stores[kind]


def brute(limit: int, allowed: np.ndarray | None = None) -> np.ndarray:
    scores = QUERIES @ VECTORS.T
    if allowed is not None:
        scores[:, ~allowed] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :limit]


def recall(found: np.ndarray, right: np.ndarray) -> float:
    shared = [len(set(a) & set(b)) for a, b in zip(found, right, strict=True)]
    return sum(shared) / right.size


def every(step: int) -> np.ndarray:
    allowed = np.zeros(len(VECTORS), dtype=bool)
    allowed[::step] = True
    return allowed


@pytest.mark.parametrize("limit", [1, 10, 100])
@pytest.mark.parametrize(
    "allowed", [None, every(2), every(7), every(100)], ids=["all", "half", "seventh", "hundredth"]
)
def test_it_finds_what_brute_force_finds(store, kind, limit, allowed):
    right = brute(limit if allowed is None else min(limit, int(allowed.sum())), allowed)
    scores, rows = store.search(QUERIES, limit, allowed)
    found = [row[row >= 0] for row in rows]
    assert recall(found, right) >= (1.0 if kind in EXACT else 0.95)
    if kind in EXACT or (allowed is not None and allowed.sum() < FEW):
        assert np.array_equal(np.stack(found), right)
    for query, ids, got in zip(QUERIES, rows, scores, strict=True):
        kept = ids >= 0
        assert got[kept] == pytest.approx(VECTORS[ids[kept]] @ query, abs=1e-5)
        assert (np.diff(got[kept]) <= 0).all()


def test_nothing_outside_the_mask_is_found(store):
    allowed = every(50)
    _, rows = store.search(QUERIES, 200, allowed)
    assert allowed[rows[rows >= 0]].all()


def test_a_mask_is_followed_through_more_lists(monkeypatch):
    monkeypatch.setattr(faiss_store, "PROBED_LEAST", 12)  # of 48
    allowed = every(3)
    _, rows = BUILDERS["ivf"](VECTORS).search(QUERIES, 10, allowed)
    assert recall(rows, brute(10, allowed)) > 0.9
    assert allowed[rows[rows >= 0]].all()


def test_what_is_allowed_only_far_from_the_query_is_found(monkeypatch):
    """The nearest lists hold nothing that is allowed."""
    monkeypatch.setattr(faiss_store, "PROBED_LEAST", 24)  # of 48
    query = QUERIES[:1]
    allowed = np.zeros(len(VECTORS), dtype=bool)
    allowed[np.argsort(VECTORS @ query[0])[:150]] = True
    _, rows = BUILDERS["ivf"](VECTORS).search(query, 10, allowed)
    assert np.array_equal(rows[0], np.argsort(-np.where(allowed, VECTORS @ query[0], -2))[:10])


def test_few_of_many_lists_hold_what_is_near():
    """Vectors in clusters, more lists than are looked through."""
    chance = np.random.default_rng(3)
    centres = unit(300, seed=4)
    vectors = centres[chance.integers(300, size=9000)] + 0.1 * unit(9000, seed=5)
    queries = (centres[:50] + 0.1 * unit(50, seed=6)).astype(np.float32)
    store = BUILDERS["ivf"](rounded(vectors))
    _, rows = store.search(queries, 10, None)
    assert recall(rows, np.argsort(-(queries @ rounded(vectors).T), axis=1)[:, :10]) >= 0.95


def test_where_there_are_fewer_the_rest_is_marked(store):
    allowed = every(200)
    _, rows = store.search(QUERIES, 10, allowed)
    assert [sorted(row[row >= 0]) for row in rows] == [[0, 200, 400]] * len(QUERIES)


def test_more_than_there_are_gives_all(kind):
    store = BUILDERS[kind](VECTORS[:5])
    _, rows = store.search(QUERIES, 50, None)
    assert [sorted(row[row >= 0]) for row in rows] == [[0, 1, 2, 3, 4]] * len(QUERIES)


@pytest.mark.parametrize("length", [599, 600, 7, 8, 9])
def test_a_mask_of_any_length_means_what_it_says(kind, length):
    store = BUILDERS[kind](VECTORS[:length])
    allowed = np.zeros(length, dtype=bool)
    allowed[-1] = True
    _, rows = store.search(QUERIES, 3, allowed)
    assert {int(row) for row in rows.ravel() if row >= 0} == {length - 1}


def test_an_empty_mask_finds_nothing(store):
    scores, rows = store.search(QUERIES, 10, np.zeros(len(VECTORS), dtype=bool))
    assert len(rows) == len(scores) == len(QUERIES)
    assert not (rows >= 0).any()


def test_an_empty_store_finds_nothing(kind):
    store = BUILDERS[kind](VECTORS[:0])
    _, rows = store.search(QUERIES, 10, None)
    assert len(store) == 0
    assert not (rows >= 0).any()


def test_it_gives_the_vectors_back(store):
    rows = np.array([5, 0, 599, 5])
    assert np.array_equal(store.vectors(rows), VECTORS[rows])
    assert store.vectors(np.array([], dtype=np.int64)).shape == (0, DIMENSION)
    assert len(store) == len(VECTORS)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_same_vectors_give_the_same_file(kind, tmp_path, threads):
    vectors = rounded(unit(5000, seed=7))
    BUILDERS[kind](vectors).save(tmp_path / "one")
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(threads)
    try:
        BUILDERS[kind](vectors.astype(np.float16)).save(tmp_path / "two")
    finally:
        faiss.omp_set_num_threads(before)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_many_vectors_are_added_in_slabs(kind, monkeypatch):
    whole = BUILDERS[kind](VECTORS)
    monkeypatch.setattr(faiss_store, "SLAB", 77)
    store = BUILDERS[kind](VECTORS)
    assert np.array_equal(store.vectors(np.arange(600)), VECTORS)
    assert np.array_equal(store.search(QUERIES, 5, None)[1], whole.search(QUERIES, 5, None)[1])


def test_what_float16_cannot_hold_is_rounded(kind):
    vectors = unit(50, seed=8)
    assert np.array_equal(BUILDERS[kind](vectors).vectors(np.arange(50)), rounded(vectors))


def test_the_same_search_gives_the_same_rows(store, kind):
    again = BUILDERS[kind](VECTORS)
    first, second = store.search(QUERIES, 30, None), again.search(QUERIES, 30, None)
    assert np.array_equal(first[1], second[1])


def test_it_comes_back_as_it_was_saved(store, kind, tmp_path):
    store.save(tmp_path / "vectors")
    again = OPENERS[kind](tmp_path / "vectors")
    assert len(again) == len(store)
    for allowed in (None, every(7)):
        assert np.array_equal(
            again.search(QUERIES, 9, allowed)[1], store.search(QUERIES, 9, allowed)[1]
        )


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.6, 0.9, 0.999])
def test_a_file_cut_short_is_refused(store, kind, tmp_path, share):
    path = tmp_path / "vectors"
    store.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(IndexDamagedError, match="ragbot build"):
        OPENERS[kind](path)


@pytest.mark.parametrize("damage", ["missing", "empty", "foreign", "truncated"])
def test_a_damaged_file_is_refused(store, kind, tmp_path, damage):
    path = tmp_path / "vectors"
    store.save(path)
    whole = path.read_bytes()
    match damage:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "foreign":
            path.write_bytes(b"SQLite format 3\x00" + whole)
        case "truncated":
            path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IndexDamagedError, match="ragbot build"):
        OPENERS[kind](path)


def test_an_index_of_another_kind_is_refused(tmp_path):
    other = faiss.IndexHNSWFlat(DIMENSION, 8)
    other.add(VECTORS)
    faiss.write_index(other, str(tmp_path / "vectors"))
    with pytest.raises(IndexDamagedError, match="ragbot build"):
        FaissStore.open(tmp_path / "vectors")


def test_full_width_vectors_of_an_earlier_build_are_searched(tmp_path):
    earlier = faiss.IndexFlatIP(DIMENSION)
    earlier.add(VECTORS)
    faiss.write_index(earlier, str(tmp_path / "vectors"))
    store = FaissStore.open(tmp_path / "vectors")
    for allowed in (None, every(7)):
        assert np.array_equal(store.search(QUERIES, 10, allowed)[1], brute(10, allowed))
