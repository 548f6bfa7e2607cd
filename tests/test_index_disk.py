"""A full disk and a file cut short, wherever it is: what was live answers, the next build mends."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ragbot.assistant import Assistant
from ragbot.errors import BuildError, IndexDamagedError
from ragbot.index import generation
from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.index.kept import examine
from ragbot.settings import Settings

from .test_index_damage import FILES
from .test_index_lifecycle import content_of
from .words import WordEncoder

QUESTION = "Compare Heron and Ibex on backup"
LIMITS = (0, 5_000, 20_000, 40_000, 60_000)  # bytes a file


def grow(settings: Settings, what: str) -> None:
    """Much to write: the library, the vectors and the postings all grow."""
    lines = "\n\n".join(f"Marmot {n} reads {what}{n} rows fast." for n in range(150))
    (settings.corpus / "course.txt").write_text(f"Marmot\n\n{lines}\n")


def answers(settings: Settings) -> bool:
    return bool(Assistant.open(settings, WordEncoder()).ask(QUESTION).citations)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", LIMITS)
def test_writes_that_fail(settings, tmp_path, size):
    name = build(settings, WordEncoder()).generation
    opened = Assistant.open(settings, WordEncoder())
    grow(settings, "many")
    with files_up_to(size), pytest.raises(BuildError, match="what was live"):
        build(settings, WordEncoder())
    assert opened.ask(QUESTION).citations
    assert generation.live_name(settings.index) == name
    assert answers(settings)
    assert not list(settings.index.glob("building-*"))
    assert build(settings, WordEncoder()).live
    anew = settings.model_copy(update={"index": tmp_path / "anew"})
    build(anew, WordEncoder())
    assert content_of(settings) == content_of(anew)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A folder on a disk of its own, of 700 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("a disk of its own can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def attempt(settings: Settings) -> str:
    """Build, and say what went wrong."""
    try:
        build(settings, WordEncoder())
    except BuildError as error:
        return str(error)
    return ""


def test_a_full_disk(settings, small_disk):
    settings = settings.model_copy(update={"index": small_disk / "index"})
    name = build(settings, WordEncoder()).generation
    opened = Assistant.open(settings, WordEncoder())
    ballast = small_disk / "ballast"
    failed = 0
    for left in (0, 30_000, 90_000, 150_000, 210_000):
        ballast.unlink(missing_ok=True)
        grow(settings, f"words{left}x")
        free = shutil.disk_usage(small_disk).free
        ballast.write_bytes(b"x" * max(0, free - left))
        said = attempt(settings)
        failed += bool(said)
        assert not said or "what was live" in said
        name = name if said else generation.names(settings.index)[-1]
        assert generation.live_name(settings.index) == name
        assert answers(settings)
        assert opened.ask(QUESTION).citations
    assert failed >= 2
    ballast.unlink(missing_ok=True)
    (settings.corpus / "course.txt").write_text("Marmot is free.\n")
    assert build(settings, WordEncoder(), forget=True).live
    assert answers(settings)


def cut_short(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


class TestCutShort:
    @pytest.mark.parametrize("name", [*FILES, "manifest.json"])
    def test_in_the_live_generation(self, index, built, name):
        settings = built.model_copy(update={"index": index})
        folder = generation.live_folder(index)
        cut_short(folder / name)
        with pytest.raises(IndexDamagedError, match=name):
            Generation.open(index)
        assert build(settings, WordEncoder()).live
        assert answers(settings)

    @pytest.mark.parametrize("name", [*FILES, "manifest.json"])
    def test_in_another_generation(self, index, built, name):
        settings = built.model_copy(update={"index": index})
        old = generation.live_name(index)
        new = build(settings, WordEncoder(), force=True).generation
        cut_short(index / "generations" / old / name)
        assert answers(settings)
        faults = examine(index, ())
        assert name in faults[old]
        assert faults[new] == ""
        assert build(settings, WordEncoder(), force=True).live

    @pytest.mark.parametrize(
        "name", ["cache/embeddings.sqlite", "cache/documents.sqlite", "build.lock"]
    )
    def test_beside_the_generations(self, index, built, name):
        settings = built.model_copy(update={"index": index})
        before = content_of(settings)
        cut_short(index / name)
        assert answers(settings)
        assert not build(settings, WordEncoder()).changed
        assert build(settings, WordEncoder(), force=True).live
        assert content_of(settings) == before

    @pytest.mark.parametrize("name", ["CURRENT"])
    def test_the_name_of_the_live_one(self, index, built, name):
        settings = built.model_copy(update={"index": index})
        opened = Assistant.open(settings, WordEncoder())
        cut_short(index / name)
        with pytest.raises(IndexDamagedError, match="CURRENT"):
            Generation.open(index)
        assert opened.ask(QUESTION).citations
        assert build(settings, WordEncoder()).live
        assert answers(settings)

    def test_a_document(self, settings):
        name = build(settings, WordEncoder()).generation
        cut_short(settings.corpus / "heron" / "tour.ipynb")
        report = build(settings, WordEncoder())
        assert [problem.path for problem in report.problems] == ["heron/tour.ipynb"]
        assert report.generation != name
        assert answers(settings)

    @pytest.mark.parametrize("name", ["sources.toml", "subjects.toml"])
    def test_the_catalogue_or_the_guide(self, settings, name):
        build(settings, WordEncoder())
        path = settings.corpus / name
        whole = path.read_text()
        path.write_text(whole[: whole.rindex('"')])
        with pytest.raises(Exception, match=name):
            build(settings, WordEncoder())
        assert answers(settings)
        path.write_text(whole)
        assert not build(settings, WordEncoder()).changed
