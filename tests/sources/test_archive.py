"""Archives with good and evil members, all made here."""

import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from ragbot.sources.archive import documents_of_archive, is_archive
from ragbot.sources.files import File, Problem
from ragbot.types import RawDocument

from .taking import SOURCE

LIMIT = 1_000_000
TARS = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz", ".tar.xz": "w:xz", ".tar.bz2": "w:bz2"}


def pack(path: Path, members: dict[str, bytes]) -> File:
    """An archive of the kind that the ending of `path` says."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(path, TARS["".join(path.suffixes)]) as archive:
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return File(path, path.name)


def read(file: File, limit: int = LIMIT) -> tuple[dict[str, bytes], dict[str, str]]:
    found = list(documents_of_archive(file, SOURCE, limit))
    documents = {d.path: d.content for d in found if isinstance(d, RawDocument)}
    return documents, {p.path: p.reason for p in found if isinstance(p, Problem)}


@pytest.fixture(params=[".zip", *TARS])
def path(request, tmp_path: Path) -> Path:
    return tmp_path / f"a{request.param}"


def test_readable_members_are_documents(path):
    members = {
        "guide/b.md": b"# B", "a.txt": b"A", "picture.png": b"x", ".hidden/c.md": b"C",
        "__MACOSX/._d.md": b"D", "./e.rst": b"E",
    }  # fmt: skip
    if path.suffix == ".zip":
        members["e.rst"] = members.pop("./e.rst")
    file = pack(path, members)
    assert is_archive(path)
    documents, problems = read(file)
    assert documents == {
        f"a{path.name[1:]}/guide/b.md": b"# B",
        f"a{path.name[1:]}/a.txt": b"A",
        f"a{path.name[1:]}/e.rst": b"E",
    }
    assert problems == {}
    found = next(documents_of_archive(file, SOURCE, LIMIT))
    assert (found.media_type, found.source, found.obtained) == ("text/markdown", SOURCE, "archive")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/etc/x.md", "absolute"), ("../x.md", "leads out"), ("a/../../x.md", "leads out"),
        ("..\\x.md", "absolute"), ("C:/x.md", "absolute"), ("inner.zip", "inside an archive"),
        ("inner.tar.gz", "inside an archive"),
    ],
)  # fmt: skip
def test_evil_names(path, name, said):
    documents, problems = read(pack(path, {"good.md": b"good", name: b"evil", "last.md": b"last"}))
    assert list(documents.values()) == [b"good", b"last"]
    (reason,) = problems.values()
    assert said in reason


def test_a_name_twice(path):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.md", "one")
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr("x.md", "two")
        file = File(path, path.name)
    else:
        with tarfile.open(path, TARS["".join(path.suffixes)]) as archive:
            for content in (b"one", b"two"):
                info = tarfile.TarInfo("x.md")
                info.size = 3
                archive.addfile(info, io.BytesIO(content))
        file = File(path, path.name)
    documents, problems = read(file)
    assert list(documents.values()) == [b"one"]
    assert "two files of this name" in next(iter(problems.values()))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar(tmp_path, kind):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("x.md")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    documents, problems = read(File(path, "a.tar"))
    assert documents == {}
    assert problems == {"a.tar/x.md": "it is a link or a device, not a file"}


def test_a_link_in_a_zip(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("x.md")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert read(File(path, "a.zip"))[1] == {"a.zip/x.md": "it is a link or a device, not a file"}


def test_an_encrypted_zip(tmp_path):
    file = pack(tmp_path / "a.zip", {"x.md": b"x", "y.md": b"y"})
    data = bytearray(file.location.read_bytes())
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    file.location.write_bytes(data)
    documents, problems = read(file)
    assert documents == {"a.zip/y.md": b"y"}
    assert "encrypted" in problems["a.zip/x.md"]


def test_a_member_above_the_limit(path):
    file = pack(path, {"long.md": b"x" * 2000, "short.md": b"x"})
    documents, problems = read(file, limit=1000)
    assert list(documents.values()) == [b"x"]
    assert "limit" in next(iter(problems.values()))


def test_a_zip_that_lies_about_a_size(tmp_path):
    file = pack(tmp_path / "a.zip", {"long.md": b"x" * 500_000})
    data = bytearray(file.location.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(mark) + offset, 10)
    file.location.write_bytes(data)
    documents, problems = read(file, limit=1000)
    assert documents == {}
    assert "damaged" in problems["a.zip/long.md"]


@pytest.mark.parametrize("ending", [".zip", ".tar.gz", ".tar.xz"])
@pytest.mark.parametrize("name", ["{}.md", "{}.bin"])
def test_a_bomb(tmp_path, ending, name):
    """A megabyte of nothing, forty times: in files that are read, and in those passed over."""
    members = {name.format(number): bytes(1_000_000) for number in range(40)}
    file = pack(tmp_path / f"a{ending}", members)
    assert file.location.stat().st_size < 100_000
    documents, problems = read(file, limit=2_000_000)
    if (ending, name) == (".zip", "{}.bin"):  # what is passed over in a zip is not unpacked
        assert (documents, problems) == ({}, {})
        return
    assert len(documents) < 20
    assert "unpacked it is larger" in problems[f"a{ending}"]


def test_too_many_members(tmp_path, monkeypatch):
    monkeypatch.setattr("ragbot.sources.archive_limits._MOST_MEMBERS", 5)
    file = pack(tmp_path / "a.zip", {f"{number}.md": b"x" for number in range(6)})
    documents, problems = read(file)
    assert len(documents) == 5
    assert "more than 5 files" in problems["a.zip"]


def test_a_broken_archive(path):
    file = pack(path, {"a.md": b"a" * 3000, "b.md": b"b" * 3000})
    data = file.location.read_bytes()
    file.location.write_bytes(data[: len(data) // 3])
    documents, problems = read(file)
    assert len(documents) < 2
    assert problems
    file.location.write_bytes(b"no archive at all")
    assert "no whole archive" in read(file)[1][file.path]


def test_a_missing_archive(path):
    assert "no whole archive" in read(File(path, path.name))[1][path.name]
