"""What a sentence says by name to be deprecated, no longer maintained or not recommended."""

import re
from collections.abc import Iterator

from ragbot.guide import Guide
from ragbot.readers import notices
from ragbot.traits.language import pattern
from ragbot.traits.speaking import is_whole
from ragbot.types import ON_ITS_WAY_OUT

MOST_WORDS = 4  # of a name; what is longer describes and is not named so elsewhere
LEAST_LETTERS = 4  # of a name in one word: "API" and "Op" name no one thing

_SYMBOL = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
_CALL = re.compile(r"\(.*|[`*\u201c\u201d\"]")


def outdated(sentence: str, guide: Guide) -> Iterator[str]:
    """The things that a sentence says to be deprecated, as it names them.

    The name of a subject alone is none: it tells no part of it from another.
    """
    for notice in notices.of_sentence(sentence):
        if notice.kind in ON_ITS_WAY_OUT and (name := _name(notice.subject, guide)):
            yield name


def _name(phrase: str, guide: Guide) -> str:
    """The name that a phrase is, "" where it is none."""
    bare = pattern("determiner").sub("", _CALL.sub("", phrase).strip(" .,:"), count=1).strip()
    if _SYMBOL.fullmatch(bare):
        return bare
    words = bare.split()
    if not 0 < len(words) <= MOST_WORDS or not words[0][0].isupper() or "_" in bare:
        return ""
    if len(words) == 1 and ((bare.isalpha() and bare.isupper()) or len(bare) < LEAST_LETTERS):
        return ""
    wholes = [m for m in guide.mentions(bare) if m[:2] == (0, len(bare))]
    return "" if any(is_whole(bare, mention, guide) for mention in wholes) else bare
