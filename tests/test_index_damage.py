"""An index that is not what its manifest says is refused, and nothing in it is ever executed."""

import json
import pickle
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from ragbot.assistant import Assistant
from ragbot.errors import BuildError, IndexDamagedError, IndexMissingError, IndexNewerError
from ragbot.index import generation as generations
from ragbot.index import manifest as manifests
from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.settings import Settings

from .words import WordEncoder

FILES = (
    "library.sqlite",
    "passages.faiss",
    "statements.npy",
    "subjects.toml",
    "lexical/data.csc.index.npy",
    "lexical/indices.csc.index.npy",
    "lexical/indptr.csc.index.npy",
    "lexical/params.index.json",
    "lexical/vocab.index.json",
)


@pytest.fixture
def folder(index: Path) -> Path:
    """The folder of the live generation, in a copy of the index."""
    return generations.live_folder(index)


def resign(folder: Path) -> None:
    """Make the manifest agree with the files, as one would who can write both."""
    facts = manifests.read(folder)
    files = manifests.files_of(folder)
    manifests.write(folder, facts.model_copy(update={"files": files}))


def test_these_are_all_the_files(folder):
    assert set(manifests.files_of(folder)) == set(FILES)


def test_an_undamaged_copy_opens(index):
    assert Generation.open(index).library.passages


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing", "empty", "longer"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named(index, folder, name, damage):
    path = folder / name
    whole = path.read_bytes()
    middle = len(whole) // 2
    match damage:
        case "truncated":
            path.write_bytes(whole[:-1])
        case "flipped":
            path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "longer":
            path.write_bytes(whole + b"\n")
    with pytest.raises(IndexDamagedError, match=rf"{name}.*ragbot build"):
        Generation.open(index)


@pytest.mark.parametrize("name", ["extra.txt", "lexical/corpus.jsonl", "library.sqlite-wal"])
def test_a_file_that_does_not_belong_there_is_named(index, folder, name):
    (folder / name).write_bytes(b"x")
    with pytest.raises(IndexDamagedError, match=f"{name} does not belong there"):
        Generation.open(index)


class TestManifest:
    @pytest.fixture
    def change(self, folder):
        """Writes one entry of the manifest anew."""

        def change(**entries) -> None:
            path = folder / "manifest.json"
            path.write_text(json.dumps(json.loads(path.read_text()) | entries))

        return change

    def test_without_one_there_is_no_generation(self, index, folder):
        (folder / "manifest.json").unlink()
        with pytest.raises(IndexDamagedError, match="not complete"):
            Generation.open(index)
        assert generations.names(index) == []

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "\x00"])
    def test_one_that_says_nothing_is_refused(self, index, folder, text):
        (folder / "manifest.json").write_text(text)
        with pytest.raises(IndexDamagedError, match=r"manifest\.json"):
            Generation.open(index)

    @pytest.mark.parametrize(
        "entries",
        [
            {"hook": "import os"},
            {"format": manifests.FORMAT + 1},
            {"format": manifests.FORMAT + 1, "ragbot": "9.9"},
            {"nearness": {"foreign": 0.1, "own": 0.9, "headings": 3, "spread": 0.2}},
        ],
    )
    def test_one_with_entries_that_are_not_known_is_of_a_newer_ragbot(self, index, change, entries):
        change(**entries)
        with pytest.raises(IndexNewerError) as raised:
            Generation.open(index)
        said = str(raised.value)
        assert "was built by a newer ragbot" in said
        assert "upgrade this one" in said
        assert "damaged" not in said
        assert ("9.9" in said) == ("ragbot" in entries)

    def test_a_table_more_is_of_a_newer_ragbot(self, index, folder):
        with sqlite3.connect(folder / "library.sqlite") as database:
            database.execute("CREATE TABLE moods (statement INTEGER)")
        database.close()
        resign(folder)
        with pytest.raises(IndexNewerError, match="newer ragbot"):
            Generation.open(index)

    def test_an_older_format_is_no_newer_one(self, index, change):
        change(format=manifests.FORMAT - 1)
        with pytest.raises(IndexDamagedError, match=r"format \d+.*rebuild") as raised:
            Generation.open(index)
        assert not isinstance(raised.value, IndexNewerError)

    def test_a_build_does_not_replace_what_a_newer_ragbot_built(self, index, change, settings):
        change(format=manifests.FORMAT + 1)
        with pytest.raises(BuildError, match="newer ragbot"):
            build(settings, WordEncoder())
        assert build(settings, WordEncoder(), force=True).live

    def test_one_that_names_files_elsewhere_is_refused(self, index, folder, change):
        (index / "secret").write_bytes(b"x")
        files = json.loads((folder / "manifest.json").read_text())["files"]
        change(files=files | {"../../secret": {"size": 1, "sha256": "0"}})
        with pytest.raises(IndexDamagedError):
            Generation.open(index)


