"""Every route, asked over HTTP: what comes back is what the assistant said, and always the same."""

import asyncio
import logging
import time

import httpx
import pytest

from ragbot.settings import Settings
from ragbot.types import Authority

from .living import living
from .scripted import ELSEWHERE, REFUSAL, ScriptedAssistant
from .written import DOCUMENTS, HOSTILE, SOURCES

QUESTION = {"question": "Is Kestrel or Osprey faster?"}


def test_an_answer_numbers_its_quotes_and_every_number_is_a_citation(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json=QUESTION).json()
    numbers = [citation["number"] for citation in answer["citations"]]
    claims = answer["lead"] + [claim for cell in answer["cells"] for claim in cell["claims"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sorted({n for claim in claims for n in claim["citations"]}) == numbers
    assert [column["name"] for column in answer["question"]["columns"]][:2] == ["Kestrel", "Osprey"]
    assert answer["question"]["unknown"] == ["Merlin"]
    assert len(answer["cells"]) == 6
    assert answer["cells"][2]["status"] == "no_evidence"
    assert answer["coverage"]["supported"] == 4
    assert answer["refusal"] is None


def test_the_quote_of_a_citation_is_the_text_of_its_document(client: httpx.Client) -> None:
    for question in ("Is Kestrel faster?", "How do I open it?"):
        for citation in client.post("/v1/ask", json={"question": question}).json()["citations"]:
            document = client.get(f"/v1/documents/{citation['document_id']}").json()
            assert document["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_citation_says_who_speaks_and_when(client: httpx.Client) -> None:
    citation = client.post("/v1/ask", json=QUESTION).json()["citations"][1]
    assert citation["authority"] == "official"
    assert citation["kind"] == "documentation"
    assert citation["block"] == "prose"
    assert (citation["published"], citation["updated"]) == ("undated", "2025-03-02")
    assert citation["section"] == ["Speed"]
    assert citation["source_id"] == SOURCES[0].id
    assert citation["also_at"] == []


def test_a_citation_says_where_else_its_text_stands(client: httpx.Client) -> None:
    citation = client.post("/v1/ask", json=QUESTION).json()["citations"][0]
    assert [address["title"] for address in citation["also_at"]] == [a.title for a in ELSEWHERE]
    assert citation["also_at"][0]["url"] == "https://mirror.example/review"


def test_history_and_filters_reach_the_assistant(
    client: httpx.Client, scripted: ScriptedAssistant
) -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    scope = {"subjects": ["heron"], "sources": ["bird-review"], "authorities": ["independent"]}
    body = {"question": "and Heron?", "history": turns, **scope}
    answer = client.post("/v1/ask", json=body).json()
    question, history, filters = scripted.asked[-1]
    assert question == "and Heron?"
    assert [(turn.role, turn.content) for turn in history] == [("user", "a"), ("assistant", "b")]
    assert filters.subjects == ("heron",)
    assert filters.sources == ("bird-review",)
    assert filters.authorities == (Authority.INDEPENDENT,)
    assert answer["question"]["standalone"] != answer["question"]["text"]


def test_a_refusal_says_why_and_what_came_nearest(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": "Weather on Mars?"}).json()
    assert answer["refusal"]["reason"] == REFUSAL
    assert [citation["number"] for citation in answer["refusal"]["nearest"]] == [1, 2]
    assert (answer["lead"], answer["cells"], answer["findings"]) == ([], [], [])


def test_compare_and_search(client: httpx.Client) -> None:
    answer = client.post("/v1/compare", json={"subjects": ["kestrel", "osprey"]}).json()
    assert answer["cells"]
    found = client.post("/v1/search", json={"query": "reads", "limit": 2}).json()
    assert [hit["dense_rank"] for hit in found["hits"]] == [1, 2]
    assert found["hits"][0]["passage"]["document_id"] == DOCUMENTS[0].id
    assert all(isinstance(hit["parts"], list) for hit in found["hits"])


def test_what_is_held(client: httpx.Client) -> None:
    listed = client.get("/v1/sources").json()["sources"]
    assert [source["id"] for source in listed] == [source.id for source in SOURCES]
    assert listed[0]["documents"] == 1
    guide = client.get("/v1/subjects").json()
    assert [subject["name"] for subject in guide["subjects"]] == ["Kestrel", "Osprey", "Heron"]
    assert guide["aspects"][1]["name"] == "Learning curve"
    document = client.get("/v1/documents/bird-review").json()
    assert document["blocks"][0] == {"kind": "heading", "start": 0, "end": 31, "depth": 1}
    assert document["sections"][0]["heading_path"] == ["Three small databases, compared"]
    surrounded = client.get("/v1/passages/p-kestrel-manual").json()
    assert surrounded["previous"] is None
    assert surrounded["next"]["id"] == "p-bird-review"


def test_health(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json()["generation"] == "20260101-000000"


def test_markup_in_a_document_is_json_text(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": "script"})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert any(HOSTILE in citation["quote"] for citation in response.json()["citations"])


@pytest.mark.parametrize("question", ["Kestrel or Osprey?", "Mars?", "open"])
def test_the_same_question_gives_the_same_bytes(client: httpx.Client, question: str) -> None:
    bodies = {client.post("/v1/ask", json={"question": question}).content for _ in range(3)}
    assert len(bodies) == 1


def test_fifty_questions_at_once() -> None:
    async def all_at_once(url: str) -> list[bytes]:
        async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
            posts = [client.post("/v1/ask", json=QUESTION) for _ in range(50)]
            return [response.content for response in await asyncio.gather(*posts)]

    with living(Settings(waiting=50), ScriptedAssistant(delay=0.1)) as service:
        bodies = asyncio.run(all_at_once(service.url))
    assert len(bodies) == 50
    assert len(set(bodies)) == 1


def test_the_log_has_a_line_a_request_and_no_question(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api"):
        client.post("/v1/ask", json={"question": "a private matter"})
        client.get("/?q=a+private+matter")
        client.get("/no%0Asuch%20line")
        end = time.monotonic() + 10  # a line is written after its answer was sent
        while "line 404" not in caplog.text and time.monotonic() < end:
            time.sleep(0.02)
    text = caplog.text
    assert "POST /v1/ask 200" in text
    assert "private" not in text
    assert "GET /no%0Asuch%20line 404" in text


def test_a_disagreement_has_both_sides_by_their_citations(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": "On what do they disagree?"}).json()
    (conflict,) = answer["conflicts"]
    assert (conflict["about"], conflict["follows"]) == ("the number of users", 0)
    quotes = {c["number"]: c["quote"] for c in answer["citations"]}
    newer, older = conflict["sides"]
    assert next(quotes[n] for n in newer["citations"]).startswith("Kestrel answers a point read")
    assert len(newer["citations"]) == 2
    assert (newer["age"], newer["authority"], newer["date"]) == ("newer", "official", "2025-03-02")
    assert [quotes[n] for n in older["citations"]] == ["ten minutes"]
    assert answer["cells"][0]["status"] == "disagree"
    (claim,) = answer["lead"]
    assert claim["marks"] == [{"kind": "old", "text": "of 2017"}]
    assert claim["agreement"] == {
        "voices": {"official": 2, "independent": 1},
        "text": "also said by 2 official pages and 1 independent article",
    }


def test_whoever_listens_to_uvicorn_hears_no_question(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    heard = logging.getLogger("uvicorn.access")
    heard.addHandler(caplog.handler)
    try:
        with caplog.at_level("INFO", heard.name), httpx.Client(base_url=client.base_url) as fresh:
            fresh.get("/?q=a+private+matter")
    finally:
        heard.removeHandler(caplog.handler)
    assert "private" not in caplog.text
