"""What a build takes away is said, and much of it only by the user's word."""

import json
import shutil
from pathlib import Path

import pytest

from ragbot.index import generation
from ragbot.index.build import build
from ragbot.index.losses import Consent, Losses
from ragbot.settings import Settings

from .test_cli import run  # noqa: F401 - a fixture
from .words import WordEncoder

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heath",
    "inlet",
    "jetty",
    "knoll",
    "lagoon",
]


def text_of(name: str) -> str:
    """A document that is nearly like no other."""
    lines = "\n\n".join(f"The {name} {number} reads {name}{number} rows." for number in range(6))
    return f"# {name}\n\n{lines}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve documents in a folder without sources.toml."""
    corpus = tmp_path / "my"
    corpus.mkdir()
    for name in WORDS:
        (corpus / f"{name}.md").write_text(text_of(name))
    return corpus


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    made = Settings(corpus=folder, index=tmp_path / "index")
    assert build(made, WordEncoder()).counts.documents == len(WORDS)
    return made


def again(settings: Settings, consent: Consent = Consent()):  # noqa: B008
    return build(settings, WordEncoder(), consent=consent)


def remove(folder: Path, many: int) -> None:
    for name in WORDS[:many]:
        (folder / f"{name}.md").unlink()


def test_a_few_may_go_and_are_named(settings, folder):
    remove(folder, 4)
    report = again(settings)
    assert report.live
    sources = dict.fromkeys(WORDS[:4], 1)
    assert report.lost == Losses(4, 12, sources)
    assert report.lost.words == "4 of 12 documents: amber 1, birch 1, cedar 1, delta 1"


def test_more_than_a_third_go_only_by_the_users_word(settings, folder):
    live = generation.live_name(settings.index)
    remove(folder, 5)
    for _ in range(2):  # asked again it says the same
        report = again(settings)
        assert (report.live, report.lost.refused, report.lost.documents) == (False, True, 5)
        assert generation.live_name(settings.index) == live
    report = again(settings, Consent(everything=True))
    assert (report.live, report.lost.refused, report.lost.documents) == (True, False, 5)
    assert generation.live_name(settings.index) == report.generation
    assert not again(settings).changed


def test_a_small_corpus_may_lose_what_it_likes(tmp_path):
    corpus = tmp_path / "small"
    corpus.mkdir()
    for name in WORDS[:5]:
        (corpus / f"{name}.md").write_text(text_of(name))
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    build(settings, WordEncoder())
    remove(corpus, 4)
    assert again(settings).live


def test_what_was_renamed_moved_or_replaced_is_not_gone(settings, folder):
    for name in WORDS[:6]:
        (folder / f"{name}.md").rename(folder / f"{name}-new.md")
    (folder / "deep").mkdir()
    for name in WORDS[6:9]:
        (folder / f"{name}.md").rename(folder / "deep" / f"{name}.md")
    (folder / f"{WORDS[9]}.md").write_text(text_of("rewritten"))
    report = again(settings)
    assert (report.live, report.lost.documents) == (True, 0)
    assert report.lost.words == ""


def test_documents_of_a_source_that_are_all_replaced_are_not_gone(tmp_path):
    corpus = tmp_path / "one"
    shelf = corpus / "docs"
    shelf.mkdir(parents=True)
    (corpus / "sources.toml").write_text(
        '[[source]]\nid = "docs"\ntitle = "Docs"\nauthority = "official"\nkind = "documentation"\n'
        '[source.obtain]\nkind = "files"\npath = "docs"\n'
    )
    for name in WORDS:
        (shelf / f"{name}.md").write_text(text_of(name))
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    build(settings, WordEncoder())
    shutil.rmtree(shelf)
    shelf.mkdir()
    for name in WORDS[:11]:
        (shelf / f"{name}-2.md").write_text(text_of(f"{name}second"))
    report = again(settings)
    assert (report.live, report.lost.sources) == (True, {"docs": 1})


def test_a_source_that_was_removed_by_name_may_be_large(settings, folder):
    remove(folder, 7)
    refused = again(settings, Consent(sources=frozenset(WORDS[:2])))
    assert refused.lost.refused
    report = again(settings, Consent(sources=frozenset(WORDS[:3])))
    assert (report.live, report.lost.documents) == (True, 7)


def test_another_corpus_that_was_named_takes_its_place(settings, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.md").write_text(text_of("x"))
    moved = settings.model_copy(update={"corpus": other})
    assert again(moved).lost.refused
    assert again(moved, Consent(corpus_named=True)).live
    for name in WORDS:
        (other / f"{name}.md").write_text(text_of(name))
    assert again(moved).live
    for name in WORDS:
        (other / f"{name}.md").unlink()
    assert again(moved, Consent(corpus_named=True)).lost.refused  # it is the same folder now


class TestCommand:
    """Over the command line, in a bare folder."""

    @pytest.fixture
    def at(self, run, folder, tmp_path, monkeypatch):  # noqa: F811
        monkeypatch.setenv("RAGBOT_CORPUS", str(folder))
        monkeypatch.setenv("RAGBOT_INDEX", str(tmp_path / "index"))
        assert run("build").code == 0

        def counted() -> int:
            return sum(source["documents"] for source in json.loads(run("sources", "--json").out))

        assert counted() == len(WORDS)
        return counted

    def test_adding_a_file_of_it_keeps_the_others(self, run, folder, at):  # noqa: F811
        found = run("add", folder / "amber.md", "--title", "The Amber")
        assert found.code == 0
        assert "take" not in found.out
        assert at() == len(WORDS)
        removed = run("remove", "amber")
        assert removed.code == 0
        assert "amber.md is read all the same" in removed.err
        assert at() == len(WORDS)
        assert not (folder / "sources.toml").exists()

    def test_what_it_takes_away_is_said_and_refused_without_yes(self, run, folder, at):  # noqa: F811
        remove(folder, 6)
        found = run("build", "--corpus", folder)
        assert found.code == 1
        assert "would take away 6 of 12 documents: amber 1, birch 1" in found.out
        assert "and 1 more sources" in found.out
        assert "--yes" in found.out
        assert at() == len(WORDS)
        told = json.loads(run("build", "--json").out)
        assert (told["live"], told["lost"]["documents"], told["lost"]["refused"]) == (
            False,
            6,
            True,
        )
        done = run("build", "--yes")
        assert done.code == 0
        assert "It takes away 6 of 12 documents" in done.out
        assert at() == 6

    def test_a_source_removed_by_name_goes_however_large(self, run, folder, at):  # noqa: F811
        (folder / "big").mkdir()
        for name in WORDS[:8]:
            (folder / f"{name}.md").rename(folder / "big" / f"{name}.md")
        assert run("add", folder / "big").code == 0
        assert at() == len(WORDS)
        path = folder / "sources.toml"
        rest = 'path = "."'
        assert rest in path.read_text()
        (folder / "rest").mkdir()
        for name in WORDS[8:]:
            (folder / f"{name}.md").rename(folder / "rest" / f"{name}.md")
        path.write_text(path.read_text().replace(rest, 'path = "rest"'))
        assert run("build").code == 0
        found = run("remove", "big")
        assert found.code == 0
        assert "It takes away 8 of 12 documents: big 8." in found.out
        assert at() == 4
