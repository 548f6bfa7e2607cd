"""The service's own builder, over HTTP: what is live and how far a build is."""

import threading
import time
from types import SimpleNamespace

import httpx
import pytest

from api import builder as builders
from api.builder import Builder, Progress
from ragbot.settings import Settings

# Stands for `ragbot build --sync --progress json`.
SCRIPT = """
import json, sys, time
step = {"stage": "Encoding passages", "done": 5, "total": 9}
print(json.dumps(step), file=sys.stderr, flush=True)
print("not synced: far: it is out of reach", file=sys.stderr, flush=True)
time.sleep(float(sys.argv[1]))
print("Generation 000002-00000000 built")
"""


@pytest.fixture
def build_script(tmp_path, monkeypatch):
    """Have the builder run the script, for so many seconds, as if a source were due."""
    path = tmp_path / "build.py"

    def install(seconds: float, script: str = SCRIPT) -> Builder:
        path.write_text(script)
        popen = builders.subprocess.Popen

        def started(command, **options):
            assert command[1:5] == ["-P", "-m", "ragbot", "build"]
            assert "--sync" in command
            return popen([command[0], str(path), str(seconds)], **options)

        monkeypatch.setattr(
            builders, "subprocess", SimpleNamespace(Popen=started, DEVNULL=-3, PIPE=-1)
        )
        monkeypatch.setattr(builders, "due", lambda *_: True)
        return Builder(Settings(corpus=tmp_path, index=tmp_path / "index", refresh_hours=1))

    return install


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_progress_is_told_and_then_how_it_ended(build_script):
    builder = build_script(0.3)
    builder.start()
    try:
        wait_until(lambda: builder.progress.stage)
        assert builder.progress == Progress("Encoding passages", 5, 9)
        wait_until(lambda: builder.progress.message)
        assert builder.progress.stage == ""
        assert builder.progress.message == "Generation 000002-00000000 built"
        assert builder.progress.at
    finally:
        builder.stop()


def test_a_running_build_ends_with_the_service(build_script):
    builder = build_script(60)
    builder.start()
    wait_until(lambda: builder.progress.stage)
    began = time.monotonic()
    builder.stop()
    assert time.monotonic() - began < 10
    assert not [thread for thread in threading.enumerate() if thread.name == "builder"]


def test_a_build_that_is_just_being_started_ends_with_the_service(build_script, monkeypatch):
    builder = build_script(60)
    started = builders.subprocess.Popen
    processes = []

    def stopped_meanwhile(command, **options):
        processes.append(started(command, **options))
        builder._stop.set()  # what `stop` does first; there is no process yet that it could end
        return processes[0]

    monkeypatch.setattr(builders.subprocess, "Popen", stopped_meanwhile)
    builder.start()
    try:
        wait_until(lambda: processes and processes[0].poll() is not None)
    finally:
        processes[0].kill()
        builder.stop()


def test_nothing_is_fetched_where_the_settings_say_never(tmp_path):
    builder = Builder(Settings(corpus=tmp_path, index=tmp_path, refresh_hours=0))
    builder.start()
    builder.stop()
    assert builder.progress == Progress()


def test_the_index_is_described(service):
    found = httpx.get(f"{service.url}/v1/index").json()
    assert found["generation"]
    assert found["documents"] > 0
    assert (found["stage"], found["message"]) == ("", "")


FAILED = {
    "an error of ours": (
        "print('ragbot: the index in {index} could not be written "
        "([Errno 28] No space left on device: {index}/x)', file=sys.stderr)",
        "the index in index could not be written",
    ),
    "a file of the corpus": (
        "print('ragbot: {corpus}/sources.toml is not valid TOML: line 3', file=sys.stderr)",
        "sources.toml is not valid TOML: line 3",
    ),
    "a place elsewhere": (
        "print('ragbot: /srv/secret/model is no model; see https://a.example/x', file=sys.stderr)",
        "model is no model; see https://a.example/x",
    ),
    "a traceback": (
        "raise RuntimeError('in {corpus}')",
        "The build ended with status 1; the service's log says more.",
    ),
    "odd bytes": (
        "sys.stderr.buffer.write(b'\\xff[' + b'[' * 99999 + b'\\n')",
        "The build ended with status 1; the service's log says more.",
    ),
    "what would vanish": (
        "print('Generation 2 built. It would take away 6 of 9 documents: gull 6. ...')",
        "Generation 2 built. It would take away 6 of 9 documents: gull 6. ...",
    ),
}


@pytest.mark.parametrize("kind", FAILED)
def test_how_a_build_failed_is_told_without_places_and_the_log_has_them(
    build_script, tmp_path, caplog, kind
):
    line, message = FAILED[kind]
    line = line.format(index=tmp_path / "index", corpus=tmp_path)
    caplog.set_level("INFO", "api")
    builder = build_script(0, f"import sys\n{line}\nsys.exit(1)\n")
    builder._build()
    assert builder.progress.message == message
    assert builder.progress.stage == ""
    assert len(caplog.text) > len(message)
    if "{" in FAILED[kind][0]:
        assert str(tmp_path) in caplog.text


def test_a_catalogue_that_is_wrong_is_told_without_its_place(tmp_path):
    (tmp_path / "sources.toml").write_text("x: 1")
    settings = Settings(corpus=tmp_path, index=tmp_path / "index", refresh_hours=1)
    builder = Builder(settings)
    assert not builder._due()
    assert builder.progress.message.startswith("sources.toml is not valid TOML")


def test_a_build_that_cannot_be_started_does_not_end_the_builder(build_script, monkeypatch):
    builder = build_script(0)
    tried = []

    def refused(*_, **__):
        tried.append(1)
        raise PermissionError(13, "Permission denied", "/srv/python")

    monkeypatch.setattr(builders.subprocess, "Popen", refused)
    builder.start()
    try:
        wait_until(lambda: builder.progress.message)
        assert tried
        assert "/" not in builder.progress.message
        assert [thread for thread in threading.enumerate() if thread.name == "builder"]
    finally:
        builder.stop()
