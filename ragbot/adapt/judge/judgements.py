"""Questions whose quotes were graded, as a cross-encoder reads them, in three shares."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ragbot.encoder.weights import sha256
from ragbot.errors import AdaptError, JudgeError
from ragbot.judge import judgements
from ragbot.judge.judgements import GRADES, GradedQuestion
from ragbot.judge.wording import statement_text

CHECK = "check"  # the split that is never learnt from
FOLDS = 7  # one of as many is kept for choosing the epoch, and for joining the judge with signals
FEWEST = 10  # questions that are learnt from
HELPS = 2  # grade


@dataclass(frozen=True, slots=True)
class ReadQuote:
    """What is read of a statement, its grade, and whether it lay far behind in its ranking."""

    text: str
    grade: int
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """A question with its graded quotes, at least one."""

    id: str
    question: str
    quotes: tuple[ReadQuote, ...]
    checking: bool = False

    @property
    def held_out(self) -> bool:
        """Whether it is of the fold that is not learnt from."""
        number = int(hashlib.sha1(self.id.encode(), usedforsecurity=False).hexdigest(), 16)
        return number % FOLDS == 0

    @property
    def helped(self) -> bool:
        """Whether a quote of it helps at least, so that an order of them can be right."""
        return any(one.grade >= HELPS for one in self.quotes)


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

    Its form is that of `ragbot.judge.judgements`; lines without a quote are passed over.

    Raises:
        AdaptError: the file cannot be read, a line of it is not of that form, or it holds too few
            questions.
    """
    try:
        found = [_graded(one) for one in judgements.read(path) if one.quotes]
    except JudgeError as error:
        raise AdaptError(str(error)) from error
    rest = [one for one in found if not one.checking]
    lessons, held_out = (
        tuple(one for one in rest if one.held_out is wanted) for wanted in (False, True)
    )
    if len(lessons) < FEWEST or not any(one.helped for one in held_out):
        raise AdaptError(
            f"{path} holds {len(lessons)} questions to learn from and {len(held_out)} held out; "
            f"learning needs at least {FEWEST}, and one held out that has a quote graded 2 or 3"
        )
    check = tuple(one for one in found if one.checking)
    return JudgementsFile(lessons, held_out, check, path.name, sha256(path))


def lessons(path: Path) -> tuple[Graded, ...]:
    """All questions of a file of the same form, to learn from.

    Raises:
        AdaptError: it cannot be read, or a line of it is not of that form.
    """
    try:
        return tuple(_graded(one) for one in judgements.read(path) if one.quotes)
    except JudgeError as error:
        raise AdaptError(str(error)) from error


def grades(questions: Sequence[Graded]) -> dict[int, int]:
    """How many quotes there are of each grade."""
    counts = Counter(one.grade for question in questions for one in question.quotes)
    return {grade: counts[grade] for grade in GRADES}


def _graded(found: GradedQuestion) -> Graded:
    quotes = tuple(
        ReadQuote(
            statement_text(one.heading, one.symbol, one.label, one.quote), one.grade, one.deep
        )
        for one in found.quotes
    )
    return Graded(found.id, found.text, quotes, found.split == CHECK)
