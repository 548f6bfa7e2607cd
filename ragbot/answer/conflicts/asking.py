"""Whether a disagreement concerns what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.guide import Guide
from ragbot.lexical import LexicalIndex
from ragbot.lexical.tokens import tokens
from ragbot.retrieval import Vector
from ragbot.types import DisagreementKind, Evidence, Span, nested
from ragbot.understand.words import specific_words

TELLING = 0.22  # share of the largest idf from which a word of a question tells what it is about
RARE = 0.33  # and from which a page that holds it is likely about it
# Cosines with what is asked, of the nearer and of the farther side (docs/log.md, 2026-11-20).
NEAR, FAR = 0.28, 0.15
VERY_NEAR = 0.50  # of both sides to a question: then no word needs to be shared

# What a question says that asks for a kind of assertion; English, no subject is named.
_ASKS = {
    DisagreementKind.RELATION: "backend backends run runs based top tied relation part independent",
    DisagreementKind.VERSIONS: "version versions supported",
    DisagreementKind.BY_VERSION: "version versions bundled installed",
    DisagreementKind.NUMBER: "many number popular popularity community adoption",
    DisagreementKind.DATE: "when released release history old founded",
    DisagreementKind.HOLDER: "who maintains maintained owner owned behind governance",
    DisagreementKind.JUDGEMENT: "faster slower better performance speed",
    DisagreementKind.MANNER: "execution execute executed mode typing",
    DisagreementKind.STATUS: "",
}
_ASKING = {kind: frozenset(tokens(words)) for kind, words in _ASKS.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a cell or an answer is about, and what it quotes.

    `text` is the question, or the name and the words of an aspect; `words` are the stems of the
    telling words of a question, `rare` those that few passages hold.
    """

    subject: str
    vector: Vector
    words: frozenset[str]
    text: str
    shown: tuple[Evidence, ...]
    rare: frozenset[str] = frozenset()
    is_question: bool = True

    def quotes(self, statement: Span) -> bool:
        """Whether the answer quotes a statement, or a part of it."""
        return any(nested(statement, evidence.span) for evidence in self.shown)


def telling_words(
    text: str, guide: Guide, lexical: LexicalIndex, least: float = TELLING
) -> frozenset[str]:
    """The stems of the words that say what a question is about, without names of subjects.

    `least` is the share of the largest inverse document frequency that they have.
    """
    return frozenset(specific_words(text, guide, lexical.weights, least, with_aspects=True))


def concerns(
    asked: Asked,
    kind: DisagreementKind,
    about: str,
    values: frozenset[str],
    sides: Sequence[Sequence[tuple[Span, str, float]]],
    follows: int | None,
) -> bool:
    """Whether a disagreement is about what is asked.

    `about` says in words what it is about; `sides` hold (span, quote, cosine) of the statements
    of each, `values` the names in them.
    """
    low, high = sorted(max(cosine for _, _, cosine in side) for side in sides)
    if low >= VERY_NEAR and asked.is_question:
        return True
    # Who reads a quote that is followed is not misled; who reads the other one is.
    misleading = [side for place, side in enumerate(sides) if place != follows]
    if any(asked.quotes(span) for side in misleading for span, _, _ in side):
        return True
    held = frozenset(t for side in sides for _, quote, _ in side for t in tokens(quote))
    return high >= NEAR and low >= FAR and _asks_for(asked, kind, about, values, held)


def _asks_for(
    asked: Asked,
    kind: DisagreementKind,
    about: str,
    values: frozenset[str],
    held: frozenset[str],
) -> bool:
    """Whether the words of a question ask for a disagreement; `held` are those of its quotes."""
    if _ASKING[kind] & frozenset(tokens(asked.text)) or values & asked.words:
        return True
    if kind is DisagreementKind.MANNER:
        return bool(frozenset(tokens(about)) & frozenset(tokens(asked.text)))
    if kind is DisagreementKind.VERSIONS:
        return bool(frozenset(tokens(about)) & asked.words)
    return kind is DisagreementKind.STATUS and bool(held & asked.words)
