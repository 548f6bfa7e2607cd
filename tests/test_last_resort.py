"""Whatever a user hands in or a disk refuses: a sentence and an exit status, never a traceback."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ragbot.cli import last_resort
from ragbot.errors import ConfigError, QuestionError
from ragbot.index import generation, tidy
from ragbot.settings import load
from ragbot.sources import edit

from .test_cli import run  # noqa: F401 - a fixture

ODD = "caf\udce9"  # what Python makes of a byte that is not UTF-8
DEEP = "[" * 100_000


def said(found, code: int) -> str:
    assert found.code == code, found
    assert "Traceback" not in found.err
    assert 0 < len(found.err) < 1000
    return found.err


@pytest.mark.parametrize("text", [DEEP, '{"a": ' * 100_000, "[" * 3000 + "]" * 3000, "9" * 5000])
def test_deep_json_is_no_answer_and_no_question(run, tmp_path, text):  # noqa: F811
    path = tmp_path / "deep.json"
    path.write_text(text)
    assert "deep.json" in said(run("check", path), 2)
    path.write_text(f'{{"id": "a", "question": {text}}}\n')
    for command in ("ask", "search"):
        assert "line 1" in said(run(command, "--batch", path), 2)


def test_half_a_character_in_a_batch_does_not_end_it(run, tmp_path):  # noqa: F811
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "a", "question": "\\ud800 Is Heron fast?"}\n')
    assert json.loads(run("ask", "--batch", path).out)["id"] == "a"


@pytest.mark.parametrize(
    "arguments",
    [
        *(["ask", ODD], ["ask", ODD, "--json"], ["search", ODD], ["compare", ODD, "heron"]),
        *(["ask", "x", "--index", ODD], ["build", "--index", ODD], ["build", "--corpus", ODD]),
        *(["add", f"https://a.example/{ODD}"], ["ask", "x", "--subject", ODD], [ODD]),
    ],
)
def test_an_argument_that_is_not_utf_8_is_a_usage_error(run, arguments):  # noqa: F811
    assert r"'" in said(run(*arguments), 2)
    assert r"\udce9" in run(*arguments).err


def test_the_bytes_of_a_real_command_line_are_looked_at():
    command = [sys.executable.encode(), b"-P", b"-m", b"ragbot", b"ask", b"caf\xe9"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"is not UTF-8" in done.stderr


def test_a_variable_that_is_not_utf_8_is_named(monkeypatch):
    monkeypatch.setenv("RAGBOT_INDEX", ODD)
    with pytest.raises(ConfigError, match="RAGBOT_INDEX is not UTF-8"):
        load()
    monkeypatch.setenv("RAGBOT_INDEX", "café-鷺")
    assert load().index == Path("café-鷺")


def test_the_library_takes_no_such_question_either(assistant):
    with pytest.raises(QuestionError, match="not UTF-8"):
        assistant.ask(ODD)


def test_a_source_that_cannot_be_written_leaves_the_catalogue_as_it_was(corpus):
    path = corpus / "sources.toml"
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="not UTF-8"):
        edit.add(corpus, f"https://a.example/{ODD}", {})
    assert path.read_bytes() == before
    assert not list(corpus.glob(".sources*"))


def refusing(number: int):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number), "/srv/index/CURRENT.x")

    return refuse


class TestReadOnlyIndex:
    def test_activate_and_remove(self, run, index, monkeypatch):  # noqa: F811
        name = generation.live_name(index)
        monkeypatch.setattr(generation.tempfile, "mkstemp", refusing(errno.EROFS))
        assert "cannot be written" in said(run("index", "activate", name, "--index", index), 1)
        other = index / "generations" / f"000009-{name[7:]}"
        (index / "generations" / name).rename(other)
        (index / "CURRENT").unlink()
        monkeypatch.setattr(tidy.tempfile, "mkdtemp", refusing(errno.EACCES))
        assert "cannot be written" in said(run("index", "remove", "000009", "--index", index), 1)

    @pytest.mark.parametrize("command", [["build"], ["sync"], ["build", "--sync"]])
    def test_build_and_sync(self, run, tmp_path, corpus, command):  # noqa: F811
        (tmp_path / "taken").write_text("a file where a folder should be")
        place = ["--corpus", corpus, "--index", tmp_path / "taken" / "index"]
        error = said(run(*command, *place), 1)
        assert "could not be written" in error or "cannot be written" in error
        assert "[Errno" not in error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "x", "f"), "f: there is no room left"),
        (OSError(errno.EROFS, "x", "f"), "f: it is on a disk that cannot be written"),
        (PermissionError(errno.EACCES, "x", "f"), "f: you may not read or write it"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("odd"), "the system refused it"),
        (MemoryError(), "not enough memory"),
        (RecursionError("maximum"), "nested deeper"),
        (UnicodeEncodeError("utf-8", ODD, 3, 4, "x"), "not UTF-8"),
    ],
)
def test_what_no_command_knows_of_is_said_in_a_sentence(run, monkeypatch, error, words):  # noqa: F811
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("ragbot.cli.cli.main", fail)
    assert words in said(run("sources"), 1)


def test_what_is_our_own_mistake_keeps_its_traceback():
    assert not issubclass(TypeError, last_resort.CAUGHT)
    assert not issubclass(AssertionError, last_resort.CAUGHT)
