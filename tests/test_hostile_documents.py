"""Documents made to take all there is: each is named or read in bounds, and the rest is built."""

import random
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from ragbot.errors import ReadError
from ragbot.index.build import build
from ragbot.quarantine import Limits, in_force
from ragbot.readers import READERS, read
from ragbot.sources import gather
from ragbot.sources.archive import documents_of_archive
from ragbot.sources.files import File, Problem
from ragbot.sources.packed import documents_of_packed
from ragbot.types import RawDocument

from .readers.conftest import make_raw
from .sources.test_archive import SOURCE

NEIGHBOUR = "# {0}\n\nA sound document called {0} says that a cache keeps what was read before.\n"
NESTED = 9


def front_matter() -> str:
    """Lists of aliases of lists: nine levels of nine say 387 million words."""
    rows = ["a: &a [" + ",".join("x" * NESTED) + "]"]
    for before, name in zip("abcdefghi", "bcdefghij", strict=True):
        rows.append(f"{name}: &{name} [" + ",".join([f"*{before}"] * NESTED) + "]")
    return "---\n" + "\n".join([*rows, "title: *j"]) + "\n---\n# Aliases\n\nA text below them.\n"


def substitutions() -> str:
    rows = [f".. |a{i}| replace:: " + f"|a{i + 1}| " * 10 for i in range(NESTED)]
    return "\n".join([*rows, f".. |a{NESTED}| replace:: word", "", "|a0|", ""])


def page(count: int) -> str:
    return "<html><body>" + "<div>" * count + "<p>Deep down.</p></body></html>"


BOMBS = {
    "subst.rst": (substitutions(), ("seconds", "memory")),
    "many.txt": ("a word or two \n\n" * 20_000, ("characters", "pieces")),
    "quotes.md": ("> " * 1200 + "deep\n", ("holds no text", "nested", "memory", "")),
    "lists.md": ("\n".join("  " * i + "- item" for i in range(1200)), ("",)),
    "deep.ipynb": ("[" * 100_000, ("nested", "JSON")),
    "cells.ipynb": ('{"nbformat": 4, "cells": [' + "[],{}," * 200_000 + "{}]}", ("notebook",)),
    "deep.html": (page(20_000), ("",)),
    "alias.md": (front_matter(), ("",)),
}
"""Each with what the reason may say; "" where it may be read as well."""


def test_bombs_are_named_and_their_neighbours_built(tmp_path, settings, encoder) -> None:
    corpus = tmp_path / "hostile"
    corpus.mkdir()
    for number, (name, (text, _)) in enumerate(BOMBS.items()):
        (corpus / f"{number}-{name}").write_text(text)
        (corpus / f"{number}-neighbour.md").write_text(NEIGHBOUR.format(f"Number {number}"))
    report = build(
        settings.model_copy(
            update={
                "corpus": corpus,
                "reading_seconds": 4.0,
                "reading_megabytes": 400,
                "max_document_characters": 100_000,
            }
        ),
        encoder,
    )
    reasons = {problem.path.partition("-")[2]: problem.reason for problem in report.problems}
    assert "neighbour.md" not in reasons
    assert {"subst.rst", "many.txt", "deep.ipynb", "cells.ipynb"} <= reasons.keys()
    for name, reason in reasons.items():
        assert any(words in reason for words in BOMBS[name][1]), reason
    assert report.counts.documents + report.counts.folded_documents >= len(BOMBS)


def test_aliases_of_front_matter_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "alias.md").write_text(front_matter())
    (raw,) = gather(tmp_path, tmp_path, 10**6)
    assert isinstance(raw, RawDocument)
    assert raw.source.title == "*j"
    assert "A text below them." in read(raw).text


def seconds(media_type: str, text: str) -> float:
    began = time.process_time()
    read(make_raw(text, media_type))
    return time.process_time() - began


@pytest.mark.parametrize(
    ("media_type", "piece"),
    [
        ("text/markdown", "# a\n"),
        ("text/markdown", "Deprecated: use b.\n\n"),
    ],
)
def test_what_a_text_takes_grows_with_its_length(media_type: str, piece: str) -> None:
    """Eight times the text may take twenty times as long; squared it would be sixty-four."""
    short, long = 20_000 // len(piece), 160_000 // len(piece)
    seconds(media_type, piece)  # imports
    quickest = [min(seconds(media_type, piece * n) for _ in range(3)) for n in (short, long)]
    assert quickest[1] < 20 * max(quickest[0], 0.05)


