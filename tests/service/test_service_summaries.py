"""Summaries over HTTP: the answer at once, the model's words as they are verified."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from ragbot.settings import Settings
from ragbot.types import Answer, Summary

from .living import living
from .scripted import SUMMARY, ScriptedAssistant

STREAM = {"Accept": "text/event-stream"}
QUESTION = {"question": "Kestrel or Osprey?"}
PAUSE = 0.7


class Slow(ScriptedAssistant):
    """Writes its last summary after a while."""

    def summaries(self, answer: Answer) -> Iterator[Summary]:
        for number, summary in enumerate(super().summaries(answer)):
            time.sleep(PAUSE * number)
            yield summary


@pytest.fixture(scope="module")
def writing() -> Iterator[httpx.Client]:
    """A client of a service with a model."""
    with (
        living(Settings(), Slow(summary=SUMMARY)) as service,
        httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client,
    ):
        yield client


def events(client: httpx.Client, body: dict[str, Any]) -> list[tuple[str, Any, float]]:
    """(name, data, seconds since the request) of each event."""
    started = time.monotonic()
    found = []
    with client.stream("POST", "/v1/ask", json=body, headers=STREAM) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "content-security-policy" in response.headers
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
                found.append((name, data, time.monotonic() - started))
    return found


def test_the_answer_is_sent_before_the_model_is_done(writing: httpx.Client) -> None:
    answer, begun, ended = events(writing, QUESTION)
    assert [name for name, _, _ in (answer, begun, ended)] == ["answer", "summary", "summary"]
    assert answer[2] < PAUSE < ended[2]
    assert answer[1]["summary"] is None
    assert answer[1]["cells"]
    assert (begun[1]["status"], ended[1]["status"]) == ("writing", "written")
    assert begun[1]["sentences"] == []


def test_its_sentences_have_the_numbers_of_the_answer(writing: httpx.Client) -> None:
    answer, _, (_, summary, _) = events(writing, QUESTION)
    quotes = {c["number"]: c["quote"] for c in answer[1]["citations"]}
    first, second = summary["sentences"]
    assert [quotes[n] for n in first["citations"]] == [
        "Kestrel answers a point read in 4 microseconds on a laptop."
    ]
    assert (second["subject"], second["aspect"]) == ("osprey", "learning")
    assert (summary["kept"], summary["dropped"], summary["faults"]) == (2, 1, ["number"])


def test_as_one_body_it_holds_both(writing: httpx.Client) -> None:
    body = writing.post("/v1/ask", json=QUESTION).json()
    assert body["summary"]["status"] == "written"
    assert "2 of 3 sentences" in body["summary"]["note"]
    document = writing.get("/openapi.json").json()
    schema = {"$ref": "#/components/schemas/AnswerOut", "components": document["components"]}
    Draft202012Validator(schema).validate(body)
    declared = document["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]
    assert set(declared) == {"application/json", "text/event-stream"}


@pytest.mark.parametrize("question", ["What is the weather on Mars?", "How do I open it?"])
def test_where_there_is_no_summary_there_is_only_the_answer(
    client: httpx.Client, writing: httpx.Client, question: str
) -> None:
    for each in (client, writing):
        assert [name for name, _, _ in events(each, {"question": question})] == ["answer"]
        assert each.post("/v1/ask", json={"question": question}).json()["summary"] is None


def test_who_wants_none_gets_none(writing: httpx.Client) -> None:
    body = QUESTION | {"summary": False}
    assert [name for name, _, _ in events(writing, body)] == ["answer"]
    assert writing.post("/v1/ask", json=body).json()["summary"] is None
    compared = {"subjects": ["kestrel", "osprey"]}
    assert writing.post("/v1/compare", json=compared).json()["summary"]["kept"] == 2
    compared["summary"] = False
    assert writing.post("/v1/compare", json=compared).json()["summary"] is None
    assert writing.post("/v1/ask", json=QUESTION | {"summary": "no"}).status_code == 422


def test_a_fault_is_a_problem_also_to_who_asks_for_events(client: httpx.Client) -> None:
    for question, status in (("  ", 422), ("break it", 500)):
        response = client.post("/v1/ask", json={"question": question}, headers=STREAM)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
