"""Words that turn what a sentence says: negation, condition, limit, doubt, direction."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ragbot.language import language
from ragbot.lexical.tokens import tokens

_ENGLISH: Final = Path(__file__).parent / "english.toml"
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?(?:-[^\W_]+)*")


def words(name: str) -> frozenset[str]:
    """A list of words of the language that summaries are written in."""
    return frozenset(language(_ENGLISH).words[name])


_NEGATION = words("negation")
_CONDITION = words("condition")
_LIMIT = words("limit")
_DOUBT = words("doubt")
_EVERY = words("every")
_CAUSE = words("cause")
_STANDING = words("standing")
_BOUND = words("bound")
_OMISSIBLE = words("omissible")
_DIRECTED = words("directed")
_FREE = words("free")

POLAR: Final = words("polar")

_POLAR_STEMS: Final = frozenset(token for word in POLAR for token in tokens(word))

NEUTRAL: Final = words("neutral")


def lowered(text: str) -> list[str]:
    """The words of a text in lower case, hyphenated ones whole, typographic apostrophes plain."""
    return [match.group().lower().replace("\u2019", "'") for match in _WORD.finditer(text)]


def negated(text: str) -> bool:
    """Whether a text holds a word of negation."""
    return any(word in _NEGATION or word.endswith("n't") for word in lowered(text))


def limited(text: str) -> bool:
    """Whether a text says under which condition, or how far, it holds."""
    return not (_CONDITION | _LIMIT).isdisjoint(lowered(text))


def _directed(text: str) -> dict[str, set[str]]:
    """What follows each word that tells from where to where, or by whom."""
    found: dict[str, set[str]] = {}
    words = lowered(text)
    for at, word in enumerate(words):
        if word in _DIRECTED:
            after = next((t for w in words[at + 1 :] for t in tokens(w)), "")
            found.setdefault(word, set()).add(after)
    return found


def _polar(text: str) -> frozenset[str]:
    return _POLAR_STEMS.intersection(tokens(text))


def turned(sentence: str, source: str, beside: str = "") -> Iterator[str]:
    """In what a sentence turns from the source that it should rest on; nothing where it does not.

    Negation, conditions, limits and bounds have to be the same in both. A sentence may not be
    surer than its source, nor reach wider, nor know a cause of its own. What stands `beside` the
    source may be said, but need not.
    """
    said, given = frozenset(lowered(sentence)), frozenset(lowered(source))
    known = given | frozenset(lowered(beside))
    if negated(sentence) != negated(source):
        yield "negation"
    if bool(said & _CONDITION) != bool(given & _CONDITION):
        yield "condition"
    if bool(said & _LIMIT) != bool(given & _LIMIT):
        yield "limit"
    bounds = given & _BOUND - _OMISSIBLE
    if (
        not bounds <= said
        or not said & _BOUND <= known
        or not _polar(sentence) <= _polar(f"{source} {beside}")
    ):
        yield "direction"
    pointing = _directed(source)
    for word, to in _directed(sentence).items():
        if not to <= pointing.get(word, to if word in _FREE else set()):
            yield "direction"
    if given & _DOUBT and not said & _DOUBT:
        yield "doubt"
    if not said & (_EVERY | _CAUSE) <= known:
        yield "reach"
    if not given & _STANDING <= said or not said & _STANDING <= known:
        yield "standing"


def opposite(one: str, other: str) -> bool:
    """Whether two words differ by an affix that negates ("supported", "unsupported")."""
    short, long = sorted((one, other), key=len)
    prefixed = (f"{prefix}{short}" for prefix in ("un", "in", "im", "ir", "non", "non-", "dis"))
    return long in prefixed or long == f"{short.removesuffix('ful')}less"
