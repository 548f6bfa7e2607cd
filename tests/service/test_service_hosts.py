"""Which hosts are answered to, HEAD, and what may be kept by whom."""

import socket

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from api.hosts import AllowedHosts, _name
from ragbot.settings import Settings, load

from .living import Living
from .test_service_problems import problem_of

GETS = (
    *("/healthz", "/readyz", "/v1/index", "/v1/sources", "/v1/subjects", "/openapi.json"),
    *("/v1/documents/bird-review", "/v1/passages/p-bird-review", "/", "/docs", "/page.js"),
)


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/sources", "/v1/documents/bird-review"])
@pytest.mark.parametrize(
    "host", ["rebound.example", "localhost.rebound.example:8000", "10.1.2.3", "127.0.0.1.nip.io"]
)
def test_a_name_that_is_not_ours_is_refused(client: httpx.Client, path: str, host: str) -> None:
    problem = problem_of(client.get(path, headers={"host": host}), 421)
    assert problem["type"] == "urn:ragbot:host"
    assert repr(host) in problem["detail"]
    assert "RAGBOT_ALLOWED_HOSTS" in problem["detail"]
    refused = client.post("/v1/ask", json={"question": "Kestrel?"}, headers={"host": host})
    problem_of(refused, 421)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:9"])
def test_loopback_is_ours(client: httpx.Client, host: str) -> None:
    assert client.get("/v1/sources", headers={"host": host}).status_code == 200


def knows(host: str, settings: Settings) -> bool:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise NotImplementedError

    return AllowedHosts(app, settings)._knows(_name(host))


@pytest.mark.parametrize(
    ("bound", "allowed", "host", "known"),
    [
        ("127.0.0.1", "", "docs.example", False),
        ("127.0.0.1", "docs.example", "Docs.Example:443", True),
        ("127.0.0.1", "docs.example", "docs.example.", True),
        ("127.0.0.1", "docs.example", "a.docs.example", False),
        ("127.0.0.1", "*.docs.example, b.example", "a.docs.example", True),
        ("127.0.0.1", "*.docs.example, b.example", "b.example", True),
        ("127.0.0.1", "*.docs.example", "evildocs.example", False),
        ("127.0.0.1", "*", "anything.example", True),
        ("127.0.0.1", "", "192.168.1.5", False),
        ("0.0.0.0", "", "192.168.1.5:8000", True),
        ("0.0.0.0", "", "[fe80::1%25eth0]:8000", True),
        ("0.0.0.0", "", "rebound.example", False),
        ("0.0.0.0", "", "this-machine", True),
        ("0.0.0.0", "", "this-machine.local:8000", True),
        ("127.0.0.1", "", "this-machine", False),
        ("::", "", "10.0.0.1", True),
        ("::1", "", "[::1]:80", True),
        ("ragbot.lan", "", "ragbot.lan", True),
        ("ragbot.lan", "", "ragbot.lan.example", False),
    ],
)
def test_what_is_known_depends_on_where_it_listens_and_on_the_setting(
    monkeypatch: pytest.MonkeyPatch, bound: str, allowed: str, host: str, known: bool
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "This-Machine")
    monkeypatch.setenv("RAGBOT_ALLOWED_HOSTS", allowed)
    assert knows(host, load({"host": bound})) is known


def test_a_request_without_a_host_is_from_no_browser(service: Living) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("path", GETS)
def test_head_is_get_without_the_body(client: httpx.Client, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "cache-control", "etag"):
        assert head.headers.get(name) == got.headers.get(name), name


def test_head_of_what_is_not_there_or_takes_no_get(client: httpx.Client) -> None:
    assert client.head("/nothing").status_code == 404
    assert client.head("/v1/ask").status_code == 405
    assert client.post("/healthz").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", GETS)
def test_every_get_says_what_may_be_kept(client: httpx.Client, path: str) -> None:
    page = path in ("/", "/docs", "/page.js")
    expected = "no-cache" if page else "no-store"  # no-cache: asked anew with the ETag
    assert client.get(path).headers["cache-control"] == expected
    assert bool(client.get(path).headers.get("etag")) is page


def test_answers_and_problems_are_not_kept(client: httpx.Client) -> None:
    for body in ({"question": "Kestrel?"}, {}):
        assert client.post("/v1/ask", json=body).headers["cache-control"] == "no-store"
