"""Reads the documents of a corpus several at a time, and gives them in the corpus' order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from ragbot.errors import ReadError
from ragbot.index.read_cache import ReadCache
from ragbot.quarantine import Crew, Limits
from ragbot.readers.task import begin, document_of
from ragbot.sources import Problem
from ragbot.types import Document, RawDocument

_AHEAD = 3  # times as many documents wait as are read at the same time
_AHEAD_BYTES = 32_000_000  # unless they are large


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a document: itself, or why it cannot be read."""

    raw: RawDocument
    found: Document | ReadError


@dataclass(frozen=True, slots=True)
class _Begun:
    """A document that is being read, or is known already."""

    raw: RawDocument
    told: Future[bytes] | Document


class Readings:
    """The documents of a corpus, each out of the cache or read by a process under limits.

    `finished` adds what a reader does not know; what it gives is kept.
    """

    def __init__(
        self, cache: ReadCache, limits: Limits, finished: Callable[[Document], Document]
    ) -> None:
        self._cache = cache
        self._limits = limits
        self._finished = finished

    def of(self, gathered: Iterable[RawDocument | Problem]) -> Iterator[Reading | Problem]:
        """What came of each, in order; what had no document to begin with is passed on.

        Raises:
            BuildError: no process can be started to read in.
        """
        waiting: deque[_Begun | Problem] = deque()
        with Crew(self._limits) as crew:
            for one in gathered:
                waiting.append(one if isinstance(one, Problem) else self._begun(crew, one))
                while _is_enough(waiting, len(crew) * _AHEAD):
                    yield self._ended(waiting.popleft())
            while waiting:
                yield self._ended(waiting.popleft())

    def _begun(self, crew: Crew, raw: RawDocument) -> _Begun:
        known = self._cache.document(raw)
        return _Begun(raw, known or begin(crew, raw))

    def _ended(self, begun: _Begun | Problem) -> Reading | Problem:
        if isinstance(begun, Problem):
            return begun
        if isinstance(begun.told, Document):
            return Reading(begun.raw, begun.told)
        try:
            document = self._finished(document_of(begun.told))
        except ReadError as error:
            return Reading(begun.raw, error)
        self._cache.keep(begun.raw, document)
        return Reading(begun.raw, document)


def _is_enough(waiting: deque[_Begun | Problem], most: int) -> bool:
    read = [one.raw for one in waiting if isinstance(one, _Begun)]
    return len(waiting) > most or sum(len(raw.content) for raw in read) > _AHEAD_BYTES
