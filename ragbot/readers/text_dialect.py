"""Tells whether a plain text is written in Markdown or in reStructuredText."""

import re
from enum import StrEnum

_FENCED = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[^\n]*\n.*?^[ \t]*\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL
)
_DEEP_HEADING = re.compile(r"^#{2,6}[ \t]+\S", re.MULTILINE)
_INLINE_LINK = re.compile(r"\[[^\[\]\n]+\]\((?:https?:|[\w./#-])[^()\s]*\)")
_RST_MARKS = (
    re.compile(r"^[ \t]*\.\. (?:\|[^|\n]+\|[ \t]+)?[a-zA-Z][\w:+.-]*::(?:[ \t]|$)", re.MULTILINE),
    re.compile(r"^[ \t]*\.\. _(?:[^:\n]|\\:)+:(?:[ \t]|$)", re.MULTILINE),
    re.compile(r"(?<![\w`]):[a-z][\w:+.-]*:`[^`\n]"),
    re.compile(r"[^`\s]`__?(?=[\s.,;:)]|$)", re.MULTILINE),
    re.compile(r"\S[ \t]*::[ \t]*\n[ \t]*\n[ \t]+\S"),
)
_UNDERLINED = re.compile(r"^(\S[^\n]*)\n([=\-~^*+#\"'`.:])\2{2,}[ \t]*$", re.MULTILINE)
_LITERAL = re.compile(r"(?<!`)``(?!`)[^`\n]+``(?!`)")
_FEW = 2


class Dialect(StrEnum):
    """What a text is written in."""

    MARKDOWN = "markdown"
    RST = "rst"
    PLAIN = "plain"


def dialect_of(text: str) -> Dialect:
    """The dialect by marks that only it has, outside of what Markdown shows as code.

    One mark of reStructuredText with a heading that is underlined is enough, or two without.
    """
    bare = _FENCED.sub("", text)
    headings = len(_DEEP_HEADING.findall(bare))
    marks = sum(len(mark.findall(bare)) for mark in _RST_MARKS)
    heads = sum(len(m[0]) >= len(m[1].rstrip()) * 0.8 for m in _underlines(bare))
    hints = marks + min(heads, 1) + min(len(_LITERAL.findall(bare)), 1)
    markdown = headings + len(_INLINE_LINK.findall(bare)) + (len(text) > len(bare))
    if marks and hints >= _FEW and marks + heads > markdown:
        return Dialect.RST
    return Dialect.MARKDOWN if headings >= _FEW else Dialect.PLAIN


def _underlines(text: str) -> list[tuple[str, str]]:
    """The line drawn below each heading, with the heading."""
    return [(m[0].rsplit("\n", 1)[1].rstrip(), m[1]) for m in _UNDERLINED.finditer(text)]
