"""What one question may ask for: every list, table and history has an end, in the library too."""

import tracemalloc

import numpy as np
import pytest

from ragbot import limits
from ragbot.assistant import Assistant, Filters, Turn
from ragbot.errors import QuestionError
from ragbot.index.generation import Generation
from ragbot.retrieval.selection import Selector

MANY = limits.NAMES + 1


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(subjects=("",) * MANY), "201 subjects; name at most 200"),
        (Filters(sources=tuple(map(str, range(MANY)))), "201 sources; name at most 200"),
        (Filters(sources=("x" * 301,)), "301 characters"),
    ],
)
def test_a_filter_that_is_too_long_is_refused(
    assistant: Assistant, filters: Filters, said: str
) -> None:
    for ask in (
        lambda: assistant.ask("Is Heron fast?", (), filters),
        lambda: assistant.search("fast", 5, filters),
        lambda: assistant.compare(["heron", "ibex"], (), filters),
    ):
        with pytest.raises(QuestionError, match=said):
            ask()


def test_empty_names_and_names_that_come_twice_do_not_count(assistant: Assistant) -> None:
    plain = Filters(("heron",), ("review",))
    awkward = Filters(("", "heron", " ", "heron"), ("review", "", "review"))
    assert assistant.search("fast", 5, awkward) == assistant.search("fast", 5, plain)
    assert assistant.ask("fast?", (), awkward) == assistant.ask("fast?", (), plain)
    twice = assistant.compare(["heron", "", "ibex", "heron"], ["speed", "speed"])
    assert twice == assistant.compare(["heron", "ibex"], ["speed"])


def test_a_table_that_is_too_large_is_refused(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="at most 200"):
        assistant.compare(["heron"] * MANY, ["speed"])
    with pytest.raises(QuestionError, match="303 cells; ask for at most 100"):
        limits.check_cells(3, 101)
    with pytest.raises(QuestionError, match="compares 101 subjects"):
        limits.check_cells(101, 0)
    limits.check_cells(4, 25)
    with pytest.raises(QuestionError) as raised:
        assistant.compare(["heron", "e" * 250])
    assert "e" * 77 + "..." in str(raised.value)
    assert "e" * 81 not in str(raised.value)


def test_a_question_that_names_too_many_cells_is_refused(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CELLS", 5)
    with pytest.raises(QuestionError, match="6 cells; ask for at most 5"):
        assistant.ask("Compare Heron, Ibex and Marmot on speed and backup")
    assert assistant.ask("Compare Heron and Ibex on speed and backup").cells


def test_an_overview_looks_at_so_many_cells_only(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragbot.answer.table.SEARCHES", 6)  # three rows of two: Overall and two
    rows = assistant.compare(["heron", "ibex"]).question.rows
    assert {row.id for row in rows[1:]} <= {"speed", "backup"}


def test_a_history_that_is_too_long_is_refused(assistant: Assistant) -> None:
    turns = [Turn("user", "Is Heron fast?")]
    with pytest.raises(QuestionError, match="101 turns; send the last 100"):
        assistant.ask("And Ibex?", turns * 101)
    with pytest.raises(QuestionError, match=r"60,000 characters; .* at most 50,000"):
        assistant.ask("And Ibex?", [Turn("assistant", "x" * 60_000)])
    assert assistant.ask("And Ibex?", turns * 100).findings


def test_names_that_are_not_known_cost_no_memory(generation: Generation) -> None:
    selector = Selector(generation)
    unknown = (*(f"unknown {i % 50}" for i in range(100_000)), "x" * 1_000_000)
    awkward = Filters(("heron", *unknown, "heron"), ("review", *unknown))
    plain = selector.selection(Filters(("heron",), ("review",))).mask
    tracemalloc.start()
    allowed = selector.selection(awkward).mask
    nothing = [selector.selection(f).mask for f in (Filters(unknown), Filters((), unknown))]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500_000
    assert np.array_equal(allowed, plain)
    assert np.any(allowed)
    assert not np.any(nothing)
