"""Building generations: only when needed, whole or not at all, the same from the same."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ragbot.errors import BuildError, ConfigError, EncoderError, IndexMissingError
from ragbot.index import generation, manifest
from ragbot.index.build import CACHE_FILE, build
from ragbot.index.generation import Generation
from ragbot.settings import Settings

from .sample import DOCUMENTS
from .words import WORDS, WordEncoder

ROOT = Path(__file__).resolve().parents[1]


def live(settings: Settings) -> str:
    return generation.live_name(settings.index)


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(settings: Settings) -> list[str]:
    known = {"CURRENT", "build.lock", "cache", "generations"}
    return [path.name for path in settings.index.iterdir() if path.name not in known]


class TestChanges:
    def test_a_build_makes_a_generation_live(self, settings, encoder):
        report = build(settings, encoder)
        assert report.changed
        assert report.generation == live(settings)
        assert report.problems == ()
        counts = report.counts
        assert (counts.sources, counts.documents) == (4, len(DOCUMENTS))
        opened = Generation.open(settings.index)
        assert len(opened.vectors) == counts.passages == opened.library.passages > 5
        assert len(opened.statement_vectors) == counts.statements == opened.library.statements
        assert not leftovers(settings)

    def test_nothing_is_built_where_nothing_changed(self, settings, encoder):
        first = build(settings, encoder)
        before = files(settings.index / "generations")
        second = build(settings, encoder)
        assert not second.changed
        assert (second.generation, second.counts) == (first.generation, first.counts)
        assert files(settings.index / "generations") == before

    def test_a_build_is_forced(self, settings, encoder):
        first = build(settings, encoder)
        second = build(settings, encoder, force=True)
        assert second.changed
        assert second.generation > first.generation
        assert live(settings) == second.generation

    @pytest.mark.parametrize(
        "change", ["text", "new", "gone", "source", "subjects", "encoder", "limit"]
    )
    def test_whatever_an_answer_depends_on_makes_a_new_generation(self, settings, encoder, change):
        first = build(settings, encoder)
        corpus = settings.corpus
        match change:
            case "text":
                path = corpus / "course.txt"
                path.write_text(path.read_text().replace("slow", "fast"))
            case "new":
                (corpus / "heron" / "new.md").write_text("# New\n\nHeron is new.\n")
            case "gone":
                (corpus / "heron" / "tour.ipynb").unlink()
            case "source":
                path = corpus / "sources.toml"
                path.write_text(path.read_text().replace("Alpine Weekly", "Alpine Daily"))
            case "subjects":
                path = corpus / "subjects.toml"
                path.write_text(path.read_text().replace("HeronDB", "").replace("Cost", "Price"))
            case "encoder":
                encoder = WordEncoder(WORDS[::-1])
            case "limit":
                settings = settings.model_copy(update={"flat_limit": 3})
        second = build(settings, encoder)
        assert second.changed
        assert live(settings) == second.generation != first.generation

    def test_a_file_that_is_only_touched_changes_nothing(self, settings, encoder):
        build(settings, encoder)
        os.utime(settings.corpus / "review.md", (1, 1))
        assert not build(settings, encoder).changed

    def test_more_vectors_than_the_limit_are_kept_in_lists(self, settings, encoder):
        build(settings.model_copy(update={"flat_limit": 3}), encoder)
        opened = Generation.open(settings.index)
        assert opened.manifest.store == "ivf"
        vectors = encoder.encode_queries(["Heron backup snapshot"])
        assert opened.vectors.search(vectors, 3, None)[1].min() >= 0


class TestCache:
    def test_only_new_texts_are_encoded(self, settings, encoder):
        build(settings, encoder)
        assert len(encoder.encoded) == len(set(encoder.encoded)) > 20
        path = settings.corpus / "course.txt"
        path.write_text(path.read_text() + "\nMarmot eats grass.\n")
        again = WordEncoder()
        build(settings, again)
        assert 0 < len(again.encoded) <= 3
        assert any("Marmot eats grass." in text for text in again.encoded)

    def test_another_encoder_gets_nothing_out_of_it(self, settings, encoder):
        build(settings, encoder)
        other = WordEncoder(WORDS[::-1])
        build(settings, other)
        assert len(other.encoded) == len(encoder.encoded)

    def test_vectors_out_of_it_are_those_that_went_in(self, settings, encoder):
        first = build(settings, encoder).generation
        again = WordEncoder()
        second = build(settings, again, force=True).generation
        assert again.encoded == []
        folders = [settings.index / "generations" / name for name in (first, second)]
        for name in ("passages.faiss", "statements.npy"):
            assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()

    @pytest.mark.parametrize("damage", ["garbage", "empty", "middle", "schema"])
    def test_a_damaged_one_is_made_anew(self, settings, encoder, damage):
        build(settings, encoder)
        path = settings.index / CACHE_FILE
        whole = path.read_bytes()
        match damage:
            case "garbage":
                path.write_bytes(b"this is no database" * 100)
            case "empty":
                path.write_bytes(b"")
            case "middle":
                page = 4096
                path.write_bytes(whole[:page] + b"\xff" * (len(whole) - page))
            case "schema":
                path.unlink()
                with sqlite3.connect(path) as database:
                    database.execute("CREATE TABLE vectors (other TEXT)")
        again = WordEncoder()
        assert build(settings, again, force=True).changed
        assert len(again.encoded) == len(encoder.encoded)
        third = WordEncoder()
        build(settings, third, force=True)
        assert third.encoded == []


class TestUnreadable:
    @pytest.fixture
    def broken(self, settings) -> Settings:
        (settings.corpus / "heron" / "empty.md").write_text("  \n")
        (settings.corpus / "heron" / "binary.txt").write_bytes(b"\x00\xff\xfe" * 50)
        (settings.corpus / "heron" / "half.ipynb").write_text('{"cells": [')
        return settings

    def test_they_are_reported_by_name_and_the_rest_is_built(self, broken, encoder):
        report = build(broken, encoder)
        assert {problem.path for problem in report.problems} == {
            "heron/empty.md",
            "heron/binary.txt",
            "heron/half.ipynb",
        }
        assert all(problem.reason for problem in report.problems)
        assert report.counts.documents == len(DOCUMENTS)
        kept = Generation.open(broken.index).manifest.problems
        assert {(p.path, p.reason) for p in kept} == {(p.path, p.reason) for p in report.problems}

    def test_they_are_reported_again_where_nothing_changed(self, broken, encoder):
        first, second = build(broken, encoder), build(broken, encoder)
        assert not second.changed
        assert second.problems == first.problems

    def test_strict_fails_and_what_was_live_stays(self, settings, encoder):
        first = build(settings, encoder)
        (settings.corpus / "heron" / "empty.md").write_text("")
        strict = settings.model_copy(update={"strict": True})
        with pytest.raises(BuildError, match=r"heron/empty\.md"):
            build(strict, encoder)
        assert live(settings) == first.generation
        assert not leftovers(settings)
        build(settings, encoder)
        with pytest.raises(BuildError, match=r"heron/empty\.md"):
            build(strict, encoder)  # nothing changed, but it is no less strict for that

    def test_a_name_that_is_not_utf_8_is_reported_too(self, settings, encoder):
        path = settings.corpus / "heron" / os.fsdecode(b"\xff.md")
        try:
            path.write_bytes(b"# Heron\n\nHeron is fast.\n")
        except OSError:
            pytest.skip("this file system takes no such name")
        report = build(settings, encoder)
        assert report.counts.documents + len(report.problems) == len(DOCUMENTS) + 1
        json.dumps([problem.path for problem in report.problems], ensure_ascii=False).encode()

    def test_nothing_readable_is_an_error(self, tmp_path, encoder):
        corpus = tmp_path / "corpus"
        corpus.mkdir()
        settings = Settings(corpus=corpus, index=tmp_path / "index")
        with pytest.raises(BuildError, match="no document"):
            build(settings, encoder)
        (corpus / "empty.md").write_text("")
        with pytest.raises(BuildError, match=r"empty\.md"):
            build(settings, encoder)
        with pytest.raises(IndexMissingError):
            Generation.open(settings.index)
        assert not leftovers(settings)

    def test_a_corpus_that_is_not_there_is_an_error(self, settings, encoder):
        with pytest.raises(ConfigError):
            build(settings.model_copy(update={"corpus": Path("gone")}), encoder)

    @pytest.mark.filterwarnings("ignore:invalid value")
    def test_documents_without_a_single_word_can_be_built(self, tmp_path, encoder):
        (tmp_path / "corpus").mkdir()
        (tmp_path / "corpus" / "a.md").write_text("# ...\n\n---\n\n!!\n")
        settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
        try:
            build(settings, encoder)
        except BuildError:
            return
        assert Generation.open(settings.index).library.passages >= 1


class Failing(WordEncoder):
    """Fails when it is asked for a text with "Marmot" in it."""

    def encode_passages(self, texts, progress=None):
        if any("Marmot" in text for text in texts):
            raise EncoderError("out of memory")
        return super().encode_passages(texts, progress)


class TestFailure:
    def test_a_build_that_fails_leaves_no_trace(self, settings, encoder):
        with pytest.raises(EncoderError):
            build(settings, Failing())
        with pytest.raises(IndexMissingError):
            Generation.open(settings.index)
        assert not leftovers(settings)
        assert build(settings, encoder).changed

    def test_what_was_live_stays_live(self, settings, encoder):
        name = build(settings, encoder).generation
        before = files(settings.index / "generations")
        (settings.corpus / "course.txt").write_text("Marmot has moved.\n")
        with pytest.raises(EncoderError):
            build(settings, Failing())
        assert live(settings) == name
        assert files(settings.index / "generations") == before
        Generation.open(settings.index)
        assert build(settings, encoder).changed

    @pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
    @pytest.mark.parametrize("place", ["write", "files_of"])
    def test_so_it_does_when_writing_fails(self, settings, encoder, monkeypatch, place, error):
        name = build(settings, encoder).generation

        def fail(*_):
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(manifest, place, fail)
            expected = BuildError if isinstance(error, OSError) else KeyboardInterrupt
            with pytest.raises(expected):
                build(settings, encoder, force=True)
        assert live(settings) == name
        assert not leftovers(settings)
        Generation.open(settings.index)

    @pytest.mark.parametrize("step", ["rename", "replace"])
    def test_where_switching_fails_what_was_live_stays_live(
        self, settings, encoder, monkeypatch, step
    ):
        name = build(settings, encoder).generation
        move = getattr(Path, step)

        def fail(self, target):
            if step == "rename" or Path(target).name == "CURRENT":
                raise OSError(5, "Input/output error")
            return move(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, step, fail)
            with pytest.raises(BuildError, match="what was live before still is"):
                build(settings, encoder, force=True)
        assert live(settings) == name
        assert build(settings, encoder, force=True).changed

    def test_two_builds_at_once(self, settings, encoder):
        started, go_on = threading.Event(), threading.Event()

        class Waiting(WordEncoder):
            def encode_passages(self, texts, progress=None):
                started.set()
                assert go_on.wait(20)
                return super().encode_passages(texts, progress)

        thread = threading.Thread(target=build, args=(settings, Waiting()))
        thread.start()
        try:
            assert started.wait(20)
            with pytest.raises(BuildError, match="another build is running"):
                build(settings, encoder)
        finally:
            go_on.set()
            thread.join()
        assert not build(settings, encoder).changed


@pytest.mark.parametrize(
    "stage", ["Reading", "Encoding passages", "Encoding statements", "Indexing words", "Writing"]
)
def test_a_build_that_is_killed_does_no_harm(settings, encoder, stage):
    name = build(settings, encoder).generation
    path = settings.corpus / "course.txt"
    path.write_text(path.read_text() + "\nMarmot eats grass.\n")
    command = [sys.executable, "-m", "tests.slow_build", settings.corpus, settings.index, "0.2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.strip() == stage:
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL
    assert leftovers(settings)  # it was indeed in the middle of it
    assert live(settings) == name
    Generation.open(settings.index)
    report = build(settings, encoder)
    assert report.changed
    assert not leftovers(settings)
    assert any("grass" in d.text for d in Generation.open(settings.index).library.documents())


class TestPrune:
    def test_so_many_generations_are_kept(self, settings, encoder):
        settings = settings.model_copy(update={"keep_generations": 2})
        built = [build(settings, encoder, force=True).generation for _ in range(4)]
        assert generation.names(settings.index) == built[-2:]

    def test_the_live_one_is_kept_however_few(self, settings, encoder):
        settings = settings.model_copy(update={"keep_generations": 1})
        for _ in range(3):
            name = build(settings, encoder, force=True).generation
            assert generation.names(settings.index) == [name] == [live(settings)]

    def test_a_generation_that_is_open_can_be_read_on(self, settings, encoder):
        settings = settings.model_copy(update={"keep_generations": 1})
        build(settings, encoder)
        opened = Generation.open(settings.index)
        build(settings, encoder, force=True)
        found = opened.vectors.search(encoder.encode_queries(["Heron"]), 1, None)[1]
        assert opened.library.passages_at([int(found[0, 0])])
        assert opened.lexical.scores("heron").any()

    def test_names_are_never_used_twice(self, settings, encoder):
        names = [build(settings, encoder, force=True).generation for _ in range(3)]
        assert [name[:6] for name in names] == ["000001", "000002", "000003"]


class TestDeterminism:
    def test_two_builds_from_nothing_are_the_same(self, settings, encoder, tmp_path):
        build(settings, encoder)
        other = tmp_path / "elsewhere"
        shutil.copytree(settings.corpus, other / "corpus")
        twin = settings.model_copy(update={"corpus": other / "corpus", "index": other / "index"})
        build(twin, WordEncoder())
        one, two = (files(generation.live_folder(s.index)) for s in (settings, twin))
        one.pop("manifest.json")
        two.pop("manifest.json")
        assert one == two
        assert {"library.sqlite", "passages.faiss", "statements.npy", "subjects.toml"} < set(one)
        assert any(name.startswith("lexical/") for name in one)
        assert live(settings) == live(twin)

    def test_no_path_of_this_machine_is_kept(self, built):
        folder = generation.live_folder(built.index)
        for path in folder.rglob("*"):
            if path.is_file():
                assert str(built.corpus).encode() not in path.read_bytes(), path.name


class TestManifest:
    def test_it_tells_what_went_in(self, built, generation):
        facts = generation.manifest
        assert facts.format == manifest.FORMAT
        assert facts.encoder.weights == WordEncoder().weights
        assert facts.encoder.dimension == WordEncoder().dimension
        assert facts.store == "flat"
        assert facts.name == generation.name

    def test_it_lists_every_file_but_itself(self, built, generation):
        folder = built.index / "generations" / generation.name
        assert set(generation.manifest.files) == set(files(folder)) - {"manifest.json"}

    def test_the_subjects_of_the_corpus_win_over_those_of_the_settings(self, settings, encoder):
        mine = settings.index.parent / "mine.toml"
        mine.write_text('[[subject]]\nid = "gull"\nname = "Gull"\n')
        settings = settings.model_copy(update={"subjects": mine})
        assert build(settings, encoder).subjects_file == str(settings.corpus / "subjects.toml")
        (settings.corpus / "subjects.toml").unlink()
        assert build(settings, encoder).subjects_file == str(mine)
        assert [s.id for s in Generation.open(settings.index).guide.subjects] == ["gull"]

    def test_without_subjects_it_is_built_all_the_same(self, settings, encoder):
        (settings.corpus / "subjects.toml").unlink()
        report = build(settings, encoder)
        assert report.subjects_file == ""
        assert Generation.open(settings.index).guide.subjects == ()

    def test_wrong_subjects_stop_the_build(self, settings, encoder):
        (settings.corpus / "subjects.toml").write_text("[[subject]]\n")
        with pytest.raises(ConfigError, match=r"subjects\.toml"):
            build(settings, encoder)


def test_progress_is_told_of_every_stage(settings, encoder):
    class Watch:
        def __init__(self):
            self.stages = {}

        def stage(self, name, total):
            self.stages[name] = [total, 0]

        def advance(self, steps):
            self.stages[next(reversed(self.stages))][1] += steps

    watch = Watch()
    report = build(settings, encoder, watch)
    counts = report.counts
    assert watch.stages["Reading"][1] == counts.documents
    assert watch.stages["Encoding passages"] == [counts.passages] * 2
    assert watch.stages["Encoding statements"] == [counts.statements] * 2
