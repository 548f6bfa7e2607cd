"""The words by which BM25 compares texts: stems, and programming names whole and in parts."""

import re
import threading
from functools import lru_cache

import snowballstemmer

from ragbot import unspaced
from ragbot.characters import seen

# A name such as tf.nn.conv2d or save_weights counts whole and in its parts.
_TOKEN = re.compile(r"[^\W_][\w.+#]*[\w+#]|[^\W_]")
_PART = re.compile(r"[^\W_]+")
_JOINERS = re.compile("[\u200c\u200d]")  # seen where they mean something; not everybody types them
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _Own(threading.local):
    """A stemmer a thread: it keeps the word that it works on."""

    def __init__(self) -> None:
        self.stemmer = snowballstemmer.stemmer("english")


_own = _Own()

# Words that say nothing by themselves, and the words of asking.
STOP_WORDS = frozenset(
    """a about all also am an and any are as at be been being but by can could did do does doing for
    from had has have having he her here him his how i if in into is it its just me my no nor of on
    or our out she should so some such than that the their them then there these they this those to
    too up us very was we were what when where which while who whom why will with would you your s t
    vs versus m re ve ll d""".split()  # noqa: SIM905 - a list of 120 quoted words is not read
)


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order, stop words left out.

    However its letters are composed, and whatever invisible marks stand between them.
    """
    if not text.isascii():
        text = _JOINERS.sub("", seen(text))
    if not unspaced.is_unspaced(text):
        return _spaced(text)
    found: list[str] = []
    at = 0
    for run in unspaced.RUN.finditer(text):
        found += _spaced(text[at : run.start()])
        for word in unspaced.words(run[0]):
            found.append(word)
            if unspaced.PAIRED.fullmatch(word):  # dictionaries differ in what is one word
                found += [word[n : n + 2] for n in range(len(word) - 1)]
        at = run.end()
    return found + _spaced(text[at:])


def _spaced(text: str) -> list[str]:
    """The tokens of a text in which spaces stand between words."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        parts = _PART.findall(word)
        if parts != [word]:
            found.append(word.lower())
        for part in parts:
            pieces = _CAMEL.split(part)
            if len(pieces) > 1:
                found.append(part.lower())
            found.extend(stem(p.lower()) for p in pieces if p.lower() not in STOP_WORDS)
    return found


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a word in lower case; what is no word of letters stays as it is."""
    return str(_own.stemmer.stemWord(word)) if word.isalpha() else word
