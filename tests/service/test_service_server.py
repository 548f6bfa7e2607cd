"""`run`: the address it tells, how it ends, and what it says when it cannot listen."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.server import run
from ragbot.errors import ConfigError
from ragbot.settings import Settings

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from api.server import run
from ragbot.settings import Settings
settings = Settings(index=Path(sys.argv[1]), port=0, host=sys.argv[2])
run(settings, on_ready=lambda url: print(url, flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A service in a process of its own, over an index folder that is empty."""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_its_address_and_ends_in_good_order(
    program: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert program.stdout is not None
    url = program.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:")
    assert not url.endswith(":0/")
    assert httpx.get(f"{url}healthz", trust_env=False).status_code == 200
    assert httpx.get(f"{url}readyz", trust_env=False).status_code == 503
    program.send_signal(number)
    output, complaints = program.communicate(timeout=20)
    assert output == "ended\n"
    assert program.returncode == 0
    assert "Traceback" not in complaints


def test_a_port_that_is_taken_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigError, match=rf"cannot listen on 127\.0\.0\.1, port {port}.*--port"
        ):
            run(Settings(port=port))


def test_it_leaves_the_signals_alone_outside_the_main_thread(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    ready = threading.Event()
    thread = threading.Thread(
        target=run, args=(Settings(index=tmp_path, port=0), lambda url: ready.set()), daemon=True
    )
    thread.start()
    assert ready.wait(60)
    assert signal.getsignal(signal.SIGTERM) is before
