"""What is learnt from of names: texts whose candidates are known to be meant, or not."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbot.errors import AdaptError
from ragbot.foreign_json import foreign_json
from ragbot.lexical.name_words import joined, last
from ragbot.types import Form
from ragbot.understand.names import NamedDocument
from ragbot.understand.naming import Candidate, Rows
from ragbot.understand.resolver import Resolver
from ragbot.understand.written import Written

UNKNOWN = -1


@dataclass(frozen=True)
class Lesson:
    """The candidates of one text: `labels` are 1 (meant), 0 or UNKNOWN.

    `group` is what may not be learnt from and told at once. `is_named`: a name is known to be
    meant; `is_wanted`: its counterpart is asked for.
    """

    text: str
    group: str
    taken: Written
    candidates: Sequence[Candidate]
    rows: Rows
    labels: Sequence[int]
    is_named: bool
    is_wanted: bool


class LessonMaker:
    """Makes lessons out of the lines of files."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def of_counterpart(self, line: Mapping[str, Any]) -> Lesson:
        """The name that a question asks for a counterpart of, in any of its forms."""
        candidates, rows, taken = self._resolver.signed(line["question"])
        wanted = joined(last(line["name"]))
        labels = [
            int(
                line["from"] in document.subjects
                and any(joined(last(name)) == wanted for name in document.names)
            )
            for document in map(self._document, candidates)
        ]
        is_it = [line["name"] in self._document(one).names for one in candidates]
        if any(is_it):
            labels = [1 if it else -label for it, label in zip(is_it, labels, strict=True)]
        else:
            labels = self._plainest(candidates, labels)
        return Lesson(line["question"], line["name"], taken, candidates, rows, labels, True, True)

    def of_reading(self, line: Mapping[str, Any]) -> Lesson:
        """What a question calls symbols, by how that is written."""
        text = " ".join(str(line["question"]).split())
        candidates, rows, taken = self._resolver.signed(text)
        symbols = [one for one in line["objects"] if one["kind"] == "symbol"]
        labels = [
            max((self._label(one, text, symbol) for symbol in symbols), key=abs, default=0)
            for one in candidates
        ]
        labels = self._plainest(candidates, labels)
        owners = {one["subject"] for one in symbols} - {""}
        is_wanted = (line["type"] == Form.EQUIVALENT and bool(symbols)) or (
            line["type"] == Form.DIFFERENCE and len(owners) > 1
        )
        return Lesson(text, text, taken, candidates, rows, labels, False, is_wanted)

    def _label(self, one: Candidate, text: str, symbol: Mapping[str, Any]) -> int:
        start = text.lower().find(str(symbol["text"]).lower())
        if start < 0 or one.end <= start or start + len(symbol["text"]) <= one.start:
            return 0
        spelt = joined(str(symbol["text"]).partition("(")[0])
        document = self._document(one)
        names = [joined(form) for name in document.names for form in (name, last(name))]
        fits = not symbol["subject"] or symbol["subject"] in document.subjects
        is_it = spelt in names or any(
            spelt.endswith(joined(last(n))) and joined(n).endswith(spelt) for n in document.names
        )
        return 1 if is_it and fits else UNKNOWN

    def _plainest(self, candidates: Sequence[Candidate], labels: Sequence[int]) -> list[int]:
        """Of several documents that may be meant those of the shortest names; the rest UNKNOWN."""
        depths = [self._document(one).names[0].count(".") for one in candidates]
        least: dict[tuple[int, str], int] = {}
        keys = [(one.start, self._document(one).subjects[0]) for one in candidates]
        for key, depth, label in zip(keys, depths, labels, strict=True):
            if label == 1:
                least[key] = min(depth, least.get(key, depth))
        return [
            UNKNOWN if label == 1 and depth > least[key] else label
            for key, depth, label in zip(keys, depths, labels, strict=True)
        ]

    def _document(self, one: Candidate) -> NamedDocument:
        return self._resolver.signs.lexicon.documents[one.entry]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of JSON lines, which may be compressed (.gz).

    Raises:
        AdaptError: it cannot be read, or a line is no object.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        lines = content.decode("utf-8").splitlines()
        return [dict(foreign_json(line)) for line in lines if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise AdaptError(f"{path} cannot be read as JSON lines: {error}") from error
