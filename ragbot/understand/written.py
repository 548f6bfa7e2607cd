"""A text with what it names and its other words, made ready for finding names in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ragbot.guide import Guide
from ragbot.lexical.tokens import STOP_WORDS
from ragbot.understand.lexicon import Piece, pieces
from ragbot.understand.words import WordWeights

NOTHING = 0.02  # weight of a word that says nothing by itself
LETTER = 0.3  # ... and of a single letter that no passage holds

Span = tuple[int, int, str]
"""Where a text names a subject, and which."""


@dataclass(frozen=True)
class Written:
    """A text with what it names: spans of subjects, and its words without these."""

    text: str
    mentions: Sequence[Span]
    pieces: Sequence[Piece]
    weights: Sequence[float]
    targets: Mapping[str, float]

    @property
    def subjects(self) -> Collection[str]:
        """The subjects that it names."""
        return {subject for _, _, subject in self.mentions}


def mentions(text: str, guide: Guide) -> list[Span]:
    """Where a text names subjects; of a dotted name what says whose it is."""
    prefixes = [prefix for subject in guide.subjects for prefix in subject.symbols]
    found = []
    for start, end, subject in guide.mentions(text):
        written = text[start:end]
        if "." in written and " " not in written:
            own = [prefix for prefix in prefixes if written.startswith(prefix)]
            first = max(own, key=len).rstrip(".") if own else written.split(".")[0]
            found.append((start, start + len(first), subject))
        else:
            found.append((start, end, subject))
    return found


def written(
    text: str, spans: Sequence[Span], weights: WordWeights, targets: Mapping[str, float]
) -> Written:
    """A text made ready; `targets` tell how likely each subject is that of a counterpart."""
    found = pieces(text, [(start, end) for start, end, _ in spans])
    known = weights(" ".join(piece.text for piece in found))

    def weight(piece: Piece) -> float:
        if piece.text in STOP_WORDS:
            return NOTHING
        return known.get(piece.stem, known.get(piece.text, 1.0 if len(piece.text) > 1 else LETTER))

    return Written(text, spans, found, [weight(piece) for piece in found], targets)
