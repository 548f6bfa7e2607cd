"""The parts of a docstring: running text, sections, and the entries of sections.

Sections are found in the Google manner ("Args:" above an indented block, or alone on its line) and
in numpy's ("Parameters" above a line of dashes).
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

_GOOGLE = re.compile(r"([A-Z][\w /*-]{0,40}?)(::?)\s*")
_NUMPY = re.compile(r"-{3,}\s*")
_FENCE = re.compile(r"\s*(```+|~~~+)")
_ENTRY = re.compile(
    r"(\*{0,2}\\?\*{0,2}[\w.`\"',/ *\\-]{1,60}?(?: ?\(.{0,160}?\))?) ?:(?:\s+|$)(.*)"
)
_NUMPY_ENTRY = re.compile(r"(\*{0,2}\w[\w, *.]{0,60}?)(?: ?: ?(.*))?")
_NAMED = {
    "args", "arguments", "parameters", "params", "keyword args", "keyword arguments", "attributes",
    "raises", "call arguments", "other parameters", "inputs", "outputs", "yields", "methods",
}  # fmt: skip
_KNOWN = _NAMED | {
    "returns", "return", "yields", "example", "examples", "note", "notes", "warning", "warnings",
    "references", "reference", "see also", "shape", "input shape", "output shape", "usage",
    "todo", "tip", "important", "caution", "variables", "variable", "usage example",
    "example usage",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a docstring; `title` is "" for running text.

    `is_code` says that the body is a listing (the title ended in two colons).
    """

    title: str
    body: str
    is_code: bool = False

    @property
    def has_entries(self) -> bool:
        """Whether the body is a list of names with descriptions."""
        return self.title.lower() in _NAMED


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of a section: "name (type)" and what is said of it."""

    name: str
    text: str


def parts(docstring: str) -> Iterator[Part]:
    """The parts of a dedented docstring in order."""
    lines = docstring.split("\n")
    text: list[str] = []
    at, fence = 0, ""
    while at < len(lines):
        if match := _FENCE.match(lines[at]):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        found = None if fence else _section(lines, at)
        if found is None:
            text.append(lines[at])
            at += 1
            continue
        if "\n".join(text).strip():
            yield Part("", "\n".join(text).strip("\n"))
        text = []
        part, at = found
        yield part
    if "\n".join(text).strip():
        yield Part("", "\n".join(text).strip("\n"))


def _section(lines: list[str], at: int) -> tuple[Part, int] | None:
    """The section that starts at a line, with the number of the line after it."""
    line = lines[at]
    below = lines[at + 1] if at + 1 < len(lines) else ""
    if line[:1].strip() and _NUMPY.fullmatch(below) and line.strip().lower() in _KNOWN:
        end = _numpy_end(lines, at + 2)
        return Part(line.strip(), "\n".join(lines[at + 2 : end])), end
    match = _GOOGLE.fullmatch(line)
    if match is None:
        return None
    end = _indented_end(lines, at + 1)
    body = textwrap.dedent("\n".join(lines[at + 1 : end])).strip("\n")
    is_known = match[1].lower() in _KNOWN
    follows_gap = at == 0 or not lines[at - 1].strip()
    if not is_known and not (body and follows_gap and match[2] == ":"):
        return None
    if is_known or len(match[1].split()) <= 4:
        return Part(match[1], body, is_code=match[2] == "::"), end
    return None


def _indented_end(lines: list[str], at: int) -> int:
    """The end of the block of indented lines that starts at a line, blank ones inside included."""
    end = at
    for number in range(at, len(lines)):
        if lines[number].strip():
            if not lines[number].startswith((" ", "\t")):
                break
            end = number + 1
    return end


def _numpy_end(lines: list[str], at: int) -> int:
    for number in range(at, len(lines) - 1):
        if lines[number][:1].strip() and _NUMPY.fullmatch(lines[number + 1]):
            return number
    return len(lines)


def entries(body: str) -> list[ListEntry]:
    """The entries of a section; [] where it is no list of names with descriptions."""
    found: list[tuple[str, list[str]]] = []
    lines = body.split("\n")
    is_numpy = not any(_ENTRY.fullmatch(line) for line in lines) or _looks_numpy(lines)
    for line in lines:
        is_outer = bool(line[:1].strip())
        if not is_outer:
            if not found and line.strip():
                return []
            if found:
                found[-1][1].append(line)
        elif is_numpy and (match := _NUMPY_ENTRY.fullmatch(line)):
            found.append((f"{match[1]} ({match[2]})" if match[2] else match[1], []))
        elif not is_numpy and (match := _ENTRY.fullmatch(line)):
            found.append((match[1], [match[2]]))
        elif found and not is_numpy:
            found[-1][1].append(line)
        else:
            return []
    made = [ListEntry(name, _joined(text)) for name, text in found]
    return made if any(entry.text for entry in made) else []


def _looks_numpy(lines: list[str]) -> bool:
    """Whether each description stands below its name, never beside it."""
    outer = [at for at, line in enumerate(lines) if line[:1].strip()]
    return bool(outer) and all(
        " : " in lines[at] and at + 1 < len(lines) and lines[at + 1].startswith(" ") for at in outer
    )


def _joined(lines: list[str]) -> str:
    """An entry's first line with what stands below it, dedented."""
    rest = textwrap.dedent("\n".join(lines[1:])) if lines[1:] else ""
    return f"{lines[0] if lines else ''}\n{rest}".strip("\n")
