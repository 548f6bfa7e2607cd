"""What is worth quoting in a document, and of whom it speaks."""

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings

from ragbot.answer.plain import in_words
from ragbot.index import rows, schema
from ragbot.passages import cut
from ragbot.statements import MAX_WORDS, find, statement_text, with_subjects
from ragbot.types import BlockKind, Document, FactKind, Passage, Statement

from .sample import make_document
from .test_passages import documents
from .words import WordEncoder


@pytest.fixture
def read(guide):
    """Makes a document and gives (quote, label, subjects) of each statement in it."""

    def read(write, **facts) -> list[tuple[str, str, tuple[str, ...]]]:
        document = make_document(write, **facts)
        found = find(document, passages(document), guide)
        return [(document.text[s.start : s.end], s.label, s.subjects) for s in found]

    return read


def passages(document: Document, window: int = 64) -> list[Passage]:
    return cut(document, WordEncoder().count_tokens, window)


def quotes(found: list[tuple[str, str, tuple[str, ...]]]) -> list[str]:
    return [quote for quote, _, _ in found]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(document=documents())
def test_every_statement_of_any_document_is_an_exact_short_slice(guide, document):
    cuts = passages(document)
    held = {passage.id: passage for passage in cuts}
    for statement in find(document, cuts, guide):
        quote = document.text[statement.start : statement.end]
        passage = held[statement.passage_id]
        assert 0 < len(quote.split()) <= MAX_WORDS == 60
        assert quote == quote.strip()
        assert passage.start <= statement.start < statement.end <= passage.end
        assert any(
            block.start <= statement.start
            and statement.end <= block.end
            and block.kind is statement.kind
            for block in document.blocks
        )


def test_a_sentence_is_a_statement_and_a_heading_is_none(read):
    def write(writer):
        writer.heading(1, "Heron")
        writer.prose("Heron is fast. Ibex is slow.")

    found = read(write)
    assert found == [
        ("Heron is fast.", "", ("heron",)),
        ("Ibex is slow.", "", ("ibex",)),
    ]


def test_a_sentence_of_more_than_sixty_words_is_not_quoted(read):
    short, long = ("Heron " + " ".join(["runs"] * count) + "." for count in (59, 60))
    assert len(read(lambda writer: writer.prose(short))) == 1
    assert read(lambda writer: writer.prose(long)) == []


class TestLeaning:
    def test_a_sentence_that_leans_begins_with_its_neighbour(self, read):
        found = read(lambda writer: writer.prose("Heron is small. This makes it fast. Ibex waits."))
        assert found == [
            ("Heron is small.", "", ("heron",)),
            ("Heron is small. This makes it fast.", "", ("heron",)),
            ("Ibex waits.", "", ("ibex",)),
        ]

    @pytest.mark.parametrize(
        "word", ["It", "However, it", "These", "As a result, they", "Both", "Unlike Ibex, it"]
    )
    def test_words_that_lean(self, read, word):
        found = quotes(read(lambda writer: writer.prose(f"Heron is small. {word} runs.")))
        assert found[1] == f"Heron is small. {word} runs."

    @pytest.mark.parametrize("word", ["Items", "However, Ibex", "Itself"])
    def test_words_that_do_not(self, read, word):
        found = quotes(read(lambda writer: writer.prose(f"Heron is small. {word} runs.")))
        assert found[1] == f"{word} runs."

    @pytest.mark.parametrize(
        ("second", "subjects"),
        [
            ("It beats Ibex.", ("heron",)),
            ("However, it runs on top of Ibex.", ("heron",)),
            ("Unlike Ibex, it keeps no log.", ("heron",)),
            ("This makes Ibex look slow.", ("heron", "ibex")),
        ],
    )
    def test_it_speaks_of_what_its_neighbour_does(self, read, second, subjects):
        found = read(lambda writer: writer.prose(f"Heron is small. {second}"))
        assert found[1][2] == subjects

    def test_it_may_stand_a_paragraph_before_but_not_above_a_heading(self, read):
        def write(writer):
            writer.prose("Heron is small.")
            writer.prose("It beats Ibex.")
            writer.heading(1, "Marmot")
            writer.prose("It beats Ibex.")

        assert [subjects for _, _, subjects in read(write)] == [("heron",), ("heron",), ("marmot",)]

    def test_what_is_only_likened_to_is_not_spoken_of_whatever_the_title(self, read):
        found = read(lambda w: w.prose("Unlike Heron, it keeps a log."), title="Coming from Heron")
        assert found[0][2] == ()

    def test_where_both_are_too_long_it_stands_alone_but_keeps_the_subject(self, read):
        first = "Heron " + " ".join(["runs"] * 50) + "."
        second = "It " + " ".join(["walks"] * 20) + "."
        document = make_document(lambda writer: writer.prose(f"{first} {second}"))
        found = read(lambda writer: writer.prose(f"{first} {second}"))
        if len(passages(document)) == 1:
            pytest.fail("the window holds both; the test means nothing")
        assert found[-1] == (second, "", ("heron",))

    def test_the_first_sentence_leans_on_nothing(self, read):
        assert (
            quotes(read(lambda writer: writer.prose("It runs. Heron is small.")))[0] == "It runs."
        )


