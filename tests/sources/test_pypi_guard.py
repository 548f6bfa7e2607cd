"""A package index leads nowhere but to public places, hears no stranger's login, and is checked."""

import base64
import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from ragbot.errors import SourceError
from ragbot.progress import Silent
from ragbot.sources import sync
from ragbot.sources.addresses import RefusedError
from ragbot.sources.pypi import index as index_module
from ragbot.sources.pypi import wheel as wheel_module
from ragbot.sources.pypi.fetch import fetch_pypi
from ragbot.sources.pypi.record import unlike_record

from .pypi_sample import (
    FILES,
    Held,
    Index,
    fetch,
    make_entry,
    make_wheel,
    record_of,
    serving,
)

SMALL, LARGE = 1_000_000, 3_000_000
JSON = "application/vnd.pypi.simple.v1+json"


@pytest.fixture(autouse=True)
def _sizes(monkeypatch) -> None:
    monkeypatch.setattr(wheel_module, "WHOLE", 2_000_000)


@pytest.fixture
def index():
    with serving(Index(make_wheel(padding=SMALL))) as index:
        yield index


def row(url: str, **facts: object) -> dict[str, object]:
    return {"filename": "toolbox-1.2.0-py3-none-any.whl", "url": url, **facts}


def serve_page(index: Index, *rows: object) -> None:
    index.page = lambda: (JSON, json.dumps({"files": list(rows)}).encode())  # type: ignore[method-assign]


