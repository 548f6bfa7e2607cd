"""Several workers that do one piece of work each at the same time."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from ragbot.quarantine.limits import Limits
from ragbot.quarantine.process import Quarantine


class Crew:
    """Does what is asked in the order of asking, by as many processes as the limits say."""

    def __init__(self, limits: Limits) -> None:
        self._all = [Quarantine(limits) for _ in range(limits.crew)]
        self._idle: SimpleQueue[Quarantine] = SimpleQueue()
        for one in self._all:
            self._idle.put(one)
        self._threads = ThreadPoolExecutor(len(self._all), thread_name_prefix="quarantine")

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End all processes."""
        self.close()

    def __len__(self) -> int:
        """How many pieces of work can be under way."""
        return len(self._all)

    def ask(self, task: str, facts: object, content: bytes) -> Future[bytes]:
        """The only item that a task yields, as soon as it is there; its errors are Quarantine's."""
        return self._threads.submit(self._one, task, facts, content)

    def close(self) -> None:
        """End all processes, whatever they do."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for one in self._all:
            one.close()
        self._threads.shutdown()

    def _one(self, task: str, facts: object, content: bytes) -> bytes:
        with self._free() as quarantine:
            return quarantine.one(task, facts, content)

    @contextmanager
    def _free(self) -> Iterator[Quarantine]:
        quarantine = self._idle.get()
        try:
            yield quarantine
        finally:
            self._idle.put(quarantine)