class TestSubjects:
    def test_by_name_before_heading(self, read):
        def write(writer):
            writer.heading(1, "Heron")
            writer.prose("Ibex is slow.")

        assert read(write)[0][2] == ("ibex",)

    def test_by_the_innermost_heading_that_names_one(self, read):
        def write(writer):
            writer.heading(1, "Heron")
            writer.heading(2, "Beside Ibex")
            writer.heading(3, "Speed")
            writer.prose("Very slow.")

        assert read(write)[0][2] == ("ibex",)

    def test_by_the_title(self, read):
        assert read(lambda w: w.prose("Very slow."), title="All of Marmot")[0][2] == ("marmot",)

    def test_by_the_document_where_it_has_one_subject(self, read):
        one = read(lambda w: w.prose("Very slow."), subjects=("heron",))
        two = read(lambda w: w.prose("Very slow."), subjects=("heron", "ibex"))
        assert (one[0][2], two[0][2]) == (("heron",), ())

    def test_a_heading_that_names_several_tells_of_none(self, read):
        def write(writer):
            writer.heading(1, "Heron and Ibex")
            writer.prose("Very slow.")

        assert read(write, subjects=("heron", "ibex"))[0][2] == ()
        assert read(write, subjects=("heron",))[0][2] == ("heron", "ibex")  # of both, in its manual

    def test_by_nothing(self, read):
        assert read(lambda w: w.prose("Very slow."))[0][2] == ()

    def test_a_passage_is_of_all_that_its_statements_name(self, guide):
        document = make_document(lambda w: w.prose("Heron runs on Ibex. Heron rests."))
        cuts = passages(document)
        known = with_subjects(document, cuts, find(document, cuts, guide), guide)
        assert [passage.subjects for passage in known] == [("heron", "ibex")]
        assert [passage.subjects for passage in cuts] == [()]


class TestLists:
    def test_an_item_has_its_lead_as_label(self, read):
        def write(writer):
            writer.prose("Advantages of Heron:")
            writer.item("small files")
            writer.item("no server, unlike Ibex")

        assert read(write) == [
            ("small files", "Advantages of Heron", ("heron",)),
            ("no server, unlike Ibex", "Advantages of Heron", ("heron",)),
        ]

    def test_a_long_item_is_quoted_sentence_by_sentence(self, read):
        sentences = [f"Heron {' '.join(['runs'] * 24)} {i}." for i in range(2)]
        found = read(lambda writer: writer.item(" ".join(sentences)))
        assert quotes(found) == sentences

    def test_a_lead_ends_with_its_list(self, read):
        def write(writer):
            writer.prose("Advantages of Heron:")
            writer.item("small files")
            writer.prose("That was that.")
            writer.item("another list")

        assert [label for _, label, _ in read(write)] == ["Advantages of Heron", "", ""]

    def test_a_long_lead_is_no_label(self, read):
        def write(writer):
            writer.prose(" ".join(["word"] * 26) + ":")
            writer.item("small files")

        assert read(write)[-1][:2] == ("small files", "")


class TestTables:
    def test_cells_by_column(self, read):
        found = read(
            lambda w: w.table(
                ["Work", "Heron", "Ibex"], [["Reads", "fast", "slow"], ["Size", "1", ""]]
            )
        )
        assert found == [
            ("fast", "Reads | Heron", ("heron",)),
            ("slow", "Reads | Ibex", ("ibex",)),
            ("1", "Size | Heron", ("heron",)),
        ]

    def test_cells_by_row(self, read):
        found = read(lambda w: w.table(["Name", "Reads", "Cost"], [["Heron", "fast", "none"]]))
        assert found == [
            ("fast", "Heron | Reads", ("heron",)),
            ("none", "Heron | Cost", ("heron",)),
        ]

    def test_a_column_wins_over_the_row(self, read):
        found = read(
            lambda w: w.table(["", "Heron", "Ibex"], [["Import from Marmot", "yes", "no"]])
        )
        assert [subjects for _, _, subjects in found] == [("heron",), ("ibex",)]

    def test_a_row_of_no_subject_is_quoted_whole_under_its_header(self, read):
        found = read(lambda w: w.table(["Work", "Time"], [["Reads", "4 of Heron"]]))
        assert found == [("Reads | 4 of Heron", "Work | Time", ("heron",))]

    def test_a_table_without_a_header(self, read):
        found = read(lambda w: w.table(None, [["Heron", "fast", "free"]]))
        assert [(quote, label) for quote, label, _ in found] == [
            ("fast", "Heron"),
            ("free", "Heron"),
        ]

    def test_a_row_of_another_width_is_not_put_under_wrong_columns(self, read):
        found = read(lambda w: w.table(["Work", "Heron", "Ibex"], [["Reads", "fast"]]))
        assert found == [("Reads | fast", "Work | Heron | Ibex", ())]

    def test_a_cell_in_a_later_passage_keeps_its_labels(self, read):
        rows = [[f"Work {i}", "fast and small and quiet", "slow and big"] for i in range(20)]
        document = make_document(lambda w: w.table(["Work", "Heron", "Ibex"], rows))
        assert len(passages(document)) > 2
        found = read(lambda w: w.table(["Work", "Heron", "Ibex"], rows))
        assert found[-1] == ("slow and big", "Work 19 | Ibex", ("ibex",))


