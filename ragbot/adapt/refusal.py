"""Learns when to refuse, from questions that have an answer and questions that have none.

    python -m ragbot.adapt.refusal --judgements FILE --unanswerable FILE --index DIR --output DIR

Questions of the judgements with a quote that answers are the former, the lines of the other file
(`question`, `kind`) the latter; the split "check" is not learnt from.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ragbot import learnt_file
from ragbot.assistant import Assistant
from ragbot.encoder.weights import sha256
from ragbot.errors import AdaptError, RagbotError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.index.nearness import measured
from ragbot.judge import learning
from ragbot.judge.blend import Shares
from ragbot.judge.judgements import GradedQuestion, read
from ragbot.judge.learning import ANSWERED, FOLDS
from ragbot.judge.measures import ANSWERS
from ragbot.judge.refusal import REFUSAL_FILE, SIGNS, RefusalModel, RefusalSigns
from ragbot.settings import load

CHECK, ANSWERABLE = "check", "answerable"


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, write the data file, its sum and its card; 0, 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.adapt.refusal", description=__doc__)
    parser.add_argument("--judgements", type=Path, required=True, help="graded quotes")
    parser.add_argument("--unanswerable", type=Path, required=True, help="to be refused")
    parser.add_argument("--index", type=Path, help="index that is asked")
    parser.add_argument("--output", type=Path, required=True, help="folder to write into")
    options = parser.parse_args(arguments)
    try:
        questions = read(options.judgements)
        assistant = Assistant.open(load({"index": options.index}))
        model, shares = learn_refusal(assistant, questions, options.unanswerable)
    except RagbotError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    learnt_file.write(options.output / REFUSAL_FILE, model.entry())
    card = "\n".join(_card(model, shares, options.judgements, options.unanswerable))
    (options.output / "README.md").write_text(card, encoding="utf-8")
    return 0


def learn_refusal(
    assistant: Assistant, questions: Sequence[GradedQuestion], file: Path
) -> tuple[RefusalModel, dict[str, tuple[int, float]]]:
    """A model of refusal; of each kind of question how many there were, and the share refused.

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
    generation = assistant.generation
    nearness = measured(generation.library, generation.vectors, assistant.encoder)
    model = replace(model, learnt_on=nearness)
    shares = {kind: _share(unseen[kinds == kind], model) for kind in sorted(set(kinds.tolist()))}
    shares["all without an answer"] = _share(unseen[kinds != ANSWERABLE], model)
    set_aside = [question for question in answered if question.split == CHECK]
    if set_aside:
        found = [model.cannot_answer(refusal_signs(assistant, q.text)) for q in set_aside]
        shares[f"{ANSWERABLE}, set aside"] = _share(np.array(found), model)
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


def _share(found: Shares, model: RefusalModel) -> tuple[int, float]:
    return len(found), float((found > model.limit).mean())


def _card(
    model: RefusalModel, shares: Mapping[str, tuple[int, float]], judgements: Path, off: Path
) -> Iterator[str]:
    yield from (
        "# When to refuse",
        "",
        "A logistic model over a few signs of a question (`ragbot/judge/refusal.py`) says how "
        "likely it is that the corpus cannot answer, in `refusal.json`, a plain file; its sha256 "
        "is in `SHA256SUMS`. Learnt with `python -m ragbot.adapt.refusal`.",
        "",
        f"- **Data**: the questions of {judgements.name} with a quote that answers (sha256 "
        f"{sha256(judgements)}), and those of {off.name} (sha256 {sha256(off)}); those of the "
        'split "check" were not learnt from. Half of the questions count as unanswerable '
        "beforehand.",
        f"- **Limit**: {model.limit:.3f}, what {ANSWERED:.0%} of the answerable questions stay "
        f"under, each weighed by a model that has not seen it ({FOLDS} folds).",
        *_marks(model),
        "- **Licence**: Apache-2.0; no words of the questions are in the file.",
        "",
        "| weight | of |",
        "|---|---|",
        *(f"| {w:+.2f} | {name} |" for name, w in zip(SIGNS, model.weights.weights, strict=True)),
        "",
        "| | questions | refused, unseen |",
        "|---|---|---|",
        *(f"| {kind} | {count} | {share:.3f} |" for kind, (count, share) in shares.items()),
        "",
    )


def _marks(model: RefusalModel) -> Iterator[str]:
    if model.learnt_on is not None:
        yield (
            f"- **Marks** of the corpus learnt on: questions of other fields come to "
            f"{model.learnt_on.foreign:.3f}, its own headings to {model.learnt_on.own:.3f} (median "
            "cosine of the best passage). In another corpus a cosine is read by its own marks."
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


if __name__ == "__main__":
    sys.exit(main())
