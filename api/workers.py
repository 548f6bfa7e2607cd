"""Who works: threads of a fixed number, and a line of a fixed length before them.

What does not fit into the line is told so at once (503 with Retry-After); whoever hangs up while
waiting is dropped, and nothing is worked out for them. All of it happens in the event loop; only
the work itself is done in the threads.
"""

import asyncio
import math
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, Final, TypeVar

T = TypeVar("T")
Gone = Callable[[], Awaitable[object]]
"""Returns once nobody waits for the result any more."""

_LONGEST_RETRY: Final = 30  # seconds
_USUAL_SECONDS: Final = 0.5  # what one piece of work takes, until some was measured
_LATEST: Final = 0.2  # share of the latest piece in what one is taken to need


class UnavailableError(Exception):
    """The work is not done now; the message says why, `retry` in how many seconds to ask again."""

    def __init__(self, message: str, retry: int) -> None:
        super().__init__(message)
        self.retry = retry


class GoneError(Exception):
    """Whoever asked hung up before their turn came."""


def cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """Some threads and the line before them; to be used in one event loop."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._threads = threads
        self._waiting = waiting
        self._free = threads
        self._line: deque[asyncio.Future[None]] = deque()
        self._running: set[asyncio.Future[None]] = set()
        self._seconds = _USUAL_SECONDS
        self._stopping = False
        self._ended = False
        self.turned_away = 0
        """How many were told that too many waited."""

    @property
    def busy(self) -> bool:
        """Whether a thread is at work, also for someone who no longer waits."""
        return self._free < self._threads

    @property
    def working(self) -> int:
        """How many threads are at work."""
        return self._threads - self._free

    @property
    def waiting(self) -> int:
        """How many wait for a thread."""
        return len(self._line)

    @property
    def stopping(self) -> bool:
        """Whether nothing more is taken."""
        return self._stopping

    async def run(self, work: Callable[[], T], gone: Gone) -> T:
        """The result of the work, done in a thread once it is its turn.

        Raises:
            UnavailableError: the line is full, or the service is being stopped.
            GoneError: nobody waits for it any more; it was not begun.
        """
        await self._turn(gone)
        if self._ended:
            raise self._stopped()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        over: asyncio.Future[None] = loop.create_future()

        def ended(_: object) -> None:
            taken = loop.time() - begun
            self._seconds += _LATEST * (taken - self._seconds)
            self._running.discard(over)
            self._next()
            if not over.done():
                over.set_result(None)

        # In the context of who asks, so that what the work logs has the id of its request.
        done: asyncio.Future[T] = loop.run_in_executor(self._pool, copy_context().run, work)
        self._running.add(over)
        done.add_done_callback(ended)
        done.add_done_callback(_looked_at)
        await over
        return done.result()

    async def each(self, items: Iterator[T]) -> AsyncIterator[T]:
        """The items of a slow iterator, made in one thread; they end early where that is stopped.

        Where nobody takes them any more it is left at its next item.
        """
        loop = asyncio.get_running_loop()
        made: asyncio.Queue[T | None] = asyncio.Queue()
        left = threading.Event()

        def work() -> None:
            for item in items:
                if left.is_set():
                    break
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(made.put_nowait, item)
            if isinstance(items, Generator):
                items.close()  # here, in its own thread

        task = asyncio.ensure_future(self.run(work, asyncio.Event().wait))
        task.add_done_callback(_looked_at)
        task.add_done_callback(lambda _: made.put_nowait(None))
        try:
            while (item := await made.get()) is not None:
                yield item
        finally:
            left.set()
        with suppress(UnavailableError):
            task.result()

    def stop(self) -> None:
        """Take nothing more, and tell whoever waits; what runs goes on."""
        self._stopping = True
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_exception(self._stopped())

    def give_up(self) -> None:
        """Tell those whose work is still running that they get no result."""
        self.stop()
        self._ended = True
        for over in self._running:
            if not over.done():
                over.set_exception(self._stopped())
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _turn(self, gone: Gone) -> None:
        """Wait for a free thread."""
        if self._stopping:
            raise self._stopped()
        if self._free:
            self._free -= 1
            return
        if len(self._line) >= self._waiting:
            self.turned_away += 1
            message = "More is asked than can be answered at once; ask again in a moment."
            raise UnavailableError(message, self._retry())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        watch: asyncio.Future[Any] = asyncio.ensure_future(gone())
        try:
            await asyncio.wait({turn, watch}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if turn.done() and not turn.exception():
                self._next()
            raise
        finally:
            watch.cancel()
            if not turn.done():
                turn.cancel()  # _next passes over it
                self._line.remove(turn)
        if turn.cancelled():
            raise GoneError
        turn.result()

    def _next(self) -> None:
        """A thread has become free: it is the turn of the first in the line."""
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _retry(self) -> int:
        """In how many seconds the line, as it is, will have been worked off."""
        seconds = self._seconds * (len(self._line) + 1) / self._threads
        return max(1, min(_LONGEST_RETRY, math.ceil(seconds)))

    def _stopped(self) -> UnavailableError:
        return UnavailableError("The service is being stopped; ask again once it is back.", 10)


def _looked_at(done: "asyncio.Future[Any]") -> None:
    """Whoever asked may be gone: nothing is logged about a result that nobody fetched."""
    if not done.cancelled():
        done.exception()
