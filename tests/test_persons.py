"""Whom "she" stands for: the person that the answer before names."""

from dataclasses import replace

import pytest

from ragbot.answer.persons import points_to_person, with_person
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
        ("She was born where?", "Rosa Berg was born where?"),
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


@pytest.mark.parametrize("lead", ["The Heron Index keeps rows.", "Ibex Core keeps rows."])
def test_a_thing_is_no_person(assistant, guide, lead):
    before = assistant.ask("Is Heron fast?")
    claims = (replace(before.lead[0], text=lead),)
    text = "What else did he build?"
    assert with_person(text, replace(before, lead=claims), guide) == text
    named = (replace(before.lead[0], text="The index of Heron was made by Rosa Berg."),)
    assert with_person(text, replace(before, lead=named), guide) == "What else did Rosa Berg build?"


def test_a_capital_within_a_question_is_a_name():
    assert points_to_person("Did he build it?")
    assert points_to_person("He built it?")
    assert not points_to_person("What is He initialization?")
