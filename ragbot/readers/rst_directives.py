"""What the directives of Sphinx and its extensions leave in a doctree."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

from ragbot.readers import sphinx
from ragbot.readers.rst_dropped import left_out

_ARGUMENT = re.compile(r"::[ \t]+\S")
_OPTION = re.compile(r"^:([\w-][\w -]*):(?:[ \t]+(.*)|$)")
_HTML_TAG = re.compile(r"</?[a-zA-Z]+>")
_LONGEST_ARGUMENT = 5  # lines
_LAYOUT = re.compile(r"[\d\s]*")


@dataclass(frozen=True, slots=True)
class Given:
    """What a directive was given: `offset` is the number of the content's first line."""

    argument: str
    options: dict[str, str]
    content: StringList
    offset: int


class Tolerant(Directive):
    """A directive that takes any argument, any option and any content.

    docutils hands everything over as content; argument and options are told apart here, since an
    option that docutils does not know would cost the whole directive.
    """

    has_content = True
    takes_argument: ClassVar[bool] = True

    def run(self) -> list[nodes.Node]:
        """The nodes that stand for the directive."""
        at = self._argument_lines() if self.takes_argument else 0
        argument = " ".join(line.strip() for line in self.content[:at])
        options: dict[str, str] = {}
        while at < len(self.content) and (match := _OPTION.match(self.content[at])):
            value, at = match[2] or "", at + 1
            while at < len(self.content) and self.content[at].startswith(" "):
                value, at = f"{value} {self.content[at].strip()}", at + 1
            options[match[1]] = value
        return self.built(Given(argument, options, self.content[at:], self.content_offset + at))

    def _argument_lines(self) -> int:
        """How many lines the argument has: all above the options, else one where it is given."""
        for number, line in enumerate(self.content[:_LONGEST_ARGUMENT]):
            if _OPTION.match(line):
                return number
            if not line.strip():
                break
        given = self.content and _ARGUMENT.search(self.block_text.split("\n", 1)[0])
        return 1 if given else 0

    def built(self, given: Given) -> list[nodes.Node]:
        """The nodes that stand for what was given."""
        raise NotImplementedError

    def led(self, leads: list[str], content: StringList, offset: int) -> list[nodes.Node]:
        """Parse the content; `leads` are the words before its first paragraph."""
        holder = nodes.container()
        holder["lead"] = [self.words(lead) for lead in leads]
        holder["tab"] = self.name.lower().rpartition(":")[2] in sphinx.TABS
        self.state.nested_parse(content, offset, holder, match_titles=True)
        return [holder]

    def words(self, text: str) -> str:
        """The words of a title that may hold inline markup."""
        parsed, _ = self.state.inline_text(_HTML_TAG.sub("", text), self.lineno)
        return "".join(node.astext() for node in parsed)


class _Silent(Tolerant):
    def run(self) -> list[nodes.Node]:
        return [left_out(sphinx.dropped_name(self.name))]


class _Image(Tolerant):
    """An image; a node even so, since a substitution definition must not be empty."""

    def run(self) -> list[nodes.Node]:
        return [nodes.image(uri="")]


class _Code(Tolerant):
    def built(self, given: Given) -> list[nodes.Node]:
        code = "\n".join(given.content)
        if self.name.lower() == "math" and given.argument:
            code = f"{given.argument}\n{code}"
        return [nodes.literal_block(code, code)] if code.strip() else []


class _CodeTab(Tolerant):
    """A listing under the name of its language, or under the title after that."""

    def built(self, given: Given) -> list[nodes.Node]:
        code = "\n".join(given.content)
        language, _, title = given.argument.partition(" ")
        holder = nodes.container("", nodes.literal_block(code, code))
        holder["lead"], holder["tab"] = [title or language], True
        return [holder]


class _Admonition(Tolerant):
    takes_argument = False

    def built(self, given: Given) -> list[nodes.Node]:
        return self.led(list(sphinx.admonition_lead(self.name, "")), given.content, given.offset)


class _Version(Tolerant):
    def built(self, given: Given) -> list[nodes.Node]:
        version, _, explanation = given.argument.partition(" ")
        lead = f"{sphinx.VERSIONS[self.name.lower()]} {version}"
        if self.name.lower() == "deprecated-removed":
            removed, _, explanation = explanation.partition(" ")
            lead = f"{lead}, removed in {removed}"
        content = StringList([explanation, "", *given.content], self.name)
        return self.led([lead], content, given.offset)


