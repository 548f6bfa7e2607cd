"""The English in which documentation says that something is deprecated, experimental or new.

Data first: the patterns are few and careful, since a mark that is wrong is worse than none. They
ask for a statement ("is deprecated", "are currently in beta"), never for the mere word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ragbot.types import FactKind

_IS = r"\b(?:is|are|was|were|has been|have been|['\u2019](?:s|re))"
_IS_NOW = r"\b(?:is|are|['\u2019](?:s|re)|describes?)"
_STILL = (
    r"(?:(?:also|still|currently|now|officially|considered|classified|as|in|an?|the|its|early|"
    r"new|very|only)\s+){0,4}"
)
_UNSTABLE = r"(?P<detail>experimental|prototype|beta|alpha)"
_NUMBER = r"v?\d+(?:\.\d+)+"
_NAMED_VERSION = rf"(?:version |the )?(?P<detail>(?:[A-Z][\w/+-]* )?{_NUMBER})"

STATEMENTS: tuple[tuple[FactKind, str], ...] = (
    (FactKind.DEPRECATED, rf"{_IS}\s+{_STILL}deprecated\b"),
    (FactKind.DEPRECATED, r"[\w)\]]\s\((?:now )?deprecated\b[^()]*\)"),
    (FactKind.DEPRECATED, r"^[\w.*, ]{1,40}(?:\s?\([^()]*\))?:\sdeprecated\b(?=\s*[.:!,]| since)"),
    (FactKind.UNMAINTAINED, r"\bno longer (?:being )?(?:actively |officially )?maintained\b"),
    (
        FactKind.UNMAINTAINED,
        rf"{_IS_NOW}\s+{_STILL}(?:unmaintained|(?:limited )?maintenance mode)\b",
    ),
    (FactKind.UNMAINTAINED, r"^\W*(?:notice\W+)?limited maintenance\W*$"),
    (
        FactKind.NOT_RECOMMENDED,
        rf"{_IS_NOW}\s+{_STILL}(?:not|no longer) recommended (?P<detail>for new \w+)",
    ),
    (FactKind.EXPERIMENTAL, rf"{_IS_NOW}\s+{_STILL}{_UNSTABLE}\b(?!-)"),
    (FactKind.VERSION_ADDED, rf"{_IS}\s+(?:first )?(?:introduced|added) in {_NAMED_VERSION}"),
    (FactKind.VERSION_ADDED, rf"available (?:since|starting (?:from|with|in)) {_NAMED_VERSION}"),
)
"""Patterns of a sentence, tried in order; a group `detail` says more."""

LEADS: tuple[tuple[FactKind, str], ...] = (
    (FactKind.DEPRECATED, r"deprecated(?: (?:since|in|as of) (?:version )?(?P<detail>.+))?"),
    (FactKind.DEPRECATED, r"(?P<detail>removed in .+)"),
    (FactKind.EXPERIMENTAL, r"(?P<detail>experimental|beta|prototype|alpha)"),
    (FactKind.VERSION_ADDED, r"(?:new|added) in (?:version )?(?P<detail>.+)"),
    (FactKind.VERSION_CHANGED, r"changed in (?:version )?(?P<detail>.+)"),
)
"""Words that lead an admonition ("Deprecated since 2.0"), as a whole."""

_MARK = r"deprecated|experimental|beta|prototype|alpha|unmaintained|outdated|maintenance mode"
_HEADINGS = (
    re.compile(rf"[(\[][^()\[\]]*?\b(?<!non-)({_MARK})\b[^()\[\]]*[)\]]", re.IGNORECASE),
    re.compile(r"^(deprecated|experimental)\b", re.IGNORECASE),
    re.compile(rf"\s[-\u2013\u2014:]\s+({_MARK})$", re.IGNORECASE),
    re.compile(r"(?<![\w.-])(experimental)(?![\w.(])", re.IGNORECASE),
)
_HEADING_KINDS = {
    "deprecated": FactKind.DEPRECATED,
    "unmaintained": FactKind.UNMAINTAINED,
    "outdated": FactKind.UNMAINTAINED,
    "maintenance mode": FactKind.UNMAINTAINED,
}

_WHOLE = (
    "page|document|documentation|tutorial|recipe|guide|article|project|repository|library|package"
)
_THIS = re.compile(
    rf"\b(?:this|these)\s+(?:(?P<whole>{_WHOLE})|(?:[\w/-]+\s+)?(?:apis?|module|feature|tool|class|"
    r"function|method|backend|strategy|approach|section|format|component|features|is|are)\b)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^\W*(?:note|warning|important|caution|attention|notice|danger|tip|info|deprecated|beta|"
    r"experimental)\s*[:!]\W*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:(]\s|\b(?:as|because|since|so|that|but|although)\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\b(?:if|when|whether|unless|once|until|not|that|which|mark(?:ed)?)\b|non-$", re.IGNORECASE
)
_SINCE = re.compile(
    r"\b(?:since|as of|in|from)\s+(?:version\s+)?(?P<since>(?:[A-Z][\w/+-]*\s+)?v?\d+(?:\.\d+)*)\b"
)
_ASKS = re.compile(r"\W*(?:what|how|why|when|which|can|does|is|are)\b(?!-)", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_EMPTY_WORDS = set(
    re.findall(
        r"\w+",
        "a an and api apis are class current currently feature features for function functions "
        "has have in is it its library module of on only related still support supports the "
        "these this to tool was with",
    )
)
_STATEMENTS = [(kind, re.compile(text, re.IGNORECASE)) for kind, text in STATEMENTS]
_LEADS = [(kind, re.compile(rf"{text}\W*", re.IGNORECASE | re.DOTALL)) for kind, text in LEADS]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a sentence or a heading says; `subject` are its words up to the verb.

    `of_whole`: it speaks of "this page" or "this project"; `of_this`: of "this feature", or of
    nothing else by name.
    """

    kind: FactKind
    detail: str
    subject: str = ""
    of_whole: bool = False
    of_this: bool = False

    def names(self, heading: str) -> bool:
        """Whether a heading holds half of the words that the sentence speaks of, or more.

        Of "the interface of A" it speaks of A; a heading that asks a question names more than that.
        """
        if _ASKS.match(heading):
            return False
        words, known = _words(self.subject.rpartition(" of ")[2]), _words(heading)
        return bool(words) and 2 * len(words & known) >= len(words)


