"""What people call a thing is found by its words, and what is spelt as it is goes first."""

import json
import shutil

import pytest

from ragbot.answer.equivalence.pair_model import open_pairs
from ragbot.errors import EncoderError
from ragbot.evaluation.counterparts import Expected, tally
from ragbot.trees import LEAF, Trees
from ragbot.types import Form
from ragbot.understand.counterpart import requested
from ragbot.understand.lexicon import Lexicon, pieces
from ragbot.understand.names import NamedDocument
from ragbot.understand.resolver import PACKAGED, Resolver, open_names
from ragbot.understand.suggestions import suggestions

from .symbol_sample import open_references
from .test_objects import GUIDE, weights

DOCUMENTS = (
    NamedDocument("d1", ("mm.CosineDecay",), ("marmoset",)),
    NamedDocument("d2", ("hr.optim.CosineAnnealingLR",), ("heron",)),
    NamedDocument("d3", ("hr.map_fn", "hr.old.map_fn"), ("heron",)),
    NamedDocument("d4", ("hr.box.Dropout",), ("heron",)),
    NamedDocument("d5", ("mm.mean_squared_error",), ("marmoset",)),
    NamedDocument("d6", ("mm.Dropout",), ("marmoset",)),
)
LEXICON = Lexicon(DOCUMENTS)


def found(text: str) -> list[str]:
    matches = LEXICON.matches(text, pieces(text), 0.6)
    return ["_".join(LEXICON.names[one.name]) for one in matches]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mapfn", "map_fn"),  # run together
        ("map fn", "map_fn"),
        ("drop out", "dropout"),  # parted
        ("dropuot", "dropout"),  # misspelt
        ("mse", "mean_squared_error"),  # first letters
        ("cosine annealing lr", "cosine_annealing_lr"),
        ("mean sqrd error", "mean_squared_error"),  # shortened
    ],
)
def test_a_name_is_found_as_people_write_it(text, name):
    assert found(text)[0] == name


def test_the_words_of_a_name_are_those_that_stand_together():
    text = "CosineDecay or CosineAnnealingLR"
    spans = {
        LEXICON.names[one.name]: (one.places[0], one.places[-1])
        for one in LEXICON.matches(text, pieces(text), 1.0)
    }
    assert spans == {("cosine", "decay"): (0, 1), ("cosine", "annealing", "lr"): (3, 5)}


def test_what_says_whose_it_is_is_never_another_subjects():
    resolver = Resolver(lambda: DOCUMENTS, GUIDE, weights)
    read = resolver.readings("hr.box.Dropout in marmoset").all
    assert {one.document.id for one in read} == {"d4"}


def test_two_names_that_are_spelt_as_they_are_are_each_others():
    readings = Resolver(lambda: DOCUMENTS, GUIDE, weights).readings(
        "CosineDecay vs CosineAnnealingLR"
    )
    request = requested(
        "CosineDecay vs CosineAnnealingLR", readings, Form.DIFFERENCE, ((Form.DIFFERENCE, 1.0),)
    )
    assert (request.document, request.other, request.targets) == ("d1", "d2", ("heron",))


def test_suggestions_begin_with_what_is_written_then_what_may_be_meant():
    resolver = Resolver(lambda: DOCUMENTS, GUIDE, weights)
    told = suggestions("cosine", resolver.readings("cosine"), DOCUMENTS, 5)
    assert [one.name for one in told][:2] == ["mm.CosineDecay", "hr.optim.CosineAnnealingLR"]
    told = suggestions("hr.m", resolver.readings("hr.m"), DOCUMENTS, 5)
    assert [(one.name, one.probability) for one in told] == [("hr.map_fn", 1.0)]
    text = "the mapfn of heron"
    (first, *_) = suggestions(text, resolver.readings(text), DOCUMENTS, 5)
    assert (first.name, text[first.start : first.end]) == ("hr.map_fn", "mapfn")


def test_what_was_just_learnt_reads_without_the_packaged_weights(monkeypatch):
    resolver = Resolver(lambda: DOCUMENTS, GUIDE, weights, open_names().target)
    leaf = {"feature": [LEAF], "left": [0], "right": [0], "threshold": [0.0], "value": [2.0]}
    names = Trees.of(leaf | {"roots": [0], "depth": 0, "base": 0.0, "slope": 1.0, "shift": 0.0})
    monkeypatch.setattr("ragbot.understand.resolver.open_names", None)
    found = resolver.readings_by(names, "the mapfn of heron").all
    assert {round(one.probability, 4) for one in found} == {0.8808}


def test_weights_that_are_not_those_of_their_sum_are_not_used(tmp_path):
    folder = tmp_path / "names"
    shutil.copytree(PACKAGED, folder)
    data = json.loads((folder / "names.json").read_text())
    (folder / "names.json").write_text(json.dumps(data | {"least": 0.9}))
    with pytest.raises(EncoderError, match=r"names\.json is not the file of SHA256SUMS"):
        open_names(folder)


def test_an_error_names_the_file_that_is_not_there(tmp_path):
    with pytest.raises(EncoderError, match=r"counterparts\.json: what was learnt cannot be read"):
        open_pairs(tmp_path)


def test_counterparts_are_counted(tmp_path):
    assistant = open_references(tmp_path)
    line = {
        "question": "What is the Heron equivalent of ibex.box.Seal2d?",
        "name": "ibex.box.Seal2d",
        "from": "ibex",
        "to": "heron",
        "accept": ["heron.SealLayer2d"],
        "reject": ["heron.close"],
        "none": False,
    }
    wrong = line | {"accept": ["heron.close"], "reject": ["heron.SealLayer2d"], "none": True}
    counted = tally(assistant, [line, wrong]).figures()
    assert (counted["questions"], counted["with_counterpart"]) == (2, 1)
    assert (counted["resolved"], counted["first"], counted["three"]) == (1.0, 1.0, 1.0)
    assert (counted["rejected_as_direct"], counted["direct_where_none"]) == (0.5, 1.0)
    nuggets = [{"subject": "heron", "claim": "It is heron.SealLayer2d.", "spans": []}]
    expected = Expected.of({"question": "q", "nuggets": nuggets})
    assert expected.accepted == {"heron": frozenset({"heron.SealLayer2d"})}


def test_one_name_of_two_subjects_is_read_where_each_is_written():
    resolver = Resolver(lambda: DOCUMENTS, GUIDE, weights)
    text = "is mm.Dropout like hr.box.Dropout?"
    read = {one.document.id: one.start for one in resolver.readings(text).all}
    assert read == {"d6": text.index("Dropout"), "d4": text.rindex("Dropout")}


def test_a_dotted_name_means_what_has_all_its_parts():
    documents = (*DOCUMENTS, NamedDocument("d7", ("hr.Dropout",), ("heron",)))
    read = Resolver(lambda: documents, GUIDE, weights).readings("box.Dropout in marmoset").all
    assert {one.document.id for one in read} == {"d4"}


def test_of_the_names_that_a_dotted_text_begins_those_of_fewest_parts_go_first():
    documents = (
        NamedDocument("d1", ("hr.MaxBox1d.run",), ("heron",)),
        NamedDocument("d2", ("hr.MaxBox1d",), ("heron",)),
    )
    resolver = Resolver(lambda: documents, GUIDE, weights)
    told = suggestions("hr.Max", resolver.readings("hr.Max"), documents, 5)
    assert [one.document for one in told] == ["d2", "d1"]
