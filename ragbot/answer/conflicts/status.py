"""Words that say that a thing is on its way out, or not yet in; and which thing they mean."""

import re
from collections.abc import Iterator

from ragbot.answer.conflicts.assertions import NAME, NAMES, Assertion, Text
from ragbot.types import DisagreementKind

CUES = (
    "deprecat", "legacy", "no longer", "replace", "supersede", "removed", "unmaintained",
    "discontinued", "not be available", "end of life", "maintenance mode", "prototype",
    "experimental", "(beta)", "(and beta)", " beta ", "in favor of", "in favour of",
    "not recommended for new",
)  # fmt: skip

_THING = rf"(?P<thing>`?{NAMES}(?: for {NAME})?(?:\([^)]*\))?`?)"
_OUT = re.compile(
    rf"(?<![=\w.]){_THING}(?: (?:API|format|module|package|class|function|approach))? "
    r"(?:is|are|was|were|will be|has been|have been|is going to be|are going to be)"
    r"(?: now| officially| being| already| also)? "
    r"(?:deprecated|superseded|discontinued|obsolete|unmaintained|removed (?:in|from)|"
    r"no longer (?:supported|recommended|maintained|available|developed)|not recommended for new|"
    r"in (?:limited )?maintenance mode)"
)
_GONE = re.compile(rf"{_THING} will (?:not|no longer) be (?:available|supported|maintained)")
# Of one thing: "deprecated Name APIs" are those of its members that are deprecated.
_MARKED = re.compile(rf"\b(?:the|its|now-) ?(?:now-)?deprecated (?P<thing>`?{NAMES}(?<!s)`?)(?!\w)")
_REPLACED = re.compile(rf"\b(?:will replace|has replaced|supersedes) (?:the )?(?P<thing>{NAMES})")
_THIS = re.compile(
    r"\b[Tt]his (?:function|module|method|class|API|argument|page|package|project|library|feature)"
    r"(?: \w+)? (?:is|was|will be|has been|is going to be)(?: now)? "
    r"(?:deprecated|removed|superseded|discontinued|obsolete|no longer (?:supported|maintained))"
)
_ARGUMENT = re.compile(r"\b(?:argument|parameter|kwarg|keyword|flag|option|attribute)s?\b")
_AND = re.compile(r",? and |,? or |, ")
# What stands after these is not what the sentence is about.
_INSTEAD = re.compile(
    r"\b(?:of|use|via|with|using|in|to|from|by|on|through|than|like)\s+(?:the )?`?$"
)
_STOP = frozenset(
    [
        "for",
        "the",
        "this",
        "that",
        "a",
        "an",
        "of",
        "in",
        "on",
        "and",
        "or",
        "api",
        "apis",
        "warning",
        "note",
        "it",
    ]
)


def statuses(text: Text, symbol: str) -> Iterator[Assertion]:
    """What a statement says to be deprecated, removed, replaced or no longer supported.

    `symbol` is the programming name that its document documents: what "this function" means.
    """
    things: dict[str, None] = {}
    for pattern in (_OUT, _GONE, _MARKED, _REPLACED):
        for match in pattern.finditer(text.words):
            before = text.words[max(0, match.start() - 30) : match.start()]
            inside = pattern is not _MARKED and _INSTEAD.search(before)
            if not _ARGUMENT.search(before + match.group()) and not inside:
                for part in _AND.split(match.group("thing")):
                    things[part] = None
    this = _THIS.search(text.words)
    if this and symbol and not _ARGUMENT.search(this.group()):
        things[symbol] = None
    for thing in things:
        name = thing.strip("`").split("(")[0].strip(" .")
        words = distinctive(name, text)
        if words:
            yield Assertion(
                DisagreementKind.STATUS, name.lower(), None, frozenset({name}), sign=-1, words=words
            )


def distinctive(name: str, text: Text) -> tuple[str, ...]:
    """The words of a name that say more than a subject's own name; () where there are none."""
    if "_" in name and "." not in name:
        return ()  # an argument
    if "." in name and " " not in name:
        return (name.lower(),)
    words = [w for w in re.split(r"[\s/-]+", name) if w]
    own = {a.lower() for s in text.guide.subjects for a in (s.id, s.name)}
    rest = [w.lower() for w in words if w.lower() not in own and w.lower() not in _STOP]
    worth = [w for w in rest if not re.fullmatch(r"v?\d+(?:\.\w+)*", w)]
    return tuple(rest) if worth else ()
