"""Sources are added to and removed from sources.toml without losing its comments."""

import shlex
import subprocess

import pytest

from ragbot.errors import ConfigError, UnknownNameError
from ragbot.sources import edit, gather
from ragbot.sources.catalog import load

HEAD = "# A comment that stays.\n\n"


@pytest.fixture
def folder(tmp_path):
    corpus = tmp_path / "corpus"
    (corpus / "notes").mkdir(parents=True)
    (corpus / "notes" / "a.md").write_text("# A\n\nText.\n")
    return corpus


def entries(corpus):
    return {entry.source.id: entry for entry in load(corpus / "sources.toml")}


@pytest.mark.parametrize(
    ("place", "name", "kind"),
    [
        ("notes", "notes", "files"),
        ("notes/a.md", "a", "files"),
        ("pypi:some-tool", "some-tool-api", "pypi"),
        ("git+https://example.org/some/guide.git", "guide", "git"),
        ("https://example.org/a-versus-b", "a-versus-b", "web"),
    ],
)
def test_each_kind_of_place_becomes_an_entry(folder, place, name, kind):
    assert edit.add(folder, place, {}) == name
    entry = entries(folder)[name]
    assert entry.obtain.kind == kind
    assert entry.source.author == "unknown"


def test_given_facts_win_over_guessed_ones(folder):
    given = {"id": "mine", "title": "Mine", "authority": "official", "subjects": ["x"]}
    edit.add(folder, "notes", given)
    source = entries(folder)["mine"].source
    assert (source.title, source.authority, source.subjects) == ("Mine", "official", ("x",))


def test_comments_and_other_entries_stay(folder):
    (folder / "sources.toml").write_text(HEAD)
    edit.add(folder, "notes", {})
    edit.add(folder, "https://example.org/x", {})
    edit.remove(folder, "notes")
    assert (folder / "sources.toml").read_text().startswith(HEAD.strip())
    assert list(entries(folder)) == ["x"]


def test_the_same_id_twice_is_refused_and_changes_nothing(folder):
    edit.add(folder, "notes", {})
    before = (folder / "sources.toml").read_text()
    with pytest.raises(ConfigError, match="two sources have the id"):
        edit.add(folder, "notes", {})
    assert (folder / "sources.toml").read_text() == before


@pytest.mark.parametrize("place", ["nowhere", "/", "git+ssh://example.org/x"])
def test_a_place_that_cannot_be_is_refused_and_nothing_is_written(folder, place):
    with pytest.raises(ConfigError):
        edit.add(folder, place, {})
    assert not (folder / "sources.toml").exists()


@pytest.mark.parametrize("name", ["my notes", "my page.md"])
def test_the_commands_that_bring_in_what_lies_outside_work(folder, tmp_path, name, monkeypatch):
    outside = tmp_path / name
    if outside.suffix:
        outside.write_text("# Gull\n\nThe gull is fast.\n")
    else:
        outside.mkdir()
        (outside / "gull.md").write_text("# Gull\n\nThe gull is fast.\n")
    with pytest.raises(ConfigError, match="not in the corpus folder") as told:
        edit.add(folder, str(outside), {})
    copy, add = [shlex.split(line) for line in str(told.value).splitlines() if line[:2] == "  "][:2]
    subprocess.run(copy, check=True)
    assert add[:2] == ["ragbot", "add"]
    edit.add(folder, add[2], {})
    read = {raw.content for raw in gather(folder, tmp_path / "index", 10_000)}
    assert b"# Gull\n\nThe gull is fast.\n" in read


def test_a_corpus_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        edit.add(tmp_path / "none", "https://a.example/x", {})


def test_removing_what_is_not_there_is_refused(folder):
    edit.add(folder, "notes", {})
    with pytest.raises(UnknownNameError, match="no source 'other'"):
        edit.remove(folder, "other")


class TestBareFolder:
    """A folder without sources.toml is read as a whole, and stays so when a source is added."""

    @pytest.fixture
    def bare(self, folder):
        for name in ("gull", "heron", "ibex"):
            (folder / f"{name}.md").write_text(f"# {name}\n\nThe {name} is fast.\n")
        return folder

    @staticmethod
    def read(corpus):
        found = list(gather(corpus, corpus.parent / "index", 10_000))
        return sorted((raw.path, raw.source.id) for raw in found)

    @pytest.mark.parametrize("place", ["gull.md", "notes", "pypi:some-tool", "https://a.example/x"])
    def test_adding_keeps_what_is_there_and_removing_undoes_it(self, bare, place):
        before = self.read(bare)
        assert len(before) == 4
        name = edit.add(bare, place, {"id": "mine"})
        after = self.read(bare)
        assert [path for path, _ in after] == [path for path, _ in before]
        own = {path for path, source in after if source == "mine"}
        assert own == {path for path, _ in before if path.startswith(place)}
        edit.remove(bare, name)
        assert self.read(bare) == before
        assert not (bare / "sources.toml").exists()

    def test_removing_says_where_the_files_are_read_all_the_same(self, bare):
        edit.add(bare, "gull.md", {})
        edit.add(bare, "pypi:some-tool", {})
        assert edit.remove(bare, "gull") == "gull.md"
        assert edit.remove(bare, "some-tool-api") == ""

    def test_a_made_up_source_never_shares_the_id_of_a_named_one(self, bare):
        (bare / "gull.txt").write_text("Another gull is slow.\n")
        edit.add(bare, "gull.md", {})
        ids = dict(self.read(bare))
        assert ids["gull.md"] == "gull"
        assert ids["gull.txt"].startswith("gull-")

    def test_a_stand_in_is_no_document_of_its_own(self, bare):
        edit.add(bare, "https://a.example/x", {})
        path = bare / "sources.toml"
        path.write_text(path.read_text() + 'stand_in = "heron.md"\n')
        assert dict(self.read(bare))["heron.md"] == "x"
        assert len(self.read(bare)) == 4


def test_the_only_source_is_not_removed(folder):
    edit.add(folder, "notes", {})
    path = folder / "sources.toml"
    path.write_text(path.read_text().replace(edit.REST, ""))
    before = path.read_text()
    with pytest.raises(ConfigError, match="only source"):
        edit.remove(folder, "notes")
    assert path.read_text() == before
