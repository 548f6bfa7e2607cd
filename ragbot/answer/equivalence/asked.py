"""Which programming names a question asks about, and in which subjects their counterparts are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.answer.equivalence.reference import Reference
from ragbot.guide import Guide
from ragbot.lexical.tokens import STOP_WORDS
from ragbot.retrieval.symbols import symbols_in
from ragbot.types import Column

MOST_ASKED = 2  # names of one question that are set side by side

# A word that is a name though it looks like none: a capital inside a sentence, or beside a kind.
_KIND = r"(?:layer|function|class|method|op|operation|loss|module|optimizer|metric|callback)s?"
_PLAIN = re.compile(
    rf"(?<=[\w,;:)'\u2019] )(?:the |a |an )?([A-Z][A-Za-z0-9_]+)\b|"
    rf"\b([A-Za-z_]\w+) {_KIND}\b|\b{_KIND}:? ([A-Za-z_]\w+)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A name in a question: the entry that documents it, and the subject it is a name of."""

    text: str
    entry: int
    subject: str


def asked(
    question: str, columns: Sequence[Column], reference: Reference, guide: Guide
) -> tuple[Asked, ...]:
    """The documented names of a question that belong to one of the subjects, in order."""
    names = symbols_in(question, guide.names)
    found = _resolved(names, question, columns, reference, guide)
    if not found:
        plain = [m[1] or m[2] or m[3] for m in _PLAIN.finditer(question)]
        plain = [n for n in plain if n.lower() not in {*guide.names, *STOP_WORDS}]
        found = _resolved(plain, question, columns, reference, guide)
    return tuple(found.values())[:MOST_ASKED]


def wider(guide: Guide, subject: str) -> tuple[str, ...]:
    """A subject and those whose programming names it holds under a prefix of its own."""
    prefixes = {s.id: s.symbols for s in guide.subjects}
    return subject, *(
        other.id
        for other in guide.subjects
        if other.id != subject
        and any(
            inner.startswith(outer) and inner != outer
            for inner in other.symbols
            for outer in prefixes.get(subject, ())
        )
    )


def _resolved(
    names: Sequence[str],
    question: str,
    columns: Sequence[Column],
    reference: Reference,
    guide: Guide,
) -> dict[int, Asked]:
    found: dict[int, Asked] = {}
    for name in names:
        owners = _owners(name, question, columns, reference, guide)
        for subject in owners:
            entry = _entry(name, wider(guide, subject), reference)
            if entry is not None:
                found.setdefault(entry, Asked(name, entry, subject))
                break
    return found


def _owners(
    name: str, question: str, columns: Sequence[Column], reference: Reference, guide: Guide
) -> list[str]:
    """The subjects whose name it may be: the one its prefix tells, else the nearest named first."""
    told = guide.subjects_in(name) if "." in name else ()
    if told:
        return list(told)
    at = question.find(name)
    end = at + len(name)
    gaps: dict[str, int] = {}
    for start, stop, subject in guide.mentions(question):
        gap = start - end if start >= end else at - stop
        if not (start < end and at < stop):
            gaps[subject] = min(gap, gaps.get(subject, gap))
    ids = [column.id for column in columns]
    return sorted(ids, key=lambda subject: gaps.get(subject, len(question)))


def _entry(name: str, subjects: Sequence[str], reference: Reference) -> int | None:
    """The entry of a name, whole or without its first part, which is often a module's nickname."""
    parts = name.split(".")
    for at in range(min(2, len(parts))):
        ending = ".".join(parts[at:])
        found = [
            one
            for one in reference.ending(ending)
            if set(subjects) & set(reference.entries[one].symbol.subjects)
        ]
        if found:
            return min(found, key=lambda one: _unlikely(ending, subjects, reference, one))
    return None


def _unlikely(
    ending: str, subjects: Sequence[str], reference: Reference, at: int
) -> tuple[bool, bool, bool, int, int, str]:
    """What makes an entry unlikely to be meant by a name, first things first."""
    entry = reference.entries[at]
    names = entry.symbol.names
    return (
        entry.is_aside,
        subjects[0] not in entry.symbol.subjects,
        not any(name.endswith(ending) for name in names),  # in the same case
        min(n.count(".") for n in names if n.lower().endswith(ending.lower())),
        len(entry.symbol.name),
        entry.symbol.name,
    )
