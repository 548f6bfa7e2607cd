"""What one piece of work may take of the machine."""

import os
from contextvars import ContextVar
from dataclasses import dataclass

SECONDS_A_MEGABYTE = 20.0
MOST_TIMES = 20  # the seconds of a document, however large it is
WAITS = 4  # times the processor's seconds may pass on the clock, on a machine that is busy
MOST_WORKERS = 4
BLOCKS_A_CHARACTER = 0.1  # a document of many blocks costs as much as one of many words
TIMES_AS_LARGE = 100  # as its bytes a text may be; markup that says more than that was made to
FREE_CHARACTERS = 200_000  # a text may have, however few its bytes
BYTES_A_CHARACTER = 40  # in which a worker tells a text with its blocks, at the most


@dataclass(frozen=True, slots=True)
class Limits:
    """Processor seconds of one document, MB of memory to read it in, characters of its text.

    A document has 20 seconds more for each megabyte of its bytes, at most 20 times `seconds`.
    `workers` is how many read at the same time, 0 for one a core, at most 4.
    """

    seconds: float = 30.0
    megabytes: int = 2000
    characters: int = 5_000_000
    workers: int = 0

    def seconds_for(self, size: int) -> float:
        """Processor seconds for so many bytes."""
        return min(self.seconds + SECONDS_A_MEGABYTE * size / 1e6, MOST_TIMES * self.seconds)

    def characters_for(self, size: int) -> int:
        """Characters of the text that so many bytes may become."""
        return min(self.characters, FREE_CHARACTERS + TIMES_AS_LARGE * size)

    @property
    def crew(self) -> int:
        """How many workers there are."""
        return self.workers or min(os.cpu_count() or 1, MOST_WORKERS)

    @property
    def largest_reply(self) -> int:
        """Bytes of the longest thing that a worker may say at once."""
        return self.characters * BYTES_A_CHARACTER


in_force: ContextVar[Limits] = ContextVar("limits", default=Limits())  # noqa: B039 - it is frozen
"""The limits of this run: what is fetched or unpacked is parsed under them as well."""
