"""Finding what may be quoted: how much of it is read slowly."""

import pytest

from ragbot.answer.find import READ_AT_ONCE, Place, PoolFinder
from ragbot.judge import READ, Judged
from ragbot.retrieval import Filters
from ragbot.retrieval.search import Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Column, Question, QuestionKind, Row

from .words import WordEncoder


class CountingJudge:
    """Says nothing, and remembers how many candidates it might have read slowly."""

    name = "counting"

    def __init__(self):
        self.most = []

    def judge(self, asked, candidates, most=READ):
        self.most.append(most)
        return [Judged(candidate, 0.0, 0.0) for candidate in candidates]


@pytest.mark.parametrize(("places", "each"), [(1, READ), (3, 20), (5, 12), (46, 1), (90, 0)])
def test_places_that_are_judged_at_once_share_what_is_read_slowly(generation, places, each):
    judge = CountingJudge()
    vectors = QueryVectors(WordEncoder(), generation.guide)
    finder = PoolFinder(generation, Searcher(generation), vectors, judge)
    column, row = Column("heron", "Heron"), Row("speed", "Speed")
    text = "Compare Heron and Ibex"
    question = Question(text, text, QuestionKind.COMPARISON, (column,), (row,))
    found = finder.pools(question, [Place(column, row)] * places, Filters())
    assert len(found) == places
    assert judge.most == [each] * places
    assert sum(judge.most) <= READ_AT_ONCE