class _Names(Tolerant):
    """autosummary: the names it lists."""

    def built(self, given: Given) -> list[nodes.Node]:
        names = [line.strip().lstrip("~!") for line in given.content]
        names = [name for name in names if name and not _OPTION.match(name)]
        items = [nodes.list_item("", nodes.paragraph("", name)) for name in names]
        return [nodes.bullet_list("", *items)] if items else []


class _Signature(Tolerant):
    def built(self, given: Given) -> list[nodes.Node]:
        held = self.led([], given.content, given.offset)
        cast("nodes.Element", held[0])["lead"] = [
            given.argument.removeprefix(".. ").removesuffix("::").replace("\\", "")
        ]
        return held


class _Glossary(Tolerant):
    """Terms with what they mean; several terms above one meaning share it."""

    def built(self, given: Given) -> list[nodes.Node]:
        lines = list(given.content)
        for at in range(len(lines) - 2, -1, -1):
            here, below = lines[at], lines[at + 1]
            if here[:1].strip() and below[:1].strip() and not here.startswith(".."):
                lines[at : at + 2] = [f"{here}, {below}"]
        return self.led([], StringList(lines, self.name), given.offset)


class _Generated(Tolerant):
    """autoclass and the like: the prose that is added to the docstring, if there is any."""

    def built(self, given: Given) -> list[nodes.Node]:
        held = self.led([given.argument], given.content, given.offset)
        has_prose = any(True for holder in held for _ in holder.findall(nodes.paragraph))
        return held if has_prose else [left_out(sphinx.dropped_name(self.name))]


class _CsvTable(Tolerant):
    """A table of comma-separated values; unlike docutils', its quoting may be careless."""

    def built(self, given: Given) -> list[nodes.Node]:
        named = given.options.get("delim", ",")
        delimiter = {"tab": "\t", "space": " "}.get(named, named[:1] or ",")
        rows = _csv_rows(list(given.content), delimiter)
        width = max((len(row) for row in rows), default=0)
        head = _csv_rows([given.options.get("header", "")], delimiter)
        if head and len(head[0]) == 1 < width:
            head = _csv_rows([given.options["header"]], ",")
        count = given.options.get("header-rows", "0")
        many = int(count) if count.isdecimal() else 0
        head, rows = head + rows[:many], rows[many:]
        group = nodes.tgroup("", self._part(nodes.thead(), head), self._part(nodes.tbody(), rows))
        return [nodes.table("", group)]

    def _part(self, part: nodes.Element, rows: list[list[str]]) -> nodes.Element:
        for cells in rows:
            entries = [nodes.entry("", nodes.paragraph("", self.words(cell))) for cell in cells]
            part += nodes.row("", *entries)
        return part


class _Wrapper(Tolerant):
    """A figure, card, tab, column or anything unknown: its title and its content."""

    def built(self, given: Given) -> list[nodes.Node]:
        name = self.name.lower()
        shows_title = name not in sphinx.UNTITLED and name not in {"figure", "raw"}
        is_words = given.content or " " in given.argument
        is_title = shows_title and is_words and not _LAYOUT.fullmatch(given.argument)
        options, content = given.options, given.content
        for number, line in enumerate(content if "card" in name else ()):
            if sphinx.CARD_RULE.fullmatch(line):
                content[number] = ""
        shown = [options[key] for key in sphinx.PROSE_OPTIONS if options.get(key)]
        if not content and shown:
            content = StringList([_HTML_TAG.sub("", shown.pop())], self.name)
        leads = [*([given.argument] if is_title else []), *shown]
        return self.led(leads, content, given.offset)


def _csv_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row]


def directive_class(name: str) -> type[Tolerant]:
    """The class for a directive that docutils does not know, or knows too strictly."""
    kinds: list[tuple[Callable[[str], bool], type[Tolerant]]] = [
        (lambda name: name == "autosummary", _Names),
        (lambda name: name == "csv-table", _CsvTable),
        (lambda name: name == "glossary", _Glossary),
        (lambda name: name == "image", _Image),
        (lambda name: name == "code-tab", _CodeTab),
        (sphinx.is_silent, _Silent),
        (sphinx.CODE.__contains__, _Code),
        (sphinx.VERSIONS.__contains__, _Version),
        (sphinx.KINDS.__contains__, _Admonition),
        (sphinx.STANDINGS.__contains__, _Admonition),
        (sphinx.is_generated, _Generated),
        (sphinx.is_signature, _Signature),
    ]
    return next((kind for test, kind in kinds if test(name)), _Wrapper)
