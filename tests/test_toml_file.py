"""A file of settings that cannot be used is named in words, whichever of them it is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ragbot import guide, settings_file, toml_file
from ragbot.errors import ConfigError
from ragbot.evaluation import canaries
from ragbot.index.build import find_guide
from ragbot.settings import Settings, load
from ragbot.sources import catalog, edit, gather
from ragbot.sources.sync import due


def made_folder(path: Path) -> None:
    path.mkdir()


def made_pipe(path: Path) -> None:
    os.mkfifo(path)


def holding(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


DAMAGES = {
    "a folder": made_folder,
    "a pipe": made_pipe,
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to nothing": lambda path: path.symlink_to(path.parent / "gone"),
    "not UTF-8": holding(b'x = "\xff"'),
    "a NUL": holding(b"x = \x00"),
    "deep lists": holding(b"x = " + b"[" * 100_000),
    "deep tables": holding(b"x = " + b"{a=" * 100_000),
    "a long number": holding(b"x = " + b"9" * 5000),
    "no TOML": holding(b"x: 1"),
}
READERS: dict[str, Callable[[Path], object]] = {
    "ragbot.toml": lambda folder: load(),
    "sources.toml": lambda folder: catalog.load(folder / "sources.toml"),
    "sources.toml edited": lambda folder: edit.remove(folder, "x"),
    "sources.toml gathered": lambda folder: list(gather(folder, folder / "i", 1000)),
    "sources.toml due": lambda folder: due(folder, folder / "i", 1),
    "subjects.toml": lambda folder: guide.load(folder / "subjects.toml"),
    "subjects.toml found": lambda folder: find_guide(Settings(corpus=folder)),
    "canaries.toml": canaries.load,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("reader", READERS)
def test_it_is_named_in_a_sentence(tmp_path, monkeypatch, damage, reader):
    monkeypatch.chdir(tmp_path)
    name = reader.split()[0]
    DAMAGES[damage](tmp_path / name)
    with pytest.raises(ConfigError, match=name) as raised:
        READERS[reader](tmp_path)
    assert len(str(raised.value)) < 500


def test_a_file_of_many_megabytes_is_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "ragbot.toml").open("wb") as stream:
        stream.truncate(20_000_000)
    with pytest.raises(ConfigError, match="larger than 10 MB"):
        settings_file.find()


@pytest.mark.parametrize(
    "key", ["x{0} = 1", "[x{0}]", "[[ x{0} ]]", "y = {{x{0} = 1}}", "'x' . \"x\"{0}=1"]
)
def test_a_key_of_names_without_end_is_not_read(key):
    """Twenty thousand names would take gigabytes."""
    with pytest.raises(ConfigError, match="more than 64 names"):
        toml_file.parse(key.format(".x" * 20_000), "x.toml")
    assert toml_file.parse(key.format(".x" * 20), "x.toml")


def test_a_text_of_many_dots_is_no_key():
    assert toml_file.parse(f'x = "{"1." * 100_000}"', "x.toml")
