"""Learns in what form an answer is asked for, from questions whose form was read.

    python -P -m ragbot.adapt.forms readings.jsonl --output ragbot/weights/understand

A line is `question`, `type` (a form, or own_bug), `code` (whether code is wanted) and, if it is not
to be learnt from, `split` "check". What cannot be answered but by looking at somebody's program
(own_bug) counts as why: the causes are what serves it.
"""

import argparse
import datetime
import hashlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ragbot import guide as guides
from ragbot import learnt_file
from ragbot.adapt.forms_card import Outcome, card
from ragbot.encoder import open_encoder
from ragbot.errors import AdaptError
from ragbot.foreign_json import foreign_json
from ragbot.guide import Guide
from ragbot.settings import load
from ragbot.types import Form
from ragbot.understand.features import Features, features
from ragbot.understand.form import FORMS_FILE, PACKAGED, Weights, design

OWN_BUG, CHECK = "own_bug", "check"
FOLDS, SEED = 5, 0
LEAST_SEEN = 3  # questions that hold a run of words: with 2 twice as many runs, 0.808 for 0.805
FORM_STRENGTH, CODE_STRENGTH = 1.0, 0.1  # C of the regressions; 0.3 to 3 and 0.05 to 1 were tried
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question with what was read of it; `is_bug`: how to and why are both right."""

    question: str
    form: Form
    code: bool
    is_bug: bool
    is_check: bool


def read_lessons(path: Path) -> list[Lesson]:
    """The questions of a file of JSON lines.

    Raises:
        AdaptError: it cannot be read, or a line is not of the form above.
    """
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AdaptError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(filter(str.strip, lines), 1):
        try:
            each = foreign_json(line)
            is_bug = each["type"] == OWN_BUG
            form = Form.WHY if is_bug else Form(each["type"])
            text = " ".join(str(each["question"]).split())
            is_check = each.get("split") == CHECK
            found.append(Lesson(text, form, bool(each["code"]), is_bug, is_check))
        except (ValueError, KeyError, TypeError) as error:
            raise AdaptError(
                f"{path}, line {number}: not a question with its type and code ({error})"
            ) from error
    return found


class FormTeacher:
    """Learns both readings from lessons, with the vectors of their questions or without."""

    def __init__(self, lessons: Sequence[Lesson], guide: Guide, vectors: Weights) -> None:
        self._lessons = lessons
        self._found: list[Features] = [features(one.question, guide) for one in lessons]
        self._vectors = vectors
        self._learn = np.array([at for at, one in enumerate(lessons) if not one.is_check])
        self._check = np.array([at for at, one in enumerate(lessons) if one.is_check], dtype=int)
        self._forms = np.array([one.form.value for one in lessons])
        self._code = np.array([one.code for one in lessons])
        self.classes = sorted(set(self._forms))

    def runs(self, rows: Sequence[int] | Weights) -> list[str]:
        """The runs of words that enough of some questions hold."""
        counts = Counter(run for at in rows for run in self._found[int(at)].runs)
        return sorted(run for run, count in counts.items() if count >= LEAST_SEEN)

    def outcome(self, *, with_vector: bool) -> Outcome:
        """How well questions that were not learnt from are read: five-fold, and those set aside."""
        told = np.empty(len(self._lessons), dtype=object)
        code = np.zeros(len(self._lessons), dtype=bool)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        parts = [
            (self._learn[one], self._learn[other])
            for one, other in folds.split(self._learn, self._forms[self._learn])
        ]
        for learn, held in [*parts, *([(self._learn, self._check)] if len(self._check) else [])]:
            rows = self._design(self.runs(learn), with_vector=with_vector)
            told[held] = self._fit_forms(rows[learn], learn).predict(rows[held])
            code[held] = self._fit_code(rows[learn], learn).predict(rows[held])
        return Outcome(
            read=tuple(one.form for one in self._lessons),
            told=tuple(map(Form, told)),
            bugs=tuple(one.is_bug for one in self._lessons),
            code_right=tuple(bool(x) for x in code == self._code),
            checks=tuple(one.is_check for one in self._lessons),
        )

    def learnt(self, encoder: str) -> dict[str, Any]:
        """The weights as they are stored, learnt from every question that is not set aside."""
        runs = self.runs(self._learn)
        heads = {}
        for name, with_vector in (("vector", True), ("words", False)):
            rows = self._design(runs, with_vector=with_vector)[self._learn]
            heads[name] = {
                "forms": _stored(self._fit_forms(rows, self._learn)),
                "code": _stored(self._fit_code(rows, self._learn)),
            }
        return {"encoder": encoder, "classes": self.classes, "runs": runs, "heads": heads}

    def _design(self, runs: Sequence[str], *, with_vector: bool) -> Weights:
        known = {run: at for at, run in enumerate(runs)}
        return design(self._found, self._vectors if with_vector else None, known)

    def _fit_forms(self, rows: Weights, learn: Weights) -> LogisticRegression:
        return LogisticRegression(C=FORM_STRENGTH, max_iter=500).fit(rows, self._forms[learn])

    def _fit_code(self, rows: Weights, learn: Weights) -> LogisticRegression:
        return LogisticRegression(C=CODE_STRENGTH, max_iter=500).fit(rows, self._code[learn])


def _stored(model: LogisticRegression) -> Mapping[str, Any]:
    return {
        "weights": [[round(float(x), DIGITS) for x in row] for row in model.coef_],
        "bias": [round(float(x), DIGITS) for x in model.intercept_],
    }


def main() -> int:
    """Learn, write weights, sum and card; 0 when it is done."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.adapt.forms", description=__doc__)
    parser.add_argument("readings", type=Path, help="JSON lines")
    parser.add_argument("--output", type=Path, default=PACKAGED, help="folder of the weights")
    options = parser.parse_args()
    settings = load()
    lessons = read_lessons(options.readings)
    encoder = open_encoder(settings)
    vectors = encoder.encode_queries([one.question for one in lessons])
    teacher = FormTeacher(lessons, guides.load(settings.subjects), vectors)
    data = hashlib.sha256(options.readings.read_bytes()).hexdigest()
    told = card(
        f"{options.readings.name}, sha256 {data}",
        encoder.name,
        teacher.outcome(with_vector=True),
        teacher.outcome(with_vector=False),
        datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
    )
    learnt_file.write(options.output / FORMS_FILE, teacher.learnt(encoder.weights))
    (options.output / "README.md").write_text(told, encoding="utf-8")
    sys.stdout.write(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
