"""Reads a batch of questions as JSON lines, all checked before the first is answered."""

import errno
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from ragbot.foreign_json import foreign_json
from ragbot.understand.followup import Turn


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a batch."""

    id: str
    question: str
    history: tuple[Turn, ...]


def read_batch(path: Path) -> list[Asked]:
    """The questions of a file of JSON lines, or of stdin for "-".

    Raises:
        click.UsageError: the file or one of its lines is no such question; the line is named.
    """
    try:
        text = text_of(path)
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(unreadable(path, error)) from error
    asked = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                asked.append(_asked(foreign_json(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise click.UsageError(
                    f"{path}, line {number}: not a JSON object with "
                    f'"id", "question" and, if you like, "history" ({error})'
                ) from error
    return asked


def text_of(path: Path) -> str:
    """What stands in a file, or in stdin for "-"; OSError, UnicodeDecodeError as of reading."""
    if str(path) != "-":
        return path.read_text(encoding="utf-8")
    if sys.stdin is None:  # it was closed before we began
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.read()


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> str:
    """Why a file that was named cannot be read, in words."""
    if isinstance(error, UnicodeDecodeError):
        return f"{path} cannot be read: it is not UTF-8 (byte {error.start})"
    return f"{path} cannot be read ({error.strerror})"


def _asked(line: dict[str, object]) -> Asked:
    question, history = line["question"], line.get("history") or []
    if not isinstance(question, str) or not isinstance(history, list):
        raise TypeError("question must be text and history a list")
    turns = tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in history)
    return Asked(str(line["id"]), question, turns)
