"""Foreign bytes are parsed in processes of their own, under limits; none is left over."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbot.errors import BuildError, ReadError
from ragbot.quarantine import Crew, Limits, Quarantine, Work

TIGHT = Limits(seconds=1.0, megabytes=400, characters=100_000, workers=2)
ME = "tests.test_quarantine"


def echo(work: Work) -> Iterator[bytes]:
    yield json.dumps([work.facts, work.characters]).encode() + work.content


def bomb(work: Work) -> Iterator[bytes]:
    """Whatever a parser may do to its process."""
    yield b"first"
    match work.facts:
        case "time":
            while True:
                pass
        case "memory":
            yield bytes(2_000_000_000)
        case "many":
            held = []
            while True:
                held.append(bytearray(1_000_000))
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(3)
        case "long":
            yield b"x" * (TIGHT.largest_reply + 1)
        case "noise":
            os.write(1, b"\x00" * 100)
            sys.stdout.write("noise")
            sys.stdout.flush()
        case "deep":
            _down(0)
        case "wrong":
            raise KeyError("no such key")
        case "told":
            raise ReadError("its own words", nothing_left=True)
        case "stopped":
            os.kill(os.getpid(), signal.SIGSTOP)


def _down(depth: int) -> int:
    return _down(depth + 1)


def pids(_work: Work) -> Iterator[bytes]:
    yield str(os.getpid()).encode()


def asleep(_work: Work) -> Iterator[bytes]:
    """Says who it is, then holds the interpreter as a parser written in C does."""
    yield str(os.getpid()).encode()
    int.from_bytes(os.urandom(1)) and pow(3, 10**9)


@pytest.fixture
def quarantine() -> Iterator[Quarantine]:
    with Quarantine(TIGHT) as one:
        yield one


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def ended(pid: int) -> bool:
    until = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_running(pid)


def test_facts_and_bytes_go_there_and_back(quarantine: Quarantine) -> None:
    content = os.urandom(3_000_000)
    told = quarantine.one(f"{ME}:echo", {"a": "\ud800 ü"}, content)
    assert told == json.dumps([{"a": "\ud800 ü"}, 100_000]).encode() + content


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("time", "1 seconds of the processor; split it, or raise RAGBOT_READING_SECONDS"),
        ("memory", "400 MB of memory; split it, or raise RAGBOT_READING_MEGABYTES"),
        ("many", "400 MB of memory"),
        ("crash", "ended by the system .SIGSEGV"),
        ("exit", "ended .status 3"),
        ("long", "longer than its limits"),
        ("deep", "nested too deeply"),
        ("wrong", "cannot be parsed .KeyError"),
        ("told", "^its own words$"),
    ],
)
def test_what_goes_wrong_is_an_error_in_words_and_the_next_is_done(
    quarantine: Quarantine, what: str, reason: str
) -> None:
    found = quarantine.items(f"{ME}:bomb", what, b"")
    assert next(found) == b"first"
    with pytest.raises(ReadError, match=reason) as error:
        list(found)
    assert error.value.nothing_left == (what == "told")
    assert quarantine.one(f"{ME}:echo", 1, b"!").endswith(b"!")


def test_the_clock_ends_what_takes_no_processor(monkeypatch) -> None:
    monkeypatch.setattr("ragbot.quarantine.process.WAITS", 0)
    monkeypatch.setattr("ragbot.quarantine.process._GRACE", 3.0)
    with Quarantine(Limits(workers=1)) as quarantine:
        quarantine._started()  # that takes longer on a busy machine
        with pytest.raises(ReadError, match="of the processor"):
            list(quarantine.items(f"{ME}:bomb", "stopped", b""))


def test_what_a_parser_prints_is_not_heard(quarantine: Quarantine) -> None:
    assert quarantine.one(f"{ME}:bomb", "noise", b"") == b"first"


def test_a_process_is_kept_for_the_next_piece_of_work(quarantine: Quarantine) -> None:
    assert len({quarantine.one(f"{ME}:pids", None, b"") for _ in range(5)}) == 1


def test_a_crew_answers_each_in_its_place() -> None:
    with Crew(TIGHT) as crew:
        asked = [crew.ask(f"{ME}:echo", number, b"") for number in range(20)]
        bad = crew.ask(f"{ME}:bomb", "crash", b"")
        last = crew.ask(f"{ME}:echo", "last", b"")
        assert [json.loads(one.result())[0] for one in asked] == list(range(20))
        with pytest.raises(ReadError):
            bad.result()
        assert json.loads(last.result())[0] == "last"


def test_closing_ends_what_is_under_way() -> None:
    quarantine = Quarantine(TIGHT)
    found = quarantine.items(f"{ME}:asleep", None, b"")
    pid = int(next(found))
    quarantine.close()
    assert ended(pid)
    with pytest.raises(ReadError):
        list(found)


@pytest.mark.skipif(not hasattr(os, "O_ASYNC"), reason="needs signals of pipes")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_its_owner(how: signal.Signals) -> None:
    """Not even one that is in the middle of a parser and hears nothing."""
    program = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # may be ignored in a CI
        "from ragbot.quarantine import Limits, Quarantine\n"
        f"with Quarantine(Limits(seconds=300)) as one:\n"
        f"    for told in one.items('{ME}:asleep', None, b''):\n"
        "        print(told.decode(), flush=True)\n"
    )
    root = str(Path(__file__).resolve().parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert is_running(pid)
        owner.send_signal(how)
        owner.wait(20)
        assert ended(pid)


def test_no_code_of_the_working_directory_runs_and_no_secret_is_told(tmp_path, monkeypatch) -> None:
    for name in ("ragbot", "json", "yaml", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("import os; os._exit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAGBOT_LLM_KEY", "secret")
    with Quarantine(TIGHT) as quarantine:
        assert quarantine.one(f"{ME}:secrets", None, b"") == b"[]"


def secrets(_work: Work) -> Iterator[bytes]:
    yield json.dumps([name for name in os.environ if name.startswith("RAGBOT_")]).encode()


def test_a_python_that_cannot_be_started_is_named(monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Quarantine(TIGHT) as quarantine, pytest.raises(BuildError, match="cannot be started"):
        quarantine.one(f"{ME}:echo", None, b"")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Quarantine(TIGHT) as quarantine, pytest.raises(BuildError, match="cannot be started"):
        quarantine.one(f"{ME}:echo", None, b"")
