"""What is looked up for a tool in the index."""

import json
from typing import Literal

from api.holdings import SourceOut
from api.mcp.results import FetchResult, Found, SearchResult
from ragbot.assistant import Assistant
from ragbot.errors import NotFoundError
from ragbot.index.content import blaming
from ragbot.types import Document, Passage


def search(assistant: Assistant, query: str, limit: int) -> SearchResult:
    """The passages nearest to a query, best first."""
    found = []
    for hit in assistant.search(query, limit):
        document = assistant.generation.library.document(hit.passage.document_id)
        found.append(Found.of(hit, document.title, document.url))
    return SearchResult(results=found)


def fetch(assistant: Assistant, name: str, offset: int, length: int) -> FetchResult:
    """A passage, or `length` code points of a document from `offset` on.

    Raises:
        NotFoundError: there is neither of that id.
    """
    library = assistant.generation.library
    with blaming(assistant.generation):
        try:
            document = library.document(name)
        except NotFoundError:
            passage = _passage(assistant, name)
            document = library.document(passage.document_id)
            return _piece(document, "passage", name, passage.start, passage.end)
        end = min(len(document.text), offset + length)
        return _piece(document, "document", name, min(offset, end), end)


def sources(assistant: Assistant) -> str:
    """Every source as JSON."""
    library = assistant.generation.library
    counts = library.source_counts()
    found = [SourceOut.from_source(s, counts.get(s.id, (0, 0))) for s in library.sources()]
    return json.dumps([each.model_dump(mode="json") for each in found], ensure_ascii=False)


def _passage(assistant: Assistant, name: str) -> Passage:
    try:
        return assistant.generation.library.passage(name)
    except NotFoundError as error:
        raise NotFoundError(
            f"the index holds no passage and no document {name[:80]!r}; "
            "take an id from search, ask or compare"
        ) from error


def _piece(
    document: Document, kind: Literal["document", "passage"], name: str, start: int, end: int
) -> FetchResult:
    return FetchResult(
        id=name,
        kind=kind,
        title=document.title,
        url=document.url,
        text=document.text[start:end],
        offset=start,
        total=len(document.text),
        next_offset=end if kind == "document" and end < len(document.text) else None,
        metadata={
            "document_id": document.id,
            "source_id": document.source_id,
            "published": document.published,
            "updated": document.updated,
            "version": document.version,
            "licence": document.licence,
        },
    )
