"""Folders are read once, links out of the corpus are named, and one odd file stops no build."""

import os
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ragbot.index.build import build
from ragbot.settings import Settings
from ragbot.sources import Problem, gather
from ragbot.types import RawDocument
from tests.sample import SUBJECTS, source_entry
from tests.words import WordEncoder

LIMIT = 10_000


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# Heron\n\nHerons wade in shallow water, says {name!a}.\n")
    return folder


def found(folder: Path, **options: bool) -> tuple[list[str], dict[str, str]]:
    both = list(gather(folder, folder / "no-index", LIMIT, **options))
    documents = [one.path for one in both if isinstance(one, RawDocument)]
    return documents, {one.path: one.reason for one in both if isinstance(one, Problem)}


@pytest.fixture
def corpus(tmp_path) -> Path:
    return write(tmp_path / "corpus", "a.md", "sub/b.md")


@pytest.fixture
def outside(tmp_path) -> Path:
    return write(tmp_path / "outside", "secret.md", "deep/more.md")


class TestInside:
    def test_what_links_lead_to_is_read_once_under_its_own_path(self, corpus):
        (corpus / "a-link").symlink_to(corpus / "sub", target_is_directory=True)
        (corpus / "sub" / "c.md").symlink_to(corpus / "a.md")
        (corpus / "z.md").symlink_to("a.md")
        assert found(corpus) == (["a.md", "sub/b.md"], {})

    def test_what_only_links_lead_to_is_read_under_the_first(self, corpus):
        write(corpus, ".hidden/c.md", ".hidden/d.md")
        for name in ("y", "x"):
            (corpus / name).symlink_to(corpus / ".hidden", target_is_directory=True)
        (corpus / "sub" / "e.md").symlink_to("../.hidden/c.md")
        assert found(corpus) == (["a.md", "sub/b.md", "sub/e.md", "x/d.md"], {})

    def test_a_lattice_of_links_is_read_once(self, corpus, monkeypatch):
        for level in range(40):
            write(corpus, f"d{level}/page.md")
            for way in ("left", "right"):
                (corpus / f"d{level}" / way).symlink_to(f"../d{level + 1}")
        (corpus / "d40").mkdir()
        listed = []
        scan = os.scandir
        monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scan(path))
        documents, problems = found(corpus)
        assert len(documents) == 42
        assert problems == {}
        assert len(listed) == 43

    def test_links_in_a_circle_end(self, corpus):
        write(corpus, ".hidden/one/c.md", ".hidden/two/d.md")
        (corpus / ".hidden" / "one" / "next").symlink_to("../two")
        (corpus / ".hidden" / "two" / "next").symlink_to("../one")
        (corpus / "in").symlink_to(".hidden/one")
        documents, _ = found(corpus)
        assert documents == ["a.md", "in/c.md", "in/next/d.md", "sub/b.md"]


class TestOutside:
    def links(self, corpus: Path, outside: Path) -> None:
        (corpus / "out").symlink_to(outside, target_is_directory=True)
        (corpus / "sub" / "out.md").symlink_to(outside / "secret.md")
        (corpus / "up").symlink_to("..")

    def test_links_that_lead_out_are_named_and_not_read(self, corpus, outside):
        self.links(corpus, outside)
        documents, problems = found(corpus)
        assert documents == ["a.md", "sub/b.md"]
        assert sorted(problems) == ["out", "sub/out.md", "up"]
        assert all("leads out" in reason for reason in problems.values())

    def test_they_are_read_once_where_that_is_asked_for(self, corpus, outside):
        self.links(corpus, outside)
        documents, problems = found(corpus, follow_links=True)
        assert documents == ["a.md", "out/deep/more.md", "out/secret.md", "sub/b.md"]
        assert problems == {}

    def test_a_folder_with_a_name_that_begins_alike_is_outside(self, corpus, tmp_path):
        write(tmp_path / "corpus-2", "secret.md")
        (corpus / "out").symlink_to(tmp_path / "corpus-2")
        assert list(found(corpus)[1]) == ["out"]

    @pytest.mark.parametrize("entry", ["files", "packed", "folder", "stand_in", "below"])
    def test_an_entry_does_not_lead_out_either(self, corpus, outside, entry):
        with zipfile.ZipFile(outside / "all.zip", "w") as archive:
            archive.writestr("secret.md", "# Secret")
        for name in ("secret.md", "all.zip"):
            (corpus / name).symlink_to(outside / name)
        (corpus / "out").symlink_to(outside)
        obtain = '[source.obtain]\nkind = "web"\nurl = "https://a.example"\nstand_in = "secret.md"'
        text = {
            "files": source_entry("a", "secret.md"),
            "packed": source_entry("a", "all.zip"),
            "below": source_entry("a", "out/deep"),
            "folder": '[[folder]]\npath = "out"\n',
            "stand_in": source_entry("a", "x.md").split("[source.obtain]")[0] + obtain,
        }[entry]
        (corpus / "sources.toml").write_text(text)
        documents, problems = found(corpus)
        assert documents == []
        assert "leads out" in next(iter(problems.values()))
        assert found(corpus, follow_links=True)[0]

    def test_the_corpus_folder_may_be_a_link_itself(self, corpus, tmp_path):
        (tmp_path / "here").symlink_to(corpus)
        assert found(tmp_path / "here") == (["a.md", "sub/b.md"], {})

    def test_a_manifest_outside_tells_nothing(self, corpus, outside):
        (outside / "MANIFEST.jsonl").write_text('{"path": "a.md", "title": "Secret"}')
        (corpus / "MANIFEST.jsonl").symlink_to(outside / "MANIFEST.jsonl")
        assert list(found(corpus)[1]) == ["MANIFEST.jsonl"]


