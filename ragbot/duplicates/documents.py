"""Which documents are one text, and which of them speaks for the others.

Two documents are one where they resemble each other, and nothing that matters stands in one of
them only. The words that only one has are looked at by where they stand: between the first and the
last paragraph that both have, or outside of these, where the frames of two sites differ.
"""

import re
from collections import Counter

from ragbot.duplicates.differences import Own, differences
from ragbot.duplicates.near import resemblance
from ragbot.duplicates.wording import shingles, wording_of
from ragbot.types import Authority, BlockKind, Document

# Chosen by reading pairs (docs/log.md): two scrapes of one article have 0.89 and a moved page
# 0.997; a guide and its successor with another interface have 0.82 and differ in what they tell.
RESEMBLANCE = 0.8
OWN_BETWEEN = 0.02  # of a document's words, at most, between the paragraphs that both have
FEW_WORDS = 50  # documents of fewer words must be equal: their frame outweighs what they say
TITLE_WORDS = 3  # shorter titles ("Overview") are those of many documents
LONG_LINE = 12  # words from which a line says something, however it ends

_DENIES = re.compile(
    r"no|not|nor|never|none|neither|without|cannot|except|unless|only|deprecated|removed|"
    r"\w+n't|(?:un|non|dis)\w+|\w+less"
)
_NUMBER = re.compile(r"\d")
_SIGN = re.compile(r"\W+")
_SYMBOL = re.compile(r"\w*\d\w*|\w+_\w+|[^\W\d]\w*(?:\.\w+)+")
_STATES = frozenset({BlockKind.CODE, BlockKind.TABLE_ROW})
_AUTHORITIES = tuple(Authority)


def preference(document: Document, authority: Authority) -> tuple[object, ...]:
    """The key that sorts what speaks before what is folded into it.

    Official before vendor, independent and tutorial; dated before undated; newest; the one with
    most table rows under a header, which says whose their cells are; longest; path.
    """
    date = max((d for d in (document.published, document.updated) if d != "undated"), default="")
    newest = tuple(-ord(sign) for sign in date)
    place = _AUTHORITIES.index(authority)
    headed = sum(block.header is not None for block in document.blocks)
    length = len(document.text)
    return place, not date, newest, -headed, -length, document.path, document.source_id


def same_document(voice: Document, other: Document) -> bool:
    """Whether `other` says nothing that `voice` does not say in the same words."""
    if not _titles_agree(voice.title, other.title):
        return False
    one, two = wording_of(voice), wording_of(other)
    if one.words == two.words:
        return len(one.words) >= FEW_WORDS or voice.title == other.title
    if min(len(one.words), len(two.words)) < FEW_WORDS:
        return False
    if resemblance(shingles(one.words), shingles(two.words)) < RESEMBLANCE:
        return False
    versions = {voice.version, other.version} - {""}
    most = 0.0 if len(versions) > 1 else OWN_BETWEEN
    found = differences(one, two)
    for wording, own in zip((one, two), found, strict=True):
        between = [word for word in own if word.between]
        if len(between) > most * len(wording.words) or _tells(between):
            return False
    return not _loses(other, found[1], in_frame=not _one_title(voice.title, other.title))


def _tells(own: list[Own]) -> bool:
    """Whether some words change what is said: a number or denial, or an edit that may matter.

    An edit matters in code, in a sign or name, and where it comes again: then it is the theme.
    """
    edited = Counter(word.word for word in own if word.edited)
    for word in own:
        if word.edited and (word.code or word.named or _SIGN.fullmatch(word.word)):
            return True
        if word.edited and edited[word.word] > 1:
            return True
        if not word.code and (_NUMBER.search(word.word) or _DENIES.fullmatch(word.word)):
            return True
    return False


def _loses(document: Document, own: list[Own], *, in_frame: bool) -> bool:
    """Whether a block that says something is the document's own; `in_frame`: the frame counts."""
    blocks = {word.block for word in own if not word.edited and (word.between or in_frame)}
    return any(_states(document, block) for block in blocks)


def _states(document: Document, index: int) -> bool:
    """Whether a block says something, as a menu, a byline or a heading does not."""
    block = document.blocks[index]
    if block.kind is BlockKind.HEADING:
        return False
    text = document.text[block.start : block.end].rstrip()
    long = len(text.split()) >= LONG_LINE
    return block.kind in _STATES or long or text.endswith((".", "!", "?"))


def _titles_agree(one: str, other: str) -> bool:
    """Whether two titles name the same symbols, versions and numbers, where both name some."""
    named = [set(_SYMBOL.findall(title)) for title in (one, other)]
    return not all(named) or named[0] == named[1]


def _one_title(one: str, other: str) -> bool:
    """Whether two titles are one, but for the name of a site before or after it."""
    short, long = sorted((one.casefold().split(), other.casefold().split()), key=len)
    places = range(len(long) - len(short) + 1)
    return len(short) >= TITLE_WORDS and any(long[i : i + len(short)] == short for i in places)
