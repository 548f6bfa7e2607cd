"""Whatever one source sends or is called, the others are synced and the report names it."""

import sqlite3
from dataclasses import replace

import pytest

from ragbot.errors import ConfigError, SourceError
from ragbot.progress import Silent
from ragbot.sources import edit
from ragbot.sources import sync as module
from ragbot.sources.catalog import load
from ragbot.sources.fetching import Fetched, Locked
from ragbot.sources.identity import LONGEST, id_of
from ragbot.sources.shelf import NewShelf, fetched, synced
from ragbot.sources.web import WebFetcher
from tests.sample import source_entry

from .site import Answer, page, serving

ENTRY = """
[[source]]
id = "{name}"
title = "A"
authority = "vendor"
kind = "article"
[source.obtain]
kind = "web"
url = "http://heron.example{port}/{name}"
"""


def nested() -> object:
    return [nested()]


class Odd:
    """A fetcher that meets something nobody foresaw with the source `odd`."""

    def __init__(self, meet):
        self._meet = meet

    def __call__(self, entry, before, shelf, scratch, progress):
        shelf.put(Fetched("page.md", b"text", "text/markdown"))
        if entry.source.id == "odd":
            self._meet(shelf)
        return Locked("v1", "", "1")


def refuse(error):
    def meet(shelf):
        raise error

    return meet


@pytest.mark.parametrize(
    ("meet", "said"),
    [
        (lambda _: nested(), "nested too deeply"),
        (lambda _: "\u00e9".encode("ascii"), "UnicodeEncodeError"),
        (lambda _: int("9" * 5000), "ValueError"),
        (lambda _: {}["gone"], "KeyError"),
        (refuse(MemoryError()), "too much memory"),
        (refuse(OSError(28, "No space left on device")), "No space left"),
        (refuse(sqlite3.OperationalError("disk is full")), "disk is full"),
        (
            refuse(SourceError("https://finch:secret@a.example/x is\nfar away")),
            "https://a.example/x is far away",
        ),
        (refuse(ValueError("ftp://finch:secret@a.example " + "x" * 9000)), "ftp://a.example"),
    ],
)
def test_an_error_nobody_foresaw_is_that_source_s_own(tmp_path, monkeypatch, meet, said):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    names = ("first", "odd", "last")
    text = "".join(ENTRY.format(name=name, port="") for name in names)
    (corpus / "sources.toml").write_text(text)
    monkeypatch.setattr(module, "_fetcher", lambda kind: Odd(lambda shelf: None))
    assert not any(o.error for o in module.sync(corpus, tmp_path, (), Silent()))
    monkeypatch.setattr(module, "_fetcher", lambda kind: Odd(meet))
    first, odd, last = module.sync(corpus, tmp_path, (), Silent())
    assert (first.error, last.error, first.changed, last.changed) == ("", "", True, True)
    assert said in odd.error
    assert "secret" not in odd.error
    assert "\n" not in odd.error
    assert len(odd.error) < 400
    assert (odd.changed, odd.documents) == (False, 1)
    assert not list(tmp_path.glob("store/*.new"))


