"""Programming names in a question are found as people write them, and find their documents."""

import json

import pytest

from ragbot.assistant import Assistant
from ragbot.index.build import build
from ragbot.retrieval.symbols import symbols_in
from ragbot.settings import Settings
from ragbot.sources.fetching import Fetched, Locked
from ragbot.sources.shelf import NewShelf
from ragbot.sources.sync import shelf_path

from .words import WordEncoder


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What is box.open in Ibex?", ("box.open",)),
        ("Ibex equivalent of LidSeal2d", ("LidSeal2d",)),
        ("does it have “seal_” or `pack`?", ("seal_", "pack")),
        ("How does expand() work", ("expand",)),
        ("box.Lid() vs box.seal(2)?", ("box.Lid", "box.seal")),
        ("Is it easy to use? Yes.", ()),
        ("lid1d and lid1d again", ("lid1d",)),
        ("IbexLib is a name of a subject", ()),
        ("an end of a sentence.Then no name", ("sentence.Then",)),
    ],
)
def test_names_are_found(text, names):
    assert symbols_in(text, {"ibexlib", "ibex"}) == names


SUBJECTS = """
[[subject]]
id = "ibex"
name = "Ibex"
symbols = ["ibex."]

[[subject]]
id = "heron"
name = "Heron"
symbols = ["heron."]
"""
SOURCES = "".join(
    f"""
[[source]]
id = "{name}-api"
title = "{name} reference"
authority = "official"
subjects = ["{name}"]
kind = "documentation"
[source.obtain]
kind = "pypi"
package = "{name}"
modules = ["{name}"]
"""
    for name in ("ibex", "heron")
)


def symbol(name: str, text: str, *aliases: str) -> Fetched:
    told = {"name": name, "aliases": list(aliases), "signature": f"{name}(x=1)", "docstring": text}
    content = json.dumps(told | {"kind": "function", "docformat": "markdown"}).encode()
    return Fetched(f"{name}.json", content, "application/x-symbol+json")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("symbols")
    corpus, index = folder / "corpus", folder / "index"
    corpus.mkdir()
    (corpus / "subjects.toml").write_text(SUBJECTS)
    (corpus / "sources.toml").write_text(SOURCES)
    held = {
        "ibex": [
            symbol("ibex.box.Seal2d", "Ibex fast rows.", "ibex.Seal2d"),
            symbol("ibex.box.open", "Ibex reads the rows of a table, fast and small."),
            symbol("ibex.close", "Ibex query query query rows."),
        ],
        "heron": [
            symbol("heron.Seal2d", "Heron slow rows."),
            symbol("heron.query", "Heron query query rows."),
        ],
    }
    for name, symbols in held.items():
        shelf = NewShelf(shelf_path(index, f"{name}-api"))
        for one in symbols:
            shelf.put(one)
        shelf.finish(Locked("1", "2026-01-01", "x"))
    settings = Settings(corpus=corpus, index=index)
    build(settings, WordEncoder())
    return Assistant.open(settings, WordEncoder())


def titles(assistant, hits):
    library = assistant.generation.library
    return [library.document(hit.passage.document_id).title for hit in hits]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("query rows of ibex.box.open", "ibex.box.open"),
        ("query rows of box.OPEN()", "ibex.box.open"),
        ("ibex.seal2d query", "ibex.box.Seal2d"),  # by an alias
        ("heron.seal2d query", "heron.Seal2d"),
    ],
)
def test_what_documents_a_name_comes_first_whatever_the_encoder_thinks(assistant, question, first):
    assert titles(assistant, assistant.search(question))[0] == first


def test_an_ending_finds_all_that_have_it_the_fullest_first(assistant):
    found = titles(assistant, assistant.search("seal2d"))
    assert set(found[:2]) == {"heron.Seal2d", "ibex.box.Seal2d"}


def test_a_name_is_set_beside_its_namesake(assistant):
    answer = assistant.ask("Should I use ibex.box.Seal2d or Heron for fast rows?")
    (beside,) = answer.side_by_side
    assert beside.asked.name == "ibex.box.Seal2d"
    assert beside.counterparts[0].name == "heron.Seal2d"


def test_names_survive_the_index(assistant):
    documents = {d.title: d.names for d in assistant.generation.library.documents()}
    assert documents["ibex.box.Seal2d"] == ("ibex.box.Seal2d", "ibex.Seal2d")
