"""The service over a real index: built here, opened by the app itself, asked over HTTP."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx
import pytest

from ragbot.index.build import build
from ragbot.settings import Settings

from .built import built
from .living import living
from .written import HOSTILE

pytestmark = pytest.mark.quality

T = TypeVar("T")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a small index."""
    return built(tmp_path_factory.mktemp("small")).model_copy(update={"waiting": 50})


@pytest.fixture(scope="module")
def real(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the service that opened it."""
    with (
        living(settings) as service,
        httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client,
    ):
        yield client


def asked(real: httpx.Client, question: str, **more: object) -> dict[str, Any]:
    """The answer to a question."""
    response = real.post("/v1/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_a_comparison_quotes_the_documents_exactly(real: httpx.Client) -> None:
    answer = asked(real, "Is Kestrel or Osprey easier to learn?")
    assert answer["question"]["kind"] == "comparison"
    assert {column["id"] for column in answer["question"]["columns"]} == {"kestrel", "osprey"}
    assert answer["coverage"]["supported"] >= 2
    assert answer["citations"]
    for citation in answer["citations"]:
        document = real.get(f"/v1/documents/{citation['document_id']}").json()
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
        surrounded = real.get(f"/v1/passages/{citation['passage_id']}").json()
        assert surrounded["passage"]["document_id"] == citation["document_id"]
    claims = answer["lead"] + [claim for cell in answer["cells"] for claim in cell["claims"]]
    numbers = {citation["number"] for citation in answer["citations"]}
    assert {number for claim in claims for number in claim["citations"]} == numbers


def test_a_follow_up_knows_what_was_asked(real: httpx.Client) -> None:
    history = [{"role": "user", "content": "Is Kestrel or Osprey easier to learn?"}]
    answer = asked(real, "And which is faster?", history=history)
    assert {column["id"] for column in answer["question"]["columns"]} == {"kestrel", "osprey"}


def test_what_no_document_says_is_refused(real: httpx.Client) -> None:
    answer = asked(real, "How long do I boil an egg?")
    assert answer["refusal"]["reason"]
    assert (answer["cells"], answer["findings"], answer["lead"]) == ([], [], [])


def test_the_other_routes(real: httpx.Client) -> None:
    listed = real.get("/v1/sources").json()["sources"]
    assert [source["id"] for source in listed] == ["kestrel-docs", "bird-review"]
    assert all(source["documents"] == 1 and source["passages"] >= 1 for source in listed)
    guide = real.get("/v1/subjects").json()
    assert guide["subjects"][1]["aliases"] == ["ospreydb"]
    answer = real.post("/v1/compare", json={"subjects": ["kestrel", "ospreydb"]}).json()
    assert [column["name"] for column in answer["question"]["columns"]] == ["Kestrel", "Osprey"]
    found = real.post("/v1/search", json={"query": "console", "sources": ["bird-review"]}).json()
    assert HOSTILE in "".join(hit["passage"]["text"] for hit in found["hits"])
    assert real.get("/readyz").json()["generation"] == found["generation"]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/v1/ask", {"question": " \n "}, 422, "empty"),
        ("/v1/ask", {"question": "Kestrel? " * 200}, 422, "at most 1,000"),
        ("/v1/search", {"query": ""}, 422, "empty"),
        ("/v1/compare", {"subjects": ["kestrel", "emu"]}, 422, "Kestrel"),
    ],
)
def test_what_the_library_does_not_take(
    real: httpx.Client, path: str, body: object, status: int, words: str
) -> None:
    response = real.post(path, json=body)
    assert response.status_code == status
    assert words.lower() in response.json()["detail"].lower()


def test_ids_that_the_index_does_not_hold(real: httpx.Client) -> None:
    for path in ("/v1/documents/none", "/v1/passages/none", "/v1/documents/a%00b"):
        response = real.get(path)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "question",
    ["\x00 Kestrel", "' OR 1=1 --", "Kestrel \u202e\ufffe?", "🦅" * 100, "? ! .", "a" * 999],
)
def test_odd_questions_get_an_answer(real: httpx.Client, question: str) -> None:
    asked(real, question)


def test_fifty_at_once_get_what_one_gets(real: httpx.Client) -> None:
    questions = ["Kestrel or Osprey?", "What is Kestrel?", "Which is faster, Kestrel or Osprey?"]
    alone = {q: real.post("/v1/ask", json={"question": q}).content for q in questions}

    async def together() -> list[tuple[str, bytes]]:
        async with httpx.AsyncClient(
            base_url=real.base_url, timeout=120, trust_env=False
        ) as client:
            order = [questions[n % len(questions)] for n in range(50)]
            posts = [client.post("/v1/ask", json={"question": question}) for question in order]
            replies = await asyncio.gather(*posts)
            return [(q, reply.content) for q, reply in zip(order, replies, strict=True)]

    for question, content in asyncio.run(together()):
        assert content == alone[question]


def test_a_service_that_was_started_first_answers_once_there_is_an_index(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    late = settings.model_copy(update={"index": tmp_path_factory.mktemp("late")})
    with (
        living(late) as service,
        httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client,
    ):
        assert client.get("/readyz").status_code == 503
        build(late)
        first = until(lambda: client.get("/readyz").json().get("generation"))
        assert asked(client, "Kestrel or Osprey?")["generation"] == first


def test_a_rebuilt_index_is_followed_and_a_damaged_one_is_not(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = built(tmp_path_factory.mktemp("moving"))
    with (
        living(settings) as service,
        httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client,
    ):
        first = client.get("/readyz").json()["generation"]
        review = settings.corpus / "review.md"
        review.write_text(f"{review.read_text()}\nOsprey is slow to start.\n", encoding="utf-8")
        second = build(settings).generation

        def moved() -> bool:
            return bool(client.get("/readyz").json()["generation"] == second)

        assert first != second
        assert until(moved)
        assert "slow to start" in client.post("/v1/search", json={"query": "slow start"}).text
        review.write_text("# Nothing\n\nNothing is said.\n", encoding="utf-8")
        third = build(settings).generation
        (settings.index / "generations" / third / "subjects.toml").write_text("x")
        time.sleep(2.5)
        for _ in range(3):
            assert client.get("/readyz").json()["generation"] == second
            time.sleep(0.5)


def until(ready: Callable[[], T]) -> T:
    """What `ready` says, as soon as that is something."""
    for _ in range(200):
        found = ready()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it took longer than twenty seconds")
