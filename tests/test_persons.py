"""Whom "she" stands for: the person that the answer before names."""

import pytest

from ragbot.assistant import Assistant, Turn
from ragbot.index.build import build
from ragbot.settings import Settings

from .words import WordEncoder

TEXT = """# People

Rosa Berg founded the backup of Heron. Rosa Berg was born by the slow sea.

Karl Lind founded the snapshot of Ibex. Karl Lind was born by the fast sea.
"""
BEFORE = "Who founded the backup of Heron?"


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "people.md").write_text(TEXT)
    settings = Settings(
        corpus=folder / "corpus", index=folder / "index", subjects=folder / "none.toml"
    )
    build(settings, WordEncoder())
    return Assistant.open(settings, WordEncoder())


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Where was she born?", "Where was Rosa Berg born?"),
        ("What did her backup cost?", "What did Rosa Berg's backup cost?"),
        ("Who paid her in spring?", "Who paid Rosa Berg in spring?"),
        ("What is a snapshot?", "What is a snapshot?"),
    ],
)
def test_the_name_stands_in_its_place(people, text, whole):
    turns = [Turn("user", BEFORE)]
    assert people.self_contained(text, turns) == whole
    assert people.ask(text, turns).question.text == text
    assert people.self_contained(whole, turns) == whole


def test_without_an_answer_before_it_stays(people):
    assert people.self_contained("Where was she born?", []) == "Where was she born?"
    nobody = [Turn("user", "What is a zebra?")]
    assert "she" in people.self_contained("Where was she born?", nobody)
