"""What people report of tools of this kind, each kind once and from end to end.

One index is built by hand-computable vectors of documents in every markup; each row asks it one
question, and the words that answer it must be quoted exactly, from the place where they stand.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from ragbot.assistant import Assistant
from ragbot.errors import BuildError, QuestionError
from ragbot.index.build import build
from ragbot.index.report import Report
from ragbot.settings import Settings
from ragbot.types import Address, Answer
from ragbot.understand.followup import Turn

from .readers.test_pdf import lines, write_pdf
from .reported_sample import DOCUMENTS, LEFT, LINE, RIGHT, ROWS, Row, encoder
from .service.living import Living, living


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Report]:
    """The index of all of these documents, and what was said of its build."""
    folder = tmp_path_factory.mktemp("reported")
    for name, text in DOCUMENTS.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    rows = zip(lines(*LEFT), lines(*RIGHT, left=330), strict=True)
    head = (72.0, 740.0, 18.0, "The machines of the yard and what they lift and pull in a year")
    placed = [head, *(one for row in rows for one in row)]
    (folder / "docs/yard.pdf").write_bytes(write_pdf([placed]))
    settings = Settings(
        corpus=folder / "docs", index=folder / "index", subjects=folder / "docs/subjects.toml"
    )
    return settings, build(settings, encoder())


@pytest.fixture(scope="module")
def asked(made: tuple[Settings, Report]) -> Assistant:
    return Assistant.open(made[0], encoder())


def checked(assistant: Assistant, answer: Answer) -> list[str]:
    """The quotes of an answer; each is exactly what stands in its document."""
    for citation in answer.citations:
        one = citation.evidence
        document = assistant.generation.library.document(one.document_id)
        assert document.text[one.start : one.end] == one.quote
    return [citation.evidence.quote for citation in answer.citations]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_it_is_quoted_from_where_it_stands(asked: Assistant, row: Row) -> None:
    before = [Turn("user", row.before)] if row.before else []
    answer = asked.ask(row.question, before)
    quotes = checked(asked, answer)
    found = [one for one in answer.citations if row.expect in one.evidence.quote]
    assert found, quotes
    if row.section:
        assert row.section in {one.section for one in found}
    if row.title:
        assert {one.title for one in found} == {row.title}
    assert not row.never or not any(row.never in quote for quote in quotes)
    assert len(quotes) == len(set(quotes)) or row.kind == "the same words twice"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("灯塔什么时候点亮", "灯塔每天傍晚点亮。"),
        ("渡船早晨出发", "渡船在早晨出发。"),
        ("מתי נסגר הרציף", "הרציף נסגר בשעה 19."),
    ],
)
def test_words_of_other_scripts_are_found_a_sentence_at_a_time(asked, query, said) -> None:
    first = asked.search(query, 1)[0]
    assert said in first.passage.text
    assert first.lexical_score
    told = asked.generation.library.statement_texts()
    assert [one for one in told if one.endswith(f": {said}")]


def test_what_cannot_be_read_is_named_and_all_else_is_there(made, asked) -> None:
    _, report = made
    assert [problem.path for problem in report.problems] == ["broken.ipynb"]
    there = {document.path for document in asked.generation.library.documents()}
    copies = {one.path for name in there for one in _copies(asked, name)}
    files = {*DOCUMENTS, "yard.pdf"} - {"broken.ipynb", "parts/pump.inc", "parts/valve.inc"}
    assert there | copies == files


def _copies(asked: Assistant, path: str) -> tuple[Address, ...]:
    library = asked.generation.library
    passages = [one for one, _ in library.passage_titles()]
    own = {document.id for document in library.documents() if document.path == path}
    return tuple(
        two for one in passages if one.document_id in own for two in library.also_at(one.id)
    )


def test_no_text_has_pictures_or_marks_that_are_not_seen(asked) -> None:
    for document in asked.generation.library.documents():
        assert not re.search(r"[\ufeff\u200f\u202e]|[A-Za-z+/]{60}|</?details|<Sail", document.text)


@pytest.mark.parametrize(
    "question",
    [
        'is "(a:b)" NOT [x TO y] OR a/b~2^3?',
        "'; DROP TABLE documents; --",
        "{{7*7}} %s \\u0000",
        "?",
        "🧨",
    ],
)
def test_signs_of_other_languages_are_words_like_others(asked, question) -> None:
    answer = asked.ask(question)
    assert answer.refusal or checked(asked, answer)


def test_a_question_of_nothing_is_refused_in_a_sentence(asked) -> None:
    with pytest.raises(QuestionError, match="empty"):
        asked.ask(" ")


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Settings of a corpus with one line."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/one.md").write_text(LINE)
    return Settings(
        corpus=tmp_path / "docs", index=tmp_path / "index", subjects=tmp_path / "subjects.toml"
    )


def quotes_of(settings: Settings, question: str) -> list[str]:
    assistant = Assistant.open(settings, encoder())
    return checked(assistant, assistant.ask(question))


@pytest.mark.parametrize("question", ["Anchors rust?", "zzzz qqqq", "???"])
def test_a_corpus_of_two_words_is_one(small: Settings, question: str) -> None:
    build(small, encoder())
    assistant = Assistant.open(small, encoder())
    assert assistant.ask(question)
    assert all(0 <= one.score < 10 for one in assistant.search(question, 100))


def test_what_was_taken_away_or_changed_is_said_no_more(small: Settings) -> None:
    (small.corpus / "two.md").write_text("The pilot sleeps in a hammock.")
    build(small, encoder())
    assert quotes_of(small, "The pilot sleeps in what?") == ["The pilot sleeps in a hammock."]
    (small.corpus / "two.md").write_text("The pilot sleeps in a chair.")
    (small.corpus / "one.md").rename(small.corpus / "moved.md")
    build(small, encoder())
    assert quotes_of(small, "The pilot sleeps in what?") == ["The pilot sleeps in a chair."]
    documents = Assistant.open(small, encoder()).generation.library.documents()
    assert {document.path for document in documents} == {"moved.md", "two.md"}


@pytest.mark.parametrize("left", [{}, {"one.md": ""}, {"one.md": "\x00", "two.pdf": "%PDF-1.4"}])
def test_a_build_that_fails_leaves_what_was_there(small: Settings, left: dict[str, str]) -> None:
    before = build(small, encoder()).generation
    (small.corpus / "one.md").unlink()
    for name, text in left.items():
        (small.corpus / name).write_text(text)
    with pytest.raises(BuildError):
        build(small, encoder())
    assistant = Assistant.open(small, encoder())
    assert assistant.generation.name == before
    assert checked(assistant, assistant.ask("Anchors rust?")) == [LINE]


def test_two_builds_at_once_and_who_asks_meanwhile_do_no_harm(small: Settings) -> None:
    build(small, encoder())
    (small.corpus / "more.md").write_text("The boat leaks.")  # a corpus at rest: one of them builds

    def built(_: int) -> str:
        try:
            return build(small, encoder()).generation
        except BuildError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        builds = [pool.submit(built, number) for number in range(2)]
        while not all(one.done() for one in builds):
            assert quotes_of(small, "Anchors rust?") == [LINE]
    said = [one.result() for one in builds]
    assert Assistant.open(small, encoder()).generation.name in said


@pytest.fixture(scope="module")
def served(made: tuple[Settings, Report], asked: Assistant) -> Iterator[Living]:
    """The same, served under a prefix, to pages of one other site."""
    sites = ("https://quay.example",)
    more = {"root_path": "/pier", "cors_origins": sites, "frame_origins": sites}
    with living(made[0].model_copy(update=more), asked) as service:
        yield service


def test_the_page_asks_below_its_prefix_only(served: Living) -> None:
    page = httpx.get(f"{served.url}/pier/", trust_env=False).text
    addresses = re.findall(r'(?:href|src)="([^"#]*)"', page)
    assert addresses
    assert not [one for one in addresses if one.startswith("/")]
    described = httpx.get(f"{served.url}/pier/openapi.json", trust_env=False).json()
    assert described["servers"] == [{"url": "/pier"}]


def test_a_stream_holds_what_the_answer_does_and_is_not_kept_back(served: Living) -> None:
    question = {"question": "A second plume means danger?"}
    stream = {"Accept": "text/event-stream"}
    url = f"{served.url}/v1/ask"
    streamed = httpx.post(url, json=question, headers=stream, trust_env=False)
    whole = httpx.post(url, json=question, trust_env=False).json()
    assert streamed.headers["x-accel-buffering"] == "no"
    assert "no-" in streamed.headers["cache-control"]
    data = [line[6:] for line in streamed.text.splitlines() if line.startswith("data: ")]
    assert json.loads(data[0])["citations"] == whole["citations"]
    assert "🧨" in whole["citations"][0]["quote"]


@pytest.mark.parametrize("origin", ["https://quay.example", "https://reef.example", "null"])
def test_one_other_site_may_ask_and_read_why_it_may_not(served: Living, origin: str) -> None:
    wrong = httpx.post(
        f"{served.url}/v1/ask", json={"question": 5}, headers={"Origin": origin}, trust_env=False
    )
    assert wrong.status_code == 422
    allowed = wrong.headers.get("access-control-allow-origin")
    assert allowed == (origin if "quay" in origin else None)
    assert "access-control-allow-credentials" not in wrong.headers
    assert "frame-ancestors https://quay.example" in wrong.headers["content-security-policy"]