def test_odd_files_are_named_and_the_rest_is_built(corpus, tmp_path, monkeypatch):
    (corpus / "self").symlink_to("self")
    (corpus / "self.md").symlink_to("self.md")
    (corpus / "ping").symlink_to("pong")
    (corpus / "pong").symlink_to("ping")
    (corpus / "gone.md").symlink_to("nowhere.md")
    write(corpus, "na\udcffme/c.md")
    (corpus / "li\udcffnk").symlink_to("sub")
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    write(corpus, "shut/d.md")
    monkeypatch.setattr(os, "scandir", refuse)
    (corpus / "subjects.toml").write_text(SUBJECTS)
    settings = Settings(corpus=corpus, index=tmp_path / "index", subjects=corpus / "subjects.toml")
    report = build(settings, WordEncoder())
    assert report.counts.documents == 2
    named = {problem.path: problem.reason for problem in report.problems}
    assert sorted(named) == [
        "gone.md", "li?nk", "na?me", "ping", "pong", "self", "self.md", "shut",
    ]  # fmt: skip
    for name in ("self", "self.md", "ping", "pong"):
        assert "leads back to itself" in named[name]


def test_folders_nested_without_end_are_named_and_the_rest_is_built(corpus, tmp_path):
    deep = corpus / "deep"
    deep.mkdir()
    handle = os.open(deep, os.O_RDONLY)
    try:
        for _ in range(1200):
            os.mkdir("n", dir_fd=handle)
            below = os.open("n", os.O_RDONLY, dir_fd=handle)
            os.close(handle)
            handle = below
    finally:
        os.close(handle)
    write(corpus, "deep/n/n/c.md")
    try:
        documents, problems = found(corpus)
    finally:  # what removes the folders of old tests recurses as deep as they are
        for level in range(1199, 90, -100):
            deep.joinpath(*["n"] * level).rename(tmp_path / f"cut-{level}")
    assert documents == ["a.md", "deep/n/n/c.md", "sub/b.md"]
    (named,) = problems
    assert named.startswith("deep/n/")
    assert "100 folders deep" in problems[named]


class TestFolders:
    """Several [[folder]] of a sources.toml."""

    @pytest.mark.parametrize("manifest", ["", '{"path": "x.md", "subject": "heron"}'])
    def test_two_may_hold_files_of_one_name(self, corpus, tmp_path, manifest):
        text = "".join(f'[[folder]]\npath = "{name}"\n' for name in ("c", "d", "e"))
        (corpus / "sources.toml").write_text(text)
        write(corpus, "c/x.md", "d/x.md", "e/x.md", "e/y.md")
        for name in "cde" if manifest else "":
            (corpus / name / "MANIFEST.jsonl").write_text(manifest)
        report = build(Settings(corpus=corpus, index=tmp_path / "index"), WordEncoder())
        assert report.counts.documents + report.counts.folded_documents == 4
        assert report.problems == ()

    def test_a_file_in_two_is_read_once(self, corpus):
        text = "".join(f'[[folder]]\npath = "{name}"\n' for name in ("sub", ".", "./sub", "."))
        (corpus / "sources.toml").write_text(text)
        assert found(corpus) == (["b.md", "a.md"], {})


class TestUnrest:
    """What is not there any more, or something else, when it is come to."""

    def test_a_file_that_is_gone_since_its_folder_was_listed(self, corpus, monkeypatch):
        scandir = os.scandir

        def gone(folder):
            entries = list(scandir(folder))
            (corpus / "a.md").unlink(missing_ok=True)
            return entries

        monkeypatch.setattr(os, "scandir", gone)
        documents, problems = found(corpus)
        assert documents == ["sub/b.md"]
        assert "nothing any more" in problems["a.md"]

    def test_a_file_that_became_a_pipe_is_not_waited_for(self, corpus, monkeypatch):
        path = corpus / "a.md"
        is_file = Path.is_file

        def exchanged(self: Path) -> bool:
            answer = is_file(self)
            if self == path and answer:
                path.unlink()
                os.mkfifo(path)
            return answer

        monkeypatch.setattr(Path, "is_file", exchanged)
        with _limited(5):
            assert found(corpus) == (["sub/b.md"], {"a.md": "it is no plain file"})

    def test_a_manifest_has_the_limit_of_a_file(self, corpus):
        with (corpus / "MANIFEST.jsonl").open("wb") as file:
            file.truncate(20 * LIMIT)
        documents, problems = found(corpus)
        assert documents == ["a.md", "sub/b.md"]
        assert "more than the limit" in problems["MANIFEST.jsonl"]


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Fail where it takes longer; an open that waits is interrupted."""

    def late(*_: object) -> None:
        raise TimeoutError(f"it takes more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
