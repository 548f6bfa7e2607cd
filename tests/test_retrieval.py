"""Finding passages: what may be found, in which order, and why."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbot.guide import parse
from ragbot.retrieval import Encoded, Facet, Filters, Query
from ragbot.retrieval.balance import shared_order
from ragbot.retrieval.fusion import fuse
from ragbot.retrieval.plan import cell_query, question_query
from ragbot.retrieval.search import Ranked, Searcher
from ragbot.retrieval.statements import StatementScores
from ragbot.retrieval.vectors import KEPT, QueryVectors
from ragbot.types import Authority, Reason

from .sample import SUBJECTS
from .words import WordEncoder

ALL = 1000


@pytest.fixture(scope="module")
def rank(generation):
    """Ranks the passages for a text."""
    searcher, encoder = Searcher(generation), WordEncoder()

    def rank(text: str, filters: Filters = Filters(), limit: int = ALL) -> list[Ranked]:
        query = Query(text, text, filters)
        return searcher.rank([Encoded(query, encoder.encode_queries([text])[0])], limit)[0]

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
        said, saying = StatementScores.of(generation).best(everything, vector)
        said = np.where(saying < 0, dense, said)
        fused = fuse(dense, said, lexical, float(lexical.max()))
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
        vectors = WordEncoder().encode_queries(texts)
        queries = [Encoded(Query(t, t), vector) for t, vector in zip(texts, vectors, strict=True)]
        found = Searcher(generation).rank(queries, 5)
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
    @given(cosines, cosines, cosines, shares)
    def test_a_larger_cosine_never_scores_less(self, a, b, other, lexical):
        one, two = np.float32([a, b]), np.float32([other, other])
        words = np.float32([lexical, lexical])
        for found in (fuse(one, two, words, 1.0), fuse(two, one, words, 1.0)):
            assert (found[0] <= found[1]) if a <= b else (found[0] >= found[1])

    @given(cosines, shares, shares)
    def test_a_larger_word_score_never_scores_less(self, dense, a, b):
        same = np.float32([dense, dense])
        one, other = fuse(same, same, np.float32([a, b]), 1.0)
        assert (one <= other) if a <= b else (one >= other)

    @given(cosines, cosines, st.floats(0, 50, width=32))
    def test_scores_lie_between_nothing_and_one(self, dense, said, lexical):
        score = fuse(np.float32([dense]), np.float32([said]), np.float32([lexical]), 50.0)[0]
        assert -1e-6 <= score <= 1 + 1e-6

    def test_passage_statement_and_words_have_a_say(self):
        none, one = np.float32([0]), np.float32([1])
        low = fuse(none, none, none, 1.0)[0]
        assert fuse(one, none, none, 1.0)[0] > low
        assert fuse(none, one, none, 1.0)[0] > low
        assert fuse(none, none, one, 1.0)[0] > low

    def test_without_shared_words_the_cosine_decides(self):
        dense = np.float32([0.1, 0.9])
        found = fuse(dense, dense, np.float32([0, 0]), 0.0)
        assert np.isfinite(found).all()
        assert found[1] > found[0]


class TestBestStatement:
    VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, 1]], dtype=np.float16)

    def test_it_is_the_nearest_one_of_each_passage_in_the_order_asked_for(self):
        scores = StatementScores(self.VECTORS, np.array([0, 1, 1, 4]))
        cosines, ordinals = scores.best(np.array([2, 0]), np.float32([0, 1]))
        assert cosines.tolist() == [1, 0]
        assert ordinals.tolist() == [2, 0]  # of two equal ones the first

    def test_a_passage_that_says_nothing_has_none(self):
        scores = StatementScores(self.VECTORS, np.array([0, 1, 1, 4]))
        assert scores.best(np.array([1]), np.float32([1, 0]))[1].tolist() == [-1]
        cosines, ordinals = scores.best(np.array([0, 1, 2]), np.float32([1, 0]))
        assert ordinals.tolist() == [0, -1, 1]
        assert cosines == pytest.approx([1, -1, 0.6], abs=1e-3)

    def test_every_passage_of_a_generation_has_its_own(self, generation):
        vector = WordEncoder().encode_queries(["Heron snapshot backup restore"])[0]
        everything = np.arange(generation.library.passages)
        cosines, ordinals = StatementScores.of(generation).best(everything, vector)
        for passage in everything:
            found = generation.library.statements_of([int(passage)])
            near = {row[1]: float(generation.statement_vectors[row[1]] @ vector) for row in found}
            assert cosines[passage] == pytest.approx(max(near.values(), default=-1), abs=1e-3)
            assert ordinals[passage] in near or not near


class TestShares:
    ALIKE = np.ones(6, dtype=np.float32)

    def test_subjects_take_turns_where_their_passages_are_nearly_as_good(self):
        scores = np.float32([0.56, 0.55, 0.54, 0.53, 0.52, 0.51])
        members = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]], dtype=bool)
        order = shared_order(scores, members, self.ALIKE, 4).tolist()
        assert order == [0, 4, 1, 5]

    def test_what_is_far_worse_is_not_taken_for_its_subject(self):
        scores = np.float32([0.9, 0.89, 0.88, 0.2, 0.1, 0.1])
        members = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], dtype=bool)
        assert shared_order(scores, members, self.ALIKE, 3).tolist() == [0, 1, 2]

    def test_a_long_passage_uses_more_of_the_share(self):
        scores = np.float32([0.60, 0.59, 0.58, 0.57, 0.40, 0.40])
        members = np.array([[1, 0, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0]], dtype=bool)
        lengths = np.float32([3, 1, 1, 1, 1, 1])
        assert shared_order(scores, members, lengths, 4).tolist() == [0, 1, 2, 3]

    def test_what_speaks_of_no_subject_goes_by_its_score(self):
        scores = np.float32([0.5, 0.9, 0.4])
        members = np.array([[1, 0, 0], [0, 0, 1]], dtype=bool)
        assert shared_order(scores, members, self.ALIKE[:3], 9).tolist() == [1, 0, 2]

    def test_a_question_about_two_subjects_hears_both(self, generation):
        text = "Heron or Ibex: backup, snapshot and restore"
        guide, vectors = generation.guide, QueryVectors(WordEncoder(), generation.guide)
        asked = question_query(guide, text, None, Filters())
        assert set(asked.sharing) == {"heron", "ibex"}
        found = Searcher(generation).rank(vectors.of([asked]), 4)[0]
        heard = {s for r in found for s in generation.passages[r.ordinal].subjects}
        assert {"heron", "ibex"} <= heard


class TestParts:
    def test_they_add_up_to_the_score(self, generation):
        vectors = QueryVectors(WordEncoder(), generation.guide)
        asked = question_query(generation.guide, "Is Heron's backup fast?", None, Filters())
        assert {facet.subject for facet in asked.facets} == {"heron"}
        found = Searcher(generation).rank(vectors.of([asked]), 20)[0]
        for r in found:
            assert r.score == pytest.approx(sum(part.score for part in r.parts))
        about = [r for r in found if any(part.reason is Reason.ASPECT for part in r.parts)]
        assert about
        assert all("heron" in generation.passages[r.ordinal].subjects for r in about)

    def test_an_aspect_lifts_only_the_passages_of_its_subject(self, generation):
        encoder = WordEncoder()
        vector = encoder.encode_queries(["backup"])[0]
        plain = Searcher(generation).rank([Encoded(Query("backup", "backup"), vector)], ALL)[0]
        query = Query("backup", "backup", facets=(Facet("ibex", "Ibex backup"),))
        lift = encoder.encode_queries(["Ibex backup"])[0]
        lifted = Searcher(generation).rank([Encoded(query, vector, (lift,))], ALL)[0]
        before = {r.ordinal: r.score for r in plain}
        changed = {r.ordinal for r in lifted if r.score != pytest.approx(before[r.ordinal])}
        assert changed
        assert all("ibex" in generation.passages[i].subjects for i in changed)


class TestPlan:
    def test_a_cell_is_looked_for_among_the_passages_of_its_subject(self, guide):
        query = cell_query(
            guide.subject("heron"), guide.aspect("speed"), Filters(sources=("review",))
        )
        assert (query.filters, query.about) == (Filters(sources=("review",)), "heron")
        assert "Heron" in query.text
        assert "fast or slow" in query.text
        assert "latenc" in query.words
        assert "*" not in query.words

    def test_a_question_is_looked_for_among_all_or_those_of_a_subject(self, guide):
        assert question_query(guide, "why", None, Filters()) == Query("why", "why")
        narrowed = question_query(guide, "why", guide.subject("ibex"), Filters(subjects=("heron",)))
        assert (narrowed.filters.subjects, narrowed.about) == (("heron",), "ibex")


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
        assert np.array_equal(np.stack([one.vector for one in found]), right)

    def test_what_was_asked_lately_is_not_encoded_again_and_the_oldest_is_forgotten(self, guide):
        encoder = Counting()
        vectors = QueryVectors(encoder, guide)
        encoder.batches.clear()
        vectors.of([Query("fast", "fast")])
        vectors.similar_aspects("fast")
        vectors.of([Query("slow", "slow"), Query("fast", "fast")])
        assert encoder.batches == [["fast"], ["slow"]]
        vectors.of([Query(str(i), str(i)) for i in range(KEPT - 1)])
        encoder.batches.clear()
        vectors.of([Query("slow", "slow"), Query("fast", "fast")])
        assert encoder.batches == [["fast"]]

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
