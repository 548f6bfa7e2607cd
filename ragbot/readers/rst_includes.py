"""The directives that take in other files: `include`, `literalinclude`."""

import re
from functools import partial
from importlib import resources

from docutils import nodes

from ragbot.readers.file_parts import part_of
from ragbot.readers.include_files import Files
from ragbot.readers.rst_directives import Given, Tolerant
from ragbot.readers.rst_dropped import left_out

_STANDARD = re.compile(r"<([\w.-]+\.txt)>")
INCLUDES = ("include", "literalinclude", "includenodoc")


class Include(Tolerant):
    """Puts a file in the place of the directive, as text or as a listing."""

    def built(self, given: Given) -> list[nodes.Node]:
        """The nodes of a listing; text is read on as if it had stood here."""
        files: Files = self.state.document.settings.files
        standard = _STANDARD.fullmatch(given.argument)
        if standard:
            substitutions = _standard(standard[1])
            has_room = files.has_room(substitutions)
            return self._read_on(substitutions, standard[1]) if has_room else []
        told: list[str] = []
        cut = partial(part_of, options=given.options)
        text = files.words_of(given.argument, told.append, cut, self._source().split("\n")[1:])
        if text is None:
            return [left_out(name) for name in told]
        if self.name.lower() == "literalinclude" or {"literal", "code"} & given.options.keys():
            return [nodes.literal_block(text, text)] if text.strip() else []
        return self._read_on(text, given.argument)

    def _read_on(self, text: str, name: str) -> list[nodes.Node]:
        """Let the parser go on with this text, which the name stands for."""
        lines = [line.expandtabs(8).rstrip() for line in text.splitlines()]
        self.state_machine.insert_input(lines, f"{self._source()}\n{name.strip()}")
        return []

    def _source(self) -> str:
        """Where this line is from: the document, then each file in the one before."""
        return str(self.state_machine.get_source(self.lineno) or "")


def _standard(name: str) -> str:
    """The substitutions of a file that comes with docutils, "" where there is none of that name."""
    place = resources.files("docutils.parsers.rst").joinpath("include", name)
    text = place.read_text(encoding="utf-8") if place.is_file() else ""
    return "\n".join(line for line in text.splitlines() if line.startswith(".. |"))
