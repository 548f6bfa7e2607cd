"""What became of the documents of each reader: how much can be quoted, what was left out.

What looks like markup is counted by its looks. Words about markup look the same, so that a manual
of a markup language has its share; anywhere else more than two in a thousand tell of a dialect that
is not read as one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ragbot.index.manifest import ReaderCounts
from ragbot.readers.dropped import in_order
from ragbot.types import BlockKind, Document, Statement

_MARKUP = re.compile(
    r":[a-z][\w:+.-]*:`"  # roles
    r"|(?:^|\s)\.\. [\w:-]+::|^\.\.(?:\s|$)|::$"  # directives, comments, listings
    r"|`[^`\s]|`__?\b"
    r"|\]\((?:https?:|[./#])|(?<![\w\])])\[[^\[\]]+\]\[[^\[\]]*\]"  # targets of links
    r"|\{\s?[#:]\s?[\w.]|\{\{[<%]|\{\* ?\.|--8<--"  # attributes, shortcodes, includes
    r"|^\s*(?:```|~~~|:::|///|=== \"|!!!|\?\?\?)|^#{1,6} \w"
    r"|(?<!\w)\*\*\w[^*]*\w\*\*(?!\w)"
    r"|:(?:material|fontawesome|octicons|simple)-"
    r"|^\s*[=~^-]{4,}\s*$"  # drawn lines
    r"|&(?:nbsp|lt|gt|amp|quot);"
    r"|</(?:div|span|td|tr|table|p|font|section|li|ul)>|<(?:br|div|span|p)\b",
    re.MULTILINE,
)


@dataclass(slots=True)
class _Sum:
    numbers: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


class Account:
    """Adds up what became of documents, by the media type that they were read as."""

    def __init__(self) -> None:
        self._readers: dict[str, _Sum] = defaultdict(_Sum)

    def add(self, media_type: str, document: Document, found: Iterable[Statement]) -> None:
        """Count a document with its statements."""
        numbers = self._readers[media_type].numbers
        covered, at = 0, 0
        for statement in sorted(found, key=lambda one: (one.start, one.end)):
            covered += max(0, statement.end - max(statement.start, at))
            at = max(at, statement.end)
            words = document.text[statement.start : statement.end]
            is_code = statement.kind is BlockKind.CODE
            numbers["statements"] += 1
            numbers["listings"] += is_code
            numbers["without_letters"] += not is_code and not any(map(str.isalpha, words))
            numbers["with_markup"] += not is_code and has_markup(words)
        numbers["documents"] += 1
        numbers["characters"] += len(document.text)
        numbers["characters_in_statements"] += covered
        self._readers[media_type].dropped.update(dict(document.dropped))

    def counts(self) -> dict[str, ReaderCounts]:
        """The sums by media type, what was dropped most often first."""
        return {
            name: ReaderCounts(**one.numbers, dropped=in_order(one.dropped))
            for name, one in sorted(self._readers.items())
        }


def has_markup(words: str) -> bool:
    """Whether running text holds what looks like markup."""
    return bool(_MARKUP.search(words))
