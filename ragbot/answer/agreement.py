"""How many independent voices say nearly what a claim says."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from ragbot.index.arrays import statement_starts
from ragbot.index.generation import Generation
from ragbot.judge.candidates import exchanged
from ragbot.retrieval import Vector
from ragbot.traits.language import pattern
from ragbot.types import Agreement, Authority, Claim, Mark, MarkKind
from ragbot.understand.rephrase import in_a_row

# Two statements say nearly the same from this cosine on, if they also share that part of the longer
# words of the shorter one: alone, the cosine takes the same topic for the same claim (docs/log.md).
SAME = 0.80
SHARED, LEAST_SHARED = 0.7, 3
PASSAGES = 24  # nearest to a claim that are looked at

_ORDINAL = (
    "SELECT s.ordinal FROM statements s JOIN passages p ON p.ordinal = s.passage "
    'WHERE p.id = ? AND s.start = ? AND s."end" = ?'
)
_QUOTE = (
    'SELECT substr(d.text, s.start + 1, s."end" - s.start) FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document "
    "WHERE s.ordinal = ?"
)
STEM = 7  # letters
_LONG = re.compile(r"[A-Za-z]{3,}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MAKERS = (Authority.OFFICIAL, Authority.VENDOR)


class Agreements:
    """Counts voices in one generation; safe to share between threads."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._starts = statement_starts(generation.library)
        self._authorities = {s.id: s.authority for s in generation.library.sources()}

    def counted(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims with how many others say the same, counted over documents and voices."""
        ordinals = [self._ordinal(claim) for claim in claims]
        texts = {o: claim.text for o, claim in zip(ordinals, claims, strict=True) if o is not None}
        known = sorted({ordinal for ordinal in ordinals if ordinal is not None})
        if not known:
            return list(claims)
        vectors = self._generation.statement_vectors[known].astype(np.float32)
        _, near = self._generation.vectors.search(vectors, PASSAGES, None)
        found = {
            ordinal: self._voices(texts[ordinal], vector, rows[rows >= 0])
            for ordinal, vector, rows in zip(known, vectors, near, strict=True)
        }
        return [
            claim if ordinal is None else self._with(claim, found[ordinal])
            for claim, ordinal in zip(claims, ordinals, strict=True)
        ]

    def _ordinal(self, claim: Claim) -> int | None:
        """The ordinal of the statement that a claim quotes, None where it quotes another span."""
        quote = claim.evidence[0]
        rows = self._generation.library.read(_ORDINAL, quote.passage_id, quote.start, quote.end)
        return int(rows[0][0]) if rows else None

    def _voices(self, claim: str, vector: Vector, passages: Iterable[int]) -> list[int]:
        """One passage of each voice with a statement that says nearly the same."""
        speaking: dict[int, int] = {}
        for passage in passages:
            begin, end = self._starts[passage], self._starts[passage + 1]
            cosines = self._generation.statement_vectors[begin:end].astype(np.float32) @ vector
            for place in np.flatnonzero(cosines >= SAME):
                quote = self._generation.library.read(_QUOTE, int(begin + place))[0][0]
                if same_words(claim, quote) and not exchanged(claim, quote):
                    speaking.setdefault(self._generation.passages[passage].voice, int(passage))
        return list(speaking.values())

    def _with(self, claim: Claim, passages: Sequence[int]) -> Claim:
        """A claim with the voices of some passages, but not of its own document."""
        quote = claim.evidence[0]
        documents: dict[str, Authority] = {}
        for row in passages:
            facts = self._generation.passages[row]
            same_subject = not quote.subjects or set(quote.subjects) & set(facts.subjects)
            if facts.document != quote.document_id and same_subject:
                documents.setdefault(facts.document, self._authorities[facts.source])
        counts = Counter(documents.values())
        voices = tuple(
            (authority, counts[authority]) for authority in Authority if counts[authority]
        )
        own = self._generation.library.document(quote.document_id).source_id
        alone = (
            not voices
            and self._authorities[own] in _MAKERS
            and pattern("praise").search(claim.text)
        )
        text = "only the maker's own pages say this"
        marks = (*claim.marks, Mark(MarkKind.ONLY_ITS_MAKER, text)) if alone else claim.marks
        return replace(claim, agreement=Agreement(voices), marks=marks)


def content(words: str) -> frozenset[str]:
    """The longer words of a sentence, by their first letters: what it speaks of, roughly."""
    return frozenset(word[:STEM].lower() for word in _LONG.findall(words))


def same_words(one: str, other: str) -> bool:
    """Whether two statements say it in mostly the same words, and of the same numbers."""
    first, second = content(one), content(other)
    shared = len(first & second)
    if shared < max(LEAST_SHARED, SHARED * min(len(first), len(second))):
        return False
    return set(_NUMBER.findall(one)) == set(_NUMBER.findall(other))


_VOICES = {
    Authority.OFFICIAL: ("official page", "official pages"),
    Authority.VENDOR: ("vendor's page", "vendors' pages"),
    Authority.INDEPENDENT: ("independent article", "independent articles"),
    Authority.TUTORIAL: ("tutorial", "tutorials"),
}


def in_words(agreement: Agreement) -> str:
    """As "also said by 2 official pages and 1 tutorial"; "" where nobody else does."""
    said = [f"{count} {_VOICES[authority][count > 1]}" for authority, count in agreement.voices]
    return f"also said by {in_a_row(said, 'and')}" if said else ""
