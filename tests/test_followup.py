"""Follow-ups: what a question leaves to the conversation, put in words."""

import pytest

from ragbot.understand.followup import LONGEST, TURNS, Turn, self_contained

from .test_conflicts import told

SAID = "Heron is easy for a beginner [1]. Marmot is free for one server [2]."

# What was asked before, the question, and the question that says all by itself.
CONVERSATIONS = [
    # A further subject is a further column ...
    ("Heron or Ibex?", "How about Marmot?", "Heron, Ibex or Marmot?"),
    ("Compare Heron and Ibex on backup", "And Marmot?", "Compare Heron, Ibex and Marmot on backup"),
    ("Heron vs Ibex", "what about marmot", "Heron vs Ibex vs Marmot"),
    ("Is Heron faster than Ibex?", "And Marmot?", "Is Heron faster than Ibex or Marmot?"),
    ("Which is faster, Heron or Ibex?", "Marmot?", "Which is faster, Heron, Ibex or Marmot?"),
    ("Heron or Ibex for logs?", "And Marmot, too?", "Heron, Ibex or Marmot for logs?"),
    # ... also one that the sources may not know.
    ("Heron or Ibex?", "And Gull?", "Heron, Ibex or Gull?"),
    ("Is Heron fast?", "compared to Gull?", "Is Heron fast, compared to Gull?"),
    # After one subject the question is put of the other.
    ("Is Heron fast?", "And Marmot?", "Is Marmot fast?"),
    (
        "How do I restore a snapshot in Heron?",
        "and in Ibex?",
        "How do I restore a snapshot in Ibex?",
    ),
    ("Is Heron free?", "Is that also true for Ibex?", "Is Ibex free?"),
    ("What does hr.open do?", "And in Ibex?", "What does hr.open do in Ibex?"),
    ("Is Heron fast?", "vs Ibex?", "Is Heron fast, compared to Ibex?"),
    ("Is Heron fast?", "Is Marmot faster?", "Is Marmot faster than Heron?"),
    # One of those compared before stands alone.
    ("Heron or Ibex for logs?", "What about Ibex?", "What about Ibex for logs?"),
    ("Heron or Ibex for logs?", "And the second one?", "What about Ibex for logs?"),
    ("Heron, Ibex or Marmot on price?", "and the last one", "What about Marmot on price?"),
    ("Heron vs Ibex", "And the former?", "Tell me about Heron"),
    ("Heron vs Ibex", "Is the second one free?", "Is Ibex free?"),
    # Another aspect is another row; "also" keeps the one before.
    ("Heron or Ibex for backup?", "and on speed?", "Compare Heron and Ibex on speed"),
    ("Which is faster, Heron or Ibex?", "what about for beginners", None),
    ("Heron or Ibex on speed?", "What about the price?", "Compare Heron and Ibex on the price"),
    ("Heron or Ibex on speed?", "backups?", "Compare Heron and Ibex on backups"),
    ("Is Heron fast?", "and for beginners?", "What about Heron for beginners?"),
    ("Heron or Ibex on speed?", "also on price", "Compare Heron and Ibex on speed and on price"),
    ("Heron or Ibex on speed?", "on a Klingon disk?", "Heron or Ibex on speed, on a Klingon disk?"),
    ("Heron or Ibex for logs?", "and for songs", "Compare Heron and Ibex for songs"),
    (
        "Heron, Ibex or Marmot on price?",
        "only Heron and Ibex",
        "What about Heron and Ibex on price?",
    ),
    ("What does hr.open do?", "is there something like that in Ibex?", None),
    # The evidence behind the answer.
    ("Which is faster, Heron or Ibex?", "Why?", "Which is faster, Heron or Ibex?"),
    ("Heron or Ibex for logs?", "But why is that?", "Heron or Ibex for logs?"),
    ("Is Heron fast?", "Tell me more", "Is Heron fast?"),
    ("Is Heron fast?", "show me the evidence", "Is Heron fast?"),
    ("How do I open Heron?", "Show me an example", "How do I open Heron? Show me an example"),
    # Words that point to what was said before.
    ("Tell me of Heron", "Is it fast?", "Is Heron fast?"),
    ("Tell me of Heron", "how does it restore a snapshot?", "how does Heron restore a snapshot?"),
    ("Tell me of Heron", "What are its limits?", "What are Heron's limits?"),
    ("Heron or Ibex?", "Is it fast?", "Heron and Ibex: Is it fast?"),
    ("Heron or Ibex?", "Which one is fast?", "Heron or Ibex: Which one is fast?"),
    ("Heron or Ibex for logs?", "Which one to pick?", "Heron or Ibex for logs: Which one to pick?"),
    ("Heron or Ibex?", "and which of them is free?", "and which of Heron and Ibex is free?"),
    ("Heron or Ibex?", "Do they have snapshots?", "Do Heron and Ibex have snapshots?"),
    (
        "Heron or Ibex as a first database",
        "What are the differences between these two databases?",
        "What are the differences between Heron and Ibex?",
    ),
    ("Tell me of Heron", "Is it possible to pay less?", "Heron: Is it possible to pay less?"),
    ("Which is cheaper, Heron or Ibex?", "What are the backups like?", None),
    (
        "How do I save a row in Heron?",
        "How do I load it again?",
        "How do I save a row in Heron? How do I load it again?",
    ),
    ("Is Heron faster than _Ibex_?", "which has a price?", "Heron or Ibex: which has a price?"),
    # A topic of its own inherits nothing.
    ("Heron or Ibex?", "Who wrote Hamlet?", "Who wrote Hamlet?"),
    ("Heron or Ibex?", "What is a snapshot?", "What is a snapshot?"),
    ("Heron or Ibex?", "How do I cook rice fast?", "How do I cook rice fast?"),
    ("Heron or Ibex?", "And who wrote Hamlet?", "And who wrote Hamlet?"),
    ("Heron or Ibex?", "Is Marmot fast?", "Is Marmot fast?"),
    ("Heron or Ibex on speed?", "And what is Marmot?", "And what is Marmot?"),
    ("Is Heron fast?", "What about the price of Marmot?", "What about the price of Marmot?"),
    ("Heron or Ibex?", "Thanks!", "Thanks!"),
]
WORDS_OF_NONE = {
    "what about for beginners": "Compare Heron and Ibex for beginners",
    "is there something like that in Ibex?": "What does hr.open do in Ibex?",
    "What are the backups like?": "Heron and Ibex: What are the backups like?",
}


