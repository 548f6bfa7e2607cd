"""Another field than the shipped one: what the releases in this environment say of themselves."""

from importlib.metadata import metadata
from pathlib import Path

import pytest

from ragbot.assistant import Assistant
from ragbot.index.build import build
from ragbot.settings import Settings

pytestmark = pytest.mark.quality

RELEASES = ("attrs", "h11", "idna", "joblib", "pytest", "rich", "ruff", "uvicorn")
ANSWERED = {
    "How much faster is Ruff than existing linters?": "10-100x faster",
    "Under which license is Ruff released?": "MIT license",
    "Which Flake8 plugins can Ruff replace?": "Ruff can be used to replace Flake8",
    "Which error does idna raise for an illegal combination of left-to-right and right-to-left "
    "characters?": "idna.IDNABidiError",
    "Which protocols does uvicorn support?": "HTTP/1.1, HTTP/2 and WebSockets",
    "What is uvicorn?": "ASGI web server implementation for Python",
    "What can the Table class of Rich resize?": "resize columns to fit the available width",
    "Which dependency of joblib mitigates memory leaks?": "optional dependency on psutil",
    "Which was the last version of h11 compatible with Python 2?": "h11 0.11.x",
    "Which license has pytest?": "MIT license",
}
REFUSED = (
    "How do I bake sourdough bread?",
    "Who won the football world cup in 1998?",
    "What is the capital of Mongolia?",
    "When should tomatoes be planted outside?",
    "What does the module Twite do?",
)


def write_descriptions(folder: Path) -> None:
    """Put the description of each release into a file of its kind."""
    folder.mkdir()
    for name in RELEASES:
        told = metadata(name)
        is_markdown = "markdown" in (told.get("Description-Content-Type") or "")
        path = folder / f"{name}{'.md' if is_markdown else '.txt'}"
        path.write_text(str(told.get_payload()), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("field")
    write_descriptions(folder / "corpus")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    report = build(settings)
    return report, Assistant.open(settings)


def test_all_is_read_and_hardly_any_markup_is_left(built):
    report, _ = built
    assert report.problems == ()
    readers = report.counts.readers
    assert sum(one.documents for one in readers.values()) == len(RELEASES)
    statements = sum(one.statements for one in readers.values())
    assert statements > 200
    assert sum(one.with_markup for one in readers.values()) <= 0.002 * statements
    assert all(one.listings for one in readers.values())


@pytest.mark.parametrize("question", ANSWERED)
def test_it_is_answered_by_exact_quotes(built, question):
    _, assistant = built
    answer = assistant.ask(question)
    assert answer.refusal is None
    library = assistant.generation.library
    for citation in answer.citations:
        evidence = citation.evidence
        text = library.document(evidence.document_id).text
        assert text[evidence.start : evidence.end] == evidence.quote
    quotes = [" ".join(one.evidence.quote.split()) for one in answer.citations]
    assert any(ANSWERED[question] in quote for quote in quotes)


@pytest.mark.parametrize("question", REFUSED)
def test_what_is_of_another_field_is_refused(built, question):
    _, assistant = built
    assert assistant.ask(question).refusal is not None
