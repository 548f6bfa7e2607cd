"""Whether two assertions disagree, and about what in words."""

from ragbot.answer.conflicts.assertions import Assertion, content
from ragbot.answer.conflicts.relations import BELONGS, ONLY, RUNS_ON
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
    """Whether two assertions of one topic cannot both hold."""
    match one.kind:
        case DisagreementKind.RELATION:
            return _relations(one, other) or _relations(other, one)
        case DisagreementKind.HOLDER:
            return not one.values & other.values
        case DisagreementKind.MANNER:
            return one.values != other.values
        case DisagreementKind.JUDGEMENT:
            return one.sign != other.sign
        case DisagreementKind.NUMBER:
            larger, smaller = max(one.low, other.low)[0], min(one.low, other.low)[0]
            return larger - smaller > NEAR_COUNT * larger
        case DisagreementKind.DATE:
            return one.low != other.low
        case DisagreementKind.VERSIONS:
            return one.high < other.low or other.high < one.low
        case DisagreementKind.BY_VERSION:
            apart = one.high < other.low or other.high < one.low
            same = set(one.words) & set(other.words)
            return apart and one.values != other.values and len(same) >= SAME_SENTENCE
    return False  # a status is held against what presents the thing, not against another status


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


def in_words(assertion: Assertion) -> str:
    """What a disagreement is about, for a reader."""
    match assertion.kind:
        case DisagreementKind.RELATION:
            return "what it runs on"
        case DisagreementKind.HOLDER:
            return "who maintains it"
        case DisagreementKind.DATE:
            return "when it became open source"
        case DisagreementKind.NUMBER:
            return f"the number of {assertion.about}"
        case DisagreementKind.BY_VERSION:
            return f"it depends on the version of {assertion.window}"
        case DisagreementKind.VERSIONS:
            return f"versions of {assertion.about}"
        case DisagreementKind.MANNER:
            return " or ".join(sorted(assertion.values | {assertion.about}))
        case DisagreementKind.JUDGEMENT:
            return "how it does against others"
    return f"whether {next(iter(assertion.values))} is current"
