"""The local store keeps what a sync brought, and loses nothing when the next one fails."""

import pytest

from ragbot.errors import SourceError
from ragbot.sources.fetching import Fetched, Locked
from ragbot.sources.files import Problem
from ragbot.sources.shelf import NewShelf, fetched, synced

LOCKED = Locked("1.0", "2026-01-31", "abc", {"rules": "x"})


def document(path, content=b"text"):
    return Fetched(path, content, "text/plain", title="T", url="https://example.org")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store" / "source.sqlite"


def filled(path, *documents):
    shelf = NewShelf(path)
    for one in documents:
        shelf.put(one)
    shelf.finish(LOCKED)


def test_what_was_put_comes_back_in_the_order_of_the_paths(path):
    filled(path, document("b"), document("a", b"\x00\xff"))
    assert list(fetched(path)) == [document("a", b"\x00\xff"), document("b")]


def test_what_it_was_resolved_to_comes_back(path):
    shelf = NewShelf(path)
    shelf.put(document("a"))
    shelf.problem("b", "it is gone")
    assert shelf.finish(LOCKED) == 1
    found = synced(path)
    assert found.locked == LOCKED
    assert found.documents == 1
    assert found.problems == (Problem("b", "it is gone"),)
    assert found.at.endswith("+00:00")


def test_an_abandoned_sync_leaves_the_one_before(path):
    filled(path, document("a"))
    shelf = NewShelf(path)
    shelf.put(document("z"))
    shelf.abandon()
    assert [one.path for one in fetched(path)] == ["a"]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_sync_that_was_killed_leaves_the_one_before(path):
    filled(path, document("a"))
    NewShelf(path).put(document("z"))  # never finished
    assert [one.path for one in fetched(path)] == ["a"]
    filled(path, document("b"))
    assert [one.path for one in fetched(path)] == ["b"]


def test_an_unchanged_document_is_taken_over(path):
    filled(path, document("a", b"old"), document("b"))
    shelf = NewShelf(path)
    shelf.keep("a")
    shelf.put(document("c"))
    shelf.finish(LOCKED)
    assert list(fetched(path)) == [document("a", b"old"), document("c")]


def test_what_was_never_there_cannot_be_kept(path):
    with pytest.raises(SourceError, match="no earlier document 'a'"):
        NewShelf(path).keep("a")
    filled(path, document("b"))
    with pytest.raises(SourceError, match="no earlier document 'a'"):
        NewShelf(path).keep("a")


def test_two_documents_with_one_path_are_refused(path):
    shelf = NewShelf(path)
    shelf.put(document("a"))
    with pytest.raises(SourceError, match="'a'"):
        shelf.put(document("a"))


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00 garbage", b"\x80\x04."])
def test_a_damaged_store_counts_as_never_synced(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    assert synced(path) is None