@pytest.fixture
def read(guide, generation):
    """Makes a question self-contained after some earlier ones, each with an answer."""

    def read(*asked: str) -> str:
        *before, text = asked
        turns = [
            Turn(role, content)
            for earlier in before
            for role, content in (("user", earlier), ("assistant", SAID))
        ]
        return self_contained(text, turns, guide, generation.lexical.weights).text

    return read


@pytest.mark.parametrize(("before", "text", "whole"), CONVERSATIONS)
def test_a_question_is_put_in_words_with_the_one_before(read, before, text, whole):
    assert read(before, text) == (whole or WORDS_OF_NONE[text])


@pytest.mark.parametrize(("before", "text", "whole"), CONVERSATIONS)
def test_what_was_made_self_contained_stays_as_it_is(read, before, text, whole):
    """The page shows it to be edited and asked again, in the same conversation."""
    once = read(before, text)
    assert read(before, once) == once
    assert read(before, text, once) == once


class TestLongConversations:
    def test_one_follow_up_builds_on_another(self, read):
        whole = read("Heron or Ibex for logs?", "And Marmot?", "on price?", "Which one to pick?")
        assert whole == "Heron, Ibex or Marmot on price: Which one to pick?"

    def test_one_subject_named_last_is_what_it_means(self, read):
        assert read("Heron or Ibex?", "And Marmot?", "Why?", "Thanks", "Is it fast?") == (
            "Heron, Ibex and Marmot: Is it fast?"  # "Why?" was about all three again
        )
        assert read("Heron or Ibex?", "And Marmot?", "Is it fast?") == "Is Marmot fast?"

    def test_why_is_asked_once(self, read):
        assert read("Is Heron fast?", "Why?", "But why?") == "Is Heron fast?"
        assert read("Is Heron fast?", "Why?", "And Ibex?") == "Is Ibex fast?"

    def test_the_other_one_is_that_of_the_comparison_before(self, read):
        asked = ("Heron or Ibex on price?", "What about Ibex?", "And the other one?")
        assert read(*asked) == "What about Heron on price?"
        assert read("Heron or Ibex?", "Tell me about Ibex", "Which one is fast?") == (
            "Heron or Ibex: Which one is fast?"
        )

    def test_a_new_topic_is_what_it_means_from_then_on(self, read):
        assert read("Heron or Ibex?", "What is a B-tree?", "Is it slow?") == (
            "What is a B-tree? Is it slow?"
        )
        assert read("Heron or Ibex?", "What is a B-tree?", "And in Marmot?") == (
            "What is a B-tree in Marmot?"
        )

    def test_persons_are_pointed_to_as_things_are(self, read):
        assert read("Who wrote the B-tree?", "Where was she born?") == (
            "Who wrote the B-tree? Where was she born?"
        )

    def test_it_stands_for_the_one_before_beside_another(self, read):
        assert read("Is Heron free?", "Is it faster than Ibex?") == "Is Heron faster than Ibex?"

    def test_what_the_corpus_holds_no_word_of_is_a_topic_of_its_own(self, read):
        moon = "Does it snow on the moon?"
        assert read("What is a restore?", moon) == moon

    def test_which_database_means_all(self, read):
        assert read("Which database is fast?", "And which is free?") == (
            "Heron, Ibex or Marmot: which is free?"
        )

    def test_a_choice_is_not_made_among_one(self, read):
        assert read("Is Heron fast?", "Which database is easy?") == "Which database is easy?"


