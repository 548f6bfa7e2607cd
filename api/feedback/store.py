"""Answers and what was said of them, in one SQLite file beside the index.

Questions are in it only where the setting `keep_questions_days` says so, and so long.
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ragbot.errors import ConfigError
from ragbot.types import Answer, CellStatus

FILE: Final = "feedback.sqlite"
FEEDBACK_DAYS: Final = 365.0
MOST_ROWS: Final = 200_000  # of answers, and of what was said of them

_DAY: Final = 86_400.0
_TIDY_SECONDS: Final = 600.0
_LOCKED_SECONDS: Final = 10.0  # how long another writer is waited for
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, at REAL NOT NULL, question TEXT NOT NULL, generation TEXT NOT NULL,
    refusal TEXT NOT NULL, subjects TEXT NOT NULL, empty TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
    at REAL NOT NULL, answer TEXT NOT NULL, verdict TEXT NOT NULL, subject TEXT NOT NULL,
    aspect TEXT NOT NULL, claim INTEGER NOT NULL, word TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS feedback_of_answer ON feedback (answer);
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says of an answer, or of a cell or claim of it ("" and 0: of all of it)."""

    answer: str
    verdict: str
    subject: str = ""
    aspect: str = ""
    claim: int = 0
    word: str = ""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it is kept: `empty` are (subject, aspect) of cells that nothing fills.

    `up` and `down` count what was said of it. Where only feedback was kept, the question is "".
    """

    id: str
    at: float
    question: str
    generation: str
    refusal: str
    subjects: tuple[str, ...]
    empty: tuple[tuple[str, str], ...]
    up: int = 0
    down: int = 0


class FeedbackStore:
    """The file; safe to share between threads."""

    def __init__(self, folder: Path, questions_days: float = 0) -> None:
        self.path = folder / FILE
        self._questions_days = questions_days
        self._writing = threading.Lock()
        self._tidied = float("-inf")

    def keep(self, name: str, answer: Answer) -> None:
        """Keep an answer under the id of its request, where questions are kept."""
        if not self._questions_days:
            return
        question = answer.question
        empty = [
            (cell.subject, cell.aspect)
            for cell in answer.cells
            if cell.status is CellStatus.NO_EVIDENCE
        ]
        refusal = answer.refusal.reason if answer.refusal else ""
        subjects = [column.id for column in question.columns]
        row = (name, time.time(), question.standalone, answer.generation, refusal)
        lists = json.dumps(subjects), json.dumps(empty)
        self._write("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, *lists))

    def add(self, said: Feedback) -> None:
        """Keep what was said."""
        about = (said.subject, said.aspect, said.claim, said.word)
        row = (time.time(), said.answer, said.verdict, *about)
        self._write("INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def answers(self) -> list[KeptAnswer]:
        """All answers that are kept, the oldest first, with what was said of them."""
        query = (
            "SELECT a.*, (SELECT COUNT(*) FROM feedback f WHERE f.answer = a.id AND "
            "f.verdict = 'up'), (SELECT COUNT(*) FROM feedback f WHERE f.answer = a.id AND "
            "f.verdict = 'down') FROM answers a ORDER BY a.at"
        )
        return [
            KeptAnswer(
                id=row[0],
                at=row[1],
                question=row[2],
                generation=row[3],
                refusal=row[4],
                subjects=tuple(json.loads(row[5])),
                empty=tuple((subject, aspect) for subject, aspect in json.loads(row[6])),
                up=row[7],
                down=row[8],
            )
            for row in self._read(query)
        ]

    def exported(self) -> Iterator[dict[str, object]]:
        """What was said, the oldest first, each with the answer where that is kept."""
        query = (
            "SELECT f.at, f.answer, f.verdict, f.subject, f.aspect, f.claim, f.word, "
            "a.question, a.generation, a.refusal FROM feedback f "
            "LEFT JOIN answers a ON a.id = f.answer ORDER BY f.at"
        )
        names = ("at", "answer", "verdict", "subject", "aspect", "claim", "word")
        for row in self._read(query):
            said = dict(zip((*names, "question", "generation", "refusal"), row, strict=True))
            yield {name: value for name, value in said.items() if value is not None}

    def _write(self, query: str, row: tuple[object, ...]) -> None:
        with self._writing, self._opened() as database:
            database.execute(query, row)
            now = time.time()
            if now - self._tidied > _TIDY_SECONDS:
                self._tidied = now
                before = now - self._questions_days * _DAY
                database.execute("DELETE FROM answers WHERE at < ?", (before,))
                database.execute("DELETE FROM feedback WHERE at < ?", (now - FEEDBACK_DAYS * _DAY,))
                for table in ("answers", "feedback"):  # whatever is sent, the file stays small
                    newest = f"SELECT MAX(rowid) - {MOST_ROWS} FROM {table}"
                    database.execute(f"DELETE FROM {table} WHERE rowid <= ({newest})")

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        with self._opened() as database:
            return database.execute(query).fetchall()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The file, made for its owner alone; what is done in it is kept whole or not at all."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDONLY | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self.path, timeout=_LOCKED_SECONDS)) as database:
                database.executescript(_SCHEMA)
                with database:
                    yield database
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"{self.path} cannot be used for feedback: {error}") from error
