"""Reads a saved answer: the JSON of `ragbot ask --json` and of POST /v1/ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragbot.errors import AnswerError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.types import BlockKind

MOST_CHARACTERS = 1 << 40  # an offset beyond that is none of a text

HOW = "save one with `ragbot ask --json`"


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


Part = TypeVar("Part", bound=_Saved)


class SavedCitation(_Saved):
    """A citation, as far as a check needs it."""

    number: int
    quote: str
    start: int = Field(ge=0, le=MOST_CHARACTERS)
    end: int = Field(ge=0, le=MOST_CHARACTERS)
    document_id: str
    passage_id: str
    label: str = ""
    title: str = ""
    block: str = BlockKind.PROSE.value


class _Refusal(_Saved):
    nearest: list[SavedCitation] | None = None


class _Answer(_Saved):
    generation: str
    citations: list[SavedCitation]
    refusal: _Refusal | None = None


class _Check(_Saved):
    name: str


class _Cited(_Saved):
    """Any object of an answer that cites."""

    citations: list[int]
    text: str | None = None
    subject: str | None = None
    aspect: str | None = None
    checks: list[_Check] | None = None


@dataclass(frozen=True, slots=True)
class SavedClaim:
    """A statement and where it stands in the answer; `composed`: in other words than the quotes."""

    where: str
    text: str
    subject: str | None
    aspect: str | None
    citations: tuple[int, ...]
    composed: bool
    checks: frozenset[str] = frozenset()  # that it passed when it was given


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """A saved answer; `numbers` are the citation numbers used outside of claims, by place."""

    generation: str
    citations: tuple[tuple[str, SavedCitation], ...]
    claims: tuple[SavedClaim, ...]
    numbers: tuple[tuple[str, int], ...]


def read_saved(text: str, name: str) -> SavedAnswer:
    """A saved answer out of its text; `name` is what errors call it.

    Raises:
        AnswerError: it is no JSON, or not that of an answer; the message names the field.
    """
    try:
        found = foreign_json(text)
    except JsonError as error:
        raise AnswerError(f"{name} is no JSON of an answer: {error}; is it cut short?") from error
    if not isinstance(found, dict):
        raise AnswerError(f"{name} is no saved answer; {HOW}")
    lacking = [key for key in ("question", "citations", "generation") if key not in found]
    if lacking:
        what = " and no ".join(lacking)
        raise AnswerError(f"{name} is no saved answer: it has no {what}; {HOW}")
    answer = _valid(_Answer, found, "", name)
    nearest = answer.refusal.nearest if answer.refusal else None
    citations = [
        (f"{place}[{i}]", citation)
        for place, listed in (("citations", answer.citations), ("nearest", nearest or ()))
        for i, citation in enumerate(listed)
    ]
    claims: list[SavedClaim] = []
    numbers: list[tuple[str, int]] = []
    for where, value in _parts(found, ""):
        if not where or "citations" not in value:
            continue
        part = _valid(_Cited, value, where, name)
        if part.text is None:
            numbers += [(where, number) for number in part.citations]
        else:
            claims.append(_claim(where, part.text, part))
    return SavedAnswer(answer.generation, tuple(citations), tuple(claims), tuple(numbers))


def _claim(where: str, text: str, part: _Cited) -> SavedClaim:
    return SavedClaim(
        where=where,
        text=text,
        subject=part.subject,
        aspect=part.aspect,
        citations=tuple(part.citations),
        composed=where.startswith("summary"),
        checks=frozenset(check.name for check in part.checks or ()),
    )


def _valid(kind: type[Part], value: dict[str, Any], where: str, name: str) -> Part:
    """A part of an answer, with every field of the type that ragbot writes.

    Raises:
        AnswerError: a field is of another type, or lacking.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(filter(None, (where, *map(str, first["loc"]))))
        what = first["msg"][:1].lower() + first["msg"][1:]
        raise AnswerError(f"{name} is no saved answer: {field}: {what}; {HOW}") from error


def _parts(value: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in a JSON value, with its place."""
    if isinstance(value, dict):
        yield where, value
        for key, inner in value.items():
            yield from _parts(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _parts(inner, f"{where}[{i}]")
