"""Learns which names a text means, and in which subject a counterpart is asked for.

    python -P -m ragbot.adapt.names --counterparts FILE --readings FILE --questions FILE
                                    --index DIR [--output ragbot/weights/names]

`--counterparts` and `--readings` are files as ragbot.evaluation reads them: of the first a name is
meant, of the others whatever is called a symbol; where a symbol's text spells no name of the index,
what shares characters with it is not learnt from. `--questions` (.jsonl.gz) holds "equivalent"
questions, each with the `doc` that answers it, and so with the subject that was asked for.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ragbot import learnt_file
from ragbot.adapt.blend import opened
from ragbot.adapt.counterparts import PairLearner
from ragbot.adapt.name_lessons import UNKNOWN, Lesson, LessonMaker, read_lines
from ragbot.adapt.names_cards import FOLDS, Files, names_card, pairs_card
from ragbot.adapt.pair_lessons import PairLessonMaker
from ragbot.answer.equivalence.pair_model import PACKAGED as PAIRS
from ragbot.answer.equivalence.pair_model import PAIRS_FILE
from ragbot.answer.equivalence.reference import Reference
from ragbot.encoder import Encoder, Vectors
from ragbot.errors import RagbotError
from ragbot.guide import Guide
from ragbot.judge.boosting import learnt as trees_of
from ragbot.retrieval.vectors import QueryVectors
from ragbot.settings import load
from ragbot.trees import Trees
from ragbot.types import Form
from ragbot.understand.counterpart import (
    WANTED_SIGNS,
    CounterpartModel,
    possible,
    wanted_signs,
)
from ragbot.understand.form import open_forms
from ragbot.understand.names import named_documents
from ragbot.understand.naming import SIGNS, Rows
from ragbot.understand.resolver import NAMES_FILE, PACKAGED, Resolver
from ragbot.understand.target import TargetModel, target_signs
from ragbot.understand.written import mentions

LEAST_SEEN = 4  # questions that hold a sign of the target
STRENGTH = 0.3  # C of the target's regression; 0.1 and 1 tell 1 less and 1 more of 160 right
COUNTED = 3.0  # times that a name of a counterpart question counts, as there are fewer
LEAST = 0.3  # probability from which a name is read
WANTED = 0.25  # ... from which a counterpart is asked for, of 0.93 that ask for one, 0.05 of others
TREES = {
    "max_iter": 150,
    "learning_rate": 0.06,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 30,
    "l2_regularization": 5.0,
    "random_state": 0,
}


Forms = Callable[[str], Sequence[tuple[Form, float]]]
"""Gives the forms in which a text may ask, with their probabilities."""


def target_model(questions: Iterable[Mapping[str, Any]], guide: Guide) -> TargetModel:
    """Learns the target from "equivalent" questions whose answer's document is known."""
    signs, labels = [], []
    for line in questions:
        answer = _subject_of(str(line["doc"]), guide)
        spans = mentions(line["question"], guide)
        if not answer or not spans:
            continue
        for subject in guide.subjects:
            signs.append(target_signs(line["question"], spans, subject.id))
            labels.append(subject.id == answer)
    counts = Counter(sign for each in signs for sign in each)
    names = sorted(sign for sign, count in counts.items() if count >= LEAST_SEEN)
    rows = np.array([[each.get(name, 0.0) for name in names] for each in signs])
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(rows, labels)
    weights = dict(zip(names, (round(float(x), 4) for x in model.coef_[0]), strict=True))
    return TargetModel(weights, round(float(model.intercept_[0]), 4))


def fitted(lessons: Sequence[Lesson]) -> Trees:
    """Trees learnt from the candidates of some lessons."""
    rows = np.concatenate([one.rows for one in lessons])
    labels = np.array([label for one in lessons for label in one.labels])
    counted = np.array([COUNTED if one.is_named else 1.0 for one in lessons for _ in one.labels])
    told = labels != UNKNOWN
    model = HistGradientBoostingClassifier(**TREES)
    return trees_of(model.fit(rows[told], labels[told], sample_weight=counted[told]))


def held_out(lessons: Sequence[Lesson]) -> list[Rows]:
    """The logits of each lesson's candidates, learnt from the names of others."""
    groups = [one.group for one in lessons]
    found: list[Rows] = [np.empty(0)] * len(lessons)
    for learn, held in GroupKFold(FOLDS).split(groups, groups=groups):
        trees = fitted([lessons[at] for at in learn])
        for at in held:
            found[at] = trees.logits(lessons[at].rows)
    return found


