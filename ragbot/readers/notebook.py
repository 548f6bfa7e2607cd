"""Reads Jupyter notebooks: what was written, not what was printed."""

import json
from typing import Any

from ragbot.errors import ReadError
from ragbot.readers.boilerplate import is_licence_notice
from ragbot.readers.decode import text_of
from ragbot.readers.flow import Flow
from ragbot.readers.markdown import write_markdown
from ragbot.readers.writer import DocumentWriter
from ragbot.types import Document, RawDocument

_VERSION = 4


def read_notebook(raw: RawDocument) -> Document:
    """Read a notebook: Markdown cells as Markdown, code cells as code, no outputs, no licence cell.

    Raises:
        ReadError: it is no notebook, or nothing is left of it.
    """
    cells = _cells(text_of(raw.content))
    writer = DocumentWriter(raw)
    flow = Flow(writer)
    for cell in cells:
        source = _joined(cell.get("source", ""))
        if cell.get("outputs"):
            writer.drop("program output", len(cell["outputs"]))
        if is_licence_notice(source):
            writer.drop("licence cell")
        elif cell.get("cell_type") == "markdown":
            write_markdown(flow, source)
        elif cell.get("cell_type") == "code":
            flow.code(source)
        else:
            writer.drop("raw cell")
    return writer.finish()


def _cells(text: str) -> list[dict[str, Any]]:
    try:
        notebook: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"it is not JSON, so not a notebook ({error}); save it again") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise ReadError("it is JSON but not a notebook (no nbformat); remove it")
    if notebook["nbformat"] < _VERSION:
        notebook = _upgraded(text)
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ReadError("it is a notebook without a list of cells; save it again with Jupyter")
    return cells


def _upgraded(text: str) -> dict[str, Any]:
    import nbformat  # noqa: PLC0415 - brings a schema validator, for old notebooks only

    try:
        old = nbformat.reader.reads(text)  # type: ignore[no-untyped-call]
        return dict(nbformat.convert(old, _VERSION))  # type: ignore[no-untyped-call]
    except Exception as error:  # nbformat raises whatever a malformed notebook runs into
        raise ReadError(f"it is an old notebook that cannot be upgraded ({error})") from error


def _joined(source: object) -> str:
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""
