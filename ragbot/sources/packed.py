"""Files that hold many documents: archives and JSON Lines. They are unpacked in quarantine."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from pydantic import TypeAdapter

from ragbot.errors import ReadError
from ragbot.quarantine import Quarantine, Work, in_force
from ragbot.readers.task import facts_of, raw_of
from ragbot.sources.archive import Found, documents_of_archive, is_archive
from ragbot.sources.files import MANIFEST_FILE, File, PassedOver, Problem
from ragbot.sources.jsonl import documents_of_lines
from ragbot.types import RawDocument, Source

MOST_NAMED = 1000
"""Documents of one file that are named where they cannot be had; what is more is counted."""

_TASK = "ragbot.sources.packed:unpack"
_SOURCE = TypeAdapter(Source)


def is_packed(path: Path) -> bool:
    """Whether a file holds many documents, by its ending."""
    return path.is_file() and is_named_packed(path)


def is_named_packed(path: Path) -> bool:
    """Whether the name of a file, which need not be there, is that of one of many documents."""
    return is_archive(path) or _is_lines(path)


def documents_of_packed(
    file: File, source: Source, limit: int, passed: list[PassedOver] | None
) -> Iterator[RawDocument | Problem]:
    """Every document of such a file, and a Problem for each that failed.

    `limit` is the largest size of one document in bytes; what is no document is put into `passed`,
    where it is given. What comes after a document that no process can unpack is not had either, and
    a Problem says so.
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
                if found.pop("passed_over", False):
                    if passed is not None:
                        passed.append(PassedOver(**found))
                else:
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
        if isinstance(found, PassedOver):
            yield json.dumps(asdict(found) | {"passed_over": True}).encode()
        elif isinstance(found, Problem):
            yield json.dumps(asdict(found)).encode()
        else:
            yield json.dumps(facts_of(found)).encode() + b"\n" + found.content


def _bounded(found: Iterator[Found], path: str) -> Iterator[Found]:
    """The same, without the Problems and the PassedOver beyond the first; they are counted."""
    named: Counter[type] = Counter()
    for one in found:
        named[type(one)] += 1
        if isinstance(one, RawDocument) or named[type(one)] <= MOST_NAMED:
            yield one
    if (more := named[Problem] - MOST_NAMED) > 0:
        yield Problem(path, f"{more:,} more of its documents cannot be had")
    if (more := named[PassedOver] - MOST_NAMED) > 0:
        yield PassedOver(path, f"{more:,} more of its files are no documents")


def _is_lines(path: Path) -> bool:
    return path.suffix.lower() == ".jsonl" and path.name != MANIFEST_FILE
