"""What a document takes in from other files, by the ways that its markup has for that.

The files themselves are found by whoever gathers documents (`ragbot.sources.inclusion`), since a
reader sees nothing but what it is given.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from ragbot.readers.dropped import NOT_THERE
from ragbot.types import Included

Drop = Callable[[str], None]
Files = Mapping[str, Included]

DEEPEST = 5  # files within files
_LINE_FORMS = (
    re.compile(
        r"""^(?P<indent>[ \t>]*)-+8<-+[ \t]+["'](?P<name>[^"'\n]+)["'][^\n]*$""", re.MULTILINE
    ),
    re.compile(r"^(?P<indent>[ \t>]*)\{!(?P<name>[^!\n]+)!\}[ \t]*$", re.MULTILINE),
    re.compile(
        r"^(?P<indent>[ \t>]*)\{%-?[ \t]*include(?:-markdown|_relative)?[ \t]+[\"']?"
        r"(?P<name>[^\"'\n%{}\s]+)[\"']?[^%]*%\}",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?P<indent>[ \t>]*)\{\{[ \t]*#(?:\w+_)?include[ \t]+(?P<name>[^\s{}]+)[ \t]*\}\}",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?P<indent>[ \t>]*)<!--[ \t]*@include:[ \t]*(?P<name>[^\s{}]+)[^\n]*-->", re.MULTILINE
    ),
)
_LISTING_FORMS = (
    re.compile(
        r"^(?P<indent>[ \t>]*)\{\*[ \t]*(?P<name>[^\s*]+)(?P<options>[^\n]*?)\*\}[ \t]*$",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?P<indent>[ \t>]*)<<<[ \t]+(?P<name>[^\s{#]+)(?P<options>[^\n]*)$", re.MULTILINE
    ),
)
_BLOCK = re.compile(r"^[ \t]*-+8<-+[ \t]*\n((?:[^\n]*\n)*?)[ \t]*-+8<-+[ \t]*$", re.MULTILINE)
_DIRECTIVE = re.compile(
    r"^[ \t>]*(?:\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?(?:[\w-]+-)?(?:include|literalinclude)::"
    r"|[`~:]{3,}\{(?:include|literalinclude)\})[ \t]+(?P<name>\S[^\n]*)$",
    re.MULTILINE,
)
_SECTION = re.compile(r"^(?P<file>.*?)(?::(?P<first>\d*)(?::(?P<last>\d*))?|:(?P<section>[\w-]+))$")
_MARKER = re.compile(r"^.*(?:-+8<-+[ \t]*\[(?:start|end):|ANCHOR(?:_END)?:).*$\n?", re.MULTILINE)
_RANGE = re.compile(r"\bln\[([\d:,\s]+)\]")
_SHOWN = re.compile(r"\b(?:content|text|message)=\"([^\"\n]+)\"")
_TICKS = "`" * 3


def names_in(text: str) -> Iterator[str]:
    """The files that a text says it takes in, as it writes them, without the part it asks for."""
    for form in (*_LINE_FORMS, *_LISTING_FORMS, _DIRECTIVE):
        for match in form.finditer(text):
            yield split_name(match["name"])[0]
    for block in _BLOCK.finditer(text):
        for line in block[1].splitlines():
            if line.strip() and not line.lstrip().startswith(";"):
                yield split_name(line.strip())[0]


def split_name(name: str) -> tuple[str, str]:
    """`guide.md:intro` as ("guide.md", "intro"); "" for the whole file."""
    name = name.strip()
    match = _SECTION.match(name)
    if match is None or not match["file"] or "." not in match["file"]:
        return name, ""
    return match["file"], name[len(match["file"]) + 1 :]


def with_files(text: str, files: Files, drop: Drop, depth: int = 0) -> str:
    """Markdown with what it takes in put in place; a file that is not there is named to `drop`."""

    def taken(match: re.Match[str], name: str, *, is_code: bool = False) -> str:
        found = words_of(name, files, drop)
        if found is None:  # what a template would have been given to show
            given = _SHOWN.search(match[0])
            return match["indent"] + given[1] if given else ""
        if is_code:
            found = f"{_TICKS}\n{_of_lines(found, match['options']).rstrip()}\n{_TICKS}"
        elif depth < DEEPEST:
            found = with_files(found, files, drop, depth + 1)
        return "\n".join(match["indent"] + line for line in found.split("\n"))

    def block(match: re.Match[str]) -> str:
        return "\n\n".join(
            f'--8<-- "{line.strip()}"' for line in match[1].splitlines() if line.strip()
        )

    text = _BLOCK.sub(block, text)
    for form in _LISTING_FORMS:
        text = form.sub(lambda match: taken(match, match["name"], is_code=True), text)
    for form in _LINE_FORMS:
        text = form.sub(lambda match: taken(match, match["name"]), text)
    return text


def words_of(name: str, files: Files, drop: Drop) -> str | None:
    """The text of a file, or of the part that is asked for; None where it is not to be shown.

    What is a document of its own is read and cited as that, so that nothing is said by two voices.
    """
    file, part = split_name(name)
    found = files.get(file)
    if found is None:
        drop(f"include of {file[:80]}{NOT_THERE}")
        return None
    if found.is_document:
        drop("include of a document that is read by itself")
        return None
    return _part(found.text, part) if part else _MARKER.sub("", found.text)


def _part(text: str, part: str) -> str:
    """A section between two marks, or some lines by their numbers."""
    lines = text.splitlines()
    if re.fullmatch(r"[\d:]+", part):
        first, _, last = part.partition(":")
        end = int(last) if last else (len(lines) if ":" in part else int(first))
        return "\n".join(lines[max(int(first or 1) - 1, 0) : end])
    kept: list[str] = []
    is_inside = False
    begin = re.compile(rf"(?:\[start:[ \t]*{re.escape(part)}\]|ANCHOR:[ \t]*{re.escape(part)}\b)")
    end_mark = re.compile(
        rf"(?:\[end:[ \t]*{re.escape(part)}\]|ANCHOR_END:[ \t]*{re.escape(part)}\b)"
    )
    for line in lines:
        if end_mark.search(line):
            is_inside = False
        elif begin.search(line):
            is_inside = True
        elif is_inside:
            kept.append(line)
    return _MARKER.sub("", "\n".join(kept)) if kept else _MARKER.sub("", text)


def _of_lines(text: str, options: str) -> str:
    """The lines that `ln[1:4,7]` asks for, all where it asks for none."""
    asked = _RANGE.search(options)
    if asked is None:
        return text
    lines = text.splitlines()
    kept: list[str] = []
    for span in asked[1].split(","):
        first, _, last = span.strip().partition(":")
        if first:
            kept += lines[int(first) - 1 : int(last or first)]
    return "\n".join(kept)
