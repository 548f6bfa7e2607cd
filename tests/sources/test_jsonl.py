"""JSON Lines of documents: what each line gives, and what is said of the others."""

import json
import zipfile
from pathlib import Path

import pytest

from ragbot.sources.files import File, Problem
from ragbot.sources.jsonl import documents_of_lines
from ragbot.sources.packed import MOST_NAMED, documents_of_packed, is_packed

from .taking import SOURCE


def read(folder: Path, *lines: object, limit: int = 1000) -> list:
    path = folder / "d.jsonl"
    rows = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(rows))
    return list(documents_of_lines(File(path, "d.jsonl"), SOURCE, limit))


def test_a_line_is_a_document_with_its_facts(tmp_path):
    line = {
        "id": 7, "title": "Herons", "text": "They wade.", "url": "https://heron.example/7",
        "date": "2024-05-06T07:08:09Z", "licence": "CC0", "more": [1],
    }  # fmt: skip
    (found,) = read(tmp_path, line)
    assert (found.path, found.title, found.content) == ("d.jsonl#7", "Herons", b"They wade.")
    assert (found.url, found.published) == ("https://heron.example/7", "2024-05-06")
    assert (found.licence, found.media_type) == ("CC0", "text/plain")
    assert found.source is SOURCE


def test_what_a_line_leaves_out_is_the_source_s(tmp_path):
    first, second = read(
        tmp_path,
        {"_id": "a", "text": "x", "title": None, "media_type": "text/markdown"},
        b"",
        {"id": "b", "text": "y"},
    )
    assert (first.path, first.title, first.media_type) == ("d.jsonl#a", "", "text/markdown")
    assert (first.url, first.published, first.licence) == (SOURCE.url, "undated", "MIT")
    assert second.path == "d.jsonl#b"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{'id': 1}", "no JSON"), (b"[1]", "no JSON object"), (b"\xff\xfe", "not UTF-8"),
        ({"text": "x"}, "id"), ({"id": "", "text": "x"}, "id"), ({"id": "a"}, "text"),
        ({"id": "a", "text": ""}, "text"), ({"id": "a", "text": 7.5, "url": []}, "url"),
        ({"id": "a", "text": "x", "date": "yesterday"}, "date"),
        ({"id": "a", "text": "x", "media_type": "image/png"}, "media_type"),
        ({"id": "good", "text": "x"}, "earlier line"), (b"[" * 900, "no JSON"),
        (b"x" * 2000, "longer than"),
    ],
)  # fmt: skip
def test_a_faulty_line_is_reported_by_its_number(tmp_path, line, said):
    good = {"id": "good", "text": "x"}
    found = read(tmp_path, good, b"", line, {"id": "last", "text": "y"})
    assert [document.path for document in (found[0], found[2])] == ["d.jsonl#good", "d.jsonl#last"]
    assert isinstance(found[1], Problem)
    assert found[1].path == "d.jsonl:3"
    assert said in found[1].reason


def test_a_byte_order_mark_and_dos_lines(tmp_path):
    first, second = read(
        tmp_path, b'\xef\xbb\xbf{"id": 1, "text": "x"}\r', b'{"id": 2, "text": "y"}\r'
    )
    assert (first.content, second.content) == (b"x", b"y")


def test_a_missing_file(tmp_path):
    (found,) = documents_of_lines(File(tmp_path / "d.jsonl", "d.jsonl"), SOURCE, 10)
    assert found.path == "d.jsonl"
    assert "cannot be read" in found.reason


def test_packed_files_are_known_by_their_endings(tmp_path):
    for name in ("a.zip", "a.TAR.GZ", "a.jsonl", "a.md", "MANIFEST.jsonl"):
        (tmp_path / name).touch()
    packed = {path.name for path in tmp_path.iterdir() if is_packed(path)}
    assert packed == {"a.zip", "a.TAR.GZ", "a.jsonl"}
    assert not is_packed(tmp_path / "missing.zip")
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "x"}')
    file = File(tmp_path / "a.jsonl", "a.jsonl")
    assert [found.path for found in documents_of_packed(file, SOURCE, 100, [])] == ["a.jsonl#1"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.md", "x")
    file = File(tmp_path / "a.zip", "a.zip")
    assert [found.path for found in documents_of_packed(file, SOURCE, 100, [])] == ["a.zip/b.md"]


def test_lines_without_end_that_hold_no_document_are_counted(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"1\n" * (MOST_NAMED + 234) + b'{"id": 1, "text": "x"}')
    *named, good, last = documents_of_packed(File(tmp_path / "a.jsonl", "a.jsonl"), SOURCE, 100, [])
    assert len(named) == MOST_NAMED
    assert good.path == "a.jsonl#1"
    assert last == Problem("a.jsonl", "234 more of its documents cannot be had")
