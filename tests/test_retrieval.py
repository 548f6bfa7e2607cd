"""Finding passages: what may be found, in which order, and why."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbot.guide import parse
from ragbot.retrieval import Filters, Query
from ragbot.retrieval.fusion import fuse
from ragbot.retrieval.plan import cell_query, question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Authority

from .sample import SUBJECTS
from .words import WordEncoder

ALL = 1000


@pytest.fixture(scope="module")
def rank(generation):
    """Ranks the passages for a text."""
    searcher, encoder = Searcher(generation), WordEncoder()

    def rank(text: str, filters: Filters = Filters(), limit: int = ALL) -> list[Ranked]:
        query = Query(text, text, filters)
        return searcher.rank([query], encoder.encode_queries([text]), limit)[0]

    return rank


def ordinals(ranked: list[Ranked]) -> list[int]:
    return [r.ordinal for r in ranked]


class TestOrder:
    @pytest.mark.parametrize(
        "text", ["Heron backup snapshot", "price of Marmot", "fast", "birds.db", "what"]
    )
    def test_it_is_that_of_the_fused_scores_of_all_passages(self, generation, rank, text):
        everything = np.arange(generation.library.passages)
        vector = WordEncoder().encode_queries([text])[0]
        dense = generation.vectors.vectors(everything) @ vector
        lexical = generation.lexical.scores(text)
        fused = fuse(dense, lexical, float(lexical.max()))
        right = sorted(everything.tolist(), key=lambda i: (-fused[i], i))
        found = rank(text)
        assert ordinals(found) == right
        assert [r.score for r in found] == pytest.approx([fused[i] for i in right])

    def test_the_best_passage_is_the_one_that_says_it(self, generation, rank):
        best = generation.library.passages_at(ordinals(rank("Heron snapshot backup restore")))[0]
        assert "Heron takes a snapshot" in best.text

    def test_the_ranks_of_each_retriever_are_kept(self, rank):
        found = rank("Heron backup")
        for place, score in (("dense_rank", "dense_score"), ("lexical_rank", "lexical_score")):
            ranked = sorted(
                (getattr(r, place), -getattr(r, score)) for r in found if getattr(r, place)
            )
            assert [rank for rank, _ in ranked] == list(range(1, len(ranked) + 1))
            assert [score for _, score in ranked] == sorted(score for _, score in ranked)

    def test_what_shares_no_word_has_no_lexical_rank(self, rank):
        found = rank("Heron backup")
        assert {r.lexical_rank is None for r in found if r.lexical_score == 0} == {True}
        assert {r.lexical_rank is None for r in found if r.lexical_score > 0} == {False}

    def test_ties_go_by_the_order_of_the_passages(self, rank):
        found = rank("gull")
        assert len({r.score for r in found}) < len(found)
        for one, other in pairwise(found):
            assert one.score > other.score or one.ordinal < other.ordinal

    def test_the_same_query_gives_the_same_order(self, rank):
        assert rank("Heron or Ibex") == rank("Heron or Ibex")

    def test_a_limit_takes_the_first(self, rank):
        assert rank("Heron backup", limit=3) == rank("Heron backup")[:3]

    def test_queries_are_ranked_apart(self, generation, rank):
        texts = ["Heron backup", "Marmot price"]
        queries = [Query(text, text) for text in texts]
        found = Searcher(generation).rank(queries, WordEncoder().encode_queries(texts), 5)
        assert found == [rank(text, limit=5) for text in texts]


class TestFilters:
    def test_by_subject(self, generation, rank):
        found = ordinals(rank("backup", Filters(subjects=("ibex",))))
        right = [i for i, s in enumerate(generation.passages) if "ibex" in s.subjects]
        assert sorted(found) == right
        assert 0 < len(right) < generation.library.passages

    def test_by_two_subjects_either_will_do(self, generation, rank):
        found = ordinals(rank("backup", Filters(subjects=("ibex", "marmot"))))
        one = ordinals(rank("backup", Filters(subjects=("ibex",))))
        other = ordinals(rank("backup", Filters(subjects=("marmot",))))
        assert set(found) == set(one) | set(other)

    def test_by_source(self, generation, rank):
        found = ordinals(rank("backup", Filters(sources=("review", "course"))))
        assert {generation.passages[i].source for i in found} == {"review", "course"}

    def test_by_authority(self, generation, rank):
        found = ordinals(rank("backup", Filters(authorities=(Authority.INDEPENDENT,))))
        assert {generation.passages[i].source for i in found} == {"review"}

    def test_all_filters_hold_together(self, generation, rank):
        filters = Filters(("heron",), ("review", "heron-manual"), (Authority.OFFICIAL,))
        found = ordinals(rank("backup", filters))
        assert {generation.passages[i].source for i in found} == {"heron-manual"}
        assert all("heron" in generation.passages[i].subjects for i in found)

    @pytest.mark.parametrize(
        "filters",
        [
            Filters(subjects=("gull",)),
            Filters(sources=("gull",)),
            Filters(authorities=(Authority.VENDOR,)),
            Filters(subjects=("marmot",), sources=("ibex-manual",)),
        ],
    )
    def test_what_nothing_passes_finds_nothing(self, rank, filters):
        assert rank("Heron backup", filters) == []

    def test_they_leave_the_order_of_what_passes(self, rank):
        only = ordinals(rank("gull", Filters(sources=("heron-manual",))))
        assert only == [o for o in ordinals(rank("gull")) if o in only]


class TestHits:
    def test_they_hold_passage_and_scores(self, generation, rank):
        found = rank("Heron backup")
        hits = Searcher(generation).hits(found)
        assert [hit.score for hit in hits] == [r.score for r in found]
        assert [hit.passage for hit in hits] == generation.library.passages_at(ordinals(found))
        for hit, r in zip(hits, found, strict=True):
            assert (hit.dense_rank, hit.lexical_rank) == (r.dense_rank, r.lexical_rank)
            assert (hit.lexical_score is None) == (hit.lexical_rank is None)

    def test_nothing_ranked_gives_no_hits(self, generation):
        assert Searcher(generation).hits([]) == ()


shares = st.floats(0, 1, width=32)
cosines = st.floats(-1, 1, width=32)


class TestFuse:
    @given(cosines, cosines, shares)
    def test_a_larger_cosine_never_scores_less(self, a, b, lexical):
        one, other = fuse(np.float32([a, b]), np.float32([lexical, lexical]), 1.0)
        assert (one <= other) if a <= b else (one >= other)

    @given(cosines, shares, shares)
    def test_a_larger_word_score_never_scores_less(self, dense, a, b):
        one, other = fuse(np.float32([dense, dense]), np.float32([a, b]), 1.0)
        assert (one <= other) if a <= b else (one >= other)

    @given(cosines, st.floats(0, 50, width=32))
    def test_scores_lie_between_nothing_and_one(self, dense, lexical):
        score = fuse(np.float32([dense]), np.float32([lexical]), 50.0)[0]
        assert 0 <= score <= 1 + 1e-6

    def test_both_retrievers_have_a_say(self):
        low, by_meaning, by_words = fuse(np.float32([0, 1, 0]), np.float32([0, 0, 1]), 1.0)
        assert by_meaning > low
        assert by_words > low

    def test_without_shared_words_the_cosine_decides(self):
        found = fuse(np.float32([0.1, 0.9]), np.float32([0, 0]), 0.0)
        assert np.isfinite(found).all()
        assert found[1] > found[0]


class TestPlan:
    def test_a_cell_is_looked_for_among_the_passages_of_its_subject(self, guide):
        query = cell_query(
            guide.subject("heron"), guide.aspect("speed"), Filters(sources=("review",))
        )
        assert query.filters == Filters(subjects=("heron",), sources=("review",))
        assert "Heron" in query.text
        assert "fast or slow" in query.text
        assert "latenc" in query.words
        assert "*" not in query.words

    def test_a_question_is_looked_for_among_all_or_those_of_a_subject(self, guide):
        assert question_query(guide, "why", None, Filters()) == Query("why", "why")
        narrowed = question_query(guide, "why", guide.subject("ibex"), Filters(subjects=("heron",)))
        assert narrowed.filters.subjects == ("ibex",)


class Counting(WordEncoder):
    """Remembers every batch of queries."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[str]] = []

    def encode_queries(self, texts):
        self.batches.append(list(texts))
        return super().encode_queries(texts)


class TestVectors:
    def test_all_that_is_new_is_encoded_in_one_batch_and_once(self, guide):
        encoder = Counting()
        vectors = QueryVectors(encoder, guide)
        encoder.batches.clear()
        known = cell_query(guide.subject("heron"), guide.aspect("speed"), Filters())
        queries = [Query(text, text) for text in ("fast", "slow", "fast")] + [known]
        found = vectors.of(queries)
        assert encoder.batches == [["fast", "slow"]]
        right = encoder.encode_queries([query.text for query in queries])
        assert np.array_equal(found, right)

    def test_an_aspect_near_in_meaning_is_found_and_no_other(self, guide):
        vectors = QueryVectors(WordEncoder(), guide)
        near = vectors.similar_aspects("backup, snapshot and restore")
        assert [aspect.id for aspect in near] == ["backup"]
        assert vectors.similar_aspects("server and rows") == []

    def test_without_aspects_none_is_near(self):
        assert QueryVectors(WordEncoder(), parse("")).similar_aspects("backup") == []


def test_a_guide_of_other_subjects_than_the_passages_finds_what_it_should(generation):
    ids = {subject.id for subject in parse(SUBJECTS).subjects}
    assert {s for found in generation.passages for s in found.subjects} == ids
