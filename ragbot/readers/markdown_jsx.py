"""The parts of MDX that are no text: imports, exports, comments, components, expressions."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"<(/?)([A-Z][\w.]*|[a-z][\w]*-[\w-]+)?(?=[\s/>])")
_ESM = re.compile(
    r"(?:import\b\s*(?:type\s+)?(?:[\w*{}$,\s]+?\s+from\s*)?[\"'][^\"'\n]+[\"']"
    r"|export\s+(?:(?:async|default|abstract)\s+)*(?:const|let|var|function|class|type|interface)\b"
    r"|export\s+default\b|export\s*[{*])"
)
_MOST = 20_000  # characters of one tag, expression or export
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_STRING = re.compile(r"^\{\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`$]*)`)\s*\}$", re.DOTALL)
_COMPONENT = re.compile(
    r"^[ \t]*<([A-Z][\w.]*)(?:\s[^<>]*)?(?:/>|>(?=.*</\1>))", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A component's tag: its name, what is given to it, whether it closes, or both at once."""

    name: str
    given: str
    closes: bool
    is_whole: bool
    end: int


def looks_like_mdx(text: str) -> bool:
    """Whether a Markdown text without its code imports something or uses components.

    A component is one that is closed: `<Name>` alone is what a reader has to fill in.
    """
    return bool(_COMPONENT.search(text)) or any(
        _ESM.match(line) for line in text.split("\n") if line.startswith(("import ", "export "))
    )


def tag_at(text: str, start: int) -> Tag | None:
    """The tag of a component that begins at `start`; attributes may hold any expression."""
    match = _NAME.match(text, start)
    if match is None:
        return None
    end = _end_of_tag(text, match.end())
    if end < 0 or not (match[2] or text[match.end()] == ">"):
        return None
    given = text[match.end() : end - 1]
    is_whole = given.rstrip().endswith("/")
    return Tag(match[2] or "", given.rstrip().rstrip("/"), bool(match[1]), is_whole, end)


def esm_end(text: str, start: int) -> int:
    """Where the import or export that begins at `start` ends; 0 where none does.

    An export goes on while a bracket is open, blank lines and all.
    """
    match = _ESM.match(text, start)
    if match is None:
        return 0
    at, depth = start, 0
    limit = min(len(text), start + _MOST)
    while at < limit:
        char = text[at]
        if char in "\"'`":
            at = _end_of_string(text, at)
            continue
        depth += (char in _CLOSERS) - (char in ")]}")
        if char == "\n" and depth <= 0:
            return at
        at += 1
    return at if at == len(text) else match.end()


def expression_end(text: str, start: int) -> int:
    """Where the expression in braces that begins at `start` ends; 0 where it is left open."""
    at, depth = start, 0
    limit = min(len(text), start + _MOST)
    while at < limit:
        char = text[at]
        if char in "\"'`" and depth and (end := _closed_string(text, at)):
            at = end
            continue
        depth += (char == "{") - (char == "}")
        at += 1
        if depth == 0:
            return at
        if text.startswith("\n\n", at):
            return 0
    return 0


def words_of_expression(expression: str) -> str:
    """What an expression shows: the words of a string, nothing else."""
    match = _STRING.match(expression)
    return next(filter(None, match.groups()), "") if match else ""


def _end_of_tag(text: str, at: int) -> int:
    """The place after the `>` of a tag, -1 where there is none."""
    limit = min(len(text), at + _MOST)
    while at < limit:
        char = text[at]
        if char == ">":
            return at + 1
        if char == "<":
            return -1
        if char in "\"'":
            at = _end_of_string(text, at)
        elif char == "{":
            end = expression_end(text, at)
            at = end or at + 1
        else:
            at += 1
    return -1


def _end_of_string(text: str, at: int) -> int:
    """The place after a string; one that is not closed on its line is no string."""
    return _closed_string(text, at) or at + 1


def _closed_string(text: str, at: int) -> int:
    quote = text[at]
    end = at + 1
    while end < len(text) and (text[end] != "\n" or quote == "`"):
        if text[end] == "\\":
            end += 1
        elif text[end] == quote:
            return end + 1
        end += 1
    return 0
