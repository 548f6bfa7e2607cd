"""How-to answers: the steps of a section stay together and in order, code stays code."""

import pytest

from ragbot.answer.plain import as_text
from ragbot.types import BlockKind

from .symbol_sample import open_references


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return open_references(tmp_path_factory.mktemp("references"))


def test_steps_stay_in_order_with_their_code(assistant):
    answer = assistant.ask("How do I restore a snapshot in Heron?")
    assert [claim.text for claim in answer.steps][:5] == [
        "To restore a snapshot of Heron, go through these steps.",
        "Stop the server.",
        "Copy the snapshot to the disk.",
        "Open it:",
        'link = heron.open("birds.db",\n                  restore=True)',
    ]
    assert answer.steps[4].evidence[0].kind is BlockKind.CODE
    starts = [claim.evidence[0].start for claim in answer.steps]
    assert starts == sorted(starts)
    told = {claim.text for claim in answer.steps} & {claim.text for claim in answer.findings}
    assert not told


def test_plain_text_shows_code_as_it_is(assistant):
    text = as_text(assistant.ask("How do I restore a snapshot in Heron?"))
    assert "In order, from Moving to Heron > Restore a snapshot" in text
    assert '    link = heron.open("birds.db",\n                      restore=True)\n' in text


def test_steps_under_a_heading_about_something_else_are_none(assistant):
    assert assistant.ask("How do I open birds with a copy of the server disk in Heron?").steps == ()


def test_what_asks_for_no_steps_gets_none(assistant):
    assert assistant.ask("Where does Heron keep rows?").steps == ()
