"""A language model writes questions, over HTTP; what it may not say is dropped and counted."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ragbot.adapt.asking import KINDS, copies, is_question, messages, taken
from ragbot.adapt.neighbours import Neighbours
from ragbot.adapt.pairs import read
from ragbot.adapt.patience import PATIENCE
from ragbot.adapt.slices import STRIDE, WORDS, Slice, slices
from ragbot.adapt.writing import write_questions
from ragbot.cli import main
from ragbot.errors import AdaptError, ConfigError
from ragbot.index.build import build
from ragbot.settings import Settings
from ragbot.types import Document

from .sample import make_document
from .words import WordEncoder

PART = Slice("s/d.md", "Herons. A heron waits in the shallow water until a fish comes near it.")


class Model:
    """An endpoint on this machine; `replies` is asked for what it says to a request."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.replies: Callable[[int], str | int] = lambda _: "howto: How does a heron fish?"
        self.url = ""

    def reply(self, request: dict) -> str | int:
        self.asked.append(request)
        return self.replies(len(self.asked))


@pytest.fixture
def model() -> Iterator[Model]:
    """A stub that speaks the streaming protocol of an OpenAI-compatible endpoint."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            said = stub.reply(json.loads(self.rfile.read(size)))
            if isinstance(said, int):
                self.send_response(said)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            half = len(said) // 2
            for text, why in ((said[:half], None), (said[half:], None), ("", "stop")):
                choice = {"index": 0, "delta": {"content": text}, "finish_reason": why}
                event = {
                    "id": "1",
                    "object": "chat.completion.chunk",
                    "created": 0,
                    "model": "stub",
                    "choices": [choice],
                }
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_: object) -> None:
            pass

    stub = Model()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield stub
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """Ten documents of one slice each, and one that is too short to ask about."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "corpus").mkdir()
    for number in range(10):
        words = " ".join(f"Heron{number} waits at lake {at} for fish." for at in range(12))
        (folder / "corpus" / f"d{number}.md").write_text(f"# Bird {number}\n\n{words}\n")
    (folder / "corpus" / "short.md").write_text("# Short\n\nHeron waits.\n")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    build(settings, WordEncoder())
    return folder / "index"


@pytest.fixture
def settings(index, model) -> Settings:
    return Settings(index=index, llm_url=model.url, llm_model="stub", llm_timeout=5)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class TestWriting:
    def test_what_is_written_can_be_learnt_from(self, settings, model, tmp_path):
        path = tmp_path / "out" / "q.jsonl"
        model.replies = lambda n: f"howto: How does bird {n} fish?\nconcept: What is bird {n} for?"
        done = write_questions(settings, path)
        assert (done.questions, done.slices, done.empty, done.dropped) == (20, 10, 0, 0)
        pairs = read(path).pairs
        assert len(pairs) == 20
        assert {pair.kind for pair in pairs} == {"howto", "concept"}
        assert len({pair.doc for pair in pairs}) == 10
        assert all(pair.text.startswith("Bird ") and "waits at lake" in pair.text for pair in pairs)
        asked = model.asked[0]["messages"][-1]["content"]
        assert "waits at lake 11 for fish." in asked

    def test_the_same_call_goes_on_and_asks_nothing_twice(self, settings, model, tmp_path):
        path = tmp_path / "q.jsonl"
        model.replies = lambda n: "NONE" if n == 2 else "how do herons fish at night?"
        first = write_questions(settings, path, limit=3)
        assert (first.questions, first.empty, first.before) == (2, 1, 0)
        with path.open("a") as stream:
            stream.write('{"question": "torn')  # as a killed run leaves it
        second = write_questions(settings, path)
        assert (second.questions, second.before) == (7, 3)
        third = write_questions(settings, path)
        assert (third.questions, third.before) == (0, 10)
        assert len(model.asked) == 10
        assert len({json.dumps(request) for request in model.asked}) == 10
        assert len(lines(path)) == 9

    def test_a_lost_list_is_made_up_for_by_the_questions(self, settings, model, tmp_path):
        path = tmp_path / "q.jsonl"
        write_questions(settings, path, limit=3)
        path.with_name("q.jsonl.done").unlink()
        assert write_questions(settings, path).before == 3

    def test_a_slice_without_a_reply_is_asked_about_again(self, settings, model, tmp_path):
        path, waits = tmp_path / "q.jsonl", []
        model.replies = lambda n: 503 if n in (2, 3) else "how do herons fish at night?"
        done = write_questions(settings, path, wait=waits.append)
        assert (done.questions, done.failed) == (8, 2)
        assert waits == [2, 4]
        assert write_questions(settings, path).questions == 2

    def test_a_model_that_is_down_ends_it_and_keeps_what_was_written(
        self, settings, model, tmp_path
    ):
        path = tmp_path / "q.jsonl"
        model.replies = lambda n: 500 if n > 2 else "how do herons fish at night?"
        with pytest.raises(AdaptError, match=r"stub failed 5 times in a row.*goes on from there"):
            write_questions(settings, path, wait=lambda _: None)
        assert len(model.asked) == 2 + PATIENCE
        assert len(lines(path)) == 2

    def test_without_a_model_it_says_what_to_set(self, index, tmp_path):
        with pytest.raises(ConfigError, match="RAGBOT_LLM_URL and RAGBOT_LLM_MODEL"):
            write_questions(Settings(index=index), tmp_path / "q.jsonl")

    @pytest.mark.parametrize("text", ["my notes\n", "my notes", '{"question": "of another"}'])
    def test_another_file_is_not_appended_to(self, settings, tmp_path, text):
        path = tmp_path / "notes.txt"
        path.write_text(f"{text}\n{text}")
        with pytest.raises(AdaptError, match="no file of questions"):
            write_questions(settings, path)
        assert path.read_text() == f"{text}\n{text}"
        path.write_text("my notes")
        with pytest.raises(AdaptError, match="no file of questions"):
            write_questions(settings, path)
        assert path.read_text() == "my notes"

    def test_what_is_called_gz_is_gzip(self, settings, model, tmp_path):
        path = tmp_path / "q.jsonl.gz"
        model.replies = lambda n: f"howto: How does bird {n} fish?\nconcept: What is bird {n} for?"
        write_questions(settings, path, limit=4)
        assert write_questions(settings, path).before == 4
        assert len(read(path).pairs) == 20

    def test_a_last_line_without_an_end_is_a_line(self, settings, model, tmp_path):
        path = tmp_path / "q.jsonl"
        write_questions(settings, path, limit=2)
        path.write_bytes(path.read_bytes().rstrip())
        path.with_name("q.jsonl.done").unlink()
        assert write_questions(settings, path, limit=1).before == 2
        assert len(lines(path)) == 3

    def test_a_model_that_cannot_be_reached_is_told_at_once(self, settings, tmp_path):
        nowhere = settings.model_copy(update={"llm_url": "http://127.0.0.1:9/v1"})
        with pytest.raises(AdaptError, match="stub gives no reply: it cannot be reached"):
            write_questions(nowhere, tmp_path / "q.jsonl", wait=pytest.fail)

    def test_the_command_tells_the_counts(self, index, model, tmp_path, monkeypatch, capsys):
        for name, value in {"URL": model.url, "MODEL": "stub"}.items():
            monkeypatch.setenv(f"RAGBOT_LLM_{name}", value)
        model.replies = lambda n: "Here they are:\n1. howto: How does a heron fish?"
        path = tmp_path / "q.jsonl"
        with pytest.raises(SystemExit) as ended:
            main(["adapt", "--write-questions", str(path), "--limit", "3", "--index", str(index)])
        assert not ended.value.code
        out = capsys.readouterr().out
        assert f"3 questions on 3 slices added to {path}" in out
        assert "3 lines of the model" in out


