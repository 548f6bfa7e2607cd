"""A build that the service starts is ended where it takes too much, and the service says so."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from api import builder as builders
from api.build_limits import guarded
from api.builder import Builder
from ragbot.settings import Settings

GREEDY = {
    "memory": "held = b'x' * 700_000_000; import time; time.sleep(60)",
    "child": (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'held = b\"x\" * 700_000_000; import time; time.sleep(60)'])"
    ),
    "processor": "while True: pass",
    "time": "import time; time.sleep(60)",
}
ALLOWED = {
    "memory": ({"refresh_megabytes": 500}, "more than 500 MB of memory"),
    "child": ({"refresh_megabytes": 500}, "more than 500 MB of memory"),
    "processor": ({"refresh_cpu_hours": 1e-4}, "hours of the processor"),
    "time": ({"refresh_limit_hours": 1e-4}, "lasted more than"),
}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("what", GREEDY)
def test_a_greedy_build_is_ended_and_told(tmp_path, monkeypatch, what):
    allowed, words = ALLOWED[what]
    monkeypatch.setattr(
        builders, "python", lambda *_: [sys.executable, "-c", GREEDY[what]], raising=False
    )
    monkeypatch.setattr(builders, "due", lambda *_: True)
    builder = Builder(Settings(corpus=tmp_path, index=tmp_path, refresh_hours=1, **allowed))
    builder.start()
    try:
        until = time.monotonic() + 40
        while not builder.progress.message and time.monotonic() < until:
            time.sleep(0.05)
        assert words in builder.progress.message
        assert "what was live before still is" in builder.progress.message
        assert time.monotonic() < until
        assert "Raise RAGBOT_REFRESH_" in builder.progress.message
    finally:
        builder.stop()


def test_a_modest_build_is_let_be():
    command = [sys.executable, "-c", "import time; time.sleep(2.5)"]
    with (
        subprocess.Popen(command, text=True) as process,
        guarded(process, Settings()) as excess,
    ):
        process.wait()
    assert (excess.words, process.returncode) == ("", 0)
