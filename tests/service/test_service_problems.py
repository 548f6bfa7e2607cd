"""Every error is a problem document, in words, declared for its route in the OpenAPI document."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ragbot.settings import Settings

from .living import Living, living
from .scripted import ScriptedAssistant

JSON = {"content-type": "application/json"}

LONG_LIST = "this list is longer than 200"


def problem_of(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of a response, checked for what all of them have."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["instance"] == response.url.path
    assert all(body[name] for name in ("type", "title", "detail"))
    assert "Traceback" not in response.text
    return body


@pytest.mark.parametrize(
    ("path", "body", "field", "message"),
    [
        ("/v1/ask", {}, "question", "this field is missing"),
        ("/v1/ask", {"question": 3}, "question", "this has to be a text"),
        ("/v1/ask", {"question": "x", "mood": "bad"}, "mood", "there is no such field"),
        ("/v1/ask", [], "body", "this has to be an object with named fields"),
        (
            "/v1/ask",
            {"question": "x", "history": [{"role": "system", "content": "y"}]},
            "history[0].role",
            "this has to be 'user' or 'assistant'",
        ),
        (
            "/v1/ask",
            {"question": "x", "authorities": ["king"]},
            "authorities[0]",
            "this has to be 'official', 'vendor', 'independent' or 'tutorial'",
        ),
        ("/v1/compare", {"subjects": []}, "subjects", "this list needs at least 1"),
        ("/v1/compare", {"subjects": "kestrel"}, "subjects", "this has to be a list"),
        ("/v1/search", {"query": "x", "limit": 0}, "limit", "this has to be at least 1"),
        ("/v1/search", {"query": "x", "limit": 101}, "limit", "this has to be at most 100"),
        ("/v1/search", {"query": "x", "limit": "9"}, "limit", "this has to be a whole number"),
        ("/v1/search", {"query": "x", "subjects": [""] * 201}, "subjects", LONG_LIST),
        ("/v1/search", {"query": "x", "sources": ["a"] * 3000}, "sources", LONG_LIST),
        ("/v1/ask", {"question": "x", "authorities": ["vendor"] * 201}, "authorities", LONG_LIST),
        ("/v1/compare", {"subjects": [1] * 3000}, "subjects", LONG_LIST),
        ("/v1/compare", {"subjects": ["a"], "aspects": ["b"] * 201}, "aspects", LONG_LIST),
        (
            "/v1/ask",
            {"question": "x", "sources": ["y" * 301]},
            "sources[0]",
            "this text is longer than 300 characters",
        ),
        (
            "/v1/ask",
            {"question": "x", "history": [{"role": "user", "content": ""}] * 101},
            "history",
            "this list is longer than 100",
        ),
    ],
)
def test_a_field_at_fault_is_named_in_words(
    client: httpx.Client, path: str, body: object, field: str, message: str
) -> None:
    problem = problem_of(client.post(path, json=body), 422)
    assert {"field": field, "message": message} in problem["errors"]
    assert f"{field}: {message}" in problem["detail"]


def test_a_history_that_is_too_long_all_together() -> None:
    turns = [{"role": "assistant", "content": "x" * 30_000}] * 2
    with (
        living(Settings(), ScriptedAssistant()) as service,
        httpx.Client(base_url=service.url, trust_env=False) as client,
    ):
        body = {"question": "And Heron?", "history": turns}
        (fault,) = problem_of(client.post("/v1/ask", json=body), 422)["errors"]
    assert fault["field"] == "history"
    assert "60,000 characters; send its last turns, at most 50,000" in fault["message"]


def test_of_thousands_of_faults_the_first_are_told(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={f"a{n}": 1 for n in range(1200)})
    assert len(problem_of(response, 422)["errors"]) == 20
    assert len(response.content) < 5000


def test_a_question_the_library_refuses(client: httpx.Client) -> None:
    problem = problem_of(client.post("/v1/ask", json={"question": "  "}), 422)
    assert problem["detail"] == "the question is empty; ask something"
    problem = problem_of(client.post("/v1/compare", json={"subjects": ["emu"]}), 422)
    assert "kestrel, osprey, heron" in problem["detail"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b'{"question": ', JSON, 400),
        (b'{"question": "\xff"}', JSON, 400),
        (b"[" * 15_000, JSON, 400),
        (b"question=x", {"content-type": "application/x-www-form-urlencoded"}, 415),
        (b'{"question": "x"}', {}, 415),
        (b"", JSON, 422),
        (b'{"question": "\\ud800"}', JSON, 422),
        (b'{"question": "x", "\\ud800": 1}', JSON, 422),
        (b'{"question": NaN}', JSON, 422),
    ],
)
def test_a_body_that_is_no_question(
    client: httpx.Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    problem_of(client.post("/v1/ask", content=content, headers=headers), status)


@pytest.mark.parametrize("path", ["/v1/documents/emu", "/v1/passages/a/b", "/nothing", "/v1/ask/"])
def test_what_is_not_there(client: httpx.Client, path: str) -> None:
    problem_of(client.get(path), 404)


def test_a_method_that_a_path_does_not_take(client: httpx.Client) -> None:
    response = client.get("/v1/ask")
    assert response.headers["allow"] == "POST"
    assert problem_of(response, 405)["detail"] == "/v1/ask does not take GET; it takes POST."


def test_an_id_of_any_length_is_a_problem(client: httpx.Client) -> None:
    problem_of(client.get(f"/v1/documents/{'x' * 301}"), 422)


def in_pieces(total: int) -> Iterator[bytes]:
    """A body without a length, sent in chunks."""
    for _ in range(total // 1000):
        yield b" " * 1000


@pytest.mark.parametrize("size", [21_000, 3_000_000])
def test_a_large_body_is_refused_with_and_without_a_length(client: httpx.Client, size: int) -> None:
    for content in (b" " * size, in_pieces(size)):
        response = client.post("/v1/ask", content=content, headers=JSON)
        assert "20000 bytes" in problem_of(response, 413)["detail"]
    assert client.get("/healthz").status_code == 200


def test_a_chunked_body_under_the_limit_is_read(client: httpx.Client) -> None:
    content = iter([b'{"question": ', b'"Kestrel ', b'or Osprey?"}'])
    assert client.post("/v1/ask", content=content, headers=JSON).status_code == 200


def test_a_length_that_lies_is_counted(service: Living) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1000)
    assert httpx.get(f"{service.url}/healthz", trust_env=False).status_code == 200


def test_a_fault_of_ours_is_logged_and_not_shown(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="api"):
        response = client.post("/v1/ask", json={"question": "break it"})
    assert "secret" not in problem_of(response, 500)["detail"]
    assert "secret of the inside" in caplog.text
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_without_an_index_the_service_lives_and_says_why(tmp_path: Path) -> None:
    with (
        living(Settings(index=tmp_path)) as service,
        httpx.Client(base_url=service.url, trust_env=False) as client,
    ):
        assert client.get("/healthz").status_code == 200
        for response in (
            client.get("/readyz"),
            client.get("/v1/subjects"),
            client.post("/v1/ask", json={"question": "Kestrel?"}),
        ):
            problem = problem_of(response, 503)
            assert problem["type"] == "urn:ragbot:index-missing"
            assert "ragbot build" in problem["detail"]
        assert client.get("/").status_code == 200