class TestCode:
    def test_a_listing_is_one_statement_with_its_lines(self, read):
        found = read(lambda w: w.code("import hr\n\nhr.open()"))
        assert quotes(found) == ["import hr\n\nhr.open()"]

    def test_its_lead_says_whom_it_speaks_of(self, read):
        def write(writer):
            writer.prose("Open Heron:")
            writer.code("open()")

        assert read(write) == [("open()", "", ("heron",))]

    def test_a_long_listing_is_cut_between_lines(self, guide):
        code = "\n".join(f"call number {i} with words" for i in range(40))
        document = make_document(lambda w: w.code(code))
        found = find(document, passages(document, 999), guide)
        pieces = [document.text[s.start : s.end] for s in found]
        assert len(pieces) > 2
        assert "\n".join(pieces) == code
        assert {s.kind for s in found} == {BlockKind.CODE}


def test_what_is_encoded_of_a_statement():
    assert statement_text("T", ("A", "B"), "L", "Q") == "B: L: Q"
    assert statement_text("T", (), "", "Q") == "T: Q"


def test_a_statement_stands_in_the_first_passage_that_holds_it_whole(guide):
    text = " ".join(f"Heron number {i} has some seven words." for i in range(20))
    document = make_document(lambda writer: writer.prose(text))
    cuts = passages(document)
    found: list[Statement] = find(document, cuts, guide)
    assert len(found) == 20
    for statement in found:
        whole = [p for p in cuts if p.start <= statement.start and statement.end <= p.end]
        assert statement.passage_id == whole[0].id


def test_facts_go_with_passages_and_statements_and_through_the_database(guide):
    def write(writer):
        writer.heading(1, "Heron")
        writer.prose("Heron stores rows on disk and in memory.")
        writer.heading(2, "Tape (beta)")
        writer.prose("Heron writes tapes slowly.")
        writer.heading(2, "Disk")
        writer.prose("Heron writes disks fast. The lag option is deprecated since 1.4.")

    document = make_document(write)
    cuts = passages(document)
    found = find(document, cuts, guide)
    beta, old = FactKind.EXPERIMENTAL, FactKind.DEPRECATED
    assert [passage.facts for passage in cuts] == [(), (beta,), (old,)]
    assert [statement.facts for statement in found] == [(), (beta,), (), (old,)]
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.executescript(schema.SCHEMA)
    rows.put_document(database, 0, document)
    for i, passage in enumerate(cuts):
        rows.put_passage(database, i, 0, passage)
    for i, statement in enumerate(found):
        rows.put_statement(database, i, cuts.index(_of(statement, cuts)), statement)
    assert rows.document(database.execute("SELECT * FROM documents").fetchone()) == document
    assert [rows.passage(row) for row in database.execute(rows.PASSAGES)] == cuts
    assert [rows.statement(row) for row in database.execute(rows.STATEMENTS)] == found
    assert [in_words(fact) for fact in document.facts] == ["beta", "deprecated since 1.4"]


def test_facts_of_what_is_nested_in_an_item_go_with_it(guide):
    def write(writer):
        writer.heading(1, "Heron")
        writer.item("Heron writes tapes:")
        writer.item("the lag option is deprecated since 1.4.", 1)

    document = make_document(write)
    whole, nested = find(document, passages(document), guide)
    assert whole.start < nested.start < nested.end == whole.end
    assert nested.facts == whole.facts == (FactKind.DEPRECATED,)
    assert whole.outdates == ()


def _of(statement: Statement, cuts: list[Passage]) -> Passage:
    return next(passage for passage in cuts if passage.id == statement.passage_id)
