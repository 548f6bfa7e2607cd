"""Clears running text of the marks of dialects that no rule of the parser knows.

Code is passed over: there these marks are meant.
"""

import re

from ragbot.readers.markdown_marks import without_marks

_CODE, _CODE_END = "\ue0f3", "\ue0f4"
ATTRIBUTES = "\ue0f5"
"""What stands for a list of attributes until `cleared`."""

_KEPT = re.compile(f"{_CODE}(\\d+){_CODE_END}")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple|lucide|mdi|fa[bsr]?)-[a-z\d-]+:")
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    # What is no link because of a space before or in its address, and spans of other dialects.
    (re.compile(r"\[([^\[\]]+)\]\s?\((?:https?://|#)[^()]*\)"), r"\1"),
    (re.compile(f"\\[([^\\[\\]]*)\\]{ATTRIBUTES}"), r"\1"),
    (re.compile(ATTRIBUTES), ""),
    # References that the generator resolves: to an object's page, to a page of a wiki.
    (re.compile(r"(?<![\w\])])\[([^\[\]]+)\]\[[^\[\]\n]*\]"), r"\1"),
    (re.compile(r"!?\[\[[^\[\]|]+\|([^\[\]]+)\]\]"), r"\1"),
    (re.compile(r"!?\[\[([A-Za-z][^\[\]|,=]*)\]\]"), r"\1"),
    # CriticMarkup, insertions, marked words, keys and the marks of annotations.
    (re.compile(r"\{\+\+(.+?)\+\+\}"), r"\1"),
    (re.compile(r"\{--.+?--\}|\{>>.+?<<\}"), ""),
    (re.compile(r"\{~~.*?~>(.*?)~~\}"), r"\1"),
    (re.compile(r"\{==(.+?)==\}"), r"\1"),
    (re.compile(r"(?<![\w=])==(?=[^\s=])([^=\n]*[^\W\d][^=\n]*?)(?<=[^\s=])==(?![\w=])"), r"\1"),
    (re.compile(r"(?<![\w^])\^\^(?=\S)([^^\n]+?)(?<=\S)\^\^(?![\w^])"), r"\1"),
    (re.compile(r"(?:(?<=\s)|^)\(\d{1,2}\)!(?=\s|$|[.,;:])"), ""),
    (_ICON, ""),
    (re.compile(r"(?<=\w)~([\w+-]{1,8})~(?!\w*~)"), r"\1"),  # below and above the line
    (re.compile(r"(?<=\w)\^([\w+-]{1,8})\^"), r"^\1"),
    # The first item of a list within a line has nothing before it to be set apart from.
    (re.compile(r"(^\s*|[:(]\s*); "), r"\1"),
)
_KEYS = re.compile(r"(?<![\w+])\+\+([a-z\d-]+(?:\+[a-z\d-]+)*)\+\+(?![\w+])")
_MAY_HOLD = re.compile(r"[\]}+^~]|==|:[a-z]|\)!|; |\ue0f0|\ue0f5")


def kept_code(pieces: list[str], text: str) -> str:
    """A place that stands for some code until `cleared` puts it back."""
    pieces.append(text)
    return f"{_CODE}{len(pieces) - 1}{_CODE_END}"


def cleared(text: str, code: list[str]) -> str:
    """The text without left marks, with the code of `kept_code` in its places."""
    if _MAY_HOLD.search(text):
        for form, words in _FORMS:
            text = form.sub(words, text)
        text = _KEYS.sub(lambda match: _keys(match[1]), without_marks(text))
    return _KEPT.sub(lambda match: code[int(match[1])], text) if code else text


def _keys(names: str) -> str:
    """`ctrl+alt+del` as "Ctrl+Alt+Del"."""
    return "+".join(name.replace("-", " ").title() for name in names.split("+"))
