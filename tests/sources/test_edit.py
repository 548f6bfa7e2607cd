"""Sources are added to and removed from sources.toml without losing its comments."""

import pytest

from ragbot.errors import ConfigError
from ragbot.sources import edit
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


def test_removing_what_is_not_there_is_refused(folder):
    edit.add(folder, "notes", {})
    with pytest.raises(ConfigError, match="no source 'other'"):
        edit.remove(folder, "other")
