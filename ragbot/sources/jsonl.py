"""Reads JSON Lines of documents: each line an object with id, title, text, url and date."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ragbot.foreign_json import JsonError, foreign_json
from ragbot.readers import READERS
from ragbot.readers.dates import real_date
from ragbot.sources.files import File, Problem, raw_document
from ragbot.types import RawDocument, Source

_Words = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
_DATE = r"^(\d{4}(-\d{2}(-\d{2})?)?([T ].*)?)?$"


class _Line(BaseModel):
    """A document; `media_type` says how its text is to be read. Other fields are passed over."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1, max_length=500)
    title: _Words = ""
    text: str = Field(min_length=1)
    url: _Words = ""
    date: Annotated[_Words, Field(pattern=_DATE)] = ""
    licence: _Words = ""
    media_type: _Words = "text/plain"


def documents_of_lines(file: File, source: Source, limit: int) -> Iterator[RawDocument | Problem]:
    """The document of each line of a file, in order, and a Problem for each line that has none.

    A document's path is the file's, `#` and its id; a Problem's the file's, `:` and the number of
    the line, from 1. No line may be longer than `limit` bytes.
    """
    seen: set[str] = set()
    for number, line in _lines(file, limit):
        where = f"{file.path}:{number}" if number else file.path
        found = line if isinstance(line, str) else _parsed(line)
        if isinstance(found, _Line) and found.id in seen:
            found = f"the id {found.id!r} was given to an earlier line; give each its own"
        if isinstance(found, str):
            yield Problem(where, found)
            continue
        seen.add(found.id)
        yield _document(file, found, source)


def _lines(file: File, limit: int) -> Iterator[tuple[int, bytes | str]]:
    """The number and bytes of each line that is not blank, or why it cannot be had, in words."""
    try:
        with file.location.open("rb") as lines:
            number = 0
            while line := lines.readline(limit + 1):
                number += 1
                if len(line) > limit:
                    yield number, f"it is longer than the limit of {limit / 1e6:.0f} MB"
                    while line and not line.endswith(b"\n"):
                        line = lines.readline(limit + 1)
                elif line.strip(b"\xef\xbb\xbf \t\r\n"):
                    yield number, line
    except OSError as error:
        yield 0, f"it cannot be read ({error.strerror or error})"


def _parsed(line: bytes) -> _Line | str:
    try:
        row = foreign_json(line)
    except JsonError as error:
        return str(error)
    if not isinstance(row, dict):
        return "it is no JSON object; write {...} on each line"
    try:
        found = _Line.model_validate({"id": row.get("_id"), **row})
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
    if found.media_type not in READERS:
        return f"media_type: no reader knows {found.media_type!r}"
    return found


def _document(file: File, line: _Line, source: Source) -> RawDocument:
    raw = raw_document(
        file,
        line.text.encode("utf-8", "replace"),
        source,
        title=line.title,
        url=line.url,
        published=real_date(line.date),
        licence=line.licence,
    )
    return replace(raw, path=f"{file.path}#{line.id}", media_type=line.media_type)
