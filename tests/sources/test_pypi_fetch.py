"""A wheel is read by ranges where it can be, once, whole, or not at all; never run."""

import json
from pathlib import Path

import pytest

from ragbot.errors import SourceError
from ragbot.quarantine import Limits, Quarantine
from ragbot.sources.pypi import wheel as wheel_module
from ragbot.sources.pypi.coverage import coverage
from ragbot.sources.pypi.extract import Unread, extracted
from ragbot.sources.pypi.ranges import coalesced
from ragbot.sources.pypi.recipe import PypiObtain
from ragbot.sources.pypi.symbols import Symbol

from .pypi_sample import FILES, Index, fetch, make_wheel, serving


@pytest.fixture(autouse=True)
def _small_wheels_are_smaller(monkeypatch) -> None:
    """Of the sample, some 3 MB, parts are fetched, as of wheels over 16 MB."""
    monkeypatch.setattr(wheel_module, "WHOLE", 1_000_000)


@pytest.fixture(scope="module")
def content() -> bytes:
    return make_wheel()


@pytest.mark.parametrize("is_json", [True, False])
def test_ranges_fetch_a_part_of_the_wheel(content, tmp_path: Path, is_json) -> None:
    with serving(Index(content, is_json=is_json)) as index:
        shelf, locked = fetch(index, tmp_path)
    assert index.sent < len(content) / 5
    assert locked is not None
    assert (locked.resolved, locked.date) == ("1.2.0", "2026-05-04" if is_json else "")
    assert len(locked.checksum) == 64
    assert "toolbox.saw.json" in shelf.documents
    assert list(shelf.problems) == ["toolbox/broken.py"]
    document = shelf.documents["toolbox.saw.json"]
    assert (document.version, document.licence, document.title) == ("1.2.0", "MIT", "toolbox.saw")
    assert document.url == "https://example.org/1.2/toolbox.saw?toolbox/wood.py"
    assert document.media_type == "application/x-symbol+json"


def test_without_ranges_the_whole_wheel_is_fetched(content, tmp_path: Path) -> None:
    with serving(Index(content)) as index:
        by_ranges, _ = fetch(index, tmp_path / "ranges")
    with serving(Index(content, has_ranges=False)) as index:
        shelf, _ = fetch(index, tmp_path / "whole")
        assert index.sent >= len(content)
        sent = index.sent
        fetch(index, tmp_path / "whole")
        assert index.sent == sent
    assert shelf.documents == by_ranges.documents


def test_unchanged_is_none_and_changed_rules_read_again(content, tmp_path: Path) -> None:
    with serving(Index(content)) as index:
        _, locked = fetch(index, tmp_path)
        sent, asked = index.sent, len(index.requests)
        again, unchanged = fetch(index, tmp_path, locked)
        assert unchanged is None
        assert not again.documents
        assert len(index.requests) == asked + 1
        changed, relocked = fetch(index, tmp_path, locked, leave_out=["toolbox.saw"])
        assert relocked is not None
        assert "toolbox.saw.json" not in changed.documents
        assert index.sent == sent


def test_an_interrupted_fetch_goes_on(content, tmp_path: Path) -> None:
    with serving(Index(content)) as index:
        fetch(index, tmp_path / "all")
        needed = index.sent
    with serving(Index(content, broken_after=needed - 100)) as index:
        with pytest.raises(SourceError, match=r"cannot be fetched|too soon"):
            fetch(index, tmp_path / "parts")
        index.broken_after, index.sent = None, 0
        shelf, _ = fetch(index, tmp_path / "parts")
        assert 0 < index.sent < needed
    assert "toolbox.saw.json" in shelf.documents


def test_versions_and_platforms(content, tmp_path: Path) -> None:
    with serving(Index(content)) as index:
        _, pinned = fetch(index, tmp_path, version="1.1.0")
        assert pinned is not None
        assert pinned.resolved == "1.1.0"
        _, early = fetch(index, tmp_path, version="2.0.0rc1")
        assert early is not None
        assert early.resolved == "2.0.0rc1"
        with pytest.raises(SourceError, match=r"no wheel of version 9\.9"):
            fetch(index, tmp_path, version="9.9")
        with pytest.raises(SourceError, match="no version number"):
            fetch(index, tmp_path, version="newest")
        with pytest.raises(SourceError, match="no such package"):
            fetch(index, tmp_path, package="nothing")
        with pytest.raises(SourceError, match="no Python file of hammer"):
            fetch(index, tmp_path, modules=["hammer"])


@pytest.mark.parametrize("has_ranges", [True, False])
@pytest.mark.parametrize("damage", ["truncated", "flipped", "garbage"])
def test_damage_is_an_error(content, tmp_path: Path, damage, has_ranges) -> None:
    at = content.index(b"toolbox/wood.py") + 200
    broken = {
        "truncated": content[:-40],
        "flipped": content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :],
        "garbage": b"no zip at all" * 1000,
    }[damage]
    with (
        serving(Index(broken, has_ranges=has_ranges)) as index,
        pytest.raises(SourceError, match="is damaged"),
    ):
        fetch(index, tmp_path)
    assert not list(tmp_path.glob("*/*"))


