"""Learns when to refuse, from questions that have an answer and questions that have none."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragbot.assistant import Assistant
from ragbot.errors import AdaptError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.judge import learning
from ragbot.judge.judgements import GradedQuestion
from ragbot.judge.measures import ANSWERS
from ragbot.judge.refusal import RefusalModel, RefusalSigns

CHECK, ANSWERABLE = "check", "answerable"


def learn_refusal(
    assistant: Assistant, questions: Sequence[GradedQuestion], file: Path
) -> tuple[RefusalModel, dict[str, float]]:
    """A model of refusal, and the share that it refuses of each kind of question, unseen.

    Questions with a quote that answers are ANSWERABLE, those of the file are not.

    Raises:
        AdaptError: the file cannot be read, or one of the two is lacking.
    """
    answered = [question for question in questions if _is_answered(question)]
    asked = [(question.text, ANSWERABLE) for question in answered if question.split != CHECK]
    asked += _unanswerable(file)
    kinds = np.array([kind for _, kind in asked])
    if len({kind == ANSWERABLE for kind in kinds.tolist()}) < 2:
        raise AdaptError(f"{file}: refusal is learnt from questions with an answer and without")
    rows = [refusal_signs(assistant, text) for text, _ in asked]
    names = [text for text, _ in asked]
    model, unseen = learning.refusal(rows, kinds != ANSWERABLE, names)
    refused = unseen > model.limit
    shares = {str(kind): float(refused[kinds == kind].mean()) for kind in sorted(set(kinds))}
    set_aside = [question for question in answered if question.split == CHECK]
    if set_aside:
        found = [model.cannot_answer(refusal_signs(assistant, q.text)) for q in set_aside]
        shares[f"{ANSWERABLE}, set aside"] = float((np.array(found) > model.limit).mean())
    return model, shares


def refusal_signs(assistant: Assistant, text: str) -> RefusalSigns:
    """What refusal of a question is decided on."""
    question, found = assistant.signals(text)
    return RefusalSigns(
        cosine=found.cosine,
        covered=found.covered,
        apart=len(found.apart),
        strange=len(found.strange),
        subjects=len(question.columns),
    )


def _is_answered(question: GradedQuestion) -> bool:
    return any(quote.grade >= ANSWERS for quote in question.quotes)


def _unanswerable(file: Path) -> list[tuple[str, str]]:
    """(question, kind) of each line of a file."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise AdaptError(f"{file} cannot be read ({error.strerror})") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = foreign_json(line)
            found.append((str(entry["question"]), str(entry.get("kind") or "no answer")))
        except (JsonError, KeyError, TypeError, AttributeError) as error:
            raise AdaptError(f"{file}, line {number}: no question ({error!r})") from error
    return found
