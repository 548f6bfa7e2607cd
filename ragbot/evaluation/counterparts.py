"""`python -P -m ragbot.evaluation.counterparts FILE`: how well counterparts of names are found.

A line of the file holds `question` and either `name` (what is asked about), `from` and `to` (its
subject and that of the counterpart), `accept`, `near` and `reject` (names), and `none` (there is no
counterpart), or the `nuggets` of a question for the scorer: then a name is accepted for a subject
where a span of one of its nuggets stands in the name's document ("api:library/lib.part.name") or
the nugget's claim writes it. Printed are shares of the lines: the object read is the name or
another form of it (a method and its function), names are set side by side, an accepted name is the
first shown or among the first three (of the lines that have a counterpart), a rejected one is shown
as one that does the same, and one is shown as such though there is none.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragbot.assistant import Assistant
from ragbot.errors import RagbotError
from ragbot.foreign_json import foreign_json
from ragbot.settings import load
from ragbot.types import Answer, ApiSymbol

_DOCUMENT = re.compile(r"api:[^/]+/(.+)")
_WRITTEN = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the answer to a question should show.

    `accepted` and `rejected` are names by subject; `name` is what is asked about, "" where the file
    does not say.
    """

    question: str
    accepted: Mapping[str, frozenset[str]]
    rejected: frozenset[str] = frozenset()
    name: str = ""
    none: bool = False

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> "Expected":
        """What a line of a file expects; KeyError where it lacks something."""
        if "nuggets" in line:
            subjects = dict.fromkeys(nugget["subject"] for nugget in line["nuggets"])
            accepted = {one: _accepted(line["nuggets"], one) for one in subjects if one}
            return cls(line["question"], accepted)
        return cls(
            question=line["question"],
            accepted={line["to"]: frozenset(line["accept"])},
            rejected=frozenset(line["reject"]),
            name=line["name"],
            none=bool(line["none"]),
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer shows: whether its object is the one asked about, and its counterparts.

    A counterpart is its name with whether it is accepted, rejected and shown as doing the same.
    """

    expected: Expected
    resolved: bool
    read: tuple[str, ...]
    counterparts: tuple[tuple[str, bool, bool, bool], ...]

    def within(self, limit: int) -> bool:
        """Whether one of the first counterparts is accepted."""
        return any(accepted for _, accepted, *_ in self.counterparts[:limit])

    @property
    def claims_rejected(self) -> bool:
        """Whether a rejected name is shown as doing the same."""
        return any(rejected and direct for _, _, rejected, direct in self.counterparts)

    @property
    def claims_any(self) -> bool:
        """Whether a name is shown as doing the same."""
        return any(direct for *_, direct in self.counterparts)


@dataclass
class Tally:
    """What is counted over the answers to some questions."""

    shown: list[Shown] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """The shares, and how many questions there are, with a counterpart and without."""
        with_one = [one for one in self.shown if not one.expected.none]
        without = [one for one in self.shown if one.expected.none]
        named = [one for one in self.shown if one.expected.name]
        return {
            "questions": len(self.shown),
            "with_counterpart": len(with_one),
            "resolved": _share([one.resolved for one in named]),
            "side_by_side": _share([bool(one.counterparts) for one in self.shown]),
            "first": _share([one.within(1) for one in with_one]),
            "three": _share([one.within(3) for one in with_one]),
            "rejected_as_direct": _share([one.claims_rejected for one in self.shown]),
            "direct_where_none": _share([one.claims_any for one in without]),
        }


def tally(assistant: Assistant, lines: Iterable[Mapping[str, Any]]) -> Tally:
    """What is counted over the answers to all lines of a file."""
    return Tally([shown(assistant, Expected.of(line)) for line in lines])


def shown(assistant: Assistant, expected: Expected) -> Shown:
    """What the answer to one question shows."""
    answer = assistant.ask(expected.question)
    read = _read(assistant, answer)
    counterparts = []
    for beside in answer.side_by_side:
        for symbol in beside.counterparts:
            names = _names(assistant, symbol)
            accepted = expected.accepted.get(symbol.subject, frozenset())
            is_accepted = any(_is(name, accepted) for name in names)
            is_rejected = not is_accepted and bool(expected.rejected & set(names))
            counterparts.append((symbol.name, is_accepted, is_rejected, symbol.is_direct))
    resolved = any(_same(name, expected.name) for names in read for name in names)
    return Shown(expected, resolved, tuple(names[0] for names in read), tuple(counterparts))


def report(assistant: Assistant, lines: Iterable[Mapping[str, Any]]) -> str:
    """For how many questions an accepted counterpart is shown first, and among the first three."""
    found = tally(assistant, lines).shown
    first, three = (sum(each.within(limit) for each in found) for limit in (1, 3))
    counted = f"first in {first}, among the first three in {three} of {len(found)}"
    return f"counterparts\naccepted: {counted}"


def table(found: Tally) -> list[str]:
    """The lines that are printed: the shares, and what was missed."""
    lines = [f"{name.replace('_', ' '):20} {value:.3g}" for name, value in found.figures().items()]
    for one in found.shown:
        if not one.within(1) and not one.expected.none:
            best = ", ".join(name for name, *_ in one.counterparts[:3]) or "nothing"
            lines.append(f"missed: {one.expected.question}: {best}")
    return lines


def _read(assistant: Assistant, answer: Answer) -> list[tuple[str, ...]]:
    """All names of each symbol that an answer takes its question to ask about."""
    library = assistant.generation.library
    read = [library.document(one.document).names for one in answer.question.objects if one.document]
    return [*read, *(_names(assistant, beside.asked) for beside in answer.side_by_side)]


def _accepted(nuggets: Iterable[Mapping[str, Any]], subject: str) -> frozenset[str]:
    names = set()
    for nugget in nuggets:
        if nugget["subject"] == subject:
            documents = (_DOCUMENT.fullmatch(span["doc"]) for span in nugget["spans"])
            names |= {match[1] for match in documents if match}
            names |= set(_WRITTEN.findall(nugget["claim"]))
    return frozenset(names)


def _names(assistant: Assistant, symbol: ApiSymbol) -> tuple[str, ...]:
    """All names of a symbol."""
    library = assistant.generation.library
    ordinal, _ = library.named(symbol.name, 1)[0]
    passage = library.passages_at([ordinal])[0]
    return library.document(passage.document_id).names


def _is(name: str, accepted: frozenset[str]) -> bool:
    """Whether a name is accepted, whatever nickname its first part goes by."""
    endings = {other.split(".", 1)[1] for other in accepted if other.count(".") > 1}
    return name in accepted or any(name.endswith(f".{ending}") for ending in endings)


def _same(name: str, wanted: str) -> bool:
    """Whether two names are one, or forms of one: of one library, the last part spelt alike."""
    if not wanted or name.partition(".")[0] != wanted.partition(".")[0]:
        return False
    one, other = (_LETTERS.sub("", each.rpartition(".")[2]).lower() for each in (name, wanted))
    return one == other


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask every question of a file, print the shares; 0, or 1 where something is missing."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.evaluation.counterparts")
    parser.add_argument("file", type=Path, help="JSON lines")
    parser.add_argument("--index", type=Path, default=Path("evaluation/index"))
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    options = parser.parse_args(arguments)
    try:
        assistant = Assistant.open(load({"index": options.index}))
        text = options.file.read_text(encoding="utf-8")
        found = tally(assistant, map(foreign_json, filter(str.strip, text.splitlines())))
    except (RagbotError, OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"counterparts are not measured: {error}\n")
        return 1
    told = json.dumps(found.figures()) if options.json else "\n".join(table(found))
    sys.stdout.write(told + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
