"""`ragbot index`: what is kept, rolling back, removing, checking; and `ragbot build --watch`."""

import json
import threading

import pytest

from ragbot.cli import main
from ragbot.encoder import Identity
from ragbot.errors import BuildError, EncoderError, IndexDamagedError, NotFoundError
from ragbot.index import generation, watch
from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.index.kept import discard, examine, kept, switch
from ragbot.index.report import Report

from .words import WORDS, WordEncoder


@pytest.fixture
def three(settings) -> list[str]:
    """The names of three generations, the last one live."""
    return [build(settings, WordEncoder(), force=True).generation for _ in range(3)]


@pytest.fixture
def run(settings, monkeypatch, capsys, tmp_path):
    """Runs `ragbot index ...` and returns its exit status, output and complaints."""
    encoder = WordEncoder()
    identity = Identity(tmp_path, encoder.name, encoder.weights)
    monkeypatch.setattr("ragbot.encoder.identify", lambda _: identity)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["index", *arguments, "--index", str(settings.index)])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_they_are_listed_newest_first(settings, three):
    found = kept(settings.index)
    assert [one.name for one in found] == three[::-1]
    assert [one.live for one in found] == [True, False, False]
    assert found[0].passages > 5
    assert found[0].bytes > 1000
    assert kept(settings.index.parent) == []


def test_one_without_a_sound_manifest_is_listed_as_such(settings, three):
    (settings.index / "generations" / three[0] / "manifest.json").write_text("{}")
    assert [bool(one.fault) for one in kept(settings.index)] == [False, False, True]


def test_switching_takes_the_name_or_the_number(settings, three):
    weights = WordEncoder().weights
    assert switch(settings.index, three[0], weights) == three[0]
    assert generation.live_name(settings.index) == three[0]
    assert switch(settings.index, three[1][:6], weights) == three[1]
    assert generation.live_name(settings.index) == three[1]
    assert [path.name for path in settings.index.glob("CURRENT*")] == ["CURRENT"]


def test_what_cannot_go_live_does_not(settings, three):
    weights = WordEncoder().weights
    (settings.index / "generations" / three[0] / "statements.npy").write_bytes(b"")
    with pytest.raises(IndexDamagedError, match="statements"):
        switch(settings.index, three[0], weights)
    with pytest.raises(IndexDamagedError, match="another"):
        switch(settings.index, three[1], WordEncoder(WORDS[::-1]).weights)
    for name in ("000009", "0", "", "../generations", three[1][:-1]):
        with pytest.raises(NotFoundError, match="there are 000001"):
            switch(settings.index, name, weights)
    assert generation.live_name(settings.index) == three[2]


def test_removing(settings, three):
    with pytest.raises(BuildError, match="is live"):
        discard(settings.index, three[2])
    opened = Generation.at(settings.index / "generations" / three[1])
    with pytest.raises(BuildError, match="open in a running service"):
        discard(settings.index, three[1])
    opened.lease.end()
    discard(settings.index, three[1])
    assert generation.names(settings.index) == [three[0], three[2]]
    assert not list(settings.index.glob("building-*"))


def test_examining(settings, three):
    assert examine(settings.index, ()) == dict.fromkeys(three, "")
    (settings.index / "generations" / three[1] / "library.sqlite").write_bytes(b"x")
    assert "library.sqlite is damaged" in examine(settings.index, ())[three[1]]
    assert examine(settings.index, [three[0]]) == {three[0]: ""}


def test_the_commands(settings, three, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    code, out, err = run("list")
    assert (code, err) == (0, "")
    assert all(name in out for name in three)
    assert [one["live"] for one in json.loads(run("list", "--json")[1])] == [True, False, False]
    assert run("activate", three[0]) == (0, f"Generation {three[0]} is live.\n", "")
    assert run("remove", three[0])[0] == 1
    assert "is live" in run("remove", three[0])[2]
    assert run("remove", three[1])[0] == 0
    assert run("verify")[:2] == (0, f"{three[0]}: sound\n{three[2]}: sound\n")
    (settings.index / "generations" / three[2] / "statements.npy").write_bytes(b"")
    code, out, _ = run("verify", "--json")
    assert code == 1
    assert "statements.npy" in json.loads(out)[three[2]]
    assert run("activate", three[2])[0] == 1


class TestWatch:
    @pytest.fixture
    def watched(self, settings, monkeypatch):
        """A watcher and what it told."""
        monkeypatch.setattr(watch, "open_encoder", lambda _: WordEncoder())
        monkeypatch.setattr("ragbot.index.build.open_encoder", lambda _: WordEncoder())
        identity = Identity(settings.corpus, "words", WordEncoder().weights)
        monkeypatch.setattr("ragbot.index.build.identify", lambda _: identity)
        told = []
        return watch.Watcher(settings, told.append), told

    def test_it_builds_when_the_corpus_changes(self, settings, watched):
        watcher, told = watched
        for _ in range(3):
            watcher.look()
        assert [report.changed for report in told] == [True]
        (settings.corpus / "course.txt").write_text("Marmot is free.\n")
        for _ in range(3):
            watcher.look()
        assert [report.changed for report in told] == [True, True]
        assert generation.live_name(settings.index) == told[-1].generation

    def test_a_roll_back_stays_until_the_corpus_changes(self, settings, watched):
        watcher, told = watched
        watcher.look()
        (settings.corpus / "course.txt").write_text("Marmot is free.\n")
        watcher.look()
        generation.activate(settings.index, told[0].generation)
        watcher.look()
        assert generation.live_name(settings.index) == told[0].generation

    def test_a_failure_is_told_once_and_tried_again(self, settings, watched, monkeypatch):
        watcher, told = watched
        watcher.look()
        (settings.corpus / "course.txt").write_text("Marmot is free.\n")

        def fail(*_, **__):
            raise EncoderError("out of memory")

        with monkeypatch.context() as patch:
            patch.setattr(watch, "build", fail)
            for _ in range(3):
                watcher.look()
        watcher.look()
        assert [type(one) for one in told] == [Report, EncoderError, Report]
        assert told[-1].changed

    def test_it_stops(self, watched):
        watcher, told = watched
        stop = threading.Event()
        thread = threading.Thread(target=watcher.run, args=(0.05, stop))
        thread.start()
        stop.set()
        thread.join(20)
        assert not thread.is_alive()
        assert len(told) <= 1
