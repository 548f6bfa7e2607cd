"""What may be told outside of an error of ours: the sentence and names, never where things lie."""

import re
from collections.abc import Iterable
from pathlib import Path

# "(... [Errno 30] ...)": an exception's own words, which the log has.
_RAW = re.compile(r"\s*\([^()]*(?:\[Errno|Traceback|Error\b|\b0x[0-9a-f]{4})[^()]*\)")
# An absolute path that is not the end of an address: its last name is enough.
_ABSOLUTE = re.compile(
    r"(?<![\w:/.~-])(?:[A-Za-z]:\\|/)(?:[^\s:;,'\"()/\\]+[/\\])*([^\s:;,'\"()/\\]+)"
)


def told(message: str, folders: Iterable[Path] = ()) -> str:
    """A message without absolute paths and raw exceptions.

    What lies in one of the `folders` is called by its path in there, all else by its name.
    """
    text = _RAW.sub("", message)
    places = {str(path) for folder in folders for path in (folder.absolute(), folder.resolve())}
    for place in sorted(places - {"/"}, key=len, reverse=True):
        text = text.replace(f"{place}/", "")
    return _ABSOLUTE.sub(r"\1", text)
