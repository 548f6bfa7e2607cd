"""Sources are fetched into the store, locked, and read from there by a build."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ragbot.errors import SourceError, UnknownNameError
from ragbot.progress import Silent
from ragbot.sources import Problem, gather, unsynced
from ragbot.sources import sync as module
from ragbot.sources.fetching import Fetched, Locked
from ragbot.sources.listing import age, listing
from ragbot.types import SourceKind

SOURCES = """
[[source]]
id = "far"
title = "Far"
url = "https://example.org"
published = "2020"
authority = "vendor"
kind = "article"
[source.obtain]
kind = "web"
url = "https://example.org/far"
stand_in = "far.md"

[[source]]
id = "tool"
title = "Tool"
authority = "official"
kind = "documentation"
[source.obtain]
kind = "pypi"
package = "tool"
modules = ["tool"]

[[source]]
id = "near"
title = "Near"
authority = "independent"
kind = "article"
[source.obtain]
kind = "files"
path = "near.md"
"""


class Net:
    """Stands for every remote place: what it holds, or why it cannot be reached."""

    def __init__(self):
        self.pages = {"far": b"# Far\n\nThe article itself.\n", "tool": b"# Tool\n\nHelp.\n"}
        self.down = set()
        self.asked = []

    def __call__(self, entry, before, shelf, scratch, progress):
        name = entry.source.id
        self.asked.append(name)
        assert scratch.is_dir()
        assert scratch.is_absolute()
        if name in self.down:
            raise SourceError(f"{name} is out of reach; sync later")
        checksum = str(hash(self.pages[name]))
        if before and before.checksum == checksum:
            return None
        shelf.put(Fetched("page.md", self.pages[name], "text/markdown", updated="2026-02"))
        return Locked("v1", "2026-02-01", checksum)


@pytest.fixture
def net(monkeypatch):
    found = Net()
    monkeypatch.setattr(module, "_fetcher", lambda kind: found)
    return found


@pytest.fixture
def places(tmp_path):
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "sources.toml").write_text(SOURCES)
    (corpus / "far.md").write_text("# Far\n\nOur own words.\n")
    (corpus / "near.md").write_text("# Near\n\nText.\n")
    return corpus, index


def contents(places):
    return {raw.source.id: raw for raw in gather(*places, 10_000)}


def test_before_a_sync_the_stand_in_is_read_as_a_digest(places):
    found = contents(places)
    assert set(found) == {"far", "near"}
    assert found["far"].content == b"# Far\n\nOur own words.\n"
    assert found["far"].source.kind is SourceKind.DIGEST
    assert unsynced(*places) == ("far", "tool")


def test_after_a_sync_the_original_is_read(places, net):
    outcomes = module.sync(*places, (), Silent())
    assert [(o.source, o.changed, o.error) for o in outcomes] == [
        ("far", True, ""),
        ("tool", True, ""),
    ]
    found = contents(places)
    assert found["far"].content == net.pages["far"]
    assert found["far"].source.kind is SourceKind.ARTICLE
    assert (found["far"].published, found["far"].updated) == ("2020", "2026-02")
    assert unsynced(*places) == ()


def test_a_fetcher_may_work_elsewhere_though_the_index_is_named_from_here(places, net, monkeypatch):
    monkeypatch.chdir(places[1].parent)
    module.sync(Path("corpus"), Path("index"), (), Silent())
    assert unsynced(*places) == ()


def test_one_that_is_out_of_reach_keeps_what_it_had(places, net):
    module.sync(*places, (), Silent())
    net.down = {"far"}
    net.pages["tool"] = b"# Tool\n\nMore help.\n"
    far, tool = module.sync(*places, (), Silent())
    assert far.error == "far is out of reach; sync later"
    assert (far.changed, far.documents) == (False, 1)
    assert tool.changed
    found = contents(places)
    assert found["far"].content == net.pages["far"]
    assert found["tool"].content == b"# Tool\n\nMore help.\n"


def test_only_the_named_are_fetched(places, net):
    module.sync(*places, ("tool",), Silent())
    assert net.asked == ["tool"]
    with pytest.raises(UnknownNameError, match="no source 'other'"):
        module.sync(*places, ("other",), Silent())


def test_the_lock_tells_what_each_was_resolved_to(places, net):
    corpus, index = places
    net.down = {"far"}
    module.sync(corpus, index, (), Silent())
    locked = json.loads((corpus / "sources.lock").read_text())
    assert locked == {
        "tool": {"resolved": "v1", "date": "2026-02-01", "checksum": str(hash(net.pages["tool"]))}
    }
    net.down = set()
    module.sync(corpus, index, ("far",), Silent())
    assert list(json.loads((corpus / "sources.lock").read_text())) == ["far", "tool"]


def test_an_unchanged_sync_changes_neither_store_nor_lock(places, net):
    corpus, index = places
    module.sync(corpus, index, (), Silent())
    before = {path: path.read_bytes() for path in index.rglob("*.sqlite")}
    lock = (corpus / "sources.lock").stat().st_mtime_ns
    assert not any(o.changed for o in module.sync(corpus, index, (), Silent()))
    assert {path: path.read_bytes() for path in index.rglob("*.sqlite")} == before
    assert (corpus / "sources.lock").stat().st_mtime_ns == lock


def test_a_source_is_due_when_it_was_never_synced_or_long_ago(places, net, monkeypatch):
    assert module.due(*places, hours=24)
    module.sync(*places, (), Silent())
    assert not module.due(*places, hours=24)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(hours=25)

    monkeypatch.setattr(module, "datetime", Later)
    assert module.due(*places, hours=24)


def test_what_is_forgotten_is_gone(places, net):
    module.sync(*places, (), Silent())
    module.forget(places[1], "far")
    assert unsynced(*places) == ("far",)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE documents SET facts = '{}'",
        "UPDATE documents SET facts = '[' ",
        "UPDATE documents SET facts = CAST(x'ff' AS TEXT)",
        "ALTER TABLE documents RENAME COLUMN facts TO told",
    ],
)
def test_a_damaged_store_is_that_source_s_problem(places, net, damage):
    module.sync(*places, (), Silent())
    with closing(sqlite3.connect(module.shelf_path(places[1], "far"))) as database:
        database.execute(damage)
        database.commit()
    found = list(gather(*places, 10_000))
    named = {one.path: one.reason for one in found if isinstance(one, Problem)}
    assert list(named) == ["far"]
    assert "sync it again" in named["far"]
    assert len(found) == 3


def test_the_listing_joins_catalogue_store_and_index(places, net):
    module.sync(*places, ("tool",), Silent())
    rows = {row.source.id: row for row in listing(*places, (), {"tool": (1, 2)})}
    assert list(rows) == ["far", "tool", "near"]
    assert (rows["tool"].resolved, rows["tool"].documents, rows["tool"].passages) == ("v1", 1, 2)
    assert rows["far"].synced == ""


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("", "never"),
        ("2026-01-31T11:59:30+00:00", "now"),
        ("2026-01-31T11:00:00+00:00", "1 h"),
        ("2026-01-29T11:00:00+00:00", "2 d"),
    ],
)
def test_ages_are_said_in_words(moment, words):
    assert age(moment, datetime(2026, 1, 31, 12, tzinfo=UTC)) == words
