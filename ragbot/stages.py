"""How long each stage of an answer takes, and what was known already, where somebody watches.

Where nobody does it costs nothing.

The seconds of a stage are its own: what a stage within it takes counts for that one only.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Around = Callable[[str], AbstractContextManager[object]]
"""Gives what a stage of that name is run within."""


@dataclass(slots=True)
class Watch:
    """Seconds by stage; `inner` is what stages within the running one took.

    `looked_up` has how often something was among the latest of a kind, and how often not.
    """

    around: Around = nullcontext
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    inner: float = 0.0
    looked_up: Counter[tuple[str, bool]] = field(default_factory=Counter)


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(around: Around = nullcontext) -> Iterator[Watch]:
    """Watch what this thread does within the block, each stage of it within `around`."""
    watch = Watch(around)
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)


@contextmanager
def staged(name: str) -> Iterator[None]:
    """What is done within the block is the stage of that name."""
    watch = _watch.get()
    if watch is None:
        yield
        return
    begun = time.perf_counter()
    outer, watch.inner = watch.inner, 0.0
    try:
        with watch.around(name):
            yield
    finally:
        took = time.perf_counter() - begun
        watch.seconds[name] += took - watch.inner
        watch.inner = outer + took


def looked_up(kind: str, known: int, new: int) -> None:
    """So many of a kind were known already, and so many had to be found out."""
    watch = _watch.get()
    if watch is not None:
        watch.looked_up[kind, True] += known
        watch.looked_up[kind, False] += new


def stage(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: what the function does is the stage of that name."""

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def timed(*args: P.args, **named: P.kwargs) -> R:
            with staged(name):
                return function(*args, **named)

        return timed

    return decorated
