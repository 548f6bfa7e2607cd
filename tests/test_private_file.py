"""Files for their owner alone: whole or not at all, and whose they were before."""

import os
import stat
from pathlib import Path

import pytest

from ragbot import private_file


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file.txt"
    private_file.write(path, "ä\n")
    assert path.read_bytes() == "ä\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_was_there_keeps_owner_and_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.txt"
    path.write_text("before")
    path.chmod(0o640)
    given = []
    monkeypatch.setattr(os, "fchown", lambda _, user, group: given.append((user, group)))
    private_file.write(path, "after")
    assert path.read_text() == "after"
    assert given == [(path.stat().st_uid, path.stat().st_gid)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_may_not_be_given_away_stays_its_writers_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    path = tmp_path / "file.txt"
    path.write_text("before")
    path.chmod(0o644)
    monkeypatch.setattr(os, "fchown", refused)
    private_file.write(path, "after")
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_leaves_a_file_to_its_user(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    path.write_text("before")
    os.chown(path, 12345, 23456)
    private_file.write(path, "after")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


@pytest.mark.parametrize("text", ["\ud800", "after"])
def test_nothing_is_left_of_a_write_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "file.txt"
    path.write_text("before")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises((OSError, UnicodeEncodeError)):
        private_file.write(path, text)
    assert [each.name for each in tmp_path.iterdir()] == ["file.txt"]
    assert path.read_text() == "before"
