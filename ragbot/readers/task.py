"""Reading as a task of the quarantine: what is asked and what is told, as JSON."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter

from ragbot.errors import ReadError
from ragbot.quarantine import Crew, Work
from ragbot.quarantine.limits import BLOCKS_A_CHARACTER
from ragbot.readers import read
from ragbot.types import Document, RawDocument

_TASK = "ragbot.readers.task:read_document"
_DOCUMENT = TypeAdapter(Document)
_RAW = TypeAdapter(RawDocument)


def begin(crew: Crew, raw: RawDocument) -> Future[bytes]:
    """Have a document read; `document_of` makes one of what comes of it."""
    return crew.ask(_TASK, facts_of(raw), raw.content)


def document_of(told: Future[bytes]) -> Document:
    """The document that was read.

    Raises:
        ReadError: it cannot be read, or not within the limits.
        BuildError: no process can be started to read it in.
    """
    return _DOCUMENT.validate_json(told.result())


def read_document(work: Work) -> Iterator[bytes]:
    """The task: the document of a raw one, as JSON."""
    document = read(raw_of(work.facts, work.content))
    if len(document.text) > work.characters:
        raise ReadError(
            f"its text has {len(document.text):,} characters, more than the {work.characters:,} "
            "that it may have by its size and RAGBOT_MAX_DOCUMENT_CHARACTERS; split it"
        )
    if len(document.blocks) > work.characters * BLOCKS_A_CHARACTER:
        raise ReadError(f"its text falls into {len(document.blocks):,} pieces; split it")
    yield _DOCUMENT.dump_json(document)


def facts_of(raw: RawDocument) -> dict[str, Any]:
    """What is known of a raw document but for its bytes, as JSON can tell it."""
    facts = asdict(replace(raw, content=b""))
    del facts["content"]
    return facts


def raw_of(facts: dict[str, Any], content: bytes) -> RawDocument:
    """The raw document that `facts_of` told of."""
    return replace(_RAW.validate_python(facts | {"content": b""}), content=content)