def told_right(lessons: Sequence[Lesson], logits: Sequence[Rows]) -> tuple[int, int]:
    """For how many texts in which a name is known to be meant it is the likeliest; of how many."""
    named_in = [(o, told) for o, told in zip(lessons, logits, strict=True) if o.is_named]
    right = sum(bool(len(told)) and o.labels[int(np.argmax(told))] != 0 for o, told in named_in)
    return right, len(named_in)


def wanted_model(
    lessons: Sequence[Lesson], logits: Sequence[Rows], resolver: Resolver, forms: Forms
) -> CounterpartModel:
    """Learns whether a counterpart is asked for."""
    rows, labels = [], []
    for one, told in zip(lessons, logits, strict=True):
        readings = resolver.weighed(one.candidates, one.rows, one.taken, told)
        found = possible(readings)
        if found is not None:
            signs = wanted_signs(found, forms(one.text), readings)
            rows.append([signs[name] for name in WANTED_SIGNS])
            labels.append(one.is_wanted)
    model = LogisticRegression(C=1.0, max_iter=2000).fit(np.array(rows), labels)
    weights = dict(zip(WANTED_SIGNS, (round(float(x), 4) for x in model.coef_[0]), strict=True))
    return CounterpartModel(weights, round(float(model.intercept_[0]), 4), WANTED)


def _subject_of(document: str, guide: Guide) -> str:
    """The subject that a document's path tells: the first part of it that names one."""
    for part in document.replace(":", "/").split("/"):
        subject = guide.subject(part)
        if subject:
            return subject.id
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, write weights, sum and card; 0 when it is done."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.adapt.names", description=__doc__)
    for name in ("counterparts", "readings", "questions", "index"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=PACKAGED, help="folder of the weights")
    parser.add_argument("--pairs-output", type=Path, default=PAIRS, help="... of counterparts")
    options = parser.parse_args(arguments)
    files = Files(options.counterparts.name, options.readings.name, options.questions.name)
    try:
        generation, encoder = opened(load({"index": options.index}))
        guide = generation.guide
        asked = [x for x in read_lines(options.questions) if x["kind"] == "equivalent"]
        target = target_model(asked, guide)
        resolver = Resolver(
            lambda: named_documents(generation.library), guide, generation.lexical.weights, target
        )
        maker = LessonMaker(resolver)
        pairs = read_lines(options.counterparts)
        lessons = [maker.of_counterpart(line) for line in pairs]
        lessons += [maker.of_reading(line) for line in read_lines(options.readings)]
        logits = held_out(lessons)
        right, total = told_right(lessons, logits)
        forms, vector_of = _encoding(encoder, guide)
        names = fitted(lessons)
        data = {
            "wanted": asdict(wanted_model(lessons, logits, resolver, forms)),
            "signs": list(SIGNS),
            "names": names.entry(),
            "target": target.entry(),
            "least": LEAST,
        }
        card = names_card(
            files,
            right,
            total,
            sum(1 in one.labels for one in lessons if not one.is_named),
            len(lessons) - total,
        )
        learnt_file.write(options.output / NAMES_FILE, data)
        (options.output / "README.md").write_text(card, encoding="utf-8")
        reference = Reference(generation, resolver.signs)
        maker_of_pairs = PairLessonMaker(reference, guide)
        found = [
            maker_of_pairs.of_counterpart(
                line,
                resolver.weighed(one.candidates, one.rows, one.taken, told),
                vector_of(one.text),
            )
            for line, one, told in zip(pairs, lessons, logits, strict=False)
        ]
        found += [
            maker_of_pairs.of_question(
                line,
                resolver.readings_by(names, line["question"]),
                vector_of(line["question"]),
            )
            for line in asked
        ]
        of_pairs = [one for one in found if one is not None]
        learnt_pairs, outcome = PairLearner(of_pairs, reference.count).learn()
        learnt_file.write(options.pairs_output / PAIRS_FILE, learnt_pairs)
        card = pairs_card(files, outcome, of_pairs)
        (options.pairs_output / "README.md").write_text(card, encoding="utf-8")
    except (RagbotError, OSError, KeyError, ValueError) as error:
        sys.stderr.write(f"names are not learnt: {error}\n")
        return 1
    told = {"right": right, "of": total, "pairs": asdict(outcome)}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _encoding(encoder: Encoder, guide: Guide) -> tuple[Forms, Callable[[str], Vectors]]:
    """Reads the form of a text, and gives its vector, with an encoder."""
    vectors = QueryVectors(encoder, guide)
    reader = open_forms()
    return (
        lambda text: reader.read(text, vectors.of_text(text), guide, encoder.weights).forms,
        vectors.of_text,
    )


if __name__ == "__main__":
    sys.exit(main())
