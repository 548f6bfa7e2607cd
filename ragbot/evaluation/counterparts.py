"""How often the counterparts shown are ones that the gold accepts.

A name is accepted for a subject where a span of one of its nuggets stands in the name's document
("api:library/lib.part.name") or the nugget's claim writes it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ragbot.assistant import Assistant

_DOCUMENT = re.compile(r"api:[^/]+/(.+)")
_WRITTEN = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")


@dataclass(frozen=True, slots=True)
class Found:
    """The counterparts shown for one question and whether the gold accepts each, best first."""

    question: str
    shown: tuple[tuple[str, bool], ...]

    def within(self, limit: int) -> bool:
        """Whether one of the first is accepted."""
        return any(accepted for _, accepted in self.shown[:limit])


def counterparts(assistant: Assistant, lines: Iterable[Mapping[str, Any]]) -> list[Found]:
    """What is shown for each question of a file for the scorer; nothing shown counts as missed."""
    found = []
    for line in lines:
        answer = assistant.ask(line["question"])
        shown = []
        for beside in answer.side_by_side:
            for symbol in beside.counterparts:
                names = _names(assistant, symbol.name)
                accepted = _accepted(line["nuggets"], symbol.subject)
                shown.append((symbol.name, any(_is(name, accepted) for name in names)))
        found.append(Found(line["question"], tuple(shown)))
    return found


def report(assistant: Assistant, lines: Iterable[Mapping[str, Any]]) -> str:
    """For how many questions an accepted counterpart is shown first, and among the first three."""
    found = counterparts(assistant, lines)
    first, three = (sum(each.within(limit) for each in found) for limit in (1, 3))
    counted = f"first in {first}, among the first three in {three} of {len(found)}"
    return f"counterparts\naccepted: {counted}"


def _accepted(nuggets: Iterable[Mapping[str, Any]], subject: str) -> set[str]:
    names = set()
    for nugget in nuggets:
        if nugget["subject"] == subject:
            documents = (_DOCUMENT.fullmatch(span["doc"]) for span in nugget["spans"])
            names |= {match[1] for match in documents if match}
            names |= set(_WRITTEN.findall(nugget["claim"]))
    return names


def _names(assistant: Assistant, name: str) -> tuple[str, ...]:
    """All names of a symbol."""
    library = assistant.generation.library
    ordinal, _ = library.named(name, 1)[0]
    passage = library.passages_at([ordinal])[0]
    return library.document(passage.document_id).names


def _is(name: str, accepted: set[str]) -> bool:
    """Whether a name is accepted, whatever nickname its first part goes by."""
    endings = {other.split(".", 1)[1] for other in accepted if other.count(".") > 1}
    return name in accepted or any(name.endswith(f".{ending}") for ending in endings)
