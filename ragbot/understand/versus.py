"""Names that a question sets against one another, and those of them that the corpus lacks."""

import re
from collections.abc import Sequence
from functools import cache

from ragbot.guide import Guide
from ragbot.understand.language import source
from ragbot.understand.words import WordWeights, is_symbol

RARE, RARE_PEER = 0.7, 0.45  # share of the largest idf of a name set against another, or a subject
UNSEEN = 0.9  # from here on a word is a name, however written
NEVER = 2.0

_NAME = r"[\w.+#\-]+"


@cache
def _against() -> re.Pattern[str]:
    """One name set against another, which may be set against a third."""
    between = f"{source('sure_versus')}|{source('likely_versus')}"
    return re.compile(rf"({_NAME})(?:,?\s+(?:{between})\s+|\s?/\s?)(?=({_NAME}))", re.IGNORECASE)


@cache
def _surely() -> re.Pattern[str]:
    return re.compile(rf"\s(?:{source('sure_versus')})\s", re.IGNORECASE)


def set_against(text: str) -> frozenset[str]:
    """The names and words of a text that stand against others ("A vs B", "A or B", "A/B")."""
    found = (match[group].strip(".-") for match in _against().finditer(text) for group in (1, 2))
    return frozenset(filter(None, found))


def strangers(text: str, guide: Guide, weights: WordWeights) -> tuple[str, ...]:
    """Names set against another name that the corpus does not know and few passages hold.

    Where a question names subjects, only what is set against one of those, or against such a name.
    """
    known = [(start, end) for start, end, _ in guide.mentions(text)]
    ours = known + [(start, end) for start, end, _ in guide.products_in(text)]
    pairs = list(_against().finditer(text))
    found: dict[str, None] = {}
    for match in [*pairs, *pairs]:  # twice: the first of "A vs B vs SUBJECT" is found through B
        sure = bool(_surely().search(match[0]))
        names = [match[group].strip(".-") for group in (1, 2)]
        subject = [_at(match.start(group), match.end(group), ours) for group in (1, 2)]
        for one, other in ((0, 1), (1, 0)):
            name, peer = names[one], subject[other] or names[other] in found
            if not name[:1].isalpha() or subject[one] or is_symbol(name) or (known and not peer):
                continue
            weight = min(weights(name).values(), default=0.0)
            capital = name[0].isupper() and (sure or match.start(one + 1) > 0)
            if subject[other]:
                least = RARE_PEER if capital else RARE if sure else UNSEEN
            else:
                least = RARE if sure or (capital and not _is_joined(match[0])) else NEVER
            if weight >= least:
                found[name] = None
    return tuple(found)


def _is_joined(between: str) -> bool:
    """Whether two names are only named together ("A and B"), and none is chosen of them."""
    return not re.search(rf"\s(?:{source('choosing')})\s|/", between, re.IGNORECASE)


def _at(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a word is, or is part of, one of some mentions."""
    return any(a < end and start < b for a, b in spans)
