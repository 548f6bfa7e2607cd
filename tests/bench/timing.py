"""Seconds, percentiles, and a watch on methods that run inside others."""

import statistics
import time
from collections.abc import Callable, Iterable
from functools import wraps
from types import TracebackType
from typing import Any, Self


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def milliseconds(works: Iterable[Callable[[], object]]) -> list[float]:
    return [seconds(work) * 1000 for work in works]


def p50(values: list[float]) -> float:
    return statistics.median(values)


def p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


class Stopwatch:
    """Adds up the time spent in some methods while it is open; one inside another counts once."""

    def __init__(self, *methods: tuple[type, str]) -> None:
        self._methods = methods
        self._plain: list[Callable[..., Any]] = []
        self._deep = 0
        self.milliseconds = 0.0

    def restart(self) -> None:
        self.milliseconds = 0.0

    def __enter__(self) -> Self:
        for owner, name in self._methods:
            plain = getattr(owner, name)
            self._plain.append(plain)
            setattr(owner, name, self._watched(plain))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for (owner, name), plain in zip(self._methods, self._plain, strict=True):
            setattr(owner, name, plain)

    def _watched(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(plain)
        def watched(*arguments: Any, **named: Any) -> Any:
            self._deep += 1
            begin = time.perf_counter()
            try:
                return plain(*arguments, **named)
            finally:
                self._deep -= 1
                if not self._deep:
                    self.milliseconds += (time.perf_counter() - begin) * 1000

        return watched
