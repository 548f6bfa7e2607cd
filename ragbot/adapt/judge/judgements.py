"""Questions whose quotes were graded: read from JSON lines, split into three shares."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbot.adapt.pairs import SHOWN_FAULTS, lines
from ragbot.encoder.weights import sha256
from ragbot.errors import AdaptError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.judge.wording import statement_text

GRADES = (0, 1, 2, 3)
CHECK = "check"  # the split that is never learnt from
FOLDS = 7  # one of as many is kept for choosing the epoch, and for joining the judge with signals
FEWEST = 10  # questions that are learnt from


@dataclass(frozen=True, slots=True)
class GradedQuote:
    """What is read of a statement, its grade, and whether it lay far behind in its ranking."""

    text: str
    grade: int
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """A question with its graded quotes, at least one."""

    id: str
    question: str
    quotes: tuple[GradedQuote, ...]
    checking: bool = False

    @property
    def held_out(self) -> bool:
        """Whether it is of the fold that is not learnt from."""
        return int(hashlib.sha1(self.id.encode()).hexdigest(), 16) % FOLDS == 0  # noqa: S324

    @property
    def helped(self) -> bool:
        """Whether a quote of it helps at least, so that an order of them can be right."""
        return any(one.grade >= 2 for one in self.quotes)


@dataclass(frozen=True, slots=True)
class JudgementsFile:
    """What was read, in the shares: learnt from, held out, and set aside for checking."""

    lessons: tuple[Graded, ...]
    held_out: tuple[Graded, ...]
    check: tuple[Graded, ...]
    name: str
    sha256: str


def read(path: Path) -> JudgementsFile:
    """The judgements of a file of JSON lines, plain or gzip-compressed.

    A line is an object with `question` and `quotes`, and perhaps `id` and `split` ("check": not to
    be learnt from); a quote is one with `quote` and `grade` (0 off, 1 same topic, 2 helps, 3
    answers), and perhaps `heading`, `symbol`, `label` and `deep`. Lines without a quote are passed
    over.

    Raises:
        AdaptError: the file cannot be read, lines of it are not of that form (the first few are
            named), or it holds too few questions.
    """
    found: list[Graded] = []
    faults = []
    for number, line in enumerate(lines(path), start=1):
        if not line.strip():
            continue
        try:
            graded = _graded(line)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        if graded.quotes:
            found.append(graded)
    if faults:
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise AdaptError(
            f"{path} has lines that are no question with graded quotes: "
            f"{'; '.join(faults[:SHOWN_FAULTS])}{more}. A line is a JSON object with the string "
            '"question" and the list "quotes" of objects with "quote" and "grade"'
        )
    rest = [one for one in found if not one.checking]
    shares = [[one for one in rest if one.held_out is held_out] for held_out in (False, True)]
    if len(shares[0]) < FEWEST or not any(one.helped for one in shares[1]):
        raise AdaptError(
            f"{path} holds {len(shares[0])} questions to learn from and {len(shares[1])} held out; "
            f"learning needs at least {FEWEST}, and one held out that has a quote graded 2 or 3"
        )
    check = tuple(one for one in found if one.checking)
    return JudgementsFile(tuple(shares[0]), tuple(shares[1]), check, path.name, sha256(path))


def grades(questions: Sequence[Graded]) -> dict[int, int]:
    """How many quotes there are of each grade."""
    counts = Counter(one.grade for question in questions for one in question.quotes)
    return {grade: counts[grade] for grade in GRADES}


def _graded(line: str) -> Graded:
    try:
        found: Any = foreign_json(line)
    except JsonError as error:
        raise ValueError(f"no JSON ({error})") from error
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    question, quotes = found.get("question"), found.get("quotes")
    if not isinstance(question, str) or not question.strip():
        raise ValueError('"question" is missing or empty')
    if not isinstance(quotes, list):
        raise ValueError('"quotes" is no list')
    return Graded(
        str(found.get("id") or question),
        question.strip(),
        tuple(_quote(one) for one in quotes),
        found.get("split") == CHECK,
    )


def _quote(found: Any) -> GradedQuote:
    if not isinstance(found, dict):
        raise ValueError("a quote is no JSON object")
    texts = [found.get(name) or "" for name in ("heading", "symbol", "label", "quote")]
    if not all(isinstance(text, str) for text in texts) or not texts[-1].strip():
        raise ValueError('a quote\'s "quote" is missing or empty, or a text of it is no string')
    grade = found.get("grade")
    if grade not in GRADES or isinstance(grade, bool):
        raise ValueError(f'a quote\'s "grade" is {grade!r}, not one of 0, 1, 2, 3')
    return GradedQuote(statement_text(*texts), int(grade), bool(found.get("deep")))
