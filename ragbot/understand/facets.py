"""The parts of a question that asks for several things, each in words that can be searched for."""

from collections.abc import Sequence

from ragbot.guide import Guide
from ragbot.types import Form, Object
from ragbot.understand.language import pattern

LEAST_WORDS = 3  # of a clause; fewer are a mark or an aside ("[solved]")
MOST_WORDS = 5  # of a part of a row ("the default learning rate")

# What is set against each other, or done in one go, is asked for together.
_TELLING = frozenset((Form.WHAT_IS, Form.FACT, Form.COMPARISON, Form.CHOICE))


def facets(text: str, form: Form, found: Sequence[Object], guide: Guide) -> tuple[str, ...]:
    """The parts of a question; () where it asks for one thing.

    "What is A, and how do I do B?" is its clauses; "the A and B of X" is A of X and B of X, where
    A and B are neither subjects nor names: those are compared, not asked for one by one.
    """
    clauses = [part.strip() for part in pattern("parts").split(text.rstrip(" ?!."))]
    clauses = [part for part in clauses if len(part.split()) >= LEAST_WORDS]
    if len(clauses) > 1:
        names = ", ".join(guide.name_of(subject) for subject in guide.subjects_in(text))
        return tuple(
            part if not names or guide.subjects_in(part) else f"{names}: {part}" for part in clauses
        )
    return _row(text, found, guide) if form in _TELLING else ()


def _row(text: str, found: Sequence[Object], guide: Guide) -> tuple[str, ...]:
    """The parts of "the A, B and C of X", each with what they are asked of."""
    match = pattern("row_of").match(text.rstrip(" ?!."))
    if match is None:
        return ()
    row = match["row"]
    start, end = match.span("row")
    is_named = any(one.start < end and start < one.end for one in found)
    if is_named or guide.subjects_in(row):
        return ()
    parts = [part.strip() for part in pattern("row_joint").split(row) if part.strip()]
    if len(parts) < 2 or any(len(part.split()) > MOST_WORDS for part in parts):
        return ()
    return tuple(f"{part} {match['of']}" for part in parts)
