"""Proper names in a question that are no subject of the corpus."""

import re
from collections.abc import Collection, Iterable, Sequence

from ragbot.guide import Guide
from ragbot.lexical.tokens import tokens
from ragbot.understand.language import pattern, words
from ragbot.understand.words import SPECIFIC, WordWeights

UNSEEN = 0.99  # share of the largest idf: hardly any passage holds the word
ACTS = 0.6  # from here on a word in the place of the one who acts is a name, however written
TITLE = 0.6  # share of capitals from which they say nothing: the question is a title

_WORD = re.compile(r"(?<![\w.])[A-Za-z](?:[\w.+#\-]*[\w+#])?")


def foreign_names(text: str, guide: Guide, weights: WordWeights) -> tuple[str, ...]:
    """Proper names in a question that name no subject or product and are not common in the corpus.

    A name begins with a capital where no sentence begins, or stands in the place of the one who
    acts ("Does gull use Heron?"); a programming name is one if the corpus has never seen it.
    """
    known = _known(text, guide)
    found: dict[str, None] = {}
    found_words = [m for m in _WORD.finditer(text) if not _inside(m.start(), known)]
    long = [m[0] for m in found_words[1:] if len(m[0]) > 2]
    title = len(long) > 2 and sum(word[0].isupper() for word in long) > TITLE * len(long)
    for match in found_words:
        name = match[0]
        if title or not name[0].isupper() or pattern("begins").search(text[: match.start()]):
            continue
        least = UNSEEN if set("._") & set(name) else SPECIFIC
        if _weight(name, weights) >= least:
            found[name] = None
    acts = actor(text, guide, weights)
    return tuple(dict.fromkeys((*found, *filter(None, (acts,)))))


def actor(text: str, guide: Guide, weights: WordWeights) -> str:
    """The name of the one who acts, where it is no subject ("gull" in "Does gull use Heron?")."""
    found = pattern("actor").match(text)
    if not found or found[1].lower() in words("pronouns"):
        return ""
    if _inside(found.start(1), _known(text, guide)):
        return ""
    least = SPECIFIC if found[1][0].isupper() else ACTS
    return found[1] if _weight(found[1], weights) >= least else ""


def not_held(names: Iterable[str], texts: Sequence[Collection[str]]) -> tuple[str, ...]:
    """The names that none of some texts holds whole; each text as its tokens."""
    return tuple(
        name
        for name in names
        if not any(all(token in held for token in tokens(name)) for held in texts)
    )


def _weight(name: str, weights: WordWeights) -> float:
    """The weight of the commonest token of a name; of the whole where it is a programming name."""
    found = weights(name)
    if set("._") & set(name):
        return found.get(name.lower(), 0.0)
    return min(found.values(), default=0.0)


def _known(text: str, guide: Guide) -> list[tuple[int, int]]:
    """Where a text names subjects and products."""
    found = (*guide.mentions(text), *guide.products_in(text))
    return [(start, end) for start, end, _ in found]


def _inside(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)
