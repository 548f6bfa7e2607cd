"""What all tests share: no network, a small corpus, the index built of it, and an assistant."""

import os
import shutil
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

import ragbot.assistant as assistant_room
from ragbot.adapt.finding import Asking
from ragbot.assistant import Assistant
from ragbot.guide import Guide, parse
from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.judge import Judge
from ragbot.settings import Settings

from .sample import SUBJECTS, write_corpus
from .words import WordEncoder, WordJudge

os.environ["RAGBOT_REFRESH_HOURS"] = "0"  # no service that a test starts fetches anything


def _is_near(host: object) -> bool:
    if not isinstance(host, str) or host in ("", "localhost"):
        return not host or host == "localhost"
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Only this machine can be reached; a test that tries more fails where it tries."""
    connect, connect_ex, lookup = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(family: int, address: Any) -> None:
        if family != socket.AF_UNIX and not _is_near(address[0]):
            pytest.fail(f"a test reached for the network: {address}")

    def near_connect(self: socket.socket, address: Any) -> None:
        check(self.family, address)
        connect(self, address)

    def near_connect_ex(self: socket.socket, address: Any) -> int:
        check(self.family, address)
        return connect_ex(self, address)

    def near_lookup(host: Any, *rest: Any, **more: Any) -> Any:
        if not _is_near(host.decode() if isinstance(host, bytes) else host):
            pytest.fail(f"a test looked for the host {host!r}")
        return lookup(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", near_connect)
        patch.setattr(socket.socket, "connect_ex", near_connect_ex)
        patch.setattr(socket, "getaddrinfo", near_lookup)
        yield


@pytest.fixture(scope="session", autouse=True)
def _judged_by_hand() -> Iterator[None]:
    """What the hand-computable encoder has encoded is judged by the hand-computable judge."""
    packaged = assistant_room.open_judge

    def opened(generation: Generation, settings: Settings) -> Judge:
        by_hand = generation.manifest.encoder.name == WordEncoder().name
        return WordJudge(generation.guide) if by_hand else packaged(generation, settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assistant_room, "open_judge", opened)
        yield


@pytest.fixture
def encoder() -> WordEncoder:
    """A fresh encoder that has been asked for nothing yet."""
    return WordEncoder()


@pytest.fixture(scope="session")
def guide() -> Guide:
    """The subjects and aspects of the sample corpus."""
    return parse(SUBJECTS)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The folder of the sample corpus; a test may change it."""
    return write_corpus(tmp_path)


@pytest.fixture
def settings(corpus: Path, tmp_path: Path) -> Settings:
    """Settings that name the sample corpus and an index folder that is not there yet."""
    return Settings(corpus=corpus, index=tmp_path / "index", subjects=corpus / "subjects.toml")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the sample corpus with its index built; a test may only read it."""
    folder = tmp_path_factory.mktemp("built")
    corpus = write_corpus(folder)
    settings = Settings(corpus=corpus, index=folder / "index", subjects=corpus / "subjects.toml")
    build(settings, WordEncoder())
    return settings


@pytest.fixture
def index(built: Settings, tmp_path: Path) -> Path:
    """A copy of the built index that a test may damage."""
    return Path(shutil.copytree(built.index, tmp_path / "index"))


@pytest.fixture(scope="session")
def generation(built: Settings) -> Generation:
    """The live generation of the built index."""
    return Generation.open(built.index)


@pytest.fixture(scope="session")
def assistant(built: Settings) -> Assistant:
    """An assistant over the built index."""
    return Assistant.open(built, WordEncoder())


@pytest.fixture(scope="session")
def asking(assistant: Assistant) -> Asking:
    """What finds statements to be graded, as that assistant does."""
    finder, vectors = assistant._composer._finder, assistant._vectors
    return Asking(assistant._reader, finder, vectors, assistant.generation.library)