class TestPlaces:
    def test_a_link_to_a_near_place_is_refused(self, index, tmp_path):
        with serving(Index(make_wheel(padding=SMALL))) as other:
            serve_page(index, row(f"{other.url}/f/toolbox.whl"))
            with pytest.raises(RefusedError, match="private = true"):
                fetch(index, tmp_path)
            assert other.requests == []
            assert fetch(index, tmp_path, private=True)[0].documents

    @pytest.mark.parametrize("path", ["/simple/toolbox/", "/f/toolbox-1.2.0-py3-none-any.whl"])
    def test_so_is_a_redirect(self, index, tmp_path, path):
        with serving(Index(make_wheel(padding=SMALL))) as other:
            index.moved[path] = other.url + path
            with pytest.raises(RefusedError):
                fetch(index, tmp_path)
            assert other.requests == []

    def test_an_index_that_nobody_named_must_be_public(self, index, tmp_path, monkeypatch):
        monkeypatch.delenv("PIP_INDEX_URL", raising=False)
        place = index.url.replace("127.0.0.1", "mirror.example") + "/simple"
        monkeypatch.setattr(index_module, "DEFAULT_INDEX", place)

        def names(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        arguments = (None, Held(), tmp_path, Silent())
        with pytest.raises(RefusedError):
            fetch_pypi(make_entry(), *arguments, names=names)
        assert index.requests == []
        monkeypatch.setenv("PIP_INDEX_URL", place)
        serve_page(index, row("../../f/toolbox-1.2.0-py3-none-any.whl"))
        assert fetch_pypi(make_entry(), *arguments, names=names)

    @pytest.mark.parametrize("host", ["pypi.org", "files.pythonhosted.org"])
    def test_pypi_may_stand_in_a_network_of_ones_own(self, host):
        """A mirror that answers under its names, with its certificate."""
        index = index_module.index_of()
        network = index_module.network_for(index, lambda *_: ["192.0.2.1"], private=False)
        assert network.addresses(host, 443) == ["192.0.2.1"]
        for other, port in ((host, 80), (f"{host}.example", 443)):
            with pytest.raises(RefusedError):
                network.addresses(other, port)

    def test_a_proxy_is_no_way_round(self, index, tmp_path, monkeypatch):
        with serving(Index(b"")) as other:
            for name in ("http_proxy", "HTTP_PROXY"):
                monkeypatch.setenv(name, other.url)
            monkeypatch.setenv("no_proxy", "nowhere.example")
            serve_page(index, row("http://10.0.0.8/f/toolbox.whl"))
            monkeypatch.setattr(other, "moved", {})
            with pytest.raises(SourceError):
                fetch(index, tmp_path)
            assert not any("10.0.0.8" in asked for asked in other.requests)

    @pytest.mark.parametrize("target", ["javascript:alert(1)", "mailto:a@b.example", "data:,x"])
    @pytest.mark.parametrize("path", ["/simple/toolbox/", "/f/toolbox-1.2.0-py3-none-any.whl"])
    def test_a_redirect_to_no_address_is_an_error_in_words(self, index, tmp_path, path, target):
        index.moved[path] = target
        with pytest.raises(SourceError, match="no web address"):
            fetch(index, tmp_path)


class TestLogins:
    def test_the_login_goes_to_the_index_alone(self, index, tmp_path, caplog):
        caplog.set_level(logging.DEBUG)
        with serving(Index(make_wheel(padding=SMALL))) as other:
            serve_page(index, row(f"{other.url}/f/toolbox.whl"))
            shelf, locked = fetch(index, tmp_path, login="finch:s%40cret", private=True)
            assert set(other.logins) == {""}
        expected = "Basic " + base64.b64encode(b"finch:s@cret").decode()
        assert index.logins == [expected]
        serve_page(index, row("../../f/toolbox-1.2.0-py3-none-any.whl"))
        fetch(index, tmp_path / "again", login="finch:s%40cret")
        assert set(index.logins) == {expected}
        assert "cret" not in caplog.text + repr(shelf) + repr(locked)

    @pytest.mark.parametrize(
        "rows",
        [
            [row("http://u:s%40cret@[/x.whl")], [row("http://u:s%40cret@127.0.0.1:1/x.whl")],
            [row("../../none.whl")], [7], [],
        ],
    )  # fmt: skip
    def test_no_error_says_it(self, index, tmp_path, rows):
        serve_page(index, *rows)
        with pytest.raises(SourceError) as caught:
            fetch(index, tmp_path, login="finch:s%40cret", private=True)
        assert "cret" not in str(caught.value)

    @pytest.mark.parametrize(
        "place",
        ["https://finch:sec/ret@a.example", "ftp://finch:secret@a.example", "file:///srv/secret",
         "finch:secret@a.example", "https://finch:secret@", "secret", "http://xn--/secret"],
    )  # fmt: skip
    def test_an_index_that_is_no_address_is_not_said(self, tmp_path, monkeypatch, place):
        monkeypatch.setenv("PIP_INDEX_URL", place)
        with pytest.raises(SourceError) as caught:
            fetch_pypi(make_entry(), None, Held(), tmp_path, Silent(), names=lambda *_: [])
        assert "ret" not in str(caught.value).replace("retry", "")

    def test_nor_is_it_when_out_of_reach(self, tmp_path):
        with serving(Index(b"")) as gone:
            pass
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            fetch(gone, tmp_path, login="finch:secret")
        assert "secret" not in str(caught.value)


class TestPages:
    def test_versions_that_are_none_are_passed_over(self, index, tmp_path):
        sound = row("../../f/toolbox-1.2.0-py3-none-any.whl")
        names = [f"toolbox-{'9' * 5000}-py3-none-any.whl", "toolbox-1.0-py3-none-any.whl" * 99]
        serve_page(index, *({**sound, "filename": name} for name in names), sound)
        assert fetch(index, tmp_path)[1].resolved == "1.2.0"
        with pytest.raises(SourceError, match="no version number") as caught:
            fetch(index, tmp_path, version="9" * 5000)
        assert len(str(caught.value)) < 200

    @pytest.mark.parametrize("page", [b"[" * 100_000, b'{"files": ' + b"[" * 90 + b"]" * 90 + b"}"])
    def test_a_page_nested_without_end(self, index, tmp_path, page):
        index.page = lambda: (JSON, page)
        with pytest.raises(SourceError, match="nested more than"):
            fetch(index, tmp_path)

    def test_links_that_are_none_are_passed_over(self, index, tmp_path):
        kind, page = replace(index, is_json=False).page()
        index.page = lambda: (kind, b'<a href="http://[/toolbox-3.0-py3-none-any.whl">x</a>' + page)
        assert fetch(index, tmp_path)[1].resolved == "1.2.0"

    def test_a_checksum_names_no_folder_elsewhere(self, index, tmp_path):
        kept = tmp_path / "kept"
        kept.mkdir()
        index.wheel = b"no wheel" * 9  # what is damaged is removed with its folder
        for checksum in ("../kept", f"{tmp_path}/kept", "../../kept"):
            index.checksum = checksum
            with pytest.raises(SourceError, match="damaged"):
                fetch(index, tmp_path / "scratch")
        assert kept.is_dir()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "scratch"]


