"""Questions to be graded: a file with one a line, as it is or in JSON."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbot.adapt.line_file import lines
from ragbot.errors import AdaptError, QuestionError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.limits import checked_text

SHOWN_FAULTS = 5


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question; `split` says what its grades may be used for."""

    text: str
    split: str = "learn"

    @property
    def id(self) -> str:
        """The same for the same words."""
        return hashlib.sha256(self.text.casefold().encode()).hexdigest()[:16]


def read_questions(path: Path, longest: int) -> list[AskedQuestion]:
    """The questions of a file, plain or gzip, each once.

    A line is a question, or a JSON object with `question` and perhaps `split`; empty lines are
    passed over.

    Args:
        path: the file.
        longest: characters that a question may have.

    Raises:
        AdaptError: it cannot be read, lines of it are no question (the first few are named), or
            it has none.
    """
    found: dict[str, AskedQuestion] = {}
    faults = []
    for number, line in enumerate(lines(path), start=1):
        if not line.strip():
            continue
        try:
            question = _question(line.strip(), longest)
        except (JsonError, ValueError, QuestionError) as error:
            faults.append(f"line {number}: {error}")
            continue
        found.setdefault(question.id, question)
    if faults:
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise AdaptError(
            f"{path} has lines that are no question: {'; '.join(faults[:SHOWN_FAULTS])}{more}. A "
            'line is a question, or a JSON object with the string "question"'
        )
    if not found:
        raise AdaptError(f"{path} holds no question; write one a line")
    return list(found.values())


def _question(line: str, longest: int) -> AskedQuestion:
    if not line.startswith("{"):
        return AskedQuestion(checked_text(line, longest))
    found: Any = foreign_json(line)
    text, split = found.get("question"), found.get("split") or "learn"
    if not isinstance(text, str):
        raise ValueError('it has no string "question"')
    if not isinstance(split, str):
        raise ValueError('"split" is not a string')
    return AskedQuestion(checked_text(text, longest), split)
