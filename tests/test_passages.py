"""Cutting documents into passages: nothing lost, nothing too long, structure kept."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragbot.passages import HEADING_CHARS, cut, encoded_text, heading_line
from ragbot.readers.writer import DocumentWriter
from ragbot.types import BlockKind, Document, Passage

from .sample import make_document
from .words import WordEncoder

WINDOW = 64
count_tokens = WordEncoder().count_tokens

words = st.text(alphabet="abcdefgé", min_size=1, max_size=6)


def phrases(most: int) -> st.SearchStrategy[str]:
    return st.lists(words, min_size=1, max_size=most).map(" ".join)


sentences = phrases(30).map(lambda text: f"{text.capitalize()}.")
tables = st.integers(2, 4).flatmap(
    lambda width: st.tuples(
        st.lists(words, min_size=width, max_size=width),
        st.lists(st.lists(phrases(5), min_size=width, max_size=width), min_size=1, max_size=12),
    )
)
blocks = st.one_of(
    st.tuples(st.just("heading"), st.integers(1, 4), phrases(3)),
    st.tuples(st.just("prose"), st.lists(sentences, min_size=1, max_size=9).map(" ".join)),
    st.tuples(st.just("item"), phrases(70), st.integers(0, 2)),
    st.tuples(st.just("code"), st.lists(phrases(9), min_size=1, max_size=20).map("\n".join)),
    tables.map(lambda table: ("table", *table)),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    parts = draw(st.lists(blocks, min_size=1, max_size=14))

    def write(writer: DocumentWriter) -> None:
        for name, *rest in parts:
            getattr(writer, name)(*rest)
        writer.prose("The end.")

    return make_document(write)


def passages(document: Document) -> list[Passage]:
    return cut(document, count_tokens, WINDOW)


def block_at(document: Document, at: int) -> int:
    return next(i for i, block in enumerate(document.blocks) if block.end > at)


thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@thorough
@given(documents())
def test_the_passages_of_any_document(document):
    found = passages(document)
    assert_whole(document, found)
    assert_overlaps_only_in_prose(document, found)
    assert_rows_have_headers(document, found)
    assert_sections_apart(document, found)
    assert len({passage.id for passage in found}) == len(found)
    sizes = count_tokens([encoded_text(passage, document.title) for passage in found])
    assert max(sizes) <= WINDOW - 2


def assert_whole(document: Document, found: list[Passage]) -> None:
    """Joined, without the overlaps, the passages give the text back."""
    text = ""
    for passage in found:
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.start <= len(text) < passage.end
        text += passage.text[len(text) - passage.start :]
    assert text == document.text


def assert_overlaps_only_in_prose(document: Document, found: list[Passage]) -> None:
    for before, after in pairwise(found):
        if after.start < before.end:
            block = document.blocks[block_at(document, after.start)]
            assert block.kind in (BlockKind.PROSE, BlockKind.LIST_ITEM)
            assert block.start <= after.start
            assert before.end < block.end


def assert_rows_have_headers(document: Document, found: list[Passage]) -> None:
    for passage in found:
        first = document.blocks[block_at(document, passage.start)]
        for block in document.blocks:
            inside = block.start < passage.end and passage.start < block.end
            if block.kind is BlockKind.TABLE_ROW and inside:
                header = document.blocks[block.header]
                held = passage.start <= header.start and header.end <= passage.end
                said = document.text[header.start : header.end]
                assert held or (passage.table_header == said and first.header == block.header)


def assert_sections_apart(document: Document, found: list[Passage]) -> None:
    """Beside its own text a passage holds headings that have none of their own, at most."""
    for passage in found:
        owners = {
            (section.heading_path, section.start)
            for section in document.sections
            for block in document.blocks
            if block.kind is not BlockKind.HEADING
            and section.start <= block.start < section.end
            and passage.start <= block.start < passage.end
        }
        assert len(owners) <= 1
        assert not owners or passage.heading_path in {path for path, _ in owners}


def texts(write) -> list[str]:
    return [passage.text.strip() for passage in passages(make_document(write))]


def test_a_short_section_is_one_passage():
    def write(writer):
        writer.heading(1, "Alpha")
        writer.prose("One.")
        writer.item("two")
        writer.heading(2, "Beta")
        writer.prose("Three.")

    found = passages(make_document(write))
    assert [p.text for p in found] == ["Alpha\n\nOne.\n\n- two\n\n", "Beta\n\nThree."]
    assert [p.heading_path for p in found] == [("Alpha",), ("Alpha", "Beta")]
    assert [p.anchor for p in found] == ["alpha", "beta"]


def test_a_heading_with_nothing_under_it_goes_with_the_next_section():
    def write(writer):
        writer.heading(1, "Alpha")
        writer.heading(2, "Beta")
        writer.prose("Text.")

    found = passages(make_document(write))
    assert [p.text for p in found] == ["Alpha\n\nBeta\n\nText."]
    assert found[0].heading_path == ("Alpha", "Beta")
    assert encoded_text(found[0], "Made") == "Made > Alpha > Beta\nText."


def test_code_that_fits_is_kept_whole_and_cut_between_lines_where_not():
    short = "\n".join(f"line {i} of code" for i in range(10))
    long = "\n".join(f"line {i} of code" for i in range(40))
    around = " ".join(["word"] * 50)

    def write_short(writer):
        writer.prose(around)
        writer.code(short)
        writer.prose(around)

    assert any(short in text for text in texts(write_short))
    found = texts(lambda writer: writer.code(long))
    assert len(found) > 1
    assert [line for text in found for line in text.splitlines()] == long.splitlines()


def test_cut_prose_repeats_its_last_sentence():
    text = " ".join(f"Sentence {i} has some seven words here." for i in range(20))
    found = passages(make_document(lambda writer: writer.prose(text)))
    assert len(found) > 2
    for before, after in pairwise(found):
        overlap = before.text[after.start - before.start :].strip()
        assert overlap.startswith("Sentence ")
        assert overlap.count("Sentence") == 1
        assert after.text.startswith(overlap)


def test_the_header_of_a_table_goes_with_every_part_of_it():
    rows = [[f"row {i}", "some more words in a cell", "and more"] for i in range(20)]
    header = ["Thing", "Left", "Right"]
    found = passages(make_document(lambda writer: writer.table(header, rows)))
    assert len(found) > 2
    assert found[0].table_header == ""
    assert {passage.table_header for passage in found[1:]} == {"Thing | Left | Right"}
    assert encoded_text(found[1], "Made").splitlines()[:2] == ["Made", "Thing | Left | Right"]


@pytest.mark.parametrize("count", range(WINDOW - 6, WINDOW + 2))
def test_the_marker_of_a_list_item_counts(count):
    text = " ".join(["word"] * count)
    document = make_document(lambda writer: writer.item(text))
    found = [encoded_text(passage, document.title) for passage in passages(document)]
    assert max(count_tokens(found)) <= WINDOW - 2


def test_many_headings_with_nothing_under_them_are_cut_too():
    def write(writer):
        for i in range(100):
            writer.heading(1, f"Heading {i}")
        writer.prose("Text.")

    document = make_document(write)
    found = passages(document)
    assert_whole(document, found)
    assert max(count_tokens([encoded_text(p, "Made") for p in found])) <= WINDOW - 2


def test_a_word_longer_than_the_window_is_cut_anyway():
    found = cut(
        make_document(lambda writer: writer.prose("x" * 500)),
        lambda texts: [len(text) for text in texts],
        WINDOW,
    )
    assert "".join(passage.text for passage in found) == "x" * 500
    assert max(len(passage.text) for passage in found) < WINDOW


def write_three(middle: str):
    def write(writer):
        for name, text in (("One", "First text."), ("Two", middle), ("Three", "Last text.")):
            writer.heading(1, name)
            writer.prose(text)

    return write


def test_ids_are_the_same_in_every_run():
    ids = [passage.id for passage in passages(make_document(write_three("Middle.")))]
    assert ids == [passage.id for passage in passages(make_document(write_three("Middle.")))]


def test_only_the_passage_that_changed_gets_a_new_id():
    before = [passage.id for passage in passages(make_document(write_three("Middle.")))]
    after = [passage.id for passage in passages(make_document(write_three("Now much longer.")))]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]


@pytest.mark.parametrize("change", [{"path": "other.md"}, {"source": "other"}])
def test_the_same_text_elsewhere_has_another_id(change):
    here = passages(make_document(write_three("Middle.")))
    there = passages(make_document(write_three("Middle."), **change))
    assert not {passage.id for passage in here} & {passage.id for passage in there}


def test_text_repeated_in_one_document_has_ids_of_its_own():
    def write(writer):
        for _ in range(3):
            writer.heading(1, "Note")
            writer.prose("Mind the gap.")
        writer.heading(1, "End")
        writer.prose("End.")

    found = passages(make_document(write))
    assert len({passage.id for passage in found}) == 4


def test_a_heading_line_repeats_nothing_and_drops_the_outermost_when_long():
    assert heading_line("Heron", ("HERON", "Backup")) == "Heron > Backup"
    assert heading_line("Heron", ("Backup", "Restore")) == "Heron > Backup > Restore"
    long = heading_line("x" * 100, ("y" * 100, "z" * 50))
    assert long == f"{'y' * 100} > {'z' * 50}"
    assert len(heading_line("x" * 999, ())) == HEADING_CHARS


def test_the_encoded_text_does_not_change_with_what_is_known_about_a_passage():
    passage = passages(make_document(write_three("Middle.")))[0]
    known = replace(passage, subjects=("heron",))
    assert encoded_text(known, "Made") == encoded_text(passage, "Made")
