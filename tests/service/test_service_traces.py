"""Traces: what a collector gets of a request, what it never gets, and what none costs."""

import json
import logging
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

import api.traces
from api import request_ids
from api.app import create_app
from api.logs import Lines, Objects
from api.sparing import LOGGERS
from api.traces import NoTraces, open_traces
from ragbot.assistant import Assistant
from ragbot.errors import ConfigError
from ragbot.settings import Settings, load
from ragbot.stages import stage
from tests.stub_model import says, stub
from tests.words import WordEncoder, WordJudge

from .collector import Collector, attributes, collecting
from .living import living
from .scripted import ScriptedAssistant

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CLIENTS = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "abc-1"}
SECRET = "heron zeitgeist"
ASKED = {"question": f"Is Heron fast, and {SECRET}?"}
MCP = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": f"Is Heron fast, {SECRET}?"}},
}


@dataclass(frozen=True)
class Followed:
    """What a collector has got, and what the service has logged meanwhile."""

    collector: Collector
    log: str

    def requests(self) -> dict[str, Any]:
        """The span of each request, by its name."""
        return {span.name: span for span in self.collector.spans() if span.kind == 2}

    def within(self, parent: Any) -> list[str]:
        """The names of the spans below one, sorted, each once."""
        spans, found = self.collector.spans(), [parent]
        for above in found:
            found += [span for span in spans if span.parent_span_id == above.span_id]
        return sorted({span.name for span in found[1:]})


