"""The bundle: one file that is served elsewhere without a network, and refused where it is odd."""

import errno
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import httpx
import pytest

from ragbot.errors import ConfigError
from ragbot.index import bundle as bundles
from ragbot.index.bundle import unpack, write
from ragbot.index.generation import live_name
from ragbot.settings import Settings

from .words import WordEncoder

ROOT = Path(__file__).parents[1]
# What starts the command line where any connection but loopback's fails, and so does every lookup.
OFFLINE = """
import socket, sys
connect = socket.socket.connect
def near(self, address):
    if self.family != socket.AF_UNIX and not str(address[0]).startswith("127."):
        raise OSError("there is no network")
    return connect(self, address)
socket.socket.connect = near
lookup = socket.getaddrinfo
def found(host, *rest, **more):
    if host not in ("127.0.0.1", "localhost", None):
        raise OSError("there is no network")
    return lookup(host, *rest, **more)
socket.getaddrinfo = found
from ragbot import assistant
from ragbot.cli import main
from ragbot.index import bundle
from tests.words import WordEncoder
assistant.open_encoder = lambda _: WordEncoder()
bundle.identify = lambda _: WordEncoder()
main(sys.argv[1:])
"""


@pytest.fixture
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of these tests was built by the encoder of words."""
    identity = type("Identity", (), {"weights": WordEncoder().weights})()
    monkeypatch.setattr(bundles, "identify", lambda _: identity)


@pytest.fixture
def packed(built: Settings, tmp_path: Path, by_words: None) -> Path:
    """A bundle of the small index."""
    target = tmp_path / "docs.ragbot"
    done = write(built, target)
    assert (done.generation, done.bytes) == (live_name(built.index), target.stat().st_size)
    return target


def test_what_is_unpacked_is_live_and_the_same(
    packed: Path, built: Settings, tmp_path: Path
) -> None:
    index = tmp_path / "there"
    found = unpack(packed, index)
    name = live_name(built.index)
    assert live_name(index) == name
    assert (found["index"], found["refresh_hours"]) == (index, 0)
    for place in (built.index / "generations" / name).rglob("*"):
        if place.is_file():
            copy = index / place.relative_to(built.index)
            assert copy.read_bytes() == place.read_bytes()
    assert unpack(packed, index) == found  # again: it is there already
    assert not list(index.glob(".bundle-*"))


def test_the_same_index_makes_the_same_bytes(packed: Path, built: Settings, tmp_path: Path) -> None:
    write(built, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == packed.read_bytes()


def test_folders_of_model_and_judge_come_along(
    built: Settings, tmp_path: Path, by_words: None
) -> None:
    for name in ("a-judge", "an-adapter"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.json").write_text("{}")
    own = {"judge": str(tmp_path / "a-judge"), "adapter": str(tmp_path / "an-adapter")}
    write(built.model_copy(update=own), tmp_path / "b")
    found = unpack(tmp_path / "b", tmp_path / "there")
    assert found["judge"] == str(tmp_path / "there" / "judge")
    assert (tmp_path / "there" / "adapter" / "file.json").read_text() == "{}"


def test_another_judge_of_the_same_generation_takes_the_place_of_the_old(
    built: Settings, tmp_path: Path, by_words: None
) -> None:
    index = tmp_path / "there"
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.json").write_text(name)
        write(built.model_copy(update={"judge": str(tmp_path / name)}), tmp_path / f"{name}.ragbot")
        unpack(tmp_path / f"{name}.ragbot", index)
        assert (index / "judge" / "file.json").read_text() == name


def test_a_file_that_is_no_longer_what_it_was_is_unpacked_again(
    packed: Path, built: Settings, tmp_path: Path
) -> None:
    index = tmp_path / "there"
    unpack(packed, index)
    (index / "generations" / live_name(built.index) / "library.sqlite").write_bytes(b"odd")
    unpack(packed, index)
    assert live_name(index) == live_name(built.index)


def test_others_may_read_what_the_umask_lets_them(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    assert packed.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_could_not_be_written_leaves_nothing(
    built: Settings, tmp_path: Path, by_words: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bundles, "_put", full)
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(ConfigError, match="No space left"):
        write(built, room / "docs.ragbot")
    assert not list(room.iterdir())


def rewritten(bundle: Path, change: object) -> None:
    """The bundle anew, with its members as `change` makes them of (name, content)."""
    with tarfile.open(bundle) as archive:
        members = [(m, archive.extractfile(m)) for m in archive if m.isfile()]
        found = [(m.name, stream.read()) for m, stream in members if stream]
    with tarfile.open(bundle, "w") as archive:
        for name, content in change(found):  # type: ignore[operator]
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def _changed(found: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return [*found[:-1], (found[-1][0], found[-1][1] + b" ")]


def _escaping(found: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    head = json.loads(found[0][1])
    head["sha256"]["generations/../../evil"] = "0" * 64
    return [(found[0][0], json.dumps(head).encode()), *found[1:], ("generations/../../evil", b"")]


def _with(**entries: object) -> object:
    """Another head."""

    def change(found: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        head = json.loads(found[0][1]) | entries
        return [(found[0][0], json.dumps(head).encode()), *found[1:]]

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_changed, "is damaged"),
        (_escaping, "no bundle that ragbot wrote"),
        (lambda found: [*found, ("generations/x", b"")], "which its list has not"),
        (lambda found: found[:-1], "is cut short"),
        (lambda found: found[1:], "is no bundle"),
        (_with(settings={"engine": 5}), "setting engine = 5"),
        (_with(settings=[]), "no bundle that ragbot wrote"),
        (_with(sha256=["generations/x"]), "no bundle that ragbot wrote"),
        (lambda found: [("bundle.json", b"[" * 100_000)], "is no bundle"),
        (lambda found: [("bundle.json", b'{"format": 99}')], "is no bundle"),
    ],
)
def test_what_is_odd_is_refused_and_nothing_is_left(
    packed: Path, tmp_path: Path, change: object, why: str
) -> None:
    rewritten(packed, change)
    index = tmp_path / "there"
    with pytest.raises(ConfigError, match=why):
        unpack(packed, index)
    assert not (index / "CURRENT").exists()
    assert not (tmp_path / "evil").exists()
    assert not index.exists() or not list(index.iterdir())


def test_a_file_that_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing")
    with pytest.raises(ConfigError, match="cannot be unpacked"):
        unpack(tmp_path / "x", tmp_path / "there")


def test_it_is_served_without_a_network(packed: Path, tmp_path: Path) -> None:
    """In a process of its own that reaches nothing but loopback."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RAGBOT_")}
    with subprocess.Popen(
        [sys.executable, "-c", OFFLINE, "serve", "--port", "0", "--bundle", str(packed)],
        cwd=tmp_path,
        env=kept | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ragbot is ready: "), process.communicate()
            url = line.split()[3]
            found = httpx.post(f"{url}v1/search", json={"query": "speed"}, trust_env=False).json()
            assert found["hits"]
            assert httpx.get(f"{url}readyz", trust_env=False).status_code == 200
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert process.returncode == 0
    assert not list(tmp_path.glob("ragbot-*"))
