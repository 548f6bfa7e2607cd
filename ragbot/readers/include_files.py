"""The files that a document takes in: which of them, what part of each, and how much of them all.

A file may take in others, and itself; what a document takes in ends with that chain and with a
bound on the whole, whichever markup asks for it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ragbot.readers.dropped import NOT_THERE
from ragbot.readers.file_parts import lines_by_number
from ragbot.types import Included

Drop = Callable[[str], None]

DEEPEST = 5  # files within files
_MOST_CHARACTERS = 2_000_000  # of all that one document takes in
_MOST_TIMES = 1_000  # that it takes in something
_SECTION = re.compile(r"^(?P<file>.*?)(?::(?P<first>\d*)(?::(?P<last>\d*))?|:(?P<section>[\w-]+))$")
_MARKER = re.compile(r"^.*(?:-+8<-+[ \t]*\[(?:start|end):|ANCHOR(?:_END)?:).*$\n?", re.MULTILINE)


class Files:
    """Gives a reader the files of one document, as long as there is room for them."""

    def __init__(self, included: Iterable[Included] = ()) -> None:
        self._named = {one.name: one for one in included}
        self._left = _MOST_CHARACTERS
        self._times = 0
        self._open: list[str] = []

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Read on in what a name stands for; it is not taken in by itself meanwhile."""
        self._open.append(name.strip())
        try:
            yield
        finally:
            self._open.pop()

    def words_of(
        self,
        name: str,
        drop: Drop,
        cut: Callable[[str], str] = str,
        outer: Iterable[str] = (),
    ) -> str | None:
        """What is to stand in the place of a name; None where that is nothing, and `drop` has why.

        It is what `cut` makes of the file, or of the part that is asked for. `outer` are the names
        of the files that it stands in, besides those of `within`. What is a document of its own is
        read and cited as that, so that nothing is said by two voices.
        """
        file, part = split_name(name)
        found = self._named.get(file)
        chain = (*outer, *self._open)
        if found is None:
            drop(f"include of {file[:80]}{NOT_THERE}")
        elif found.is_document:
            drop("include of a document that is read by itself")
        elif name.strip() in chain or len(chain) >= DEEPEST:
            drop("include within includes")
        else:
            text = "" if self._times >= _MOST_TIMES else cut(_of_file(found.text, part))
            if self.has_room(text):
                return text
            drop("include of more than a document may take in")
        return None

    def has_room(self, text: str) -> bool:
        """Whether this may be taken in too; if so it counts as taken in."""
        if self._times >= _MOST_TIMES or len(text) > self._left:
            return False
        self._times += 1
        self._left -= len(text)
        return True


def split_name(name: str) -> tuple[str, str]:
    """`guide.md:intro` as ("guide.md", "intro"); "" for the whole file."""
    name = name.strip()
    match = _SECTION.match(name)
    if match is None or not match["file"] or "." not in match["file"]:
        return name, ""
    return match["file"], name[len(match["file"]) + 1 :]


def _of_file(text: str, part: str) -> str:
    """A section between two marks, or some lines by their numbers; the whole for no part."""
    if not part:
        return _MARKER.sub("", text)
    if re.fullmatch(r"[\d:]+", part):
        return "\n".join(lines_by_number(text.splitlines(), part, ":"))
    kept: list[str] = []
    is_inside = False
    begin = re.compile(rf"(?:\[start:[ \t]*{re.escape(part)}\]|ANCHOR:[ \t]*{re.escape(part)}\b)")
    end_mark = re.compile(
        rf"(?:\[end:[ \t]*{re.escape(part)}\]|ANCHOR_END:[ \t]*{re.escape(part)}\b)"
    )
    for line in text.splitlines():
        if end_mark.search(line):
            is_inside = False
        elif begin.search(line):
            is_inside = True
        elif is_inside:
            kept.append(line)
    return _MARKER.sub("", "\n".join(kept)) if kept else _MARKER.sub("", text)