class Kept(logging.Handler):
    """Keeps the lines of a log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(Lines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def followed(built: Settings, **more: Any) -> Followed:
    """A few requests of a service with a language model and a collector."""
    kept, log = Kept(), logging.getLogger("api")
    level = log.level
    with (
        pytest.MonkeyPatch.context() as patch,
        collecting() as collector,
        stub(says("Heron is fast.")) as model,
    ):
        patch.setattr(WordJudge, "judge", stage("judge")(WordJudge.judge))
        log.setLevel(logging.INFO)
        log.addHandler(kept)
        settings = model.settings(built, otlp_endpoint=collector.url, **more)
        assistant = Assistant.open(settings, WordEncoder())
        with (
            living(settings, assistant) as service,
            httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client,
        ):
            client.post("/v1/ask", json=ASKED, headers=CLIENTS)
            streamed = {"Accept": "text/event-stream"}
            client.post("/v1/ask", json={"question": "Is Heron fast?"}, headers=streamed)
            client.post("/v1/compare", json={"subjects": [SECRET, "heron"]})
            accepted = {"Accept": "application/json, text/event-stream"}
            client.post("/mcp", json=MCP, headers=accepted).raise_for_status()
            client.get(f"/v1/documents/{SECRET}")
            client.get("/healthz")
            client.get("/metrics")
        log.removeHandler(kept)
        log.setLevel(level)
        return Followed(collector, "\n".join(kept.lines))


@pytest.fixture(scope="module")
def seen(built: Settings) -> Followed:
    return followed(built)


def test_a_request_is_a_span_with_its_stages_within(seen: Followed) -> None:
    spans = [s for s in seen.collector.spans() if s.name == "POST /v1/ask"]
    asked = next(span for span in spans if span.trace_id.hex() == TRACE)
    assert asked.parent_span_id.hex() == PARENT  # the client's
    said = attributes(asked)
    assert said["http.request.method"] == "POST"
    assert said["http.route"] == "/v1/ask"
    assert said["http.response.status_code"] == 200
    assert said["ragbot.request"] == "abc-1"
    assert said["ragbot.generation"]
    assert said["ragbot.refused"] is False
    stages = ["compose", "judge", "model", "search", "understand"]
    assert seen.within(asked) == stages
    streamed = next(span for span in spans if span is not asked)
    assert streamed.trace_id.hex() != TRACE
    assert seen.within(streamed) == stages
    assert {path for path, _ in seen.collector.batches} == {"/v1/traces"}
    assert seen.collector.resources()["service.name"] == "ragbot"


def test_tools_of_the_protocol_are_traced_too(seen: Followed) -> None:
    tool = seen.requests()["POST /mcp"]
    assert seen.within(tool) == ["compose", "judge", "search", "understand"]
    assert "ragbot.generation" in attributes(tool)


def test_what_machines_ask_every_few_seconds_is_not(seen: Followed) -> None:
    named = set(seen.requests())
    assert named == {
        "POST /v1/ask",
        "POST /v1/compare",
        "POST /mcp",
        "GET /v1/documents/{id:path}",
    }


def test_no_span_has_what_a_user_wrote(seen: Followed) -> None:
    everything = b"".join(batch.SerializeToString() for _, batch in seen.collector.batches)
    assert b"compose" in everything
    assert not [word for word in (*SECRET.split(), "fast") if word.encode() in everything.lower()]


def test_questions_are_in_spans_where_they_are_logged(built: Settings) -> None:
    found = followed(built, log_questions=True)
    questions = [attributes(span).get("ragbot.question", "") for span in found.collector.spans()]
    assert any(SECRET in question for question in questions)


def test_log_lines_name_the_trace(seen: Followed) -> None:
    mine = [line for line in seen.log.splitlines() if "[abc-1 " in line]
    assert mine
    assert all(line.endswith(f"[abc-1 {TRACE}]") for line in mine)
    record = logging.LogRecord("api", logging.INFO, "", 0, "said", (), None)
    token = request_ids.trace.set(TRACE)
    try:
        assert json.loads(Objects().format(record))["trace"] == TRACE
    finally:
        request_ids.trace.reset(token)


def test_a_failure_is_told_by_its_name_only() -> None:
    with collecting() as collector:
        settings = Settings(otlp_endpoint=f"{collector.url}/v1/traces")
        with living(settings, ScriptedAssistant()) as service:
            asked = {"question": "Does it break?"}
            httpx.post(f"{service.url}/v1/ask", json=asked, trust_env=False)
        (span,) = collector.spans()
    assert (span.status.code, span.status.message) == (2, "500")
    assert b"secret" not in span.SerializeToString()
    assert not span.events


def test_a_collector_that_is_silent_costs_nobody_anything() -> None:
    assert OTLPSpanExporter.__module__ in LOGGERS  # nor fills the log
    with socket.create_server(("127.0.0.1", 0)) as nobody:  # takes, and never answers
        settings = Settings(otlp_endpoint=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with living(settings, ScriptedAssistant()) as service:
            asked = {"question": "Kestrel or Osprey?"}
            answered = httpx.post(f"{service.url}/v1/ask", json=asked, trust_env=False)
            assert answered.status_code == 200
            begun = time.monotonic()
            service.stop()
            assert time.monotonic() - begun < 10  # a client's connection has to end as well


def test_without_a_collector_there_is_nothing() -> None:
    assert isinstance(open_traces(Settings()), NoTraces)
    code = (
        "import sys; from api.app import create_app; from ragbot.settings import load; "
        "create_app(load()); print([m for m in sys.modules if m.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_the_environment_says_to_others_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """FastAPI would send paths and queries by itself where these variables are set."""
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "50")
        with living(Settings(), ScriptedAssistant()) as service:
            httpx.get(f"{service.url}/v1/names", params={"q": SECRET}, trust_env=False)
            time.sleep(0.3)
    assert collector.batches == []


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.traces, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r'pip install "ragbot\[otel\]"'):
        create_app(Settings(otlp_endpoint="http://127.0.0.1:4318"), None)


@pytest.mark.parametrize("said", ["collector:4318", "http://user:word@host", "http://"])
def test_an_address_that_is_none_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGBOT_OTLP_ENDPOINT", said)
    with pytest.raises(ConfigError, match="otlp_endpoint") as refused:
        load()
    assert "word" not in str(refused.value)
