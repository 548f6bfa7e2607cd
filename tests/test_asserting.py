"""What a sentence states that another could contradict, and what it calls deprecated."""

import pytest

from ragbot.traits.asserting import assertions
from ragbot.traits.speaking import Speaking, speaking
from ragbot.traits.standing import outdated

BEFORE = Speaking(("marmot",), subject="marmot")


def stated(sentence, guide):
    return [
        (a.subject, a.about, a.values, a.version)
        for a in assertions(sentence, speaking(sentence, guide, BEFORE), guide)
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Heron can run on top of Pond, Lake, or Ibex.",
            ("heron", "run top", ("Ibex", "Lake", "Pond"), ""),
        ),
        ("Heron 3 works with both Brook and Pond.", ("heron", "work", ("Brook", "Pond"), "3")),
        ("It is open to Brook and Pond.", ("marmot", "open", ("Brook", "Pond"), "")),
        ("Heron is used by over 2.5M developers.", ("heron", "developers", ("2500000",), "")),
        ("Heron has 12,500 users.", ("heron", "users", ("12500",), "")),
        ("Heron 3 reads 4 rows at once.", ("heron", "rows", ("4",), "3")),
    ],
)
def test_what_is_stated_of_a_subject(guide, sentence, expected):
    assert stated(sentence, guide) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tools built on Heron speak to Brook and Pond.",  # of tools, not of Heron
        "Heron Viewer runs on Brook and Pond.",  # of another thing with the name in front
        "Heron's server runs on Brook and Pond.",
        "Heron does not run on Brook and Pond.",
        "Does Heron run on Brook and Pond?",
        "Heron runs on stores such as Brook and Pond.",
        "Heron runs on Brook and Pond, among others.",
        "Heron was formerly built on Brook and Pond.",
        "Heron is built on Brook.",  # one name excludes no other
        "In Heron there are 200 users.",
        "Heron and Ibex have 200 users.",
        "Heron has 20 users here and 30 users there.",
    ],
)
def test_what_states_nothing_that_another_excludes(guide, sentence):
    assert stated(sentence, guide) == []


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("NestScript is deprecated, please use hr.compile instead.", "NestScript"),
        ("Warning: Heron for Lua is deprecated and goes away.", "Heron for Lua"),
        ("Warning: The Nest backend is deprecated.", "Nest backend"),
        ("hr.nest.open(args...) is deprecated.", "hr.nest.open"),
        ("Warning: Nests are not recommended for new code.", "Nests"),
    ],
)
def test_what_is_called_deprecated_by_name(guide, sentence, name):
    assert list(outdated(sentence, guide)) == [name]


@pytest.mark.parametrize(
    "sentence",
    [
        "old_rows is deprecated in favour of hr.rows.",  # an argument
        "This function is deprecated.",
        "There is also a deprecated way to call it.",
        "Use HeronNest instead of rows that were removed.",
        "The API is deprecated.",
        "Heron is deprecated.",  # the subject itself tells no part from another
    ],
)
def test_what_is_no_name_of_its_own(guide, sentence):
    assert not list(outdated(sentence, guide))
