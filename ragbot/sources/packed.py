"""Files that hold many documents: archives and JSON Lines. They are unpacked in quarantine."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from pydantic import TypeAdapter

from ragbot.errors import ReadError
from ragbot.quarantine import Quarantine, Work, in_force
from ragbot.readers.task import facts_of, raw_of
from ragbot.sources.archive import documents_of_archive, is_archive
from ragbot.sources.files import MANIFEST_FILE, File, Problem
from ragbot.sources.jsonl import documents_of_lines
from ragbot.types import RawDocument, Source

MOST_NAMED = 1000
"""Documents of one file that are named where they cannot be had; what is more is counted."""

_TASK = "ragbot.sources.packed:unpack"
_SOURCE = TypeAdapter(Source)


def is_packed(path: Path) -> bool:
    """Whether a file holds many documents, by its ending."""
    return path.is_file() and (is_archive(path) or _is_lines(path))


def documents_of_packed(file: File, source: Source, limit: int) -> Iterator[RawDocument | Problem]:
    """Every document of such a file, and a Problem for each that failed.

    `limit` is the largest size of one document in bytes. What comes after a document that no
    process can unpack is not had either, and a Problem says so.
    """
    facts = {
        "location": str(file.location),
        "path": file.path,
        "limit": limit,
        "source": asdict(source),
    }
    limits = in_force.get()
    with Quarantine(replace(limits, characters=max(limits.characters, limit))) as quarantine:
        try:
            for told in quarantine.items(_TASK, facts, b"", is_fresh=True):
                head, _, content = told.partition(b"\n")
                found = json.loads(head)
                yield Problem(**found) if "reason" in found else raw_of(found, content)
        except ReadError as error:
            yield Problem(file.path, str(error))


def unpack(work: Work) -> Iterator[bytes]:
    """The task: a line of JSON for each document or Problem, and the bytes of the document."""
    facts = work.facts
    file = File(Path(facts["location"]), facts["path"])
    read = documents_of_lines if _is_lines(file.location) else documents_of_archive
    source = _SOURCE.validate_python(facts["source"])
    for found in _bounded(read(file, source, facts["limit"]), file.path):
        if isinstance(found, Problem):
            yield json.dumps(asdict(found)).encode()
        else:
            yield json.dumps(facts_of(found)).encode() + b"\n" + found.content


def _bounded(found: Iterator[RawDocument | Problem], path: str) -> Iterator[RawDocument | Problem]:
    """The same, without the Problems beyond the first; how many they are is said at the end."""
    named = 0
    for one in found:
        named += isinstance(one, Problem)
        if named <= MOST_NAMED or not isinstance(one, Problem):
            yield one
    if named > MOST_NAMED:
        yield Problem(path, f"{named - MOST_NAMED:,} more of its documents cannot be had")


def _is_lines(path: Path) -> bool:
    return path.suffix.lower() == ".jsonl" and path.name != MANIFEST_FILE
