"""Has a configured language model grade the statements of questions, for a judge to learn from.

read      the questions                                         question_lines.py
draw      the statements that are worth a grade                 finding.py, drawing.py
ask       for a grade of each, and take nothing else            marking.py
keep      a line a question, in the form of judgements          line_file.py
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragbot.adapt import marking
from ragbot.adapt.drawing import Drawn, drawn
from ragbot.adapt.finding import Asking
from ragbot.adapt.line_file import LineFile
from ragbot.adapt.patience import Patience, needed_model
from ragbot.adapt.question_lines import AskedQuestion, read_questions
from ragbot.errors import AdaptError, ModelError
from ragbot.foreign_json import foreign_json
from ragbot.index.generation import live_folder
from ragbot.judge.judgements import GRADES
from ragbot.llm import ChatModel, Message
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings

WRONG_AT_FIRST = 10  # questions in a row with wrong replies, before any right one
_OF_REPLY = ("empty", "cut_off")  # faults of a ModelError that are the model's, not its endpoint's


@dataclass(slots=True)
class GradedCounts:
    """Counts of one run: what was added, and what was not.

    `questions` were added with `quotes`, of which `grades` tells how many have each grade;
    `before` had been graded by an earlier run. For `empty` ones nothing was found. `wrong` ones got
    something else than a grade for each quote, twice, and `failed` ones no reply: the same call
    asks about both again.
    """

    model: str = ""
    questions: int = 0
    quotes: int = 0
    grades: dict[int, int] = field(default_factory=lambda: dict.fromkeys(GRADES, 0))
    before: int = 0
    empty: int = 0
    wrong: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """What to grade: a file of questions; where to append; at most how many; what decides draws."""

    questions: Path
    output: Path
    limit: int | None = None
    seed: int = 0


def write_judgements(
    settings: Settings,
    request: GradeRequest,
    progress: Progress | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> GradedCounts:
    """Append graded quotes of the live index to a file that a judge can be learnt from.

    Questions that the file holds are passed over, so the same call goes on where it was stopped.

    Raises:
        ConfigError: no language model is configured.
        IndexMissingError, IndexDamagedError: there is no index that fits the encoder.
        AdaptError: the questions cannot be read, the file cannot be written or holds something
            else, or the model fails again and again, or does not grade.
    """
    progress = progress or Silent()
    model = needed_model(settings, "quotes are graded")
    live_folder(settings.index)
    questions = read_questions(request.questions, settings.max_question_chars)
    record = LineFile(request.output, "file of judgements", _id)
    done = {_id(line) for line in record.lines}
    todo = [one for one in questions if one.id not in done]
    counts = GradedCounts(model.name, before=len(questions) - len(todo))
    todo = todo[: request.limit]
    if not todo:
        return counts
    progress.stage("Opening the index", None)
    asking = Asking.open(settings)
    progress.stage("Grading questions", len(todo))
    patience = Patience(model.name, request.output, wait)
    for question in todo:
        quotes = drawn(asking, question.text, request.seed)
        try:
            found = graded(model, question.text, quotes) if quotes else []
        except ModelError as error:
            counts.failed += 1
            patience.failed(error)
        else:
            if quotes:
                patience.replied()
            _count(counts, found)
            if found:
                record.add([_line(question, quotes, found, model.name)])
            elif not record.lines and counts.wrong >= WRONG_AT_FIRST:
                raise AdaptError(
                    f"the model {model.name} has graded none of {counts.wrong} questions: its "
                    "replies were not one grade for each quote. Configure another one"
                )
        progress.advance(1)
    return counts


def graded(model: ChatModel, question: str, quotes: Sequence[Drawn]) -> list[int] | None:
    """The grades of some quotes; None where the model gives anything else, twice.

    Raises:
        ModelError: its endpoint gives no reply.
    """
    conversation = marking.messages(question, quotes)
    reply = _reply(model, conversation)
    found = marking.grades(reply, len(quotes))
    if found is None:
        again = marking.asked_again(conversation, reply, len(quotes))
        found = marking.grades(_reply(model, again), len(quotes))
    return found


def _reply(model: ChatModel, conversation: Sequence[Message]) -> str:
    """What a model says; "" where that is nothing, or goes on without end."""
    try:
        return "".join(model.complete(conversation, max_tokens=marking.REPLY_TOKENS))
    except ModelError as error:
        if error.fault in _OF_REPLY:
            return ""
        raise


def _count(counts: GradedCounts, found: Sequence[int] | None) -> None:
    if found is None:
        counts.wrong += 1
        return
    counts.questions += bool(found)
    counts.empty += not found
    counts.quotes += len(found)
    for grade in found:
        counts.grades[grade] += 1


def _line(
    question: AskedQuestion, quotes: Sequence[Drawn], found: Sequence[int], model: str
) -> str:
    told = {
        "id": question.id,
        "question": question.text,
        "origin": f"graded by {model}",
        "split": question.split,
        "quotes": [_quote(quote, grade) for quote, grade in zip(quotes, found, strict=True)],
    }
    return json.dumps(told, ensure_ascii=False)


def _quote(quote: Drawn, grade: int) -> dict[str, Any]:
    candidate = quote.candidate
    told = {
        "grade": grade,
        "doc": quote.path,
        "title": quote.title,
        "heading": candidate.heading,
        "symbol": candidate.symbol,
        "label": candidate.statement.label,
        "kind": candidate.statement.kind.value,
        "subject": quote.side.id if quote.side else None,
        "quote": candidate.quote,
    }
    return told | {"deep": True} if quote.deep else told


def _id(line: str) -> str:
    """The id of the question in a line of the file, by its words."""
    found = foreign_json(line)
    question = found["question"]
    if not isinstance(question, str) or not isinstance(found["quotes"], list):
        raise ValueError("a line of it is no question with quotes")
    return AskedQuestion(" ".join(question.split())).id
