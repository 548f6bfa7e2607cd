"""The client of an endpoint: pieces as they come, and an end in time whatever the endpoint does."""

import logging
import socket
import threading
import time

import pytest
from click.testing import CliRunner

from ragbot import settings_file
from ragbot.cli import cli
from ragbot.errors import ConfigError, ModelError
from ragbot.llm import Message, open_chat_model
from ragbot.settings import Settings, load, provenance

from .stub_model import chunk, drips, in_bytes, replies, says, stub

ASKED = [Message("system", "Be short."), Message("user", "What is Heron?")]
KEY = "sk-secret-of-a-test"


def said(settings: Settings) -> tuple[str, str]:
    """What a model says, and what is wrong with its reply ("" where nothing is)."""
    model = open_chat_model(settings)
    pieces: list[str] = []
    try:
        pieces.extend(model.complete(ASKED, max_tokens=50))
    except ModelError as error:
        return "".join(pieces), error.fault
    return "".join(pieces), ""


def test_without_an_address_there_is_no_model():
    assert open_chat_model(Settings()) is None


def test_an_address_without_a_model_is_said():
    with pytest.raises(ConfigError, match="RAGBOT_LLM_MODEL"):
        open_chat_model(Settings(llm_url="http://127.0.0.1:1/v1"))


def test_without_the_client_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("ragbot.llm.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"ragbot\[llm\]"):
        open_chat_model(Settings(llm_url="http://127.0.0.1:1/v1", llm_model="m"))


def test_it_sends_messages_model_and_key_and_hands_on_what_comes():
    with stub(says("Heron is a database.")) as server:
        settings = server.settings(Settings(llm_key=KEY))
        assert said(settings) == ("Heron is a database.", "")
        (body,) = server.bodies
        assert body["messages"] == [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "What is Heron?"},
        ]
        assert (body["model"], body["max_tokens"], body["stream"]) == ("stub", 50, True)
        assert server.keys == [f"Bearer {KEY}"]


def test_a_key_of_another_service_in_the_environment_is_not_sent(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with stub(says("Yes.")) as server:
        said(server.settings())
        assert KEY not in server.keys[0]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_pieces_that_part_words_and_characters_are_put_together(size):
    text = "Größe: 4 µs, 🦅 schnell, 漢字."
    with stub(in_bytes(text, size)) as server:
        assert said(server.settings()) == (text, "")


@pytest.mark.parametrize(
    ("play", "fault"),
    [
        (replies(500, b'{"error": {"message": "broken"}}'), "failed"),
        (replies(503, b"Loading", "text/plain"), "failed"),
        (replies(429, b'{"error": {"message": "slow down"}}'), "limited"),
        (replies(401), "failed"),
        (replies(404), "failed"),
        (replies(200, b"<html>It works!</html>", "text/html"), "empty"),
        (replies(200, b"", "text/event-stream"), "empty"),
        (replies(200, b"data: not json\n\n", "text/event-stream"), "failed"),
        (replies(200, b'data: {"choices": 3}\n\n', "text/event-stream"), "failed"),
        (replies(200, b'data: {"error": {"message": "no"}}\n\n', "text/event-stream"), "failed"),
        (says(""), "empty"),
    ],
)
def test_what_is_no_reply_is_named(play, fault):
    with stub(play) as server:
        assert said(server.settings()) == ("", fault)


@pytest.mark.parametrize("finish", ["length", "content_filter", None])
def test_a_reply_that_was_cut_off_is_given_and_named(finish):
    with stub(says("Heron is a", finish=finish)) as server:
        assert said(server.settings()) == ("Heron is a", "cut_off")


def test_a_connection_that_breaks_off_is_named():
    def play(handler):
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("content-length", "10000")
        handler.end_headers()
        handler.send(chunk("Heron is"))

    with stub(play) as server:
        assert said(server.settings()) == ("Heron is", "down")


def test_where_nobody_listens_it_is_down():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = time.monotonic()
    assert said(Settings(llm_url=f"http://127.0.0.1:{port}/v1", llm_model="m")) == ("", "down")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("pieces", [[], ["Heron is"]])
def test_one_that_keeps_the_line_open_is_left_at_the_deadline(pieces):
    stop = threading.Event()
    with stub(drips(pieces, stop)) as server:
        settings = server.settings(llm_timeout=0.5)
        started = time.monotonic()
        assert said(settings) == ("".join(pieces), "slow")
        assert time.monotonic() - started < 2
        stop.set()


def test_one_that_never_stops_talking_is_left_once_it_has_said_far_too_much():
    def play(handler):
        handler.begin()
        while True:
            handler.send(chunk("on and on "))

    with stub(play) as server:
        started = time.monotonic()
        text, fault = said(server.settings(llm_timeout=4))
        assert fault == "cut_off"
        assert 50 * 20 < len(text) < 50 * 100
        assert time.monotonic() - started < 3


def test_the_deadline_counts_for_whoever_reads_slowly():
    with stub(says("Heron. " * 50)) as server:
        pieces = open_chat_model(server.settings(llm_timeout=0.3)).complete(ASKED, max_tokens=500)
        assert next(pieces)
        time.sleep(0.5)
        with pytest.raises(ModelError) as error:
            list(pieces)
        assert error.value.fault == "slow"


def test_to_stop_reading_ends_the_request():
    gone = threading.Event()

    def play(handler):
        handler.begin()
        try:
            for _ in range(400):
                handler.send(chunk("on and on "))
                time.sleep(0.01)
        except OSError:
            gone.set()

    with stub(play) as server:
        pieces = open_chat_model(server.settings()).complete(ASKED, max_tokens=50)
        assert next(pieces)
        pieces.close()
        assert gone.wait(3)


class TestSecrets:
    @pytest.fixture(autouse=True)
    def _set(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RAGBOT_LLM_KEY", KEY)

    def test_no_list_of_settings_shows_the_key(self):
        assert KEY not in str(provenance()) + repr(load()) + str(load())
        assert KEY not in load().model_dump_json()
        for arguments in (["doctor"], ["doctor", "--json"]):
            assert KEY not in CliRunner().invoke(cli, arguments).output

    def test_no_complaint_about_a_setting_shows_it(self, tmp_path, monkeypatch):
        monkeypatch.delenv("RAGBOT_LLM_KEY")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
        (tmp_path / "ragbot.toml").write_text("llm_key = 12345678\n")
        settings_file.trust_it()
        with pytest.raises(ConfigError) as error:
            load()
        assert "12345678" not in str(error.value)
        (tmp_path / "ragbot.toml").write_text(f'llm_url = "https://me:{KEY}@host/v1"\n')
        settings_file.trust_it()
        with pytest.raises(ConfigError, match="setting llm_url") as error:
            load()
        assert KEY not in str(error.value)

    def test_no_error_and_no_log_line_shows_it(self, caplog):
        caplog.set_level(logging.INFO)
        body = f'{{"error": {{"message": "wrong key {KEY}"}}}}'.encode()
        with stub(replies(401, body)) as server:
            model = open_chat_model(server.settings(load()))
            with pytest.raises(ModelError, match="RAGBOT_LLM_KEY") as error:
                list(model.complete(ASKED, max_tokens=5))
        assert KEY not in str(error.value)
        assert KEY not in caplog.text
