"""Reads a saved answer: the JSON of `ragbot ask --json` and of POST /v1/ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ragbot.errors import AnswerError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.types import BlockKind


class SavedCitation(BaseModel):
    """A citation, as far as a check needs it."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    number: int
    quote: str
    start: int
    end: int
    document_id: str
    passage_id: str
    label: str = ""
    title: str = ""
    block: str = BlockKind.PROSE.value


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
        AnswerError: it is no JSON, or not that of an answer.
    """
    try:
        found = foreign_json(text)
    except JsonError as error:
        raise AnswerError(f"{name} is no JSON of an answer: {error}; is it cut short?") from error
    if not isinstance(found, dict):
        raise AnswerError(f"{name} is no saved answer; save one with `ragbot ask --json`")
    lacking = [key for key in ("question", "citations", "generation") if key not in found]
    if lacking or not isinstance(found["citations"], list):
        what = " and no ".join(lacking) or "list of citations"
        raise AnswerError(
            f"{name} is no saved answer: it has no {what}; save one with `ragbot ask --json`"
        )
    nearest = (found.get("refusal") or {}).get("nearest") or []
    try:
        citations = [
            (f"{place}[{i}]", SavedCitation.model_validate(each))
            for place, listed in (("citations", found["citations"]), ("nearest", nearest))
            for i, each in enumerate(listed)
        ]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise AnswerError(f"{name}: a citation has a wrong {where}: {first['msg']}") from error
    claims: list[SavedClaim] = []
    numbers: list[tuple[str, int]] = []
    for where, part in _parts(found, ""):
        cited = part.get("citations")
        if where == "" or not isinstance(cited, list):
            continue
        if not all(isinstance(number, int) for number in cited):
            raise AnswerError(f"{name}: {where}.citations holds something else than numbers")
        if isinstance(part.get("text"), str):
            claims.append(
                SavedClaim(
                    where=where,
                    text=part["text"],
                    subject=part.get("subject"),
                    aspect=part.get("aspect"),
                    citations=tuple(cited),
                    composed=where.startswith("summary"),
                    checks=frozenset(
                        check["name"] for check in part.get("checks") or () if "name" in check
                    ),
                )
            )
        else:
            numbers += [(where, number) for number in cited]
    return SavedAnswer(str(found["generation"]), tuple(citations), tuple(claims), tuple(numbers))


def _parts(value: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in a JSON value, with its place."""
    if isinstance(value, dict):
        yield where, value
        for key, inner in value.items():
            yield from _parts(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _parts(inner, f"{where}[{i}]")