def test_a_wheel_that_is_not_the_index_s_is_an_error(content, tmp_path: Path) -> None:
    index = Index(content, has_ranges=False)
    with serving(index):
        page = index.page()
        index.page = lambda: page  # type: ignore[method-assign]
        index.wheel = content + b" "
        with pytest.raises(SourceError, match="SHA-256"):
            fetch(index, tmp_path)


@pytest.mark.parametrize(
    "text",
    ["x=1\n" * 300_000, "x=1;" * 300_000, "[" + "1," * 300_000 + "]", "#" * 5_000_000,
     "if a: pass\n" + "elif a: pass\n" * 3000, "x = " + "a." * 3000 + "a"],
    ids=["lines", "semicolons", "list", "bytes", "branches", "attributes"],
)  # fmt: skip
def test_a_module_that_would_take_too_much_is_a_problem(tmp_path: Path, text) -> None:
    wheel = make_wheel(FILES | {"toolbox/hostile.py": text})
    with serving(Index(wheel)) as index:
        shelf, _ = fetch(index, tmp_path)
    assert "toolbox.saw.json" in shelf.documents
    assert "toolbox/hostile.py" in shelf.problems


def test_limits(content, tmp_path: Path, monkeypatch) -> None:
    with serving(Index(content)) as index:
        monkeypatch.setattr(wheel_module, "LARGEST_MEMBER", 100)
        with pytest.raises(SourceError, match="is too large; exclude it"):
            fetch(index, tmp_path)
        monkeypatch.setattr(wheel_module, "LARGEST_MEMBER", 10_000)
        monkeypatch.setattr(wheel_module, "LARGEST_TOTAL", 1000)
        with pytest.raises(SourceError, match="too large together"):
            fetch(index, tmp_path)
        monkeypatch.setattr(wheel_module, "MOST_MEMBERS", 3)
        with pytest.raises(SourceError, match="more than 3 files"):
            fetch(index, tmp_path)
        index.has_ranges = False
        monkeypatch.setattr(wheel_module, "LARGEST_WHEEL", 1000)
        with pytest.raises(SourceError, match="is larger than"):
            fetch(index, tmp_path / "whole")


def test_offline_is_one_clear_line(tmp_path: Path) -> None:
    with serving(Index(b"")) as index:
        pass
    with pytest.raises(SourceError, match=r"^toolbox: http.* cannot be reached") as raised:
        fetch(index, tmp_path)
    assert "\n" not in str(raised.value)


def test_rules_without_a_symbol_are_an_error(content, tmp_path: Path) -> None:
    with serving(Index(content)) as index, pytest.raises(SourceError, match="no public symbol"):
        fetch(index, tmp_path, public={}, exports={}, attach={})


def test_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    writes = f"from pathlib import Path\nPath({str(mark)!r}).write_text('run')\n"
    wheel = make_wheel({name: writes + text for name, text in FILES.items()}, padding=10)
    with serving(Index(wheel)) as index:
        shelf, _ = fetch(index, tmp_path / "scratch")
    assert shelf.documents
    assert not mark.exists()


def test_coverage(content, tmp_path: Path) -> None:
    with serving(Index(content)) as index:
        shelf, _ = fetch(index, tmp_path)
    asked = ["toolbox.saw", "", "# a comment", "tb.join", "toolbox.nothing", "tb.old.glue_up"]
    assert coverage(asked, shelf.documents.values()) == ["toolbox.nothing"]
    told = json.loads(shelf.documents["toolbox.saw.json"].content)
    assert told["signature"].startswith("toolbox.saw(")


def test_spans_are_joined() -> None:
    spans = [(50, 60), (0, 10), (12, 20), (200, 230)]
    assert coalesced(spans, 5, 100) == [(0, 20), (50, 60), (200, 230)]
    assert coalesced(spans, 30, 40) == [(0, 20), (50, 60), (200, 230)]
    assert coalesced(spans, 30, 100) == [(0, 60), (200, 230)]


def test_a_module_whose_tree_takes_too_much_is_named_and_the_rest_is_read() -> None:
    files = {
        "pkg/__init__.py": b"def plane():\n    'Make it even.'\n",
        "pkg/bomb.py": b"x=1\n" * 600_000,
    }
    recipe = PypiObtain(
        kind="pypi", package="pkg", modules=("pkg",), public={"pkg.bomb": "pkg", "pkg": "pkg"}
    )
    with Quarantine(Limits(seconds=60, megabytes=300)) as quarantine:
        *found, last = extracted(quarantine, files, recipe)
    assert [one.name for one in found if isinstance(one, Symbol)] == ["pkg.plane"]
    assert isinstance(last, Unread)
    assert last.path == "pkg/bomb.py"
