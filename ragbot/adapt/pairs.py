"""Questions with the passages that answer them: read from JSON lines, split into two shares."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ragbot.adapt.line_file import lines
from ragbot.adapt.neighbours import Neighbours
from ragbot.encoder.weights import sha256
from ragbot.errors import AdaptError
from ragbot.foreign_json import JsonError, foreign_json

SHOWN_FAULTS = 5
FEWEST = 20  # pairs: below that a held-out share says nothing


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the passage that answers it.

    `kind` and `doc` (the document that the passage is a slice of) may be "".
    """

    question: str
    text: str
    kind: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class PairsFile:
    """What was read: the pairs, how many lines repeated one, the file's name and sha256."""

    pairs: tuple[Pair, ...]
    repeated: int
    name: str
    sha256: str


def read(path: Path) -> PairsFile:
    """The pairs of a file of JSON lines, plain or gzip-compressed.

    A line is an object with `question` and `text`, and perhaps `kind` and `doc`; empty lines are
    passed over, a line that repeats a question with its text is counted and left out.

    Raises:
        AdaptError: the file cannot be read, lines of it are not of that form (the first few are
            named), or it holds too few pairs.
    """
    pairs: dict[Pair, None] = {}
    seen: set[tuple[str, str]] = set()
    faults = []
    count = 0
    for number, line in enumerate(lines(path), start=1):
        if not line.strip():
            continue
        count += 1
        try:
            pair = _pair(line)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        key = (_folded(pair.question), _folded(pair.text))
        if key not in seen:
            seen.add(key)
            pairs[pair] = None
    if faults:
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise AdaptError(
            f"{path} has lines that are no question with its passage: "
            f"{'; '.join(faults[:SHOWN_FAULTS])}{more}. A line is a JSON object with the strings "
            '"question" and "text", and perhaps "kind" and "doc"'
        )
    if len(pairs) < FEWEST:
        raise AdaptError(f"{path} holds {len(pairs)} pairs; learning needs at least {FEWEST}")
    return PairsFile(tuple(pairs), count - len(pairs), path.name, sha256(path))


def held_out(
    pairs: Sequence[Pair], neighbours: Neighbours, share: float, seed: int
) -> tuple[list[Pair], list[Pair]]:
    """The pairs to learn from and those held out, at least `share` of all of them.

    All pairs of a document are on one side, and so are documents that hold the same or nearly the
    same text: no held-out passage was learnt from.

    Raises:
        AdaptError: everything is of one document.
    """
    groups: defaultdict[int, list[int]] = defaultdict(list)
    together = neighbours.groups()
    for number, pair in enumerate(pairs):
        groups[together[neighbours.row(pair.text)]].append(number)
    names = list(groups)
    chosen: set[int] = set()
    for place in np.random.default_rng([seed, 0]).permutation(len(names)):
        group = groups[names[int(place)]]
        wanted = max(1, round(share * len(pairs)))
        if len(chosen) >= wanted:
            break
        if len(chosen) + len(group) <= max(2 * wanted, 2):
            chosen.update(group)
    if not chosen:
        raise AdaptError(
            "no share of the pairs can be held out: all passages are of one document, or nearly "
            'alike. Give "doc" the document of each passage'
        )
    rest = [pair for number, pair in enumerate(pairs) if number not in chosen]
    return rest, [pairs[number] for number in sorted(chosen)]


def kinds(pairs: Sequence[Pair]) -> dict[str, int]:
    """How many pairs there are of each kind, most first."""
    return dict(Counter(pair.kind for pair in pairs if pair.kind).most_common())


def _pair(line: str) -> Pair:
    try:
        found: Any = foreign_json(line)
    except JsonError as error:
        raise ValueError(str(error)) from error
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    values = {name: found.get(name) or "" for name in ("question", "text", "kind", "doc")}
    for name, value in values.items():
        if not isinstance(value, str):
            raise ValueError(f'"{name}" is not a string')
    for name in ("question", "text"):
        if not values[name].strip():
            raise ValueError(f'"{name}" is missing or empty')
    return Pair(**{name: value.strip() for name, value in values.items()})


def _folded(text: str) -> str:
    return " ".join(text.lower().split())
