"""Guesses grades for written questions, so that a judge can learn from them before the graded ones.

    python -m ragbot.adapt.guess --questions FILE --judgements FILE --index DIR --output FILE

A line of the questions has the passage that answers it (`ragbot adapt --questions`). Of the
statements that a search finds for it, those within the passage hold the answer: the one that the
signals put first is taken for it. The others are graded by what the signals say, and left out
where they may well help, for a passage need not be the only one that answers. Questions of the
judgements are left out, so that what is checked on them was not seen.

The output has the form of judgements; `ragbot adapt --judge FILE --first OUTPUT` learns from it.
"""

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbot.adapt.finding import Asking
from ragbot.adapt.pairs import Pair
from ragbot.adapt.pairs import read as read_pairs
from ragbot.errors import RagbotError
from ragbot.judge import Judged
from ragbot.judge.judgements import read
from ragbot.settings import load

# Probabilities of helping by the signals, put down before anything was learnt with them; other
# ones were not tried. What they led to is in docs/log.md (2026-11-29).
ANSWER, HELP, HARDLY, PERHAPS = 0.30, 0.20, 0.15, 0.35
BESIDE = 0.6  # of the best one's probabilities, for another statement of its passage to help too
KEPT = (6, 8, 12)  # statements of the passage, the best of the others, and some behind them
SHORTEST = 15  # characters of a statement that can be told apart

_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """A statement with the grade that is guessed."""

    judged: Judged
    grade: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Write guessed grades, question by question; 0, 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.adapt.guess", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True, help="with their passages")
    parser.add_argument("--judgements", type=Path, required=True, help="whose questions to leave")
    parser.add_argument("--index", type=Path, help="index that is searched")
    parser.add_argument("--output", type=Path, required=True, help="file to write, .gz")
    options = parser.parse_args(arguments)
    try:
        pairs = read_pairs(options.questions).pairs
        known = {_squeezed(one.text) for one in read(options.judgements)}
        asking = Asking.open(load({"index": options.index, "judge": "none"}))
        new = [pair for pair in pairs if _squeezed(pair.question) not in known]
        with gzip.open(options.output, "wt", encoding="utf-8") as file:
            for line in _told(lines(asking, new), len(new)):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except (RagbotError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def lines(asking: Asking, pairs: Iterable[Pair]) -> Iterator[dict[str, Any] | None]:
    """A line of judgements for each pair; None where no statement of its passage is found."""
    for pair in pairs:
        guessed = guesses(pair.text, asking.judged(pair.question))
        yield (
            {"question": pair.question, "quotes": [_quote(g) for g in guessed]} if guessed else None
        )


def guesses(passage: str, judged: Sequence[Judged]) -> list[Guess]:
    """The guessed grades of some statements; none where the passage holds none of them."""
    whole = _squeezed(passage)
    order = sorted(judged, key=_worth, reverse=True)
    inside = [one for one in order if _is_in(one, whole)]
    if not inside:
        return []
    best = inside[0]
    found = [Guess(best, 3 if best.helps >= ANSWER else 2)]
    for one in inside[1 : KEPT[0]]:
        helps = _worth(one) >= BESIDE * _worth(best) and one.helps >= HELP
        found.append(Guess(one, 2 if helps else 1))
    others = [one for one in order if not _is_in(one, whole)]
    near, far = others[: KEPT[1]], others[KEPT[1] :]
    chosen = [*near, *far[:: max(1, len(far) // KEPT[2])][: KEPT[2]]]
    return found + [Guess(one, int(one.helps >= HARDLY)) for one in chosen if one.helps < PERHAPS]


def _worth(judged: Judged) -> float:
    return judged.helps + judged.answers


def _is_in(judged: Judged, passage: str) -> bool:
    quote = judged.candidate.quote
    return len(quote) > SHORTEST and _squeezed(quote) in passage


def _squeezed(text: str) -> str:
    return _MARKS.sub("", text.casefold())


def _quote(guess: Guess) -> dict[str, Any]:
    candidate = guess.judged.candidate
    return {
        "grade": guess.grade,
        "quote": candidate.quote,
        "heading": candidate.heading,
        "symbol": candidate.symbol,
        "label": candidate.statement.label,
    }


def _told(found: Iterable[dict[str, Any] | None], total: int) -> Iterator[dict[str, Any]]:
    """The lines that there are, with a word on standard error now and then."""
    kept = 0
    for number, line in enumerate(found, start=1):
        if line is not None:
            kept += 1
            yield line
        if number % 200 == 0 or number == total:
            sys.stderr.write(f"{number:,} of {total:,} questions, {kept:,} kept\n")


if __name__ == "__main__":
    sys.exit(main())
