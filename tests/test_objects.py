"""What a question names: resolved, or said to be unknown, and never replaced by a look-alike."""

from dataclasses import replace

import pytest

from ragbot.guide import parse
from ragbot.types import ObjectKind
from ragbot.understand.names import NamedDocument
from ragbot.understand.objects import ObjectFinder
from ragbot.understand.resolver import Resolver
from ragbot.understand.spelling import Spelling
from ragbot.understand.vocabulary import Vocabulary

GUIDE = parse(
    """
[[subject]]
id = "heron"
name = "Heron"
aliases = ["heronlib"]
symbols = ["hr.", "box."]

[[subject]]
id = "marmoset"
name = "Marmoset"
symbols = ["mm."]

[[product]]
id = "heron-serve"
name = "HeronServe"
subject = "heron"
aliases = ["heron serve"]

[[product]]
id = "gull"
name = "Gull"
"""
)
DOCUMENTS = (
    NamedDocument("d1", ("hr.box.CtcSeal", "hr.box.seals.CtcSeal"), ("heron",)),
    NamedDocument("d2", ("mm.layers.Dense",), ("marmoset",)),
    NamedDocument("d3", ("mm.optimizers.Adam",), ("marmoset",)),
    NamedDocument("d4", ("hr.optim.Adam",), ("heron",)),
    NamedDocument("d5", ("hr.multi_margin_seal",), ("heron",)),
    NamedDocument("d6", ("hr.box.Linear",), ("heron",)),
    NamedDocument("d7", ("mm.gather",), ("marmoset",)),
    NamedDocument("d8", ("hr.gather",), ("heron",)),
    NamedDocument("d9", ("hr.Store.save",), ("heron",)),
    NamedDocument("d10", ("hr.box.BatchNorm2d",), ("heron",)),
)
HELD = {"mm.layers", "gull", "my_name", "optimizer", "dense", "performance", "flask", "gpu"}
HELD |= {"save", "store"}
LANGUAGE = {"adam", "linear", "dense", "performance", "touch", "save", "marmots"}


class FewNames:
    lasts = frozenset(d.names[0].rsplit(".", 1)[1].lower() for d in DOCUMENTS)

    def ending(self, written):
        return tuple(one for one in DOCUMENTS if one.ending(written))

    def begins(self, written):
        return any(n.startswith(f"{written.lower()}.") for d in DOCUMENTS for n in d.names)


def weights(text):
    """Words that the corpus holds weigh little."""
    found = {}
    for written in text.split():
        word = written.strip("?.,").lower()
        stemmed = {"performance": "perform", "optimizer": "optim"}.get(word, word)
        found[stemmed] = 0.5 if word == "gis" else 0.2 if word in HELD else 1.0
    return found


RESOLVER = Resolver(lambda: DOCUMENTS, GUIDE, weights)
VOCABULARY = Vocabulary(GUIDE, weights, FewNames(), LANGUAGE.__contains__, RESOLVER)


@pytest.fixture
def find():
    return ObjectFinder(VOCABULARY).find


@pytest.mark.parametrize(
    ("text", "written", "name", "subject", "read_as"),
    [
        # The name of a subject before a programming name is whose it is.
        ("heron.box.CtcSeal in mm", "heron.box.CtcSeal", "hr.box.CtcSeal", "heron", True),
        ("heronlib.hr.box.CtcSeal?", "heronlib.hr.box.CtcSeal", "hr.box.CtcSeal", "heron", True),
        ("is box.Linear slow", "box.Linear", "hr.box.Linear", "heron", True),
        (
            "what is hr.box.seals.CtcSeal",
            "hr.box.seals.CtcSeal",
            "hr.box.seals.CtcSeal",
            "heron",
            0,
        ),
        ("batchnorm2d in marmoset", "batchnorm2d", "hr.box.BatchNorm2d", "heron", True),
        # What has no page of its own but is held by a passage stays what it is.
        ("mm.layers or hr", "mm.layers", "mm.layers", "marmoset", False),
        ("hr.box or a module", "hr.box", "hr.box", "heron", False),
        # Plain words, by their capitals or the word after them.
        ("Adam optimizer of marmoset", "Adam", "mm.optimizers.Adam", "marmoset", True),
        ("the adam optimizer of marmoset", "adam", "mm.optimizers.Adam", "marmoset", True),
        ("Does Heron have Adam?", "Adam", "hr.optim.Adam", "heron", True),
        ("Adam vs BatchNorm2d in heron", "Adam", "hr.optim.Adam", "heron", True),
        # The nearest subject's; a name of two, with none named, is of neither.
        ("gather() of heron in marmoset", "gather", "hr.gather", "heron", True),
        ("what does gather() do", "gather", "hr.gather", "", True),
    ],
)
def test_a_name_is_read_as_that_of_a_document(find, text, written, name, subject, read_as):
    one = next(o for o in find(text) if o.kind is ObjectKind.SYMBOL)
    assert (one.text, one.name, one.subject) == (written, name, subject)
    assert one.read_as == (name if read_as else "")
    assert text[one.start : one.end] == written


