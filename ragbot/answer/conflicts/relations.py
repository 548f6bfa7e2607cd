"""What a subject runs on, is part of, and who holds it."""

import re
from collections.abc import Iterator

from ragbot.answer.conflicts.assertions import LIST, NAMES, Assertion, Text, content
from ragbot.types import DisagreementKind

CUES = (
    "on top of", "built on", "part of", "api of", "api for", "wrapper", "interface for",
    "interface to", "backend", "interchangeabl", "built into", "developed by", "maintained by",
    "owned by", "governed by", "created by", "backed by", "development from", "hosted by",
    "project of", "series of", "tied to", "integrated into", "atop ", "maintenance by",
)  # fmt: skip

RUNS_ON, ONLY, BELONGS = "runs on", "runs only on", "belongs to"

# What a subject sits on: several, or one that it belongs to.
_ON = re.compile(
    rf"(?:on top of|atop|built (?:up)?on|(?:run|work)(?:s|ning|ing)? with|support for|"
    rf"backends?(?: like| such as|:| including)|across|only support(?:ed)? by) {LIST}"
    r"(?P<after> interchangeably| backends?)?"
)
_BELONGS = re.compile(
    rf"(?:\bAPI (?:of|for)|built into|part of|wrapper (?:for|around|over)|interface (?:for|to)|"
    rf"tied to|integrated into) (?:the )?(?P<list>{NAMES})"
)
_EXAMPLES = re.compile(r"\b(?:such as|like|e\.g\.|for example|including)\b,?\s*$", re.IGNORECASE)
_ONLY = re.compile(r"(?<![\w-])(?:only|exclusively|solely)\b", re.IGNORECASE)
_BACKEND = re.compile(r"\b(?:multi-)?backends?\b|interchangeabl", re.IGNORECASE)
_HISTORY = re.compile(r"\b(?:originally|initially|formerly|was|were|previously)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|no longer|never|n't|isn't|without|rather than)\b", re.IGNORECASE)

_COMMON = content(
    "the and for own its has with that which currently only new any all can support supports "
    "supported backend backends multi framework frameworks such like across variety train training"
)

_HELD = re.compile(
    rf"\b(?:developed|maintained|owned|governed|backed|created|hosted|development|maintenance)"
    rf"(?: and \w+)?(?: mainly| primarily)? (?:by|from|at|under) (?:the )?(?P<holder>{NAMES})|"
    rf"\b(?:an?|the|as) (?:\w+ )?(?:[Pp]roject|Series) of (?:the )?(?P<holder2>{NAMES})"
)


def hosts(text: Text) -> Iterator[Assertion]:
    """What a subject runs on top of, or belongs to."""
    words = text.words
    for match in _ON.finditer(words):
        before = words[: match.start()]
        verb = match.group()[: match.start("list") - match.start()]
        placed = "top of" in verb or verb.startswith(("built", "atop"))
        placed = placed and match.group("after") is None
        if not placed and not _BACKEND.search(words):
            continue
        values = text.listed(match.group("list"))
        yield from _host(
            text,
            match.start(),
            values,
            alone=len(values) == 1 and placed,
            only=bool(_ONLY.search(before[-40:] + verb)),
            example=bool(_EXAMPLES.search(verb.strip())),
        )
    for match in _BELONGS.finditer(words):
        values = text.listed(match.group("list"))
        yield from _host(text, match.start(), values, alone=True, only=False, example=False)


def _host(
    text: Text, at: int, values: frozenset[str], *, alone: bool, only: bool, example: bool
) -> Iterator[Assertion]:
    subject = text.speaker(at)
    values -= {subject or ""}
    known = {s.id for s in text.guide.subjects}
    if not values or _DENIED.search(text.words[max(0, at - 40) : at]):
        return
    if not only and len(values) < 2 and not values & known:
        return  # on top of a part of itself, or of some device
    about = BELONGS if alone else ONLY if only else RUNS_ON
    what = tuple(sorted(content(text.words) - _COMMON))
    yield Assertion(
        DisagreementKind.RELATION, about, subject, values, whole=not example, words=what
    )


def holders(text: Text) -> Iterator[Assertion]:
    """Who develops, maintains or governs a subject now."""
    for match in _HELD.finditer(text.words):
        if _HISTORY.search(text.words[max(0, match.start() - 30) : match.start()]):
            continue
        name = match.group("holder") or match.group("holder2")
        subject = text.speaker(match.start(), within=40)
        if text.in_table and not text.mentions:
            subject = None
        values = frozenset(re.findall(r"[a-z0-9]{2,}", name.lower()))
        if values and not re.search(r"[._]", name) and not text.guide.subjects_in(name):
            yield Assertion(DisagreementKind.HOLDER, "held by", subject, values)
