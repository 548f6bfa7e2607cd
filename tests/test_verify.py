"""The checks of a claim, and the sentences that must not stand alone."""

from dataclasses import replace

import pytest

from ragbot.answer.leaning import leans, supported, with_announced, with_neighbours
from ragbot.answer.verify import check
from ragbot.statements import QUOTE_WORDS
from ragbot.types import BlockKind, Document, Evidence, Section

from .sample import make_document

PROSE = (
    "Heron reads rows fast. "
    "However, it is not fast on a cold disk unless the rows lie in one page. "
    "Ibex needs less memory than Heron before version 4. Both have snapshots."
)


@pytest.fixture
def document() -> Document:
    def write(writer) -> None:
        writer.heading(1, "Speed of Heron")
        writer.prose(PROSE)

    return make_document(write, title="Speed of Heron", subjects=("heron",))


def quoted(document: Document, words: str, **changed) -> Evidence:
    start = document.text.index(words)
    given = {
        "quote": words,
        "start": start,
        "end": start + len(words),
        "document_id": document.id,
        "passage_id": "p",
        "kind": BlockKind.PROSE,
        "label": "",
        "subjects": ("heron",),
        "score": 0.5,
    }
    return Evidence(**{**given, **changed})


def failing(
    evidence: Evidence, document: Document, guide, subject="heron", aspect=None
) -> list[str]:
    checks = check(evidence, document, subject, guide, aspect, alone=True)
    return [each.name for each in checks if not each.passed]


class TestChecks:
    def test_a_whole_sentence_about_the_subject_passes(self, document, guide):
        evidence = quoted(document, "Heron reads rows fast.")
        assert failing(evidence, document, guide, aspect="speed") == []

    @pytest.mark.parametrize(
        "part",
        [
            "Ibex needs less memory than Heron",  # the version limit is cut off
            "is not fast on a cold disk unless the rows lie in one page.",
            "fast on a cold disk",
            "Heron reads rows fast. However, it is not fast on a cold disk",
        ],
    )
    def test_a_torn_sentence_fails(self, document, guide, part):
        assert "sentences_are_whole" in failing(quoted(document, part), document, guide)

    def test_a_sentence_that_leans_on_one_left_out_fails(self, document, guide):
        leaning = "However, it is not fast on a cold disk unless the rows lie in one page."
        assert failing(quoted(document, leaning), document, guide) == ["stands_alone"]

    def test_a_quote_is_of_whom_it_speaks_not_of_whom_it_names(self, document, guide):
        named = quoted(document, "Ibex needs less memory than Heron before version 4.")
        named = replace(named, subjects=("ibex",))
        assert failing(named, document, guide, subject="heron") == ["names_subject"]
        assert failing(named, document, guide, subject="ibex") == []
        other = quoted(document, "Heron reads rows fast.")
        assert failing(other, document, guide, subject="ibex") == ["names_subject"]
        assert failing(other, document, guide, subject="heron") == []

    def test_its_section_names_the_subject_where_the_quote_names_none(self, document, guide):
        evidence = quoted(document, "Both have snapshots.", kind=BlockKind.LIST_ITEM)
        assert failing(evidence, document, guide) == []
        assert failing(evidence, document, guide, subject="ibex") == ["names_subject"]

    @pytest.mark.parametrize(
        ("aspect", "detail"),
        [
            ("speed", "stands in the quote"),
            ("cost", "chosen for its meaning"),
            ("backup", "chosen for its meaning"),
        ],
    )
    def test_where_the_aspect_is_named_is_told(self, document, guide, aspect, detail):
        evidence = quoted(document, "Heron reads rows fast.")
        told = check(evidence, document, "heron", guide, aspect)[-1]
        assert told.name == "speaks_of_aspect"
        assert detail in told.detail


