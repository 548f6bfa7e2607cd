"""How many of the known disagreements of sources are shown when their subject is asked about."""

import importlib.util
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbot.assistant import Assistant
from ragbot.evaluation.runs import history_of
from ragbot.types import Conflict

# The questions are made of subject and aspect alone, in two ways, so that none fits its pair.
TEMPLATES = (
    "What do the sources say about the {aspect} of {subject}?",
    "How do {all} compare on {aspect}?",
)

Overlaps = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether a pair stands in its answer, and whether the answer follows the side it should.

    `followed` is None where the pair is not shown.
    """

    name: str
    question: str
    shown: bool
    followed: bool | None


def measure(assistant: Assistant, pairs: Path, template: str) -> list[Shown]:
    """Ask about every pair of a file; the scorer beside it says which quotes are the same."""
    overlaps = scorer(pairs.parent / "score.py")
    return [
        _shown(assistant, json.loads(line), template, overlaps)
        for line in pairs.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def report(assistant: Assistant, pairs: Path, questions: Path, out: Path) -> str:
    """How many pairs are shown, each way of asking a line; what is shown goes to a file to read.

    `out` gets conflicts.jsonl: every disagreement in the answers to `questions`. Whether it is a
    true one is for a reader to say.
    """
    lines = ["conflicts"]
    for template in TEMPLATES:
        found = measure(assistant, pairs, template)
        shown = [each for each in found if each.shown]
        right = sum(bool(each.followed) for each in shown)
        names = " ".join(each.name for each in shown)
        lines.append(
            f"{template!r}: {len(shown)} of {len(found)} shown, {right} followed as wanted: {names}"
        )
    asked = [json.loads(text) for text in questions.read_text(encoding="utf-8").splitlines()]
    target = out / "conflicts.jsonl"
    with target.open("w", encoding="utf-8") as stream:
        count = 0
        for line in told(assistant, asked):
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    lines.append(f"{count} disagreements in {len(asked)} answers, to be read in {target}")
    return "\n".join(lines)


def scorer(path: Path) -> Overlaps:
    """The comparison of quotes in the scorer beside the questions."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{path} is no scorer")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Overlaps = module.overlaps
    return found


def told(assistant: Assistant, lines: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every disagreement in the answers to some questions, for reading."""
    for line in lines:
        answer = assistant.ask(str(line["question"]), history_of(line))
        for conflict in answer.conflicts:
            yield {
                "id": line["id"],
                "question": line["question"],
                "subject": conflict.subject,
                "kind": conflict.kind.value,
                "about": conflict.about,
                "follows": conflict.follows,
                "why": conflict.why,
                "sides": [
                    {
                        "authority": side.authority.value,
                        "date": side.date,
                        "quotes": [evidence.quote for evidence in side.evidence],
                    }
                    for side in conflict.sides
                ],
            }


def _shown(
    assistant: Assistant, pair: Mapping[str, Any], template: str, overlaps: Overlaps
) -> Shown:
    names = [assistant.guide.name_of(name.strip()) for name in pair["subject"].split(",")]
    every = ", ".join(subject.name for subject in assistant.guide.subjects)
    subject = " and ".join(names)
    question = template.format(subject=subject, aspect=pair["aspect"], all=every)
    for conflict in assistant.ask(question).conflicts:
        place = _place(conflict, pair, overlaps)
        if place is not None:
            wanted = {"newer": place, "older": 1 - place}.get(pair["prefer"])
            return Shown(pair["id"], question, shown=True, followed=conflict.follows == wanted)
    return Shown(pair["id"], question, shown=False, followed=None)


def _place(conflict: Conflict, pair: Mapping[str, Any], overlaps: Overlaps) -> int | None:
    """The side, 0 or 1, that has the newer quote of a pair while the other has the older one."""
    held = [
        {
            age: any(overlaps(evidence.quote, pair[age]["quote"]) for evidence in side.evidence)
            for age in ("older", "newer")
        }
        for side in conflict.sides
    ]
    return next((i for i in (0, 1) if held[i]["newer"] and held[1 - i]["older"]), None)
