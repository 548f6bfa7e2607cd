"""What documents say of themselves is made safe on its way in."""

import json
from dataclasses import replace

import pytest

from ragbot.index.build import build
from ragbot.sources import Problem, gather
from ragbot.sources.shown import redacted, web_address
from ragbot.types import RawDocument
from tests.words import WordEncoder

TEXT = "Herons wade in shallow water and wait for fish."
HOSTILE = [
    "javascript:alert(1)", "JavaScript:x()", " data:text/html,x", "file:///etc/passwd",
    "vbscript:x", "https://", "http://[", "https://a.example/\nx", "x:",
]  # fmt: skip


def found(folder):
    both = list(gather(folder, folder / "index", 1_000_000))
    documents = {one.path: one for one in both if isinstance(one, RawDocument)}
    return documents, {one.path: one.reason for one in both if isinstance(one, Problem)}


def manifest(folder, url):
    row = {"path": "a.md", "url": url, "source_repo": "birds"}
    (folder / "MANIFEST.jsonl").write_text(json.dumps(row))
    (folder / "a.md").write_text(TEXT)


def front_matter(folder, url):
    (folder / "a.md").write_text(f"---\ntitle: Heron\nurl: {json.dumps(url)}\n---\n{TEXT}")


def lines(folder, url):
    (folder / "a.jsonl").write_text(json.dumps({"id": "a", "text": TEXT, "url": url}))
    catalogue(folder, "unknown", "a.jsonl")


def catalogue(folder, url, path="a.md"):
    entry = '[[source]]\nid = "a"\ntitle = "A"\nauthority = "vendor"\nkind = "article"\n'
    entry += f'url = {json.dumps(url)}\n[source.obtain]\nkind = "files"\npath = "{path}"\n'
    (folder / "sources.toml").write_text(entry)
    (folder / "a.md").write_text(TEXT)


@pytest.mark.parametrize("told_by", [manifest, front_matter, lines, catalogue])
@pytest.mark.parametrize("url", HOSTILE)
def test_an_address_that_is_not_of_the_web_is_left_out_and_named(tmp_path, told_by, url):
    told_by(tmp_path, url)
    documents, problems = found(tmp_path)
    (document,) = documents.values()
    assert document.url == document.source.url == "unknown"
    assert list(problems) == [document.path]
    assert "no http or https address" in problems[document.path]


@pytest.mark.parametrize("told_by", [manifest, front_matter, lines])
@pytest.mark.parametrize("url", ["/herons/", "//a.example/x", "x", "herons.html#at:dawn"])
def test_a_path_alone_is_left_out_without_a_word(tmp_path, told_by, url):
    told_by(tmp_path, url)
    documents, problems = found(tmp_path)
    assert [document.url for document in documents.values()] == ["unknown"]
    assert problems == {}


@pytest.mark.parametrize("told_by", [manifest, front_matter, lines, catalogue])
def test_one_of_the_web_stays_without_its_login(tmp_path, told_by):
    told_by(tmp_path, "https://finch:secret@a.example/x y?z=@#w")
    documents, problems = found(tmp_path)
    (document,) = documents.values()
    assert (document.url, problems) == ("https://a.example/x%20y?z=@#w", {})
    assert "secret" not in repr(replace(document, content=b""))


@pytest.mark.parametrize("told_by", [manifest, front_matter, lines])
def test_half_a_character_does_not_end_the_build(tmp_path, settings, told_by):
    folder = tmp_path / "other"
    folder.mkdir()
    told_by(folder, "https://a.example")
    for name in ("MANIFEST.jsonl", "a.md", "a.jsonl"):
        if (path := folder / name).is_file():
            told = path.read_text().replace('"path"', '"title": "He\\ud800ron", "path"')
            told = told.replace('"id"', '"title": "He\\ud800ron", "id"')
            path.write_text(told.replace("title: Heron", 'title: "He\\ud800ron"'))
    report = build(settings.model_copy(update={"corpus": folder}), WordEncoder())
    assert report.problems == ()
    assert report.counts.documents == 1
    ((_, document),) = found(folder)[0].items()
    assert (document.title or document.source.title) in {"He?ron", "He\ufffdron"}


def test_a_manifest_of_brackets_is_named_and_its_files_are_read(tmp_path):
    manifest(tmp_path, "https://a.example")
    for text in ("[" * 100_000, '{"path": ' + "[" * 500 + "]" * 500 + "}"):
        (tmp_path / "MANIFEST.jsonl").write_text(text)
        documents, problems = found(tmp_path)
        assert list(documents) == ["a.md"]
        assert "line 1" in problems["MANIFEST.jsonl"]
        assert "deep" in problems["MANIFEST.jsonl"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at https://u:p@a.example/x and //v@b.example", "at https://a.example/x and //b.example"),
        ("https://a.example/@finch/x@y", "https://a.example/@finch/x@y"),
        ("https://u:p@ss@a.example?q=@", "https://a.example?q=@"),
        ("git+ssh://git@a.example:me/x", "git+ssh://a.example:me/x"),
        ("finch@a.example", "finch@a.example"),
    ],
)
def test_logins_are_taken_out_of_addresses(text, shown):
    assert redacted(text) == shown


def test_addresses_of_the_web():
    assert web_address("https://a.example/x#y") == "https://a.example/x#y"
    assert web_address("HTTP://a.example") == "HTTP://a.example"
    assert web_address("https://a.example/" + "x" * 3000) == ""
