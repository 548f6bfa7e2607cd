"""How sources are called: one rule for the ids of sources.toml and for those that are made up.

An id names files in the store as well, each with an ending of its own; since an id holds no dot, no
source can be called like the files of another or the lock of a sync.
"""

import hashlib
import re

LONGEST = 80
RULE = f"lower-case letters and digits with single hyphens between them, at most {LONGEST}"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOT_ID = re.compile(r"[^a-z0-9]+")


def checked_id(name: str) -> str:
    """The id as it is.

    Raises:
        ValueError: it is none.
    """
    if len(name) > LONGEST or not _ID.fullmatch(name):
        raise ValueError(f"{name[: LONGEST + 1]!r} is no id of a source: {RULE}")
    return name


def id_of(name: str) -> str:
    """An id made of any name; two long names that differ make two ids."""
    made = _NOT_ID.sub("-", name.lower()).strip("-") or "source"
    if len(made) <= LONGEST:
        return made
    mark = hashlib.sha256(made.encode()).hexdigest()[:8]
    return f"{made[: LONGEST - len(mark) - 1].rstrip('-')}-{mark}"
