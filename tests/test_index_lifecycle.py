"""A rebuild reads and encodes only what is new, and ends in what a build from nothing gives."""

import hashlib
import json
import os
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ragbot.assistant import Assistant
from ragbot.errors import BuildError
from ragbot.index import build as builds
from ragbot.index import generation, reading
from ragbot.index.build import CACHE_FILE, build
from ragbot.index.check import Verdict
from ragbot.index.generation import Generation
from ragbot.index.lease import in_use
from ragbot.index.read_cache import READ_CACHE_FILE
from ragbot.settings import Settings

from .sample import DOCUMENTS
from .words import WordEncoder


def content_of(settings: Settings) -> dict[str, str]:
    """The checksums of the live generation, and its manifest but for name, time and place."""
    folder = generation.live_folder(settings.index)
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    facts = json.loads((folder / "manifest.json").read_text())
    found["manifest.json"] = json.dumps(facts | {"name": "", "built": ""})
    return found


def cache_bytes(settings: Settings) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((settings.index / "cache").iterdir()))


def entries(settings: Settings, file: str) -> int:
    with sqlite3.connect(settings.index / file) as database:
        return int(database.execute("SELECT COUNT(*) FROM entries").fetchone()[0])


def change(settings: Settings, step: str) -> None:
    corpus = settings.corpus
    course = corpus / "course.txt"
    match step:
        case "changed":
            course.write_text(course.read_text() + "\nMarmot eats grass.\n")
        case "new":
            (corpus / "heron" / "new.md").write_text("# New\n\nHeron is new and fast.\n")
        case "removed":
            (corpus / "heron" / "tour.ipynb").unlink()
        case "back":
            course.write_text(course.read_text().replace("\nMarmot eats grass.\n", ""))
        case "subjects":
            path = corpus / "subjects.toml"
            path.write_text(path.read_text().replace('"marmot 2"', '"marmot two"'))


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The paths of the documents that a reader has read."""
    found: list[str] = []
    real = reading.begin

    def listed(crew, raw):
        found.append(raw.path)
        return real(crew, raw)

    monkeypatch.setattr(reading, "begin", listed)
    return found


class TestSameBytes:
    def test_after_any_change_it_is_what_a_build_from_nothing_gives(self, settings, tmp_path):
        build(settings, WordEncoder())
        for number, step in enumerate(("changed", "new", "removed", "subjects", "back")):
            change(settings, step)
            assert build(settings, WordEncoder()).changed
            anew = settings.model_copy(update={"index": tmp_path / f"anew{number}"})
            build(anew, WordEncoder())
            assert content_of(settings) == content_of(anew), step

    def test_so_it_is_where_the_old_caches_hold_much_more(self, settings, tmp_path):
        build(settings, WordEncoder())
        big = settings.model_copy(update={"corpus": settings.corpus / "heron"})
        build(big, WordEncoder())
        anew = big.model_copy(update={"index": tmp_path / "anew"})
        build(anew, WordEncoder())
        assert content_of(big) == content_of(anew)

    def test_a_corpus_that_changes_while_it_is_read_is_not_built(self, settings, monkeypatch):
        first = build(settings, WordEncoder()).generation
        change(settings, "changed")
        write = builds.write_texts

        def slowly(*arguments):
            found = write(*arguments)
            change(settings, "new")
            return found

        with monkeypatch.context() as patch:
            patch.setattr(builds, "write_texts", slowly)
            with pytest.raises(BuildError, match="changed while it was read"):
                build(settings, WordEncoder())
        assert generation.live_name(settings.index) == first
        assert build(settings, WordEncoder()).counts.documents == len(DOCUMENTS) + 1


class TestOnlyWhatIsNew:
    def test_nothing_is_read_or_encoded_again(self, settings, read):
        build(settings, WordEncoder())
        assert len(read) == len(DOCUMENTS)
        read.clear()
        again = WordEncoder()
        assert build(settings, again, force=True).changed
        assert (read, again.encoded) == ([], [])

    def test_one_page_changed_is_its_passages_only(self, settings, read):
        build(settings, WordEncoder())
        read.clear()
        change(settings, "changed")
        again = WordEncoder()
        build(settings, again)
        assert [Path(path).name for path in read] == ["course.txt"]
        assert again.encoded
        assert all("grass" in text for text in again.encoded)

    def test_what_comes_back_needs_no_build(self, settings, read):
        first = build(settings, WordEncoder()).generation
        change(settings, "changed")
        second = build(settings, WordEncoder()).generation
        change(settings, "back")
        read.clear()
        report = build(settings, WordEncoder())
        assert report.changed
        assert report.generation == first == generation.live_name(settings.index)
        assert read == []
        assert generation.names(settings.index) == [first, second]

    def test_another_guide_or_window_reads_anew(self, settings, read):
        build(settings, WordEncoder())
        read.clear()
        build(settings, WordEncoder(window=48))
        assert read == []  # only the cut depends on the window
        change(settings, "subjects")
        build(settings, WordEncoder())
        assert len(read) == len(DOCUMENTS)

    @pytest.mark.parametrize("damage", ["flipped", "cut", "garbage", "gone"])
    def test_a_damaged_cache_is_read_anew(self, settings, damage):
        build(settings, WordEncoder())
        before = content_of(settings)
        for name in (READ_CACHE_FILE, CACHE_FILE):
            path = settings.index / name
            whole = bytearray(path.read_bytes())
            match damage:
                case "flipped":
                    for at in range(5000, len(whole), 997):
                        whole[at] ^= 1
                case "cut":
                    del whole[len(whole) // 2 :]
                case "garbage":
                    whole = bytearray(b"no database" * 999)
            path.write_bytes(whole)
            if damage == "gone":
                path.unlink()
        assert build(settings, WordEncoder(), force=True).changed
        assert content_of(settings) == before


class TestRemoved:
    def test_a_removed_document_is_gone_from_answers(self, settings):
        change(settings, "new")
        build(settings, WordEncoder())
        (settings.corpus / "heron" / "new.md").unlink()
        build(settings, WordEncoder())
        assistant = Assistant.open(settings, WordEncoder())
        assert "new and fast" not in str(assistant.search("Heron new fast"))
        folder = generation.live_folder(settings.index)
        for path in folder.rglob("*"):
            assert not path.is_file() or b"new and fast" not in path.read_bytes()

    def test_it_is_gone_from_the_caches_on_request(self, settings):
        build(settings, WordEncoder())
        before = [entries(settings, name) for name in (CACHE_FILE, READ_CACHE_FILE)]
        change(settings, "new")
        build(settings, WordEncoder())
        (settings.corpus / "heron" / "new.md").unlink()
        assert build(settings, WordEncoder()).forgotten == 0
        with_it = [entries(settings, name) for name in (CACHE_FILE, READ_CACHE_FILE)]
        report = build(settings, WordEncoder(), forget=True)
        assert not report.changed
        after = [entries(settings, name) for name in (CACHE_FILE, READ_CACHE_FILE)]
        assert after == before != with_it
        assert report.forgotten == sum(with_it) - sum(after)
        again = WordEncoder()
        build(settings, again, force=True)
        assert again.encoded == []

    def test_caches_do_not_grow_without_end(self, settings):
        for number in range(12):
            for name in ("course.txt", "review.md"):
                lines = "\n\n".join(f"Marmot {number} ate {n} flowers." for n in range(30))
                (settings.corpus / name).write_text(f"# Marmot\n\n{lines}\n")
            counts = build(settings, WordEncoder()).counts
        assert entries(settings, CACHE_FILE) <= 4 * (counts.passages + counts.statements)


class TestJudge:
    def test_one_that_is_worse_is_kept_but_not_live(self, settings):
        first = build(settings, WordEncoder()).generation
        change(settings, "changed")
        asked = []

        def judge(new, live, encoder):
            asked.append((new.name, live.name if live else None))
            return Verdict(good=False, notes=("worse",))

        report = build(settings, WordEncoder(), judge=judge)
        assert asked == [(report.generation, first)]
        assert (report.live, report.notes) == (False, ("worse",))
        assert generation.live_name(settings.index) == first
        assert generation.names(settings.index) == [first, report.generation]
        again = build(settings, WordEncoder(), judge=judge)
        assert again.generation == report.generation  # it is not built a second time
        assert build(settings, WordEncoder()).live
        assert generation.live_name(settings.index) == report.generation

    def test_what_was_written_wrongly_never_goes_live(self, settings, monkeypatch):
        first = build(settings, WordEncoder()).generation
        change(settings, "changed")
        write = builds.write_vectors

        def badly(work, *rest):
            found = write(work, *rest)
            whole = (work / "statements.npy").read_bytes()
            (work / "statements.npy").write_bytes(whole[:-64])
            return found

        with monkeypatch.context() as patch:
            patch.setattr(builds, "write_vectors", badly)
            with pytest.raises(BuildError, match="not sound"):
                build(settings, WordEncoder())
        assert generation.names(settings.index) == [first]
        assert build(settings, WordEncoder()).live


class TestInUse:
    def test_an_open_generation_is_not_pruned(self, settings):
        settings = settings.model_copy(update={"keep_generations": 1})
        name = build(settings, WordEncoder()).generation
        opened = Generation.open(settings.index)
        last = [build(settings, WordEncoder(), force=True).generation for _ in range(3)][-1]
        assert generation.names(settings.index) == [name, last]
        assert in_use(settings.index / "generations" / name)
        del opened
        assert not in_use(settings.index / "generations" / name)
        last = build(settings, WordEncoder(), force=True).generation
        assert generation.names(settings.index) == [last]


@pytest.mark.parametrize("to", [0.0, 1e9, 4e9])
def test_a_clock_that_jumps_changes_nothing(settings, monkeypatch, to):
    first = build(settings, WordEncoder())
    for path in settings.corpus.rglob("*"):
        os.utime(path, (to, to))

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(to, tz or UTC)

    monkeypatch.setattr(builds, "datetime", Clock)
    monkeypatch.setattr(time, "time", lambda: to)
    assert not build(settings, WordEncoder()).changed
    change(settings, "changed")
    second = build(settings, WordEncoder())
    assert second.generation > first.generation
    assert second.seconds >= 0
    assert generation.live_name(settings.index) == second.generation
    assert Generation.open(settings.index).manifest.built.startswith(Clock.now().isoformat()[:4])
    assert not build(settings, WordEncoder()).changed
