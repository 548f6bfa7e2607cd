"""Subjects and aspects, and finding them in text."""

from itertools import pairwise

import pytest

from ragbot.errors import ConfigError
from ragbot.guide import Guide, load, parse


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Heron", ("heron",)),
        ("HERON or ibex?", ("heron", "ibex")),
        ("ibex, then Heron, then Ibex", ("ibex", "heron")),
        ("Heron DB is a heron", ("heron",)),
        ("heron\n db", ("heron",)),
        ("the HeronDB file", ("heron",)),
        ("herons fly", ()),
        ("superheron", ()),
        ("Heron's file", ("heron",)),
        ("(Heron)", ("heron",)),
        ("Heron.", ("heron",)),
        ("pre-Heron days", ()),
        ("", ()),
    ],
)
def test_subjects_by_name_and_alias(guide, text, subjects):
    assert guide.subjects_in(text) == subjects


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("call hr.open(1)", ("heron",)),
        ("call hr.ibex.open(1)", ("ibex",)),  # the longest prefix wins
        ("call hr.ibexes", ("heron",)),
        ("HR.open is not a symbol", ()),  # programming names keep their case
        ("their hr. Department", ()),
        ("other.hr.open", ()),
        ("heron.box.open", ("heron",)),  # its own name is a prefix too
        ("herondb.open", ("heron",)),
        ("Heron.Net", ()),  # but this is likely another thing's
    ],
)
def test_subjects_by_symbol(guide, text, subjects):
    assert guide.subjects_in(text) == subjects


def test_words_of_the_whole_field():
    guide = parse('[all]\nwords = ["database*"]\ngeneral = ["row*", "data store"]\n')
    text = "Rows of a data store, or of databases"
    assert [text[a:b] for a, b in guide.general_spans(text)] == ["Rows", "data store", "databases"]
    assert parse("").general_spans(text) == []


def test_mentions_are_in_order_without_overlaps_and_cut_the_text(guide):
    text = "Heron DB, hr.ibex.open and Marmot 2; heron"
    found = [(text[start:end], subject) for start, end, subject in guide.mentions(text)]
    assert found == [
        ("Heron DB", "heron"),
        ("hr.ibex.open", "ibex"),
        ("Marmot 2", "marmot"),
        ("heron", "heron"),
    ]
    spans = [(start, end) for start, end, _ in guide.mentions(text)]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fast", 1),
        ("faster than the fastest", 2),
        ("fast FAST fast", 1),
        ("breakfast", 0),
        ("latencies", 1),
        ("speedy", 0),  # a word without a star stands whole
        ("Speed", 1),
    ],
)
def test_a_star_ends_a_stem_and_each_word_counts_once(guide, text, words):
    assert guide.aspect_words("speed", text) == words


def test_a_word_with_a_space_is_found_with_a_hyphen_too():
    guide = parse('[[aspect]]\nid = "u"\nname = "U"\ndescription = "d"\nwords = ["user friendly"]')
    assert guide.aspects_in("a user-friendly and a user  friendly thing") == ("u",)


def test_aspects_come_with_most_words_first_then_in_file_order(guide):
    assert guide.aspects_in("a price for a backup") == ("backup", "cost")
    assert guide.aspects_in("a backup: free, or a price to pay") == ("cost", "backup")
    assert guide.aspects_in("nothing of that") == ()


def test_aspect_spans_cut_the_words_out(guide):
    text = "Fast reads, low latencies."
    assert [text[a:b] for a, b in guide.aspect_spans("speed", text)] == ["Fast", "latencies"]


def test_a_subject_is_found_by_id_name_or_alias_whatever_its_case(guide):
    for name in ("heron", "HERON", "Heron  DB", "herondb"):
        assert guide.subject(name).id == "heron"
    assert guide.subject("gull") is None


def test_an_aspect_is_found_by_id_name_or_word(guide):
    for name in ("learning", "Learning curve", "easy"):
        assert guide.aspect(name).id == "learning"
    assert guide.aspect("colour") is None


def test_all_is_asked_for_by_the_words_that_mean_all(guide):
    assert guide.asks_for_all("Which Database is best?")
    assert not guide.asks_for_all("Which database2 is best?")
    assert not Guide().asks_for_all("Which database is best?")


def test_an_empty_guide_finds_nothing_but_keeps_working():
    empty = parse("")
    assert empty.subjects_in("Heron hr.open") == ()
    assert empty.aspects_in("fast") == ()
    assert empty.subject("heron") is None


SUBJECT = '[[subject]]\nid = "a"\nname = "A"\n'
ASPECT = '[[aspect]]\nid = "a"\nname = "A"\ndescription = "d"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject: a", "not valid TOML"),
        ('[[subject]]\nid = "a"', r"subject\.0\.name"),
        ('[[subject]]\nname = "A"', r"subject\.0\.id"),
        ('[[subject]]\nid = "A b"\nname = "A"', r"subject\.0\.id"),
        (SUBJECT + 'alias = ["b"]', r"subject\.0\.alias"),
        (SUBJECT + 'aliases = "b"', r"subject\.0\.aliases"),
        (SUBJECT + 'aliases = [""]', r"subject\.0\.aliases"),
        (ASPECT + 'words = ["*"]', r"aspect\.0\.words"),
        ('[[aspect]]\nid = "a"\nname = "A"', r"aspect\.0\.description"),
        ("[subjects]\n", "subjects"),
        (SUBJECT + SUBJECT, r"two \[\[subject\]\] entries have the id 'a'"),
        (ASPECT + ASPECT, r"two \[\[aspect\]\] entries have the id 'a'"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, text, said):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=f"mine\\.toml.*{said}"):
        load(path)


def test_a_subject_and_an_aspect_may_share_an_id():
    assert parse(SUBJECT + ASPECT).aspect("a").description == "d"


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.toml"):
        load(tmp_path / "gone.toml")
    (tmp_path / "latin.toml").write_bytes(b'[all]\nwords = ["\xe9"]\n')
    with pytest.raises(ConfigError, match=r"latin\.toml"):
        load(tmp_path / "latin.toml")


def test_the_guide_keeps_the_text_it_was_made_of(tmp_path):
    path = tmp_path / "subjects.toml"
    path.write_text(SUBJECT)
    assert load(path).text == SUBJECT


def test_a_product_must_be_of_a_subject_that_there_is():
    text = '[[product]]\nid = "gull"\nname = "Gull"\n'
    assert parse(text).names == {"gull"}
    assert parse(text).subjects_in("Gull") == ()
    with pytest.raises(ConfigError, match=r"gull.*'heron'"):
        parse(text + 'subject = "heron"\n')