@pytest.mark.parametrize("piece", ["*a ", "`a < "])
def test_a_paragraph_of_marks_without_an_end_is_read_in_pieces(monkeypatch, piece: str) -> None:
    monkeypatch.setattr("ragbot.readers.rst_syntax._LONGEST", 1000)
    seconds("text/x-rst", piece)  # imports
    short, long = (
        min(seconds("text/x-rst", piece * (size // len(piece))) for _ in range(3))
        for size in (3000, 15_000)
    )
    assert long < 12 * max(short, 0.05)  # squared it would be twenty-five times, and more


def test_the_pieces_of_a_paragraph_are_the_paragraph(monkeypatch) -> None:
    text = "Some *words* and ``code`` of a paragraph. " * 30
    whole = read(make_raw(text, "text/x-rst")).text
    monkeypatch.setattr("ragbot.readers.rst_syntax._LONGEST", 42)
    assert read(make_raw(text, "text/x-rst")).text == whole


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "grows.md"
    path.write_text("# A\n\nAs it was.")
    stat = Path.stat

    def grown(self: Path, **how: bool):
        found = stat(self, **how)
        if self == path:
            with path.open("a") as file:
                file.write("x" * 1000)
        return found

    size = path.stat().st_size
    monkeypatch.setattr(Path, "stat", grown)
    contents = [
        raw.content for raw in gather(tmp_path, tmp_path, 10**6) if not isinstance(raw, Problem)
    ]
    assert len(contents) == 1
    assert len(contents[0]) < size + 20_000


@pytest.fixture
def tight():
    token = in_force.set(Limits(seconds=5, megabytes=300, characters=1_000_000))
    yield
    in_force.reset(token)


def zipped(path: Path, names: dict[str, bytes]) -> File:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return File(path, path.name)


@pytest.mark.usefixtures("tight")
def test_packed_files_come_as_they_would_without_a_process(tmp_path: Path) -> None:
    file = zipped(tmp_path / "a.zip", {"a.md": b"# A\n", "../b.md": b"x", "c.rst": b"\xff\n1"})
    with_process = list(documents_of_packed(file, SOURCE, 1000, []))
    assert with_process == list(documents_of_archive(file, SOURCE, 1000))
    assert len(with_process) == 3


@pytest.mark.usefixtures("tight")
def test_an_archive_that_takes_too_much_is_named_after_what_came_before(tmp_path: Path) -> None:
    large = b"word " * 8_000_000
    file = zipped(tmp_path / "a.zip", {"a.md": b"# A\n", "b.md": large, "c.md": b"# C\n"})
    in_force.set(Limits(seconds=5, megabytes=200, characters=1_000_000))
    found = list(documents_of_packed(file, SOURCE, 400_000_000, []))
    assert found[0].path == "a.zip/a.md"
    assert isinstance(found[-1], RawDocument) or "a.zip" in found[-1].path


SEEDS = {
    "text/markdown": "---\ntitle: T\n---\n# A\n\n* b `c` [d](e)\n\n| a | b |\n|-|-|\n| 1 | 2 |\n",
    "text/mdx": "import A from 'a'\n\n# A\n\n<Note a={b}>c</Note>\n\n{d}\n\n:::tip\ne\n:::\n",
    "text/plain": "Title\n\nA text. It goes on.\n\n1. one\n2. two\n",
    "text/x-rst": "A\n=\n\n.. note:: b\n\n``c`` :ref:`d <e>` *f* |g|\n\n.. |g| replace:: h\n",
    "application/x-ipynb+json": '{"nbformat":4,"cells":[{"cell_type":"code","source":["a"]}]}',
    "text/html": "<html><body><h1>A</h1><p>b<table><tr><td>c</td></tr></table></body></html>",
    "application/pdf": "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>\ntrailer<</Root 1 0 R>>",
    "application/x-symbol+json": '{"name":"a.b","signature":"b","docstring":"D.\\nArgs:\\n c: e"}',
}


@pytest.mark.parametrize("media_type", READERS)
def test_what_is_damaged_raises_nothing_but_the_error_of_readers(media_type: str) -> None:
    rng = random.Random(media_type)
    seed = SEEDS[media_type].encode()
    for _ in range(60):
        data = bytearray(seed)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(data) + 1)
            piece = rng.choice(
                [
                    rng.randbytes(2),
                    seed[at : at + 9] * rng.randint(1, 40),
                    b"\xed\xa0\x80",
                    b"{[<*`",
                ]
            )
            data[at : at + rng.randint(0, 5)] = piece
        with suppress(ReadError):
            read(make_raw(bytes(data), media_type))
