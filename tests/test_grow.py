"""Quotes that take in what stands beside them."""

from collections.abc import Collection

import numpy as np
import pytest

from ragbot.answer.candidates import Candidate, Scored, Wanted
from ragbot.answer.grow import Cut, grown, regrown
from ragbot.statements import QUOTE_WORDS
from ragbot.types import BlockKind, Statement

WANTED = Wanted("heron", None, np.float32([1, 0]), code=False)


def said(
    ordinal: int,
    quote: str,
    cosine: float,
    *,
    start: int,
    kind: BlockKind = BlockKind.PROSE,
    subject: str = "heron",
    passage: str = "p",
) -> Candidate:
    """A candidate of the document "d" whose vector has that cosine with what is wanted."""
    return Candidate(
        ordinal=ordinal,
        statement=Statement(passage, start, start + len(quote), kind, "", (subject,)),
        quote=quote,
        vector=np.float32([cosine, (1 - cosine**2) ** 0.5]),
        document="d",
        voice=0,
        heading="",
        symbol="",
        comparing=False,
        named=False,
        rank_share=1.0,
    )


def quoted(
    chosen: list[Candidate],
    candidates: list[Candidate],
    limit: int = 9,
    used: Collection[Candidate] = (),
    most: int = QUOTE_WORDS,
    cut: Cut = lambda scored, start, end: regrown(scored, "", start, end),
) -> list[tuple[int, int]]:
    scored = [Scored(one, 0.9 - i / 10, on_aspect=True) for i, one in enumerate(chosen)]
    elsewhere = {one.said for one in used}
    found = grown(scored, candidates, WANTED, limit, elsewhere, most, cut)
    return [(s.candidate.statement.start, s.candidate.statement.end) for s in found]


BEFORE = said(0, "Heron was a slow one once.", 0.5, start=0)  # up to 26
CHOSEN = said(1, "Heron is fast for all now.", 0.9, start=27)  # up to 53
AFTER = said(2, "It reads a row at once.", 0.6, start=54)  # up to 77


def test_it_takes_in_its_neighbours_on_both_sides():
    assert quoted([CHOSEN], [BEFORE, CHOSEN, AFTER]) == [(0, 77)]


def test_what_is_far_from_the_question_stays_out():
    far = said(0, "Birds have had wings for long.", 0.3, start=0)
    assert quoted([CHOSEN], [far, CHOSEN, AFTER]) == [(27, 77)]


@pytest.mark.parametrize(
    "other",
    [
        said(2, "Ibex reads a row at once.", 0.6, start=54, subject="ibex"),
        said(2, "heron.read(row)", 0.6, start=54, kind=BlockKind.CODE),
        said(2, "It reads a row at once.", 0.6, start=54, passage="next"),
        said(3, "It reads a row at once.", 0.6, start=54),
    ],
    ids=["another subject", "code", "another passage", "not beside it"],
)
def test_other_neighbours_stay_out(other):
    assert quoted([CHOSEN], [CHOSEN, other]) == [(27, 53)]


def test_it_grows_no_longer_than_a_quote_may_be():
    most = QUOTE_WORDS - len(CHOSEN.quote.split())
    long = said(2, "Fast " + "fast " * most + ".", 0.8, start=54)
    assert quoted([CHOSEN], [CHOSEN, long]) == [(27, 53)]
    fits = said(2, "Fast " + "fast " * (most - 2) + "now.", 0.8, start=54)
    assert quoted([CHOSEN], [CHOSEN, fits]) == [(27, 54 + len(fits.quote))]


def test_what_is_quoted_elsewhere_is_not_taken_in_nor_grows():
    everything = [BEFORE, CHOSEN, AFTER]
    assert quoted([CHOSEN], everything, used=[AFTER]) == [(0, 53)]
    assert quoted([CHOSEN], everything, used=[CHOSEN]) == [(27, 53)]


def test_a_quote_that_would_fail_a_check_takes_in_nothing_and_keeps_nothing_from_others():
    everything = [BEFORE, CHOSEN, AFTER]
    assert quoted([CHOSEN, AFTER], everything) == [(0, 77)]
    assert quoted([CHOSEN, AFTER], everything, cut=lambda *_: None) == [(27, 53), (54, 77)]


def test_it_grows_no_longer_than_is_asked_for():
    assert quoted([CHOSEN], [BEFORE, CHOSEN, AFTER], most=12) == [(27, 77)]


@pytest.mark.parametrize(
    "quote", ["Is it fast as well today?", "See the manual of Heron for more.", "Figure 2"]
)
def test_what_asks_points_elsewhere_or_is_a_scrap_stays_out(quote):
    assert quoted([CHOSEN], [CHOSEN, said(2, quote, 0.8, start=54)]) == [(27, 53)]


def test_what_stands_further_off_stays_out():
    far = said(2, "It reads a row at once.", 0.6, start=60)
    assert quoted([CHOSEN], [CHOSEN, far]) == [(27, 53)]


def test_a_cell_of_a_table_stays_alone():
    row = said(1, "fast", 0.9, start=27, kind=BlockKind.TABLE_ROW)
    assert quoted([row], [BEFORE, row, AFTER]) == [(27, 31)]


def test_what_a_quote_has_taken_in_is_not_quoted_again():
    assert quoted([CHOSEN, AFTER], [BEFORE, CHOSEN, AFTER]) == [(0, 77)]


def test_a_quote_stops_where_another_begins():
    far = said(3, "Heron sleeps for most of it.", 0.2, start=78)
    last = said(4, "Heron wakes up fast each day.", 0.8, start=107)
    found = quoted([last, CHOSEN], [BEFORE, CHOSEN, AFTER, far, last])
    assert found == [(107, 136), (0, 77)]


def test_no_more_than_the_limit():
    other = said(7, "Heron flies.", 0.9, start=200)
    assert len(quoted([CHOSEN, other], [CHOSEN, other], limit=1)) == 1
