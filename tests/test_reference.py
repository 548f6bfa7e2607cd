"""What is known of an API reference whatever is asked is kept in a generation, and holds."""

import json
import shutil
from dataclasses import fields, replace

import numpy as np
import pytest

from ragbot.answer.equivalence.correspondences import Correspondences
from ragbot.answer.equivalence.reference import Reference
from ragbot.assistant import Assistant
from ragbot.errors import IndexDamagedError
from ragbot.index import generation as generations
from ragbot.index import manifest as manifests
from ragbot.index.generation import Generation
from ragbot.index.reference import FOLDER, NONE, ReferenceArrays
from ragbot.index.symbols import Symbol
from ragbot.index.usage import Meanings, company
from ragbot.retrieval.selection import ALL, Selection

from .symbol_sample import open_references
from .test_index_damage import resign

ASKED = "What is ibex.Seal2d in Heron?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    return open_references(tmp_path_factory.mktemp("references"))


def test_it_is_kept_as_it_would_be_made(assistant):
    one = assistant.generation
    made = ReferenceArrays.made(one.library, one.statement_vectors, one.vectors)
    assert one.reference is not None
    assert len(made.places) > 1
    for field in fields(made):
        assert np.array_equal(getattr(one.reference, field.name), getattr(made, field.name))


def test_a_question_makes_nothing_that_was_kept(assistant, monkeypatch):
    def made(*_):
        raise AssertionError("made anew")

    monkeypatch.setattr(ReferenceArrays, "made", made)
    assert assistant.ask(ASKED).side_by_side


def test_a_generation_of_before_answers_the_same(assistant):
    before = replace(assistant.generation, reference=None)
    other = Assistant(before, assistant.encoder, assistant._settings)
    other.equivalents.prepare()
    assert other.ask(ASKED).side_by_side == assistant.ask(ASKED).side_by_side


def test_filters_leave_out_what_has_no_passage(assistant):
    one = assistant.generation
    places = one.reference.places.copy()
    places[0, 3] = NONE
    bare = replace(one, reference=replace(one.reference, places=places))
    reference = Reference(bare, assistant._resolver.signs)
    mask = np.ones(len(one.passages), dtype=bool)
    assert reference.is_left(0, ALL)
    assert not reference.is_left(0, Selection(mask))
    assert reference.is_left(1, Selection(mask))
    assert not reference.heads[0].any()


@pytest.mark.parametrize(
    ("name", "value"),
    [("places", 10**6), ("starts", 10**6), ("words", None), ("uses", np.inf)],
)
def test_what_does_not_fit_is_refused(assistant, tmp_path, name, value):
    source = assistant.generation.folder.parents[1]
    shutil.copytree(source, tmp_path / "index")
    folder = generations.live_folder(tmp_path / "index")
    path = folder / FOLDER / f"{name}.npy"
    values = np.load(path)
    if value is None:
        values = values[:-1]
    else:
        values[-1] = value
    np.save(path, values)
    resign(folder)
    with pytest.raises(IndexDamagedError, match="build"):
        Generation.open(tmp_path / "index")


def test_a_damaged_file_is_named(assistant, tmp_path):
    shutil.copytree(assistant.generation.folder.parents[1], tmp_path / "index")
    folder = generations.live_folder(tmp_path / "index")
    (folder / FOLDER / "hubs.npy").write_bytes(b"")
    with pytest.raises(IndexDamagedError, match=r"hubs\.npy is damaged"):
        Generation.open(tmp_path / "index")
    assert f"{FOLDER}/hubs.npy" in manifests.read(folder).files


class Listings:
    """A library of listings, each of a document about one subject."""

    def __init__(self, *listings: tuple[str, str]) -> None:
        self._listings = listings

    def read(self, _query):
        return [
            (text, json.dumps([["code", 0, len(text)]]), json.dumps([subject]))
            for text, subject in self._listings
        ]


def symbol(at: int, name: str, subject: str) -> Symbol:
    return Symbol(str(at), at, (subject,), (name,), "", 0, None, None, is_old=False)


def test_what_is_called_otherwise_is_known_by_what_stands_beside_it():
    found = [symbol(0, "mm.Rows", "mm"), symbol(1, "hr.Lines", "hr"), symbol(2, "hr.Lid", "hr")]
    listings = Listings(
        *[("mm.Rows(); seal(box); turn(box)", "mm")] * 3,
        *[("hr.Lines(); seal(box); turn(box)", "hr")] * 3,
        *[("hr.Lid(); count(query)", "hr")] * 3,
    )
    starts, words, weights = company(listings, 3, Meanings(found))
    beside = np.zeros((3, 10))
    for at in range(3):
        its = slice(starts[at], starts[at + 1])
        beside[at, words[its]] = weights[its]
    assert beside[0] @ beside[1] > 0.5
    assert beside[0] @ beside[2] == 0.0


def test_words_correspond_that_stood_for_one_another():
    rows, lines, lid = (frozenset({word}) for word in ("row", "line", "lid"))
    learnt = Correspondences.learnt([((rows, lines), 1.0), ((rows | lid, lid), 1.0)])
    again = Correspondences.of(json.loads(json.dumps(learnt.entry())))
    for known in (learnt, again):
        assert known.worth(rows, lines, lambda _: 1) > known.worth(lines, rows, lambda _: 1) > 0
        assert known.worth(rows, lid, lambda _: 1) == 0.0
        assert known.worth(rows, rows, lambda _: 1) == 0.0
