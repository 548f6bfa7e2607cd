"""What is wrong with a request, in words: one line a field instead of a validator's report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError

from ragbot.characters import whole

_IN_WORDS: Final[Mapping[str, str]] = {
    "missing": "this field is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "this has to be a text",
    "bool_type": "this has to be true or false",
    "int_type": "this has to be a whole number",
    "list_type": "this has to be a list",
    "model_type": "this has to be an object with named fields",
    "model_attributes_type": "this has to be an object with named fields",
    "literal_error": "this has to be {expected}",
    "enum": "this has to be {expected}",
    "greater_than_equal": "this has to be at least {ge}",
    "less_than_equal": "this has to be at most {le}",
    "too_short": "this list needs at least {min_length}",
    "too_long": "this list is longer than {max_length}",
    "string_too_long": "this text is longer than {max_length} characters",
}

_TOLD: Final = 20
"""Faults of one request that are told; a body can hold thousands, and each costs an answer more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that cannot be used: where it stands ("history[0].role") and why."""

    field: str
    message: str


class NotJsonError(Exception):
    """The body is not JSON, or does not say that it is; `status` is what to answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def described(error: RequestValidationError, media_type: str) -> list[Fault]:
    """The faults of a request, the first ones, in the order of its fields.

    Raises:
        NotJsonError: there is no body to look for fields in.
    """
    reports: Sequence[Mapping[str, Any]] = error.errors()
    for report in reports:
        if report["type"] == "json_invalid":
            place = report["loc"][-1]
            why = report["ctx"]["error"]
            message = f"The body is not valid JSON: {why} (at character {place})."
            raise NotJsonError(HTTPStatus.BAD_REQUEST, message)
        unread = tuple(report["loc"]) == ("body",) and isinstance(report["input"], bytes | str)
        if unread and "json" not in media_type.lower():
            message = "The body has to be JSON, with the header Content-Type: application/json."
            raise NotJsonError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    return [Fault(_field(report["loc"]), _message(report)) for report in reports[:_TOLD]]


def _field(place: Sequence[str | int]) -> str:
    """("body", "history", 0, "role") as "history[0].role"; the body itself as "body".

    The name of an unknown field is the sender's: kept short, and made writable.
    """
    name = ""
    for part in place[1:] or place[:1]:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return whole(name[:80])


def _message(report: Mapping[str, Any]) -> str:
    """A validator's report in words that never repeat what was sent."""
    kind = report["type"]
    if kind in _IN_WORDS:
        return _IN_WORDS[kind].format(**report.get("ctx", {}))
    message = str(report["msg"])
    return message[:1].lower() + message[1:]