class TestVerified:
    def fetched(self, folder: Path, wheel: bytes, **facts: object) -> str:
        with serving(Index(wheel, **facts)) as index:
            return fetch(index, folder)[1].verified

    def test_a_small_wheel_is_held_against_the_sum_of_the_index(self, tmp_path):
        wheel = make_wheel(padding=SMALL, record="")
        for name, has_ranges in (("a", True), ("b", False)):
            verified = self.fetched(tmp_path / name, wheel, has_ranges=has_ranges)
            assert verified == "sha256 of the whole file"
            with pytest.raises(SourceError, match="SHA-256"):
                self.fetched(tmp_path / name, wheel, checksum="0" * 64, has_ranges=has_ranges)

    @pytest.mark.parametrize(("padding", "checksum"), [(LARGE, None), (LARGE, ""), (SMALL, "")])
    def test_another_against_its_record(self, tmp_path, padding, checksum):
        verified = self.fetched(tmp_path, make_wheel(padding=padding), checksum=checksum)
        assert verified == "RECORD of the files read"

    @pytest.mark.parametrize(
        ("record", "said"),
        [
            ("", "no RECORD"),
            (record_of(FILES | {"toolbox/wood.py": "other"}), "wood.py is not what"),
            (record_of({"toolbox/wood.py": ""}), "no checksum of toolbox/"),
            (record_of(FILES).replace("sha256=", "md5="), "no checksum of"),
            ("\x00", "no checksum of|cannot be read"),
        ],
    )
    def test_a_file_unlike_its_record_is_damage(self, tmp_path, record, said):
        with pytest.raises(SourceError, match=f"damaged.*({said})"):
            self.fetched(tmp_path, make_wheel(padding=LARGE, record=record))

    def test_what_was_verified_is_written_into_the_lock(self, tmp_path, monkeypatch):
        corpus = tmp_path / "corpus"
        corpus.mkdir()
        (corpus / "sources.toml").write_text(
            '[[source]]\nid = "toolbox-api"\ntitle = "T"\nauthority = "official"\n'
            'kind = "documentation"\n[source.obtain]\nkind = "pypi"\npackage = "toolbox"\n'
            'modules = ["toolbox"]\npublic = { toolbox = "toolbox" }\n'
        )
        with serving(Index(make_wheel(padding=LARGE))) as index:
            monkeypatch.setenv("PIP_INDEX_URL", f"{index.url}/simple")
            (outcome,) = sync.sync(corpus, tmp_path, (), Silent())
        assert outcome.error == ""
        locked = json.loads((corpus / "sources.lock").read_text())
        assert locked["toolbox-api"]["verified"] == "RECORD of the files read"

    def test_what_an_earlier_version_did_not_verify_is_read_again(self, index, tmp_path):
        _, locked = fetch(index, tmp_path)
        assert fetch(index, tmp_path, locked)[1] is None
        assert fetch(index, tmp_path, replace(locked, verified=""))[1] == locked

    def test_stronger_hashes_are_known(self):
        digest = base64.urlsafe_b64encode(hashlib.sha512(b"x").digest()).decode()
        assert unlike_record(f"a.py,sha512={digest.rstrip('=')},1".encode(), {"a.py": b"x"}) == ""
