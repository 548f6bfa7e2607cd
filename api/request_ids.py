"""The name of each request: taken over from the client or made, in every log line and problem."""

import re
import uuid
from contextvars import ContextVar
from typing import Final

HEADER: Final = "X-Request-ID"

LONGEST: Final = 100
CHARACTERS: Final = "[A-Za-z0-9_.:-]"  # as OpenAPI has it, where \w is more

_SOUND: Final = re.compile(rf"{CHARACTERS}{{1,{LONGEST}}}")

current: ContextVar[str] = ContextVar("request", default="")
"""The request that is being answered, "" outside of one."""

trace: ContextVar[str] = ContextVar("trace", default="")
"""The trace that it belongs to, "" where there is none."""


def of(given: str) -> str:
    """The id that a client sent, where it can be one; else a new one."""
    return given if _SOUND.fullmatch(given) else uuid.uuid4().hex
