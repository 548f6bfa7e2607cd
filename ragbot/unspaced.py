"""Words and sentences of scripts that put no spaces between words, by ICU's dictionaries and rules.

Chinese, Japanese, Thai, Lao, Khmer and Burmese; what is written in others is left to who asks.
"""

import re
import unicodedata
from itertools import accumulate, pairwise

from icu4py.breakers import SentenceBreaker, WordBreaker

_THAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_HAN = "\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
_MORE = "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
RUN = re.compile(f"[{_THAI}{_HAN}{_MORE}]+")
"""A run of characters of these scripts."""

PAIRED = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{3,}")
"""A word of Chinese characters, in which dictionaries may find shorter ones."""

_ENDS = re.compile("[\u3002\uff01\uff1f\uff0e\uff61!?.]")
_CLAUSE = re.compile(f"(?<=[{_THAI}])[ \u200b]+(?=[{_THAI}])")
_LONGEST = 20_000  # characters that are looked through at once
_LOCALE = "ja"  # ICU's dictionary of Chinese and Japanese is one; Thai is told by its letters


def is_unspaced(text: str) -> bool:
    """Whether a text holds words of such a script."""
    return bool(RUN.search(text))


def words(text: str) -> list[str]:
    """The words of a text that is written in such a script, without marks and spaces."""
    pieces = (text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST))
    return [word for piece in pieces for word in WordBreaker(piece, _LOCALE) if _is_word(word)]


def count_words(text: str) -> int:
    """How many words a text has; in scripts with spaces what stands between two of them."""
    if not is_unspaced(text):
        return len(text.split())
    spaced = len(RUN.sub(" ", text).split())
    return spaced + sum(len(words(run[0])) for run in RUN.finditer(text))


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, in order; between them stands nothing but white space.

    Thai and its neighbours end no sentence with a mark: there a space ends one.
    """
    # By length: the offsets that ICU gives count an emoji as two.
    ends = list(accumulate(map(len, SentenceBreaker(text, _LOCALE))))
    ends = [_before_opening(text, end) for end in ends if end < len(text)]
    ends = [end for end in ends if end and _ENDS.search(text[max(0, end - 6) : end])]
    ends += [match.end() for match in _CLAUSE.finditer(text)]
    bounds = [0, *sorted(set(ends)), len(text)]
    return [(a, b) for a, b in pairwise(bounds) if text[a:b].strip()]


def _before_opening(text: str, end: int) -> int:
    """The end of a sentence without an opening mark that belongs to the next."""
    while end > 1 and unicodedata.category(text[end - 1]) in {"Pi", "Ps"}:
        end -= 1
    return end


def _is_word(word: str) -> bool:
    return any(char.isalnum() for char in word)
