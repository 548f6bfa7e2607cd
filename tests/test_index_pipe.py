"""A database whose name leads to a pipe meanwhile is damaged; nobody waits for its writer."""

import os
import threading
from pathlib import Path

import pytest

from ragbot.errors import IndexDamagedError
from ragbot.index.database import Database


def test_a_pipe_in_the_place_of_the_texts_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"")
    database = Database(path, "")
    path.unlink()
    os.mkfifo(path)
    told: list[bool] = []

    def ask() -> None:  # in a thread that has no connection yet
        with pytest.raises(IndexDamagedError):
            database.read("SELECT 1")
        told.append(True)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(5)
    assert told
