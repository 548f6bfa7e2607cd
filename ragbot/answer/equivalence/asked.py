"""Which programming names a question asks about, and in which subjects their counterparts are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.answer.equivalence.reference import Reference
from ragbot.encoder import Vectors
from ragbot.guide import Guide
from ragbot.lexical.tokens import STOP_WORDS
from ragbot.retrieval.symbols import symbols_in

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
    question: str, subjects: Sequence[str], reference: Reference, guide: Guide, vector: Vectors
) -> tuple[Asked, ...]:
    """The documented names of a question that belong to one of the subjects, in order.

    Of several symbols that a name fits as well, that is meant which is nearest to the question's
    `vector`. A plain word is looked up only where the question names one of the subjects.
    """
    names = symbols_in(question, guide.names)
    meant = _Meant(question, subjects, reference, guide, vector)
    found = meant.entries(names)
    if not found and set(subjects) & set(guide.subjects_in(question)):
        plain = [m[1] or m[2] or m[3] for m in _PLAIN.finditer(question)]
        plain = [n for n in plain if n.lower() not in {*guide.names, *STOP_WORDS}]
        found = meant.entries(plain)
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


@dataclass(frozen=True, slots=True)
class _Meant:
    """Finds what the names in one question mean."""

    question: str
    subjects: Sequence[str]
    reference: Reference
    guide: Guide
    vector: Vectors

    def entries(self, names: Sequence[str]) -> dict[int, Asked]:
        """The entry of each name that is documented."""
        found: dict[int, Asked] = {}
        for name in names:
            for subject in self._owners(name):
                entry = self._entry(name, wider(self.guide, subject))
                if entry is not None:
                    found.setdefault(entry, Asked(name, entry, subject))
                    break
        return found

    def _owners(self, name: str) -> list[str]:
        """The subjects whose name it may be: as its prefix tells, else the nearest named first."""
        told = self.guide.subjects_in(name) if "." in name else ()
        if told:
            return list(told)
        at = self.question.find(name)
        end = at + len(name)
        gaps: dict[str, int] = {}
        for start, stop, subject in self.guide.mentions(self.question):
            if start >= end or stop <= at:
                gap = start - end if start >= end else at - stop
                gaps[subject] = min(gap, gaps.get(subject, gap))
        return sorted(self.subjects, key=lambda subject: gaps.get(subject, len(self.question)))

    def _entry(self, name: str, subjects: Sequence[str]) -> int | None:
        """The entry of a name, whole or without its first part, often a module's nickname."""
        parts = name.split(".")
        for at in range(min(2, len(parts))):
            ending = ".".join(parts[at:])
            found = [
                one
                for one in self.reference.ending(ending)
                if set(subjects) & set(self.reference.entries[one].symbol.subjects)
            ]
            if found:
                return min(found, key=lambda one: self._unlikely(ending, subjects, one))
        return None

    def _unlikely(
        self, ending: str, subjects: Sequence[str], at: int
    ) -> tuple[bool, bool, bool, int, float, str]:
        """What makes an entry unlikely to be meant by a name, first things first."""
        entry = self.reference.entries[at]
        names = entry.symbol.names
        fitting = [n for n in names if n.lower().endswith(ending.lower())]
        return (
            entry.is_aside,
            subjects[0] not in entry.symbol.subjects,
            not any(name.endswith(ending) for name in names),  # in the same case
            min(name.count(".") for name in fitting),
            -float(self.reference.heads[at] @ self.vector),
            entry.symbol.name,
        )
