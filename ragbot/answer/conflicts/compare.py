"""Whether two assertions disagree, and about what in words."""

from collections.abc import Callable

from ragbot.answer.conflicts.assertions import Assertion, content
from ragbot.answer.conflicts.relations import BELONGS, ONLY, RUNS_ON
from ragbot.answer.conflicts.stances import OPPOSITE
from ragbot.types import DisagreementKind

SAME_THING = 2  # words that a restriction shares with what it restricts
SAME_SENTENCE = 3  # and two sentences about different versions
NEAR_COUNT = 0.05  # numbers that differ by a smaller share say the same


def topic(assertion: Assertion) -> tuple[DisagreementKind, str]:
    """What an assertion is compared on: those of another topic are never compared with it."""
    if assertion.kind is DisagreementKind.RELATION:
        return assertion.kind, ONLY if assertion.about == ONLY else RUNS_ON
    return assertion.kind, assertion.about


def disagree(one: Assertion, other: Assertion) -> bool:
    """Whether two assertions of one topic cannot both hold.

    Two of standing never do that: a standing is held against what presents the thing.
    """
    opposed = _OPPOSED.get(one.kind)
    return bool(opposed and opposed(one, other))


def _numbers(one: Assertion, other: Assertion) -> bool:
    larger, smaller = max(one.low, other.low)[0], min(one.low, other.low)[0]
    return larger - smaller > NEAR_COUNT * larger


def _apart(one: Assertion, other: Assertion) -> bool:
    """Whether two ranges have nothing in common."""
    return one.high < other.low or other.high < one.low


def _by_version(one: Assertion, other: Assertion) -> bool:
    same = set(one.words) & set(other.words)
    return _apart(one, other) and one.values != other.values and len(same) >= SAME_SENTENCE


def _either_way(one: Assertion, other: Assertion) -> bool:
    return _relations(one, other) or _relations(other, one)


def _relations(one: Assertion, other: Assertion) -> bool:
    if one.about == BELONGS and other.about == RUNS_ON:
        return len(other.values) > 1  # tied to one, against running on several
    if one.about == ONLY and other.about == RUNS_ON:
        shared = set(one.words) & set(other.words)
        more = bool(one.values & other.values) and bool(other.values - one.values)
        return more and len(shared - _names(one, other)) >= SAME_THING
    if one.about == other.about == RUNS_ON:
        lists = one.whole and other.whole
        return lists and bool(one.values - other.values) and bool(other.values - one.values)
    return False


def _names(*assertions: Assertion) -> set[str]:
    named = {value for a in assertions for value in (*a.values, a.subject or "")}
    return {word for name in named for word in content(name)}


_OPPOSED: dict[DisagreementKind, Callable[[Assertion, Assertion], bool]] = {
    DisagreementKind.RELATION: _either_way,
    DisagreementKind.HOLDER: lambda one, other: not one.values & other.values,
    DisagreementKind.MANNER: lambda one, other: one.values != other.values,
    DisagreementKind.JUDGEMENT: lambda one, other: one.sign != other.sign,
    DisagreementKind.NUMBER: _numbers,
    DisagreementKind.DATE: lambda one, other: one.low != other.low,
    DisagreementKind.VERSIONS: _apart,
    DisagreementKind.BY_VERSION: _by_version,
}
_WORDS = {
    DisagreementKind.RELATION: "what it runs on",
    DisagreementKind.HOLDER: "who maintains it",
    DisagreementKind.DATE: "when it became open source",
    DisagreementKind.NUMBER: "the number of {about}",
    DisagreementKind.VERSIONS: "the versions of {about} it takes",
    DisagreementKind.BY_VERSION: "it depends on the version of {window}",
    DisagreementKind.MANNER: "{values}",
    DisagreementKind.JUDGEMENT: "how it does against others",
    DisagreementKind.STATUS: "{values} is on its way out",
}


def in_words(assertion: Assertion) -> str:
    """What a disagreement is about, for a reader."""
    values = set(assertion.values)
    if assertion.kind is DisagreementKind.MANNER:
        values.add(OPPOSITE[assertion.about])
        values.add(assertion.about)
    return _WORDS[assertion.kind].format(
        about=assertion.about, window=assertion.window, values=" or ".join(sorted(values))
    )
