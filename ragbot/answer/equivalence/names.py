"""Whether a sentence writes a programming name."""

import re

_TELLING = re.compile(r"[a-z0-9]_[a-z0-9]|[a-z][A-Z]|[A-Z]{2}[a-z]|\d[a-zA-Z]$")


def written_in(name: str, text: str) -> bool:
    """Whether a text writes a name: its last two parts, or the last alone if no plain word is."""
    above, _, last = name.rpartition(".")
    ending = last if _TELLING.search(last) else f"{above.rpartition('.')[2]}.{last}"
    return bool(re.search(rf"(?<!\w){re.escape(ending)}(?!\w)", text))