class TestLeaning:
    @pytest.mark.parametrize(
        "text",
        [
            "This makes it fast.",
            "However, Heron is slow.",
            "It has no joins.",
            "Both have snapshots.",
            "The former is free.",
            "On the other hand, these are slow.",
            "Its server is small.",
            "So they are read twice.",
            "Unlike Heron, it keeps a log.",
        ],
    )
    def test_what_points_before_itself(self, text):
        assert leans(text)

    @pytest.mark.parametrize(
        "text",
        [
            "Heron is fast.",
            "It is possible to restore a snapshot.",
            "It's recommended to stop the server.",
            "Both Heron and Ibex have snapshots.",
            "Either Heron or Ibex will do.",
            "This guide shows a restore.",
            "Unlike Heron, Ibex keeps a log.",
            "Italic names are free.",
            "Thistles and gulls.",
        ],
    )
    def test_what_stands_alone(self, text):
        assert not leans(text)

    def test_the_sentence_before_is_brought_along(self, document):
        leaning = quoted(document, "However, it is not fast on a cold disk unless")
        end = document.text.index("one page.") + len("one page.")
        start, _ = supported(document, leaning.start, end)
        assert document.text[start:end].startswith("Heron reads rows fast. However, it is not")

    def test_as_far_as_it_takes(self):
        text = "Heron is small. It has one file. This is copied at night."
        document = make_document(lambda w: w.prose(text), title="T")
        at = document.text.index("This is")
        start, end = supported(document, at, document.text.index("night.") + 6)
        assert document.text[start:end] == text

    def test_not_out_of_its_paragraph_nor_past_the_limit(self):
        def write(writer) -> None:
            writer.prose("Heron is small.")
            writer.prose("It has one file.")
            writer.prose("Heron " + "very " * QUOTE_WORDS + "small. It is free.")

        document = make_document(write, title="T")
        for words in ("It has one file.", "It is free."):
            start = document.text.index(words)
            assert supported(document, start, start + len(words)) == (start, start + len(words))


class TestWhatStandsBeside:
    @pytest.fixture
    def listed(self) -> Document:
        def write(writer) -> None:
            writer.heading(1, "Backup")
            writer.prose("Heron has two ways to copy:")
            for way in ("A snapshot at night.", "A log that is shipped."):
                writer.item(way)
            writer.prose("Both are free.")
            writer.prose("It prints:")
            writer.code("copied")

        return make_document(write, title="Backup", subjects=("heron",))

    def test_a_list_comes_with_the_words_that_announce_it(self, listed, guide):
        found = with_announced(quoted(listed, "Heron has two ways to copy:"), listed)
        assert found.quote == listed.text[found.start : found.end]
        assert found.quote.endswith("A log that is shipped.")
        assert failing(found, listed, guide) == []

    def test_as_many_items_as_there_is_room_for(self):
        def write(writer) -> None:
            writer.prose("Heron can:")
            writer.item("stay " * (QUOTE_WORDS - 10))
            writer.item("leave " * 10)

        document = make_document(write, title="T")
        found = with_announced(quoted(document, "Heron can:"), document)
        assert "stay" in found.quote
        assert "leave" not in found.quote

    def test_what_announces_something_else_is_not_quoted(self, listed, guide):
        lead_in = quoted(listed, "It prints:")
        assert with_announced(lead_in, listed) == lead_in
        assert "stands_alone" in failing(lead_in, listed, guide)
        whole = quoted(listed, "Both are free.")
        assert with_announced(whole, listed) == whole

    def test_sentences_directly_beside_it_are_joined(self, document):
        first, last = "Heron reads rows fast.", "Both have snapshots."
        middle = PROSE[len(first) : -len(last)].strip()
        one, leaning, other, far = (
            quoted(document, words)
            for words in (first, middle.split(". ")[0] + ".", middle.split(". ")[1], last)
        )
        found = with_neighbours(one, document, [far, leaning])
        assert found.quote == f"{one.quote} {leaning.quote}"
        assert with_neighbours(far, document, [one, leaning, other]).quote == PROSE
        assert with_neighbours(far, document, [one, leaning]) == far

    def test_not_out_of_another_paragraph_nor_past_the_limit(self):
        def write(writer) -> None:
            writer.prose("Heron is small. " + "It is " + "very " * QUOTE_WORDS + "small.")
            writer.prose("Heron is free.")

        document = make_document(write, title="T")
        one, other = quoted(document, "Heron is small."), quoted(document, "Heron is free.")
        start = document.text.index("It is")
        long = quoted(
            document, document.text[start : document.text.index("Heron is free.")].strip()
        )
        assert with_neighbours(one, document, [long, other]) == one


def test_a_section_above_names_the_aspect(guide):
    def write(writer) -> None:
        writer.heading(1, "Backup")
        writer.prose("Heron copies one file.")

    document = make_document(write, title="Manual")
    assert any(isinstance(each, Section) for each in document.sections)
    told = check(quoted(document, "Heron copies one file."), document, "heron", guide, "backup")[-1]
    assert "in its headings" in told.detail
