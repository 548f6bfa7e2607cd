"""What an operator sees: figures, request ids, logs, and what readers say of answers."""

import json
import logging
import re
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api import request_ids
from api.feedback import store as stores
from api.feedback.gaps import NEAR, gaps
from api.feedback.report import page
from api.feedback.store import Feedback, FeedbackStore, KeptAnswer
from api.logs import Lines, Objects
from ragbot import stages
from ragbot.assistant import Assistant
from ragbot.cli import main
from ragbot.errors import ConfigError
from ragbot.index.generation import Generation
from ragbot.settings import Settings

from .living import Living, living
from .scripted import ScriptedAssistant

DOCS = Path(__file__).parents[2] / "docs"
ASK = {"question": "Kestrel or Osprey?"}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A service that keeps questions."""
    folder = tmp_path_factory.mktemp("watched")
    with living(Settings(index=folder, keep_questions_days=30), ScriptedAssistant()) as service:
        yield service


@pytest.fixture
def asking(watched: Living) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=watched.url, timeout=30, trust_env=False) as client:
        yield client


def figures(client: httpx.Client) -> dict[str, float]:
    """Each sample by its name and labels."""
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    return {
        f"{sample.name}{json.dumps(sample.labels, sort_keys=True)}": sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_requests_refusals_and_queues_are_counted(asking: httpx.Client) -> None:
    asked = 'ragbot_requests_total{"method": "POST", "route": "/v1/ask", "status": "200"}'
    before = figures(asking)
    asking.post("/v1/ask", json=ASK)
    asking.post("/v1/ask", json={"question": "Mars?"})
    asking.post("/v1/ask", json={"question": ""})
    asking.get("/v1/documents/emu")
    asking.post("/v1/search", json={"query": "x" * 100_000})  # turned away before it is routed
    asking.post("/mcp", json={})
    for number in range(3):
        asking.request(f"MADEUP{number}", "/v1/ask")
    after = figures(asking)
    assert after[asked] - before.get(asked, 0) == 2
    assert after['ragbot_refusals_total{"reason": "not_in_the_documents"}'] == 1
    assert after["ragbot_answers_total{}"] - before["ragbot_answers_total{}"] == 2
    where = '"route": "/v1/documents/{id:path}", "status": "404"}'
    assert after[f'ragbot_requests_total{{"method": "GET", {where}'] == 1
    turned = 'ragbot_requests_total{"method": "POST", "route": "/v1/search", "status": "413"}'
    assert after[turned] - before.get(turned, 0) == 1
    assert [n for n in after if n.startswith("ragbot_requests_total") and '"/mcp"' in n]
    assert after['ragbot_request_seconds_bucket{"le": "+Inf", "route": "/v1/ask"}'] >= 3
    assert after['ragbot_waiting{"work": "answers"}'] == 0
    assert after["ragbot_build_running{}"] == 0
    assert after['ragbot_index_live{"generation": "20260101-000000"}'] == 1
    assert after["process_resident_memory_bytes{}"] > 0
    assert not [n for n in after if "emu" in n or "Mars" in n or "MADEUP" in n]
    assert sum(count for n, count in after.items() if '"method": "other"' in n) == 3


def test_what_is_asked_again_is_known_and_page_and_dashboard_tell_of_what_there_is(
    built: Settings, assistant: Assistant
) -> None:
    with (
        living(built, assistant) as service,
        httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client,
    ):
        asked = {"question": "Is Heron fast on a laptop?"}
        client.post("/v1/ask", json=asked)
        first = figures(client)
        client.post("/v1/ask", json=asked)
        client.post("/v1/ask", json={"question": "What is the weather on Mars?"})
        again = figures(client)
    hits, misses = (
        f'ragbot_cache_{name}_total{{"cache": "vectors"}}' for name in ("hits", "misses")
    )
    assert first[misses] > 0
    assert again[hits] > first[hits]
    assert again['ragbot_builds_total{"outcome": "failed"}'] == 0
    there = {name.partition("{")[0] for name in again}
    panels = json.loads((DOCS / "grafana.json").read_text(encoding="utf-8"))["panels"]
    shown = json.dumps([panel["targets"] for panel in panels])
    table = (DOCS / "operate.md").read_text(encoding="utf-8").partition("## Figures")[2]
    told = table.partition("\n## ")[0].replace("`..._", "`ragbot_index_")
    for text in (shown, told):
        named = set(re.findall(r"\b(?:ragbot|process)_[a-z_]+[a-z]", text))
        assert len(named) > 15
        assert {n for n in named if not {n, f"{n}_bucket"} & there} == set()
    ours = {re.sub(r"_(bucket|sum|count)$", "", n) for n in there if n.startswith("ragbot_")}
    assert {name for name in ours if name not in told} == set()
    assert {name for name in ours if name not in shown} == set()


def test_stages_take_their_own_time() -> None:
    now = [0.0]

    @stages.stage("search")
    def search() -> None:
        now[0] += 2

    @stages.stage("compose")
    def compose() -> str:
        now[0] += 1
        search()
        search()
        return "done"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "time", SimpleNamespace(perf_counter=lambda: now[0]))
        with stages.watched() as watch:
            assert compose() == "done"
        assert dict(watch.seconds) == {"search": 4.0, "compose": 1.0}
        assert compose() == "done"
        assert dict(watch.seconds) == {"search": 4.0, "compose": 1.0}


def test_a_real_answer_has_all_stages(assistant) -> None:
    with stages.watched() as watch:
        assistant.ask("Is Heron fast?")
        list(assistant.summaries(assistant.ask("Is Heron slow?")))
    assert {"understand", "search", "compose"} <= set(watch.seconds)
    assert "model" not in watch.seconds  # there is none
    assert all(seconds >= 0 for seconds in watch.seconds.values())


def test_a_request_has_an_id_in_answer_problem_and_log(
    asking: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "api")
    mine = asking.post("/v1/ask", json=ASK, headers={"X-Request-ID": "abc-1"})
    assert mine.headers["x-request-id"] == "abc-1"
    made = asking.get("/v1/documents/emu", headers={"X-Request-ID": "a b\tc" + "x" * 200})
    name = made.headers["x-request-id"]
    assert len(name) == 32
    assert made.json()["request"] == name


def test_log_lines_have_the_id_and_json_is_one_object() -> None:
    record = logging.LogRecord("api", logging.INFO, "", 0, "said %s", ("so",), None)
    token = request_ids.current.set("abc-1")
    try:
        assert Lines().format(record).endswith("INFO api said so [abc-1]")
        found = json.loads(Objects().format(record))
    finally:
        request_ids.current.reset(token)
    assert (found["message"], found["request"], found["level"]) == ("said so", "abc-1", "INFO")
    assert "request" not in json.loads(Objects().format(record))


def test_questions_are_logged_only_where_that_is_set(
    asking: httpx.Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    asking.post("/v1/ask", json=ASK)
    assert "Osprey" not in caplog.text
    with living(Settings(index=tmp_path, log_questions=True), ScriptedAssistant()) as service:
        httpx.post(f"{service.url}/v1/ask", json=ASK)
        assert "asked: 'Kestrel or Osprey?'" in caplog.text
        assert FeedbackStore(tmp_path).answers() == []


def test_what_readers_say_is_kept_with_the_answer(asking: httpx.Client, watched: Living) -> None:
    answered = asking.post("/v1/ask", json=ASK).headers["x-request-id"]
    said = {
        "answer": answered,
        "verdict": "down",
        "cell": {"subject": "heron", "aspect": "speed"},
        "word": "Nothing on Heron.",
    }
    assert asking.post("/v1/feedback", json=said).status_code == 201
    assert asking.post("/v1/feedback", json={"answer": "x y", "verdict": "up"}).status_code == 422
    store: FeedbackStore = watched.app.state.feedback
    *_, kept = store.answers()
    assert (kept.id, kept.question, kept.down) == (answered, "Kestrel or Osprey?", 1)
    assert ("heron", "speed") in kept.empty
    *_, line = store.exported()
    assert (line["word"], line["question"]) == ("Nothing on Heron.", "Kestrel or Osprey?")


def test_a_file_that_cannot_be_written_costs_no_answer(
    asking: httpx.Client, watched: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_LOCKED_SECONDS", 0.05)
    store: FeedbackStore = watched.app.state.feedback
    store.add(Feedback("a", "up"))
    before = len(list(store.exported()))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # as a backup does, or another process
        answered = asking.post("/v1/ask", json=ASK)
        refused = asking.post("/v1/feedback", json={"answer": "a", "verdict": "up"})
        assert len(list(store.exported())) == before
        with pytest.raises(ConfigError, match="database is locked"):
            store.add(Feedback("a", "up"))
    assert answered.status_code == 200
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:ragbot:config")
    assert asking.post("/v1/feedback", json={"answer": "a", "verdict": "up"}).status_code == 201


def test_a_damaged_file_of_feedback_is_an_error_of_ours(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path, 30)
    store.add(Feedback("a", "up"))
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("ALTER TABLE feedback RENAME COLUMN word TO words")
    with pytest.raises(ConfigError, match="cannot be used for feedback"):
        list(store.exported())
    store.path.write_bytes(b"no database, but long enough to be looked at" * 100)
    with pytest.raises(ConfigError, match="cannot be used for feedback"):
        store.answers()


def test_the_file_of_feedback_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    store.add(Feedback("a", "up"))
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_questions_are_kept_only_so_long(tmp_path: Path, client: httpx.Client) -> None:
    with living(Settings(index=tmp_path), ScriptedAssistant()) as service:
        answered = httpx.post(f"{service.url}/v1/ask", json=ASK).headers["x-request-id"]
        said = {"answer": answered, "verdict": "up"}
        assert httpx.post(f"{service.url}/v1/feedback", json=said).status_code == 201
    store = FeedbackStore(tmp_path)
    assert store.answers() == []
    (line,) = store.exported()
    assert "question" not in line
    kept = FeedbackStore(tmp_path, 30)
    answer = ScriptedAssistant().ask("Kestrel or Osprey?")
    kept.keep("one", answer)
    assert len(kept.answers()) == 1
    later = FeedbackStore(tmp_path, 1e-9)
    later.keep("two", answer)
    assert "one" not in {each.id for each in later.answers()}


def test_gaps_are_grouped_by_subject_and_by_nearness(
    index: Path,
) -> None:
    def encode(texts: Sequence[str]) -> Any:
        return np.eye(2)[[int("Mars" in text) for text in texts]]

    store = FeedbackStore(index, 30)
    asked = ScriptedAssistant()
    for number in range(3):
        store.keep(f"r{number}", asked.ask(f"What is the weather on Mars {number}?"))
    store.keep("c", asked.ask("Kestrel or Osprey?"))
    store.add(Feedback("c", "down", word="<b>wrong</b>"))
    found = gaps(store.answers(), Generation.open(index).guide, encode)
    assert (found.answers, found.open) == (4, 4)
    assert found.groups[0].count == 3
    assert found.groups[0].refused == 3
    holes = {(hole.subject.lower(), hole.aspect.lower()): hole for hole in found.holes}
    assert holes["heron", "speed"].empty == 1
    assert holes["kestrel", ""].voted_down == 1
    assert holes["", ""].refused == 3
    written = page(found)
    assert written.count("<rect") >= 9
    assert "weather on Mars 0?" in written
    assert "<script" not in written


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_each_question_joins_the_nearest_group_that_there_is(index: Path, kind: type) -> None:
    """The same as by hand, one dot product after the other."""
    vectors = np.random.default_rng(7).normal(size=(200, 3)).astype(kind)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    leaders: list[int] = []
    members: list[list[str]] = []
    for at in range(len(vectors)):
        near = [float(vectors[at] @ vectors[leader]) for leader in leaders]
        best = max(range(len(near)), key=near.__getitem__, default=-1)
        if best >= 0 and near[best] >= NEAR:
            members[best].append(f"q{at}")
        else:
            leaders.append(at)
            members.append([f"q{at}"])
    kept = [KeptAnswer(f"{n}", n, f"q{n}", "", "refused", (), ()) for n in range(len(vectors))]
    found = gaps(kept, Generation.open(index).guide, lambda _: vectors).groups
    expected = {(len(group), tuple(group[:5])) for group in members}
    assert len(members) > 5
    assert {(group.count, group.questions) for group in found} == expected


def test_feedback_is_exported_as_lines(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    FeedbackStore(index).add(Feedback("c", "down", word="wrong"))
    with pytest.raises(SystemExit):
        main(["feedback", "export", "--index", str(index)])
    assert json.loads(capsys.readouterr().out)["word"] == "wrong"


def test_the_file_of_feedback_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "MOST_ROWS", 5)
    monkeypatch.setattr(stores, "_TIDY_SECONDS", -1)
    store = FeedbackStore(tmp_path)
    for number in range(20):
        store.add(Feedback(f"a{number}", "up"))
    assert [line["answer"] for line in store.exported()] == [f"a{n}" for n in range(15, 20)]
