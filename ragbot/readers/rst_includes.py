"""The directives that take in other files: `include`, `literalinclude`."""

import re
from importlib import resources
from typing import ClassVar

from docutils import nodes

from ragbot.readers.file_parts import part_of
from ragbot.readers.includes import DEEPEST, Files, words_of
from ragbot.readers.rst_directives import Given, Tolerant
from ragbot.readers.rst_dropped import left_out

_STANDARD = re.compile(r"<([\w.-]+\.txt)>")
_MOST = 200  # files that one document takes in
INCLUDES = ("include", "literalinclude", "includenodoc")


class Include(Tolerant):
    """Puts a file in the place of the directive, as text or as a listing."""

    files: ClassVar[Files] = {}

    def built(self, given: Given) -> list[nodes.Node]:
        """The nodes of a listing; text is read on as if it had stood here."""
        standard = _STANDARD.fullmatch(given.argument)
        if standard:
            return self._read_on(_standard(standard[1]))
        told: list[str] = []
        settings = self.state.document.settings
        text = words_of(given.argument, settings.files, told.append)
        if text is None:
            return [left_out(name) for name in told]
        text = part_of(text, given.options)
        if self.name.lower() == "literalinclude" or {"literal", "code"} & given.options.keys():
            return [nodes.literal_block(text, text)] if text.strip() else []
        return self._read_on(text)

    def _read_on(self, text: str) -> list[nodes.Node]:
        """Let the parser go on with this text; files within files come to an end."""
        settings = self.state.document.settings
        settings.taken_in += 1
        source = str(self.state_machine.get_source(self.lineno) or "")
        if settings.taken_in > _MOST or source.count("\n") >= DEEPEST:
            return [left_out("include within includes")]
        lines = [line.expandtabs(8).rstrip() for line in text.splitlines()]
        self.state_machine.insert_input(lines, f"{source}\n{self.name}")
        return []


def _standard(name: str) -> str:
    """The substitutions of a file that comes with docutils, "" where there is none of that name."""
    place = resources.files("docutils.parsers.rst").joinpath("include", name)
    text = place.read_text(encoding="utf-8") if place.is_file() else ""
    return "\n".join(line for line in text.splitlines() if line.startswith(".. |"))
