"""Behind a proxy: under a prefix, with streams not kept back; and pages of other origins."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urljoin

import httpx
import pytest
from openai import OpenAI

from api.streams import kept_open
from ragbot.errors import ConfigError
from ragbot.settings import Settings, load

from .living import Living, living
from .proxy import proxied
from .scripted import SUMMARY, ScriptedAssistant

PREFIX = "/docs/ragbot"
ASK = {"question": "Kestrel or Osprey?"}


@pytest.fixture(scope="module")
def set_up() -> Iterator[Living]:
    """A service that is told its prefix."""
    with living(Settings(root_path=PREFIX), ScriptedAssistant()) as service:
        yield service


@pytest.fixture(scope="module")
def trusting() -> Iterator[Living]:
    """A service that believes the proxy."""
    with living(Settings(trusted_proxies=("127.0.0.0/8",)), ScriptedAssistant()) as service:
        yield service


@pytest.fixture(params=["set, stripped", "set, kept", "told, stripped", "told, kept"])
def front(request: pytest.FixtureRequest, set_up: Living, trusting: Living) -> Iterator[str]:
    """The address under the prefix, of each kind of proxy."""
    how, path = request.param.split(", ")
    service = set_up if how == "set" else trusting
    with proxied(service.url, PREFIX, strips=path == "stripped", says=how == "told") as url:
        yield f"{url}{PREFIX}"


def test_page_and_api_work_under_a_prefix(front: str) -> None:
    with httpx.Client(timeout=30, trust_env=False) as client:
        for page in ("/", "/docs"):
            text = client.get(f"{front}{page}").text
            found = re.findall(r'(?:href|src|action)="([^"#]*)"', text)
            assert len(found) > 4
            for address in found:
                whole = urljoin(f"{front}{page}", address)
                assert whole.startswith(front)
                assert client.get(whole).status_code == 200, whole
        for script in ("service.js", "page.js", "answer.js", "docs.js"):
            assert not re.findall(
                r"[\"`']/(?:v1|\?|[a-z]+\.)", client.get(f"{front}/{script}").text
            )
        assert client.post(f"{front}/v1/ask", json=ASK).json()["citations"]
        problem = client.get(f"{front}/v1/documents/emu").json()
        assert problem["status"] == 404
        assert client.get(f"{front}/openapi.json").json()["servers"] == [{"url": PREFIX}]
        with OpenAI(base_url=f"{front}/v1", api_key="none") as openai:
            assert [model.id for model in openai.models.list()] == ["ragbot"]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("how", ["set", "told"])
def test_a_prefix_leads_around_no_guard(
    how: str, times: int, set_up: Living, trusting: Living
) -> None:
    service = set_up if how == "set" else trusting
    headers = {"X-Forwarded-Prefix": PREFIX} if how == "told" else {}
    for path in ("/v1/admin/audit", "/v1/admin/rollback"):
        answer = httpx.get(f"{service.url}{PREFIX * times}{path}", headers=headers, trust_env=False)
        assert answer.status_code == 403


def test_the_prefix_alone_leads_to_the_page(set_up: Living) -> None:
    response = httpx.get(f"{set_up.url}{PREFIX}?q=x", trust_env=False)
    assert (response.status_code, response.headers["location"]) == (308, f"{PREFIX}/?q=x")


def test_a_prefix_is_not_believed_of_everyone(service: Living) -> None:
    headers = {"X-Forwarded-Prefix": PREFIX}
    assert httpx.get(f"{service.url}{PREFIX}/healthz", headers=headers).status_code == 404
    assert "servers" not in httpx.get(f"{service.url}/openapi.json", headers=headers).json()


@pytest.mark.parametrize("told", ["//evil.example", "/a b", "https://evil.example", "/<script>"])
def test_an_odd_prefix_is_passed_over(trusting: Living, told: str) -> None:
    headers = {"X-Forwarded-Prefix": told}
    assert httpx.get(f"{trusting.url}/healthz", headers=headers).status_code == 200
    assert "servers" not in httpx.get(f"{trusting.url}/openapi.json", headers=headers).json()


def test_what_is_set_wrongly_is_said() -> None:
    for name, value in (("root_path", "ragbot"), ("root_path", "/a//b"), ("root_path", "/a?b")):
        with pytest.raises(ConfigError, match=name):
            load({name: value})
    with (
        pytest.raises(ConfigError, match=r"no address and no network"),
        living(Settings(trusted_proxies=("proxy",)), ScriptedAssistant()),
    ):
        pass


def test_pages_of_named_origins_may_ask_and_no_others() -> None:
    settings = Settings(cors_origins=("https://app.example",), keys="a:reader:" + "0" * 64)
    with living(settings, ScriptedAssistant()) as service:

        def preflight(origin: str) -> httpx.Response:
            headers = {
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            }
            return httpx.options(f"{service.url}/v1/ask", headers=headers, trust_env=False)

        allowed = preflight("https://app.example")
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://app.example"
        other = preflight("https://evil.example")
        assert "access-control-allow-origin" not in other.headers
        refused = httpx.post(
            f"{service.url}/v1/ask", json=ASK, headers={"Origin": "https://app.example"}
        )
        assert refused.status_code == 401  # and the page may read why
        assert refused.headers["access-control-allow-origin"] == "https://app.example"


def test_pages_of_named_origins_may_frame_the_page_and_no_others(service: Living) -> None:
    def policy(url: str) -> str:
        return httpx.get(f"{url}/", trust_env=False).headers["content-security-policy"]

    assert "frame-ancestors 'none'" in policy(service.url)
    with living(Settings(frame_origins=("https://app.example",)), ScriptedAssistant()) as framed:
        assert "frame-ancestors https://app.example" in policy(framed.url)
        assert "'none'" not in policy(framed.url).partition("frame-ancestors")[2]


@pytest.mark.parametrize("name", ["cors_origins", "frame_origins"])
@pytest.mark.parametrize(
    "told", ["null", "app.example", "https://a.example/page", "file://", "a;b"]
)
def test_what_is_no_origin_of_pages_is_said(name: str, told: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load({name: told})


def test_streams_are_not_kept_back() -> None:
    settings = Settings(llm_url="http://127.0.0.1:9/v1", llm_model="written")
    with living(settings, ScriptedAssistant(summary=SUMMARY)) as service:
        headers = {"Accept": "text/event-stream"}
        asked = httpx.post(f"{service.url}/v1/ask", json=ASK, headers=headers)
        body = {"messages": [{"role": "user", "content": "Kestrel?"}], "stream": True}
        chat = httpx.post(f"{service.url}/v1/chat/completions", json=body)
        for response in (asked, chat):
            assert response.headers["x-accel-buffering"] == "no"
            assert response.headers["cache-control"] == "no-store"


def test_a_quiet_stream_is_kept_open_and_ends_with_its_reader() -> None:
    closed = []

    async def events() -> AsyncIterator[str]:
        try:
            yield "one"
            await asyncio.sleep(0.35)
            yield "two"
            await asyncio.sleep(60)
        finally:
            closed.append(True)

    async def read() -> list[str]:
        found = []
        stream = kept_open(events(), 0.1)
        async for event in stream:
            found.append(event)
            if event == "two":
                break
        await stream.aclose()
        return found

    one, *comments, two = asyncio.run(asyncio.wait_for(read(), 10))
    assert (one, two, closed) == ("one", "two", [True])
    assert len(comments) >= 2
    assert set(comments) == {": still at work\n\n"}
