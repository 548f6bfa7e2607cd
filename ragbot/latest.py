"""What was found out latest, kept so that it need not be found out again."""

import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any, Generic, TypeVar

from ragbot.stages import looked_up

Key = TypeVar("Key")
Value = TypeVar("Value")
Method = TypeVar("Method", bound=Callable[..., Any])


def remembered(method: Method, most: int) -> Method:
    """A method of one object that knows its latest results; safe to share between threads.

    To be kept by that object, in `__init__`. It does not hold the object, as lru_cache around a
    bound method would in a ring: an index that nothing uses is gone at once, with its files.
    """
    function = method.__func__  # type: ignore[attr-defined]
    owner = weakref.proxy(method.__self__)  # type: ignore[attr-defined]

    @lru_cache(maxsize=most)
    def result(*arguments: Any) -> Any:
        return function(owner, *arguments)

    return result  # type: ignore[return-value]


class Latest(Generic[Key, Value]):
    """The values used latest by their keys, where many are found in one go; shared by threads."""

    def __init__(self, kind: str, most: int) -> None:
        """`kind` is what those who watch are told of it."""
        self._kind = kind
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def known(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Those of the keys whose value is known, with it."""
        asked = dict.fromkeys(keys)
        with self._lock:
            found = {key: self._kept[key] for key in asked if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        looked_up(self._kind, len(found), len(asked) - len(found))
        return found

    def keep(self, values: Mapping[Key, Value]) -> None:
        """Keep values; those that were not used for longest are forgotten."""
        with self._lock:
            for key, value in values.items():
                self._kept[key] = value
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
