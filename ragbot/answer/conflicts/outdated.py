"""Things that a quote names and another document says to be deprecated."""

import re
from collections.abc import Sequence

from ragbot.answer.conflicts import voices
from ragbot.answer.conflicts.contrary import Dispute
from ragbot.answer.conflicts.voices import Voice
from ragbot.index.generation import Generation
from ragbot.index.traits import Quoted, outdated
from ragbot.retrieval.selection import ALL, Selection
from ragbot.types import ON_ITS_WAY_OUT, DisagreementKind, Document, Evidence

_SPLIT = re.compile(r"[\s/_-]+")


class OutdatedThings:
    """The things that statements of one generation call deprecated; shared between threads."""

    def __init__(self, generation: Generation) -> None:
        self._told: dict[str, list[Quoted]] = {}
        for quoted, name in outdated(generation.library):
            self._told.setdefault(name, []).append(quoted)
        authorities = {source.id: source.authority for source in generation.library.sources()}
        self._voices = {
            one.ordinal: Voice(
                authorities[one.source], voices.last_date(one.published, one.updated)
            )
            for told in self._told.values()
            for one in told
        }
        self._patterns = {name: _naming(name) for name in self._told}

    def named_in(self, text: str) -> list[str]:
        """The things that a text names."""
        return [name for name, pattern in self._patterns.items() if pattern.search(text)]

    def told(self, name: str, left: Selection, subjects: Sequence[str] = ()) -> list[Quoted]:
        """Who of those that are left calls a thing deprecated, the best first.

        Of some subjects, if any are given.
        """
        found = [
            one
            for one in self._told[name]
            if left.holds(one.passage)
            and (not subjects or set(subjects) & set(one.evidence.subjects))
        ]
        return sorted(found, key=lambda one: voices.trust(self._voices[one.ordinal]), reverse=True)

    def of(
        self, evidence: Evidence, document: Document, voice: Voice, left: Selection = ALL
    ) -> list[Dispute]:
        """What a quote names as if it were current; `voice` is that of its document.

        Only what is left may tell so.
        """
        if not evidence.subjects or ON_ITS_WAY_OUT & set(
            document.kinds_of(evidence.start, evidence.end)
        ):
            return []  # it is of nothing that is compared, or says so itself
        found = []
        for name in self.named_in(f"{evidence.label} {evidence.quote}"):
            told = self.told(name, left, evidence.subjects)
            if told and all(one.evidence.document_id != evidence.document_id for one in told):
                found.append(self._dispute(name, told[0], evidence, voice))
        return found

    def _dispute(self, name: str, told: Quoted, evidence: Evidence, voice: Voice) -> Dispute:
        shown = Quoted(-1, -1, evidence, "", voice.date, voice.date)
        return Dispute(
            kind=DisagreementKind.STATUS,
            subject=next(s for s in told.evidence.subjects if s in evidence.subjects),
            about=name,
            sides=(shown, told),
            voices=(voice, self._voices[told.ordinal]),
            follows=1,
            why="it says that this has changed",
        )


def _naming(name: str) -> re.Pattern[str]:
    """How a text names a thing: its words, one or several of it; "A for B" where it names both."""
    if "." in name and " " not in name:
        return re.compile(rf"(?<![\w.]){re.escape(name)}(?!\.?\w)")
    if " for " in name:
        both = (rf"(?=.*(?<![\w.]){re.escape(part)}(?![\w.]*\w))" for part in name.split(" for "))
        return re.compile(rf"^{''.join(both)}", re.DOTALL)
    words = [re.escape(word.removesuffix("s")) + "s?" for word in _SPLIT.split(name)]
    # One word is a name by its capitals; several are known by standing together.
    flag = "" if len(words) == 1 else "(?i)"
    joined = r"[\s/_-]+".join(words)
    return re.compile(rf"{flag}(?<![\w.-]){joined}(?![\w.]*\d)(?!-?\w|\.\w)")