@pytest.mark.parametrize(
    "text",
    [
        "multi seal in heron",  # a part of hr.multi_margin_seal
        "Save it in heron",  # only opens a sentence
        "how to save a store in heron",
        "is the linear way better",
        "Can I use Heron.Net?",
    ],
)
def test_a_part_of_a_name_or_a_word_of_the_language_is_none(find, text):
    assert not [o for o in find(text) if o.name]


def test_a_name_that_nothing_holds_is_unknown_and_no_look_alike(find):
    (one,) = find("what is heron.Dense?")  # there is one of another subject
    assert (one.name, one.subject) == ("", "heron")
    assert ObjectFinder(VOCABULARY).unknown([one]) == ("heron.Dense",)


def test_a_name_of_ones_own_program_is_not_called_unknown(find):
    (one,) = find("why is my_own_thing() slow in heron")
    assert (one.text, one.is_resolved) == ("my_own_thing", False)
    assert ObjectFinder(VOCABULARY).unknown([one]) == ()


def test_names_are_parted_by_a_slash(find):
    assert [o.name for o in find("hr.gather/mm.gather")] == ["hr.gather", "mm.gather"]
    assert [o.name for o in find("Dense/Linear in heron and marmoset")] == [
        "mm.layers.Dense",
        "hr.box.Linear",
    ]


@pytest.mark.parametrize(
    "text", ["Adam in Heron and Marmoset", "why is Adam of Heron, Marmoset slow"]
)
def test_a_name_of_several_subjects_is_one_of_each(find, text):
    found = find(text)
    assert [(o.name, o.subject) for o in found] == [
        ("hr.optim.Adam", "heron"),
        ("mm.optimizers.Adam", "marmoset"),
    ]
    assert {o.start for o in found} == {text.index("Adam")}


def test_initials_that_narrow_a_question_are_objects(find):
    assert [(o.text, o.name, o.kind) for o in find("use GIS or XYZ in Heron on a GPU")] == [
        ("GIS", "GIS", ObjectKind.FEATURE),
        ("XYZ", "", ObjectKind.FEATURE),
    ]


def test_products_are_objects_and_mentions_of_their_subject(find):
    text = "Heron serve or Gull"
    assert [(o.name, o.kind, o.subject) for o in find(text)] == [
        ("HeronServe", ObjectKind.PRODUCT, "heron"),
        ("Gull", ObjectKind.PRODUCT, ""),
    ]
    assert GUIDE.subjects_in(text) == ("heron",)
    assert GUIDE.subject("heronserve").id == "heron"


class TestSpelling:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("Heorn vs Marmosset", "Heron vs Marmoset"),
            ("is maromsett fast?", "is Marmoset fast?"),
            ("the performace of heron", "the performance of heron"),
        ],
    )
    def test_a_misspelt_word_is_read_and_told(self, text, read):
        spelt, said = Spelling(VOCABULARY).corrected(text)
        assert spelt == read
        assert said
        assert all(" read as " in one for one in said)

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("the cold stroe", "the cold store"),  # two letters swapped
            ("how much amonia?", "how much ammonia?"),  # one that should be doubled
            ("Skau holds some", "Skua holds some"),  # a name that only the corpus knows
            ("which temprature", "which temperature"),  # a letter of a long word left out
        ],
    )
    def test_a_slip_is_read_by_the_words_of_a_corpus_of_few_passages(self, text, read):
        """In which no word is common: all have the same weight."""
        held = "the cold store of skua holds some ammonia at a temperature".split()  # noqa: SIM905
        few = replace(
            VOCABULARY,
            weights=lambda text: dict.fromkeys(text.lower().split(), 1.0),
            is_word=lambda word: word in {"which", "temperature", "store", "much"},
            holds=held.__contains__,
        )
        assert Spelling(few).corrected(text)[0] == read

    @pytest.mark.parametrize("text", ["Sula or Skat?", "the stones", "Skau"])
    def test_what_is_no_slip_of_a_word_that_is_held_stays(self, text):
        few = replace(
            VOCABULARY, weights=lambda text: {text.lower(): 1.0}, is_word=lambda _: False,
            holds={"store", "skat"}.__contains__,
        )  # fmt: skip
        assert Spelling(few).corrected(text) == (text, ())

    @pytest.mark.parametrize(
        "text",
        [
            "touch and heron",  # words of the language
            "marmots live",
            "flask vs heron",  # held by the corpus
            "hr.perfromance, `perfromance` and perfromance()",  # programming names
            "PerformAnce",
            "django or heron",  # nothing is near
        ],
    )
    def test_what_may_be_meant_as_written_stays(self, text):
        assert Spelling(VOCABULARY).corrected(text) == (text, ())