HOSTILE = {
    "script": Answer("", 302, {"Location": "javascript:alert(1)"}),
    "mail": Answer("", 301, {"Location": "mailto:finch@a.example"}),
    "data": Answer("", 308, {"Location": "data:text/html;base64,AAAA"}),
    "blank": Answer("", 302, {"Location": "about:blank"}),
    "name": Answer("", 302, {"Location": "http://xn--/"}),
    "control": Answer("", 302, {"Location": "/\x7f"}),
    "length": Answer(page(), headers={"Content-Length": "9" * 5000}),
    "later": Answer("", 503, {"Retry-After": "Mon, 99 Foo 99999999999 99:99:99 GMT"}),
}


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A site, and a corpus of one source for each of its hostile pages and two sound ones."""
    with serving() as site:
        fetcher = WebFetcher(
            names=lambda host, port: ["127.0.0.1"],
            near_ports=frozenset([site.port]),
            sleep=lambda seconds: None,
        )
        monkeypatch.setattr(module, "_fetcher", lambda kind: fetcher)
        site.routes |= {f"/{name}": answer for name, answer in HOSTILE.items()}
        site.routes["/sound"] = Answer(page())
        corpus = tmp_path / "corpus"
        corpus.mkdir()
        names = (*HOSTILE, "sound")
        text = "".join(ENTRY.format(name=name, port=f":{site.port}") for name in names)
        (corpus / "sources.toml").write_text(text)
        yield site, corpus, tmp_path / "index"


def test_hostile_answers_are_each_source_s_own_error(world):
    _, corpus, index = world
    *hostile, sound = module.sync(corpus, index, (), Silent())
    assert (sound.error, sound.documents) == ("", 1)
    errors = {outcome.source: outcome.error for outcome in hostile}
    assert all(errors.values())
    for name in ("script", "mail", "data", "blank"):
        assert "no http or https address" in errors[name]


@pytest.mark.parametrize("value", ['"\u00e9"', '"\u4e00"', "x" * 5000, '"a\tb"'])
@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_validators_that_cannot_be_sent_back_are_not_kept(world, header, value):
    site, corpus, index = world
    told = value.encode().decode("latin-1")
    site.routes["/sound"] = Answer(page(), headers={header: told})
    for _ in range(2):
        (outcome,) = module.sync(corpus, index, ("sound",), Silent())
        assert outcome.error == ""
    assert not {"if-none-match", "if-modified-since"} & set(site.headers[-1])


def test_validators_kept_by_an_earlier_version_are_not_sent(world):
    site, corpus, index = world
    module.sync(corpus, index, ("sound",), Silent())
    path = module.shelf_path(index, "sound")
    before = synced(path).locked
    old = {
        url: f"{told}\nIf-None-Match: \u4e00\nHost: x" for url, told in before.validators.items()
    }
    shelf = NewShelf(path)
    for document in list(fetched(path)):
        shelf.keep(document.path)
    shelf.finish(replace(before, validators=old))
    (outcome,) = module.sync(corpus, index, ("sound",), Silent())
    assert outcome.error == ""
    assert site.headers[-1]["host"] == f"heron.example:{site.port}"


class TestIds:
    @pytest.mark.parametrize(
        "name",
        ["sync.lock", "x.new", "x.sqlite", "x.sqlite-wal", "a" * 250, "..", "a..b", "-a", "a--b",
         "A", "a_b", "a/b", "\u00e9", ""],
    )  # fmt: skip
    def test_what_is_no_id_is_refused_where_it_is_read(self, tmp_path, name):
        (tmp_path / "sources.toml").write_text(source_entry(name, "a.md"), encoding="utf-8")
        with pytest.raises(ConfigError, match=r"source\.0\.id.*single hyphens.*at most 80"):
            load(tmp_path / "sources.toml")

    @pytest.mark.parametrize("name", ["a", "tf2-15-api", "sync-lock", "a" * LONGEST])
    def test_what_is_one_is_taken(self, tmp_path, name):
        (tmp_path / "sources.toml").write_text(source_entry(name, "a.md"))
        assert load(tmp_path / "sources.toml")[0].source.id == name

    def test_no_two_files_of_the_store_share_a_name(self, tmp_path):
        names = ["sync", "x", "x-new", "x-sqlite", "sync-lock"]
        files = {str(module.shelf_path(tmp_path, name)) for name in names}
        scratches = {str(module.shelf_path(tmp_path, name).with_suffix("")) for name in names}
        lock = {str(tmp_path / "store" / "sync.lock")}
        news = {str(module.shelf_path(tmp_path, name).with_suffix(".new")) for name in names}
        assert len(files | scratches | news | lock) == 3 * len(names) + 1

    def test_long_names_make_ids_that_differ(self):
        long = "the-heron-and-the-ibex-" * 20
        made = {id_of(long + str(n)) for n in range(3)}
        assert len(made) == 3
        assert all(len(name) <= LONGEST for name in made)

    def test_what_is_added_gets_one(self, tmp_path):
        (tmp_path / ("Sync.lock" * 20)).mkdir()
        name = edit.add(tmp_path, "Sync.lock" * 20, {})
        assert [entry.source.id for entry in load(tmp_path / "sources.toml")] == [name]


@pytest.mark.parametrize(
    "place",
    ["https://finch:secret@a.example/x", "git+https://finch:secret@a.example/x.git",
     "git+ssh://finch:secret@a.example/x.git"],
)  # fmt: skip
def test_a_login_in_an_address_is_refused_and_not_said(tmp_path, place):
    with pytest.raises(ConfigError) as caught:
        edit.add(tmp_path, place, {})
    assert "secret" not in str(caught.value)
    kept = tmp_path / "sources.toml"
    assert not kept.exists() or "secret" not in kept.read_text()


def test_a_login_in_the_address_of_a_source_is_not_shown(tmp_path):
    text = source_entry("a", "a.md", url="https://finch:secret@a.example/x")
    (tmp_path / "sources.toml").write_text(text)
    assert load(tmp_path / "sources.toml")[0].source.url == "https://a.example/x"