def of_lead(words: str) -> Notice | None:
    """What the words before an admonition say, None where they say nothing of the kind."""
    for kind, pattern in _LEADS:
        if match := pattern.fullmatch(words.strip()):
            detail = (match["detail"] or "").strip().rstrip(".:")
            if kind is FactKind.EXPERIMENTAL:
                return Notice(kind, _unstable(detail), of_this=True)
            detail = detail.replace("Removed", "removed")
            is_since = kind is FactKind.DEPRECATED and detail[:1].isdigit()
            return Notice(kind, f"since {detail}" if is_since else detail, of_this=True)
    return None


def of_heading(text: str) -> Iterator[Notice]:
    """What a heading or a title says of what stands under it, each kind once."""
    seen = set()
    for pattern in _HEADINGS:
        is_asked = pattern is _HEADINGS[-1] and _ASKS.match(text)
        for match in () if is_asked else pattern.finditer(text):
            for word in re.findall(_MARK, match[0], re.IGNORECASE):
                kind = _HEADING_KINDS.get(word.lower(), FactKind.EXPERIMENTAL)
                if kind not in seen:
                    seen.add(kind)
                    yield Notice(kind, _unstable(word) if kind is FactKind.EXPERIMENTAL else "")


def of_sentence(text: str) -> Iterator[Notice]:
    """What a sentence states, each kind once."""
    seen = set()
    for kind, pattern in _STATEMENTS:
        match = pattern.search(text)
        if match is None or kind in seen:
            continue
        before = _CLAUSE.split(_NOTE.sub("", text[: match.start()]).strip())
        if before and _DOUBT.search(text[max(0, match.start() - 25) : match.start()]):
            continue
        seen.add(kind)
        yield _notice(kind, match, text, before[-1] if before else "")


def is_note(text: str) -> bool:
    """Whether a paragraph starts as an admonition does ("Warning: ...")."""
    return bool(_NOTE.match(text))


def _notice(kind: FactKind, match: re.Match[str], text: str, subject: str) -> Notice:
    detail = match.groupdict().get("detail") or ""
    if kind is FactKind.EXPERIMENTAL:
        detail = _unstable(detail)
    elif kind is FactKind.DEPRECATED and (since := _SINCE.match(text[match.end() :].lstrip())):
        detail = f"since {since['since']}"
    this = _THIS.search(text[: match.end()])
    of_whole = bool(this and this["whole"]) or bool(re.match(r"\W*\w*\W*limited", text, re.I))
    of_this = this is not None or not _words(subject)
    return Notice(kind, detail, subject, of_whole, of_this)


def _unstable(word: str) -> str:
    """The stage that a feature is in; plain "experimental" adds nothing to its kind."""
    return "" if word.lower() == "experimental" else word.lower()


def _words(text: str) -> set[str]:
    found = _WORD.findall(text.lower())
    return {word.rstrip("s") if len(word) > 3 else word for word in found} - _EMPTY_WORDS
