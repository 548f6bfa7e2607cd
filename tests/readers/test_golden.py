"""A golden file a construct: what a small sample leaves, word for word."""

import re

import pytest

from tests.readers.goldens import EXPECTED, FOLDER, difference, document_of, samples

MARKUP = re.compile(
    r"\{[{%:#]|</?(?:div|span|td|font)|:\w+:`|\.\. \w+::|^:::|\]\(http|&nbsp;", re.MULTILINE
)


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_construct_leaves_what_it_should(sample, contract) -> None:
    contract(document_of(sample))
    if told := difference(sample):
        pytest.fail(
            f"{sample.name} reads otherwise; if that is right: python -m tests.readers.goldens "
            f"--update, then read the diff\n{told}",
            pytrace=False,
        )


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_no_expectation_holds_markup(sample) -> None:
    document = document_of(sample)
    words = [document.text[b.start : b.end] for b in document.blocks if b.kind != "code"]
    assert [text for text in words if MARKUP.search(text)] == []


def test_every_expectation_has_its_sample() -> None:
    names = {sample.name for sample in samples()}
    assert {path.name.removesuffix(EXPECTED) for path in FOLDER.iterdir()} == names
    assert len(names) > 30
