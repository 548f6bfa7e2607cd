"""Reads one symbol of an API reference: its signature and its docstring."""

import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace

from ragbot.errors import ReadError
from ragbot.readers.decode import text_of
from ragbot.readers.docstring_parts import ListEntry, Part, entries, parts
from ragbot.readers.flow import Flow
from ragbot.readers.markdown import inline_markdown, write_markdown
from ragbot.readers.rst import write_rst
from ragbot.readers.sphinx import KINDS, role_text
from ragbot.readers.writer import DocumentWriter
from ragbot.types import Document, RawDocument

_ROLE = re.compile(r":([a-zA-Z][\w:+-]*):`([^`]+)`")
_MARKER = re.compile(r"^[ \t]*@\w+(?:\([^()\n]*\))?[ \t]*$", re.MULTILINE)
_PROMPT = re.compile(r"[ \t]*>>>( |$)")
_FENCE = re.compile(r"[ \t]*(```+|~~~+)")
_ADMONITIONS = {"note", "notes", "warning", "warnings", "tip", "important", "caution"}


def read_symbol(raw: RawDocument) -> Document:
    """Read a symbol's JSON: the name as heading, the signature as code, then its docstring.

    Raises:
        ReadError: it is no such JSON, or there is no text in it.
    """
    try:
        told = json.loads(text_of(raw.content))
        name, signature, docstring = told["name"], told["signature"], told["docstring"]
    except (ValueError, KeyError, TypeError) as error:
        raise ReadError(f"it is no symbol of an API reference ({error})") from error
    if not all(isinstance(text, str) for text in (name, signature, docstring)):
        raise ReadError("it is no symbol of an API reference (a text is missing)")
    writer = DocumentWriter(raw)
    flow = Flow(writer)
    flow.heading(1, name)
    if signature:
        flow.code(signature)
    if deprecated := told.get("deprecated"):
        flow.paragraph(f"Deprecated: {deprecated}")
    if (aliases := told.get("aliases")) and not told.get("owner"):
        flow.paragraph(f"Also known as: {', '.join(map(str, aliases))}.")
    write = write_markdown if told.get("docformat") == "markdown" else _write_rst
    body = without_signature(docstring, name.rsplit(".", 1)[-1])
    _Docstring(flow, write, told.get("defaults") or {}).write(body)
    names = tuple(dict.fromkeys((name, *map(str, told.get("aliases") or ()))))
    return replace(writer.finish(name), names=names)


def without_signature(docstring: str, name: str) -> str:
    """The docstring without the signature that it starts with."""
    if not re.match(rf"(?:[\w.]+\.)?{re.escape(name)}\(", docstring):
        return docstring
    depth = 0
    for at, char in enumerate(docstring[:2000]):
        depth += (char in "([{") - (char in ")]}")
        if char == ")" and depth == 0:
            end = docstring.find("\n", at)
            return docstring[end:].strip("\n") if end >= 0 else ""
    return docstring


class _Docstring:
    """Writes a docstring's parts; `write` writes markup into a flow."""

    def __init__(
        self, flow: Flow, write: Callable[[Flow, str], None], defaults: dict[str, str]
    ) -> None:
        self._flow, self._markup, self._defaults = flow, write, defaults
        self._is_markdown = write is write_markdown

    def write(self, docstring: str) -> None:
        """Write the whole docstring."""
        for part in parts(_MARKER.sub("", docstring)):
            if not part.title:
                self._text(part.body)
            elif part.title.lower() in _ADMONITIONS and part.body:
                lead = part.title.rstrip("s") if part.title.lower() != "notes" else "Note"
                with self._flow.lead(KINDS.get(lead.lower(), lead)):
                    self._text(part.body)
            else:
                self._text(f"{part.title}:")  # no heading: a symbol is one section
                self._section(part)

    def _section(self, part: Part) -> None:
        found = entries(part.body) if part.has_entries else []
        if part.is_code:
            self._flow.code(textwrap.dedent(part.body))
        elif found:
            for entry in found:
                self._entry(entry)
        else:
            self._text(part.body)

    def _entry(self, entry: ListEntry) -> None:
        name = self._words(entry.name)
        default = self._defaults.get(name.split(" ")[0].lstrip("*"), "")
        if default and default != "None" and "default" not in f"{name} {entry.text}".lower():
            name = f"{name} (default {default})"
        with self._flow.item(), self._flow.lead(name):
            self._text(entry.text)

    def _text(self, text: str) -> None:
        if text.strip():
            self._markup(self._flow, fenced(text) if self._is_markdown else spaced(text))

    def _words(self, text: str) -> str:
        """A name and type without markup."""
        text = _ROLE.sub(lambda match: role_text(match[1], match[2]), text).replace("\\", "")
        return (inline_markdown(text) if self._is_markdown and "*" not in text else text).replace(
            "`", ""
        )


def fenced(text: str) -> str:
    """Markdown in which doctests are code: `>>>` would be a quote of a quote of a quote."""
    lines, fence, is_test = [], "", False
    for line in text.split("\n"):
        if match := _FENCE.match(line):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        if not fence and not is_test and _PROMPT.match(line):
            lines.append("\n```")
            is_test = True
        elif is_test and not line.strip():
            lines.append("```\n")
            is_test = False
        lines.append(line)
    return "\n".join([*lines, "```"] if is_test else lines)


def spaced(text: str) -> str:
    """Markup in which a doctest starts a block of its own."""
    lines: list[str] = []
    is_test = False
    for line in text.split("\n"):
        if _PROMPT.match(line) and not is_test:
            is_test = True
            if lines and lines[-1].strip():
                lines.append("")
        elif not line.strip():
            is_test = False
        lines.append(line)
    return "\n".join(lines)


def _write_rst(flow: Flow, text: str) -> None:
    write_rst(flow, text)
