"""How Python is started by us: never with the working directory among the places of its modules."""

import os
import sys
from collections.abc import Mapping

_SAFE = "PYTHONSAFEPATH"


def python(*arguments: str) -> list[str]:
    """The command line of another Python with these arguments.

    Without `-P`, `python -m` would look for its modules in the working directory first, so that a
    `ragbot.py` or a `json.py` that lies there would run. An installed ragbot, an editable one and
    PYTHONPATH are found all the same.
    """
    return [sys.executable, "-P", *arguments]


def environment() -> Mapping[str, str]:
    """The environment of such a Python: what it starts in turn is as careful."""
    return os.environ | {_SAFE: "1"}


def guard_children() -> None:
    """Make every Python that this process starts as careful, whoever starts it."""
    os.environ[_SAFE] = "1"
