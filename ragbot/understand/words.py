"""The words of a question that narrow it down, and those that do not."""

from collections.abc import Callable
from functools import cache

from ragbot.guide import Guide
from ragbot.lexical.tokens import tokens
from ragbot.understand.language import words

SPECIFIC = 0.45  # share of the largest idf from which a word narrows a question down

WordWeights = Callable[[str], dict[str, float]]
"""The inverse document frequency of each token of a text, in 0..1."""


@cache
def _generic() -> frozenset[str]:
    """The tokens of words of comparing and asking."""
    return frozenset(tokens(" ".join(words("generic"))))


def specific_words(
    text: str,
    guide: Guide,
    weights: WordWeights,
    least: float = SPECIFIC,
    *,
    with_aspects: bool = False,
) -> list[str]:
    """The tokens that narrow a question down: no subject, no aspect, no word of the whole field.

    `least` is the share of the largest inverse document frequency that they have.
    """
    generic = _generic()
    kept = text
    mentions = guide.mentions(text)
    spans = [(start, end) for start, end, _ in mentions if not is_symbol(text[start:end])]
    if not with_aspects:
        spans += [span for each in guide.aspects for span in guide.aspect_spans(each.id, text)]
    spans += guide.general_spans(text)
    for start, end in spans:
        kept = kept[:start] + " " * (end - start) + kept[end:]
    return [
        token for token, weight in weights(kept).items() if weight >= least and token not in generic
    ]


def is_unheard(text: str, guide: Guide, weights: WordWeights) -> bool:
    """Whether the corpus holds none of several words that a text is about.

    Then its "it" points nowhere ("Does it snow on the moon?").
    """
    words, found = specific_words(text, guide, weights, 0.0), weights(text)
    return len(words) > 1 and all(found.get(word, 1.0) >= 1.0 for word in words)


def is_symbol(word: str) -> bool:
    """Whether a word is a programming name by its marks."""
    return "." in word or "_" in word or "(" in word
