"""Words that turn what a sentence says: negation, condition, limit, doubt, direction."""

import re
from collections.abc import Iterator
from typing import Final

from ragbot.lexical.tokens import tokens

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?(?:-[^\W_]+)*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEGATION = _words(
    """no not never none nobody nothing neither nor nowhere without cannot hardly barely scarcely
    lack lacks lacking lacked fail fails failed unable impossible instead unlike forbid forbids
    forbidden prevent prevents avoid avoids refuse refuses disable disables disallow disallows"""
)
_CONDITION = _words("if when whenever unless provided assuming depending depends")
_LIMIT = _words("only solely merely exclusively except unless limited")
_DOUBT = _words(
    """may might could perhaps possibly probably likely sometimes often usually typically
    generally mostly mainly partly partially somewhat supposedly reportedly seems appears"""
)
_EVERY = _words("all every always any everything entirely completely fully never must best worst")
_CAUSE = _words("because therefore thus hence consequently due so")
_STANDING = _words(
    """deprecated experimental beta alpha unmaintained archived legacy obsolete preview removed
    discontinued planned unstable unofficial"""
)
_BOUND = _words("more less fewer than least most before after until till since except")
_OMISSIBLE = _words("more most than")  # to leave them out weakens a statement, and no more
_DIRECTED = _words("from to into onto over by via against before after until rather instead not")
_FREE = _words("to by not")  # too frequent to ask for where the source has none

# Words of which the opposite is near in meaning: they count only where they stand.
POLAR: Final = _words(
    """fast faster fastest slow slower slowest quick quicker easy easier easiest hard harder hardest
    difficult simple simpler complex complicated steep steeper gentle good better best bad worse
    worst poor poorer great excellent ideal weak weaker strong stronger strongest high higher
    highest low lower lowest large larger largest small smaller smallest big bigger long longer
    short shorter early earlier late later new newer old older cheap cheaper expensive free paid
    static dynamic eager lazy stable mature immature same different similar equal first last
    increase increases decrease decreases support supports prefer
    recommend recommended discouraged required optional open closed public private
    win lose gain loss many few much little several always
    never rarely frequently input output read reads write writes train training test testing
    inference client server encode decode import export load save push pull start stop install
    uninstall upload download row rows column columns minimum maximum left right begin end
    success failure popular unpopular safe unsafe secure insecure true false positive negative
    beginner beginners expert experts experienced top bottom front back local remote single double
    multiple half twice outperform outperforms beats superior inferior leading dominant"""
)

_POLAR_STEMS: Final = frozenset(token for word in POLAR for token in tokens(word))

# What every sentence may say without resting on anything.
NEUTRAL: Final = _words(
    """is are was be been offers offer offered offering provide provides providing has have make
    makes use uses used using come comes known considered also both well overall generally summary
    conclusion according source sources document documents quote quotes note respectively while
    whereas however although though include includes including feature features term terms
    framework library tool thing way one its their it they which that this these those another
    other"""
)


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