class TestHistory:
    def test_what_an_answer_names_was_not_asked_about(self, guide, generation):
        turns = [Turn("user", "Heron or Ibex?"), Turn("assistant", "Marmot is slow. And Marmot?")]
        weights = generation.lexical.weights
        assert self_contained("And on price?", turns, guide, weights).text == (
            "Compare Heron and Ibex on price"
        )
        assert self_contained("Is it fast?", turns[1:], guide, weights).text == "Is it fast?"

    def test_without_history_nothing_is_added(self, read):
        for text in ("Which one?", "Why?", "And on price?", "Is it fast?"):
            assert read(text) == text

    @pytest.mark.parametrize("content", ["", "   ", "\n", "?", "...", "🪶", "x" * (LONGEST + 500)])
    def test_any_text_is_a_turn(self, read, content):
        assert read(content, "Is Heron fast?") == "Is Heron fast?"
        assert len(read(content, "Why?")) <= LONGEST

    def test_only_the_last_turns_are_looked_at(self, read):
        assert read("Tell me of Heron", *["Tell me of Ibex"] * TURNS, "Is it fast?") == (
            "Is Ibex fast?"
        )
        forgotten = read("Heron or Ibex?", *["What is a B-tree?"] * TURNS, "Which one is fast?")
        assert "Heron" not in forgotten


def test_the_evidence_is_asked_for_beside_the_words(guide, generation):
    turns = [Turn("user", "Is Heron fast?")]
    weights = generation.lexical.weights
    for text, asks in (("Why?", True), ("But why?", True), ("Why is Heron fast?", False)):
        assert self_contained(text, turns, guide, weights).wants_reasons is asks
    assert not self_contained("Why?", [], guide, weights).wants_reasons


def test_why_shows_more_of_the_evidence(tmp_path):
    ways = ("at once", "by query", "in bulk", "on a server", "for a beginner", "with rows", "free")
    manual = "# Heron\n\n" + "\n\n".join(f"Heron can restore a snapshot {way}." for way in ways)
    assistant = told(tmp_path, manual, "# Ibex\n\nIbex is slow.\n")
    asked = "What can restore a snapshot in Heron?"
    before = assistant.ask(asked)
    after = assistant.ask("Why?", [Turn("user", asked), Turn("assistant", SAID)])
    assert after.question.wants_reasons
    assert {c.text for c in before.findings} < {c.text for c in (*after.lead, *after.findings)}