class TestReplies:
    def test_marks_kinds_and_quotes_are_taken_off(self):
        reply = taken('1. **Howto**: "How does a heron fish?"\n- concept: why does it wait', PART)
        assert [(pair.kind, pair.question) for pair in reply.pairs] == [
            ("howto", "How does a heron fish?"),
            ("concept", "why does it wait"),
        ]
        assert {(pair.text, pair.doc) for pair in reply.pairs} == {(PART.text, PART.doc)}

    def test_no_more_than_two_are_taken(self):
        reply = taken("\n".join(f"what is heron number {n}?" for n in range(4)), PART)
        assert (len(reply.pairs), reply.dropped) == (2, 2)

    def test_a_slice_that_says_nothing(self):
        assert taken(" none. ", PART).nothing
        assert not taken("how is none of the fish caught?", PART).nothing

    @pytest.mark.parametrize(
        "line",
        [
            "Sure, here are two questions",
            "The questions, and what they ask:",
            "Herons fish.",
            "what?",
            "What does this passage say about herons?",
            "what " * 41,
            "howto:",
        ],
    )
    def test_what_is_no_question_is_dropped(self, line):
        assert not is_question(line)
        assert taken(line, PART).dropped == 1

    def test_what_copies_the_passage_is_dropped(self):
        said = "is it so that a heron waits in the shallow water until a fish comes?"
        assert is_question(said)
        assert copies(said, PART.text)
        assert not copies("how long does a heron wait in shallow water for a fish?", PART.text)
        assert taken(said, PART).pairs == ()

    def test_the_kinds_are_spread(self):
        wanted = [messages(Slice("d", f"text {n}"))[1].content for n in range(60)]
        for kind in KINDS:
            assert 15 <= sum(f"\n{kind}: " in text for text in wanted) <= 45
        assert all(sum(f"\n{kind}: " in text for kind in KINDS) == 2 for text in wanted)


def test_slices_cover_a_document_and_overlap():
    text = " ".join(f"word{n}s" for n in range(400))
    found = sorted(slices([text_document("Long.", text)], 0), key=lambda p: text.index(p.text[6:]))
    assert [len(part.text.split()) - 1 for part in found] == [WORDS, WORDS, WORDS, 400 - 3 * STRIDE]
    assert all(part.text.startswith("Long. word") for part in found)
    assert set(" ".join(part.text for part in found).split()) == {"Long.", *text.split()}
    near = Neighbours([part.text for part in found], [part.doc for part in found])
    assert near.of(0) == {0, 1}
    assert slices([text_document("Long", text)], 0) == slices([text_document("Long", text)], 0)


def text_document(title: str, text: str) -> Document:
    return make_document(lambda writer: writer.prose(text), title=title)
