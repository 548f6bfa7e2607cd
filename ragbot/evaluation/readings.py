"""`python -P -m ragbot.evaluation.readings FILE`: how well questions are read.

A line of the file says what a question asks: `question`, `type` (a form, or own_bug, for which why
and how to are right), `subjects` (ids), `objects` ({"text" as written, "kind"}), `code`, `split`.
Printed, for all lines and for each split: the share of forms right and of code; for subjects and
for objects that are symbols precision, recall and F1; then how forms are confused. A subject of a
question that names none is not asked for; an object is found where one read shares characters with
it. Add `--subjects` to read with another guide than the one of the index.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ragbot import guide as guides
from ragbot.encoder import open_encoder
from ragbot.errors import RagbotError
from ragbot.foreign_json import foreign_json
from ragbot.index.generation import Generation
from ragbot.index.serving import kept_encoder
from ragbot.retrieval.vectors import QueryVectors
from ragbot.settings import load
from ragbot.types import Form, ObjectKind, Question
from ragbot.understand.question import QuestionReader
from ragbot.understand.vocabulary import Vocabulary

OWN_BUG = "own_bug"
ALL = "all"


@dataclass
class Found:
    """How many were read, how many of those are right, how many there are and are found."""

    read: int = 0
    right: int = 0
    wanted: int = 0
    found: int = 0

    @property
    def scores(self) -> dict[str, float]:
        """Precision, recall and F1; 0 where nothing was read or wanted."""
        precision = self.right / self.read if self.read else 0.0
        recall = self.found / self.wanted if self.wanted else 0.0
        both = precision + recall
        f1 = 2 * precision * recall / both if both else 0.0
        return {"precision": precision, "recall": recall, "f1": f1}


@dataclass
class Tally:
    """What is counted over some questions."""

    questions: int = 0
    form_right: int = 0
    code_right: int = 0
    resolved: int = 0  # symbols read that have a document
    subjects: Found = field(default_factory=Found)
    symbols: Found = field(default_factory=Found)
    confusions: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, line: Mapping[str, Any], read: Question) -> None:
        """Count one question."""
        kind = line["type"]
        right = (Form.WHY, Form.HOW_TO) if kind == OWN_BUG else (kind,)
        self.questions += 1
        self.form_right += read.form in right
        self.code_right += read.wants_code is bool(line["code"])
        self.confusions[kind][read.form] += 1
        self._count_subjects(line, read)
        self._count_symbols(line, read)

    def figures(self) -> dict[str, Any]:
        """The shares."""
        return {
            "questions": self.questions,
            "form_right": self.form_right / max(1, self.questions),
            "code_right": self.code_right / max(1, self.questions),
            "subjects": self.subjects.scores,
            "symbols": self.symbols.scores
            | {"resolved": self.resolved / max(1, self.symbols.read)},
            "confusions": {kind: dict(told) for kind, told in sorted(self.confusions.items())},
            "counts": {"subjects": asdict(self.subjects), "symbols": asdict(self.symbols)},
        }

    def _count_subjects(self, line: Mapping[str, Any], read: Question) -> None:
        wanted, told = set(line["subjects"]), {column.id for column in read.columns}
        self.subjects.read += len(told)
        self.subjects.wanted += len(wanted)
        self.subjects.right += len(told & wanted)
        self.subjects.found += len(told & wanted)

    def _count_symbols(self, line: Mapping[str, Any], read: Question) -> None:
        wanted = _places(read.standalone, line["objects"])
        told = [one for one in read.objects if one.kind is ObjectKind.SYMBOL]
        self.resolved += sum(bool(one.document) for one in told)
        self.symbols.read += len(told)
        self.symbols.wanted += len(wanted)
        self.symbols.right += sum(
            any(a < one.end and one.start < b for a, b in wanted) for one in told
        )
        self.symbols.found += sum(
            any(a < one.end and one.start < b for one in told) for a, b in wanted
        )


def tallies(reader: QuestionReader, lines: Iterable[Mapping[str, Any]]) -> dict[str, Tally]:
    """What is counted over all lines and over those of each split."""
    found: dict[str, Tally] = defaultdict(Tally)
    for line in lines:
        read = reader.read(" ".join(line["question"].split()))
        for name in (ALL, line.get("split", ALL)) if line.get("split") else (ALL,):
            found[name].count(line, read)
    return dict(found)


def table(found: Mapping[str, Tally]) -> list[str]:
    """The lines that are printed."""
    heads = (("questions", 10), ("form", 8), ("code", 8), ("subjects F1", 13))
    top = "".join(f"{head:>{width}}" for head, width in heads)
    lines = [f"{'':12}{top}{'symbols P / R / F1':>26}"]
    for name, tally in found.items():
        shares = tally.figures()
        symbols = shares["symbols"]
        told = " / ".join(f"{symbols[key]:.3f}" for key in ("precision", "recall", "f1"))
        lines.append(
            f"{name:12}{tally.questions:>10,}{shares['form_right']:>8.3f}{shares['code_right']:>8.3f}"
            f"{shares['subjects']['f1']:>13.3f}{told:>26}"
        )
    lines += ["", f"{'read, told:':14}" + "".join(f"{form:>12}" for form in Form)]
    for kind, forms in sorted(found[ALL].confusions.items()):
        lines.append(f"{kind:14}" + "".join(f"{forms[form]:>12}" for form in Form))
    return lines


def _places(text: str, objects: Sequence[Mapping[str, Any]]) -> set[tuple[int, int]]:
    """Where the objects of a question that are symbols stand in it."""
    written = (one["text"] for one in objects if one["kind"] == ObjectKind.SYMBOL)
    return {
        match.span()
        for one in written
        for match in re.finditer(re.escape(" ".join(one.split())), text, re.IGNORECASE)
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Read every question of a file, print the shares; 0, or 1 where something is missing."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.evaluation.readings")
    parser.add_argument("file", type=Path, help="JSON lines")
    parser.add_argument("--index", type=Path, default=Path("evaluation/index"))
    parser.add_argument("--subjects", type=Path, help="a guide in place of the index's own")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    options = parser.parse_args(arguments)
    try:
        settings = load({"index": options.index})
        generation = Generation.open(settings.index)
        if options.subjects:
            generation = replace(generation, guide=guides.load(options.subjects))
        encoder = kept_encoder(generation, settings, None) or open_encoder(settings)
        vocabulary = Vocabulary.of(generation, encoder)
        vectors = QueryVectors(encoder, generation.guide)
        reader = QuestionReader(vocabulary, vectors, encoder.weights)
        text = options.file.read_text(encoding="utf-8")
        found = tallies(reader, map(foreign_json, filter(str.strip, text.splitlines())))
    except (RagbotError, OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"questions are not read: {error}\n")
        return 1
    if options.json:
        sys.stdout.write(json.dumps({name: one.figures() for name, one in found.items()}) + "\n")
    else:
        sys.stdout.write("\n".join(table(found)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
