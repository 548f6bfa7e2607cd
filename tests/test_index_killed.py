"""kill -9 at twenty random moments of a build, and two builds at once, as processes."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragbot.assistant import Assistant
from ragbot.errors import BuildError
from ragbot.index import generation
from ragbot.index.build import build
from ragbot.index.kept import examine
from ragbot.settings import Settings

from .test_index_lifecycle import content_of
from .words import WordEncoder

ROOT = Path(__file__).resolve().parents[1]
MOMENTS = 20


def builds(settings: Settings) -> None:
    """Start a build for every line on stdin, "SECONDS", and kill it after so many.

    A child is forked off a process that has loaded everything and done nothing, so that the moment
    falls into the build and not into the imports. What became of it goes to stdout.
    """
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                build(settings, WordEncoder(), force=True)
                code = 0
            except BuildError as error:
                code = 3 if "another build is running" in str(error) else 2
            finally:
                os._exit(code)
        began = time.monotonic()
        ended = 0
        while not ended and time.monotonic() - began < float(line):
            time.sleep(0.002)
            ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {time.monotonic() - began:.3f}\n")
        sys.stdout.flush()


class Nursery:
    """The process that has builds begun and killed."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "tests.test_index_killed"]
        self._process = subprocess.Popen(
            [*command, str(settings.corpus), str(settings.index)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline() == "ready\n"

    def build(self, seconds: float) -> tuple[int, float]:
        """The exit code of a build that gets so many seconds, and how many it took."""
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        code, took = self._process.stdout.readline().split()
        return int(code), float(took)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(20)


@pytest.fixture
def nursery(settings):
    found = Nursery(settings)
    yield found
    found.close()


def test_twenty_random_moments(settings, nursery, tmp_path):
    code, whole = nursery.build(60)
    assert code == 0
    chance = random.Random(20)
    page = settings.corpus / "course.txt"
    killed = attempt = 0
    while killed < MOMENTS:
        attempt += 1
        assert attempt <= 10 * MOMENTS, "builds end before they can be killed"
        page.write_text(f"{page.read_text()}\nMarmot ate {attempt} flowers.\n")
        code, took = nursery.build(chance.uniform(0, whole))
        assert code in (0, -signal.SIGKILL)
        killed += code == -signal.SIGKILL
        whole = min(whole, took) if code == 0 else whole
        # Whichever is live, the old one or a new one finished in time, is whole and answers.
        assert examine(settings.index, (generation.live_name(settings.index),)) == {
            generation.live_name(settings.index): ""
        }
        assistant = Assistant.open(settings, WordEncoder())
        assert assistant.ask("Compare Heron and Ibex on backup").citations
    report = build(settings, WordEncoder())
    assert report.generation == generation.live_name(settings.index)
    assert set(examine(settings.index, ()).values()) == {""}
    known = {"CURRENT", "build.lock", "cache", "generations"}
    assert {path.name for path in settings.index.iterdir()} == known
    anew = settings.model_copy(update={"index": tmp_path / "anew"})
    build(anew, WordEncoder())
    assert content_of(settings) == content_of(anew)


def test_two_builds_at_once(settings, nursery):
    build(settings, WordEncoder())

    class Meanwhile(WordEncoder):
        def encode_passages(self, texts, progress=None):
            self.other = nursery.build(60)[0]
            return super().encode_passages(texts, progress)

    page = settings.corpus / "course.txt"
    page.write_text(f"{page.read_text()}\nMarmot ate all flowers.\n")
    encoder = Meanwhile()
    assert build(settings, encoder).changed
    assert encoder.other == 3  # told that another build is running
    assert set(examine(settings.index, ()).values()) == {""}


if __name__ == "__main__":
    corpus, index = map(Path, sys.argv[1:])
    builds(Settings(corpus=corpus, index=index, subjects=corpus / "subjects.toml"))
