"""Puts a question in other words: of another subject or of more; says what it is about."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ragbot.guide import Guide
from ragbot.understand.language import pattern, source
from ragbot.understand.words import is_symbol

FOCUS_WORDS = 12  # a longer tail is a story, not what the question is about
ASPECTS = 3  # named where the question has no such tail

_END = re.compile(r"[\s?.!]+$")

Mention = tuple[int, int, str]


def in_a_row(names: Sequence[str], word: str) -> str:
    """Names as people list them: "A, B or C"; with "vs" each gets one."""
    if word == "vs":
        return " vs ".join(names)
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def focus(question: str, guide: Guide) -> str:
    """What a question compares or asks its subjects for: "for beginners", "on speed", or ""."""
    mentions = guide.mentions(question)
    tail = pattern("tail").match(question, mentions[-1][1]) if mentions else None
    if tail and len(tail[1].split()) <= FOCUS_WORDS:
        return _END.sub("", tail[1])
    found = [guide.aspect(name) for name in guide.aspects_in(question)[:ASPECTS]]
    names = [aspect.name.lower() for aspect in found if aspect]
    return f"on {in_a_row(names, 'and')}" if names else ""


def with_more(question: str, guide: Guide, names: Sequence[str]) -> str:
    """The question with more subjects beside those that it lists."""
    run = _listed(question, guide.mentions(question))
    start, end = run[0][0], run[-1][1]
    if len(run) == 1:
        return f"{question[:end]} or {in_a_row(names, 'or')}{question[end:]}"
    gap = question[run[-2][1] : run[-1][0]]
    word = (
        "vs"
        if pattern("versus_between").search(gap)
        else "or"
        if pattern("or_between").search(gap)
        else "and"
    )
    said = [question[a:b] for a, b, _ in run]
    return f"{question[:start]}{in_a_row([*said, *names], word)}{question[end:]}"


def with_other(question: str, guide: Guide, names: Sequence[str]) -> str:
    """The question about one subject, put of others; its programming names stay."""
    other = in_a_row(names, "or")
    plain = plain_mentions(question, guide)
    if not plain:
        return f"{without_end(question)} in {other}?"
    for start, end, _ in reversed(plain):
        question = f"{question[:start]}{other}{question[end:]}"
    return question


def plain_mentions(question: str, guide: Guide) -> list[Mention]:
    """The mentions of subjects by their names, not by programming names."""
    return [m for m in guide.mentions(question) if not is_symbol(question[m[0] : m[1]])]


def is_setting(question: str, guide: Guide) -> bool:
    """Whether a subject is only where something is done ("How do I save rows in Heron?")."""
    mentions = guide.mentions(question)
    return bool(mentions and pattern("where").search(question[: mentions[0][0]]))


def without_mentions(text: str, guide: Guide) -> str:
    """A text without what it names of subjects."""
    for start, end, _ in reversed(guide.mentions(text)):
        text = f"{text[:start]} {text[end:]}"
    return text


def only_joins(text: str, guide: Guide) -> bool:
    """Whether a text names subjects and says no more than what joins them ("A vs B?")."""
    rest = without_mentions(text, guide)
    return bool(re.fullmatch(rf"(?:{source('joint')}|[\s?.!])*", rest, re.IGNORECASE))


def chooses(text: str, guide: Guide) -> bool:
    """Whether a text sets subjects against each other: by "or", "than", or in so many words."""
    between = [
        text[one[1] : other[0]]
        for one, other in pairwise(guide.mentions(text))
        if one[2] != other[2]
    ]
    is_either = any(
        pattern("joint").fullmatch(part) and pattern("or_between").search(part) for part in between
    )
    is_more = any(pattern("than").search(part) for part in between)
    return is_either or is_more or bool(pattern("sure_versus").search(text))


def without_end(text: str) -> str:
    """A text without the marks at its end."""
    return _END.sub("", text)


def _listed(question: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The longest list of subjects in a question, the last of those as long."""
    best: list[Mention] = []
    run: list[Mention] = []
    for mention in mentions:
        joined = run and pattern("joint").fullmatch(question, run[-1][1], mention[0])
        run = [*run, mention] if joined else [mention]
        best = run if len(run) >= len(best) else best
    return best


def without_marks(text: str) -> str:
    """A text without the marks at its end and those of code: what it means is the same."""
    return without_end(text.replace("`", ""))