class TestCurrent:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "../x",
            "../generations",
            "/etc",
            "000001",
            "000001-abc",
            b"\xff\xfe",
            "a\nb",
            ".",
        ],
    )
    def test_one_that_names_no_generation_is_refused(self, index, text):
        (index / "CURRENT").write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(IndexDamagedError):
            Generation.open(index)

    def test_one_that_leads_out_of_the_index_is_refused(self, index, folder):
        shutil.copytree(folder, index.parent / folder.name)
        (index / "CURRENT").write_text(f"../../{folder.name}\n")
        with pytest.raises(IndexDamagedError, match="names no generation"):
            Generation.open(index)

    def test_one_that_names_a_generation_that_is_gone_is_refused(self, index):
        (index / "CURRENT").write_text("000009-0123abcd\n")
        with pytest.raises(IndexDamagedError, match="000009-0123abcd is missing"):
            Generation.open(index)

    def test_a_folder_in_its_place_is_refused(self, index):
        (index / "CURRENT").unlink()
        (index / "CURRENT").mkdir()
        with pytest.raises(IndexDamagedError, match="cannot be read"):
            Generation.open(index)

    def test_without_one_there_is_no_index(self, index, tmp_path):
        (index / "CURRENT").unlink()
        for folder in (index, tmp_path / "gone"):
            with pytest.raises(IndexMissingError, match="ragbot build"):
                Generation.open(folder)


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


class TestForgery:
    """Files that agree with the manifest, written by someone else."""

    @pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".npy")])
    @pytest.mark.parametrize("form", ["array", "bare"])
    def test_a_pickle_is_never_loaded(self, index, folder, tmp_path, name, form):
        mark = tmp_path / "executed"
        if form == "array":
            np.save(folder / name, np.array([Trap(mark)], dtype=object), allow_pickle=True)
        else:
            (folder / name).write_bytes(pickle.dumps(Trap(mark)))
        resign(folder)
        with pytest.raises(IndexDamagedError):
            Generation.open(index)
        assert not mark.exists()

    @pytest.mark.parametrize("name", FILES)
    def test_garbage_is_refused(self, index, folder, name):
        (folder / name).write_bytes(b"\x00garbage" * 64)
        resign(folder)
        with pytest.raises(IndexDamagedError):
            Generation.open(index)

    def test_vectors_of_other_passages_are_refused(self, index, folder, settings):
        (settings.corpus / "new.md").write_text("# New\n\nHeron is new.\n")
        (settings.corpus / "sources.toml").unlink()
        other = settings.model_copy(update={"index": index.parent / "other"})
        build(other, WordEncoder())
        theirs = generations.live_folder(other.index)
        for name in ("passages.faiss", "statements.npy"):
            whole = (folder / name).read_bytes()
            shutil.copy(theirs / name, folder / name)
            resign(folder)
            with pytest.raises(IndexDamagedError, match=r"do not belong together|and not float16"):
                Generation.open(index)
            (folder / name).write_bytes(whole)


def test_the_next_build_mends_a_damaged_index(built, index, folder):
    settings = Settings(corpus=built.corpus, index=index, subjects=built.subjects)
    assert not build(settings, WordEncoder()).changed
    (folder / "statements.npy").write_bytes(b"")
    assert build(settings, WordEncoder()).changed
    assert Assistant.open(settings, WordEncoder()).search("Heron")


@pytest.mark.parametrize("text", ["", "../x", "000009-0123abcd"])
def test_the_next_build_mends_a_damaged_current(built, index, text):
    settings = Settings(corpus=built.corpus, index=index, subjects=built.subjects)
    (index / "CURRENT").write_text(text)
    assert build(settings, WordEncoder()).changed
    assert Generation.open(index)
