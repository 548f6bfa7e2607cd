"""What a document takes in from other files, by the ways that its markup has for that.

The files themselves are found by whoever gathers documents (`ragbot.sources.inclusion`), since a
reader sees nothing but what it is given.
"""

import re
from collections.abc import Iterator

from ragbot.readers.file_parts import lines_by_number
from ragbot.readers.include_files import Drop, Files, split_name

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
_BLOCK = re.compile(
    r"^(?P<indent>[ \t>]*)-+8<-+[ \t]*\n(?P<names>(?:[^\n]*\n)*?)[ \t>]*-+8<-+[ \t]*$",
    re.MULTILINE,
)
_DIRECTIVE = re.compile(
    r"^[ \t>]*(?:\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?(?:[\w-]+-)?(?:include|literalinclude)::"
    r"|[`~:]{3,}\{(?:include|literalinclude)\})[ \t]+(?P<name>\S[^\n]*)$",
    re.MULTILINE,
)
_RANGE = re.compile(r"\bln\[([\d:,\s]+)\]")
_SHOWN = re.compile(r"\b(?:content|text|message)=\"([^\"\n]+)\"")
_TICKS = "`" * 3


def names_in(text: str) -> Iterator[str]:
    """The files that a text says it takes in, as it writes them, without the part it asks for."""
    for form in (*_LINE_FORMS, *_LISTING_FORMS, _DIRECTIVE):
        for match in form.finditer(text):
            yield split_name(match["name"])[0]
    for block in _BLOCK.finditer(text):
        for name in _names_of_block(block):
            yield split_name(name)[0]


def with_files(text: str, files: Files, drop: Drop) -> str:
    """Markdown with what it takes in put in place; a file that is not there is named to `drop`."""

    def taken(match: re.Match[str], *, is_code: bool = False) -> str:
        def cut(words: str) -> str:
            if is_code:
                words = f"{_TICKS}\n{_of_lines(words, match['options']).rstrip()}\n{_TICKS}"
            return "\n".join(match["indent"] + line for line in words.split("\n"))

        found = files.words_of(match["name"], drop, cut)
        if found is None:  # what a template would have been given to show
            given = _SHOWN.search(match[0])
            return match["indent"] + given[1] if given else ""
        if is_code:
            return found
        with files.within(match["name"]):
            return with_files(found, files, drop)

    text = _BLOCK.sub(_line_by_line, text)
    for form in _LISTING_FORMS:
        text = form.sub(lambda match: taken(match, is_code=True), text)
    for form in _LINE_FORMS:
        text = form.sub(taken, text)
    return text


def _names_of_block(block: re.Match[str]) -> Iterator[str]:
    """The names that a block of them holds, without those that a semicolon takes out."""
    for line in block["names"].splitlines():
        name = line.strip(" \t>")
        if name and not name.startswith(";"):
            yield name


def _line_by_line(block: re.Match[str]) -> str:
    return "\n\n".join(f'{block["indent"]}--8<-- "{name}"' for name in _names_of_block(block))


def _of_lines(text: str, options: str) -> str:
    """The lines that `ln[1:4,7]` asks for, all where it asks for none."""
    asked = _RANGE.search(options)
    return "\n".join(lines_by_number(text.splitlines(), asked[1], ":")) if asked else text
