"""What readers of structured markup say to the writer: paragraphs, items, leads and listings.

Markup nests (a note inside a list item inside a quote); a Document is flat. A Flow keeps what is
open and writes flat blocks in reading order.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ragbot.readers.boilerplate import is_button_row, is_navigation_row
from ragbot.readers.byline import byline_of
from ragbot.readers.notices import of_lead
from ragbot.readers.writer import DocumentWriter, Place, fold

_ENDS = (".", "?", "!", "\u3002", "\uff1f", "\uff01")
_TOP = 3  # blocks; a byline stands above them


class Flow:
    """Writes nested content in reading order.

    The first paragraph of a list item becomes the item; what follows inside it is prose or code of
    its own. Leads ("Note", "Deprecated since 2.0") are put before the next paragraph.
    """

    def __init__(self, writer: DocumentWriter) -> None:
        self._writer = writer
        self._markers: list[str | None] = []
        self._leads: list[str] = []
        self._quotes = 0

    @property
    def is_at_top(self) -> bool:
        """Whether so little is written that a byline may follow."""
        return self._writer.written <= _TOP

    def heading(self, level: int, text: str, anchor: str = "") -> None:
        """Start a section; inside a list or a quote a heading is a paragraph."""
        self.flush_leads()
        if self._markers or self._quotes:
            self.paragraph(text)
        else:
            self._writer.heading(min(max(level, 1), 6), text, anchor)

    def aside(self, text: str) -> Place:
        """Start a section below the open one; the place to `resume` when it ends."""
        place = self._writer.place
        self.heading(max(place.level, 1) + 1, text)
        return place

    def resume(self, place: Place) -> None:
        """Go on with an earlier section."""
        self.flush_leads()
        self._writer.resume(place)

    def paragraph(self, text: str) -> None:
        """Write a paragraph, or the open list item; rows of buttons are dropped."""
        text = fold(text)
        if not text:
            return
        if is_button_row(text):
            self.drop("button row")
            return
        if is_navigation_row(text):
            self.drop("navigation row")
            return
        if self.is_at_top and (byline := byline_of(text)):
            self.drop("byline")
            self._writer.dated(byline.published, byline.updated)
            if not byline.description:
                return
            text = byline.description
        if self._leads:
            text = f"{_joined(self._leads)}{text}"
            self._leads.clear()
        marker = self._markers[-1] if self._markers else None
        if marker is None:
            self._writer.prose(text)
        else:
            self._markers[-1] = None
            self._writer.item(text, len(self._markers) - 1, marker)

    def code(self, text: str) -> None:
        """Write a code listing."""
        if text.strip():
            self.flush_leads()
            self._writer.code(text)

    def table(self, header: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> None:
        """Write a table; one that holds buttons only is dropped."""
        cells = [cell for row in (header or (), *rows) for cell in row if cell.strip()]
        if cells and all(is_button_row(cell) for cell in cells):
            self.drop("button row")
        elif cells:
            self.flush_leads()
            self._writer.table(header, rows)

    def drop(self, construct: str, count: int = 1) -> None:
        """Count what is left out, by the name of the construct."""
        self._writer.drop(construct, count)

    def begin_item(self, marker: str = "-") -> None:
        """Open a list item; `marker` is "-" or a number such as "3."."""
        self.flush_leads()
        self._markers.append(marker)

    def end_item(self) -> None:
        """Close the innermost list item."""
        self.flush_leads()
        self._markers.pop()

    @contextmanager
    def item(self, marker: str = "-") -> Iterator[None]:
        """Write what is said inside as one list item."""
        self.begin_item(marker)
        yield
        self.end_item()

    @contextmanager
    def quote(self) -> Iterator[None]:
        """Write what is said inside as prose, headings too."""
        self._quotes += 1
        yield
        self._quotes -= 1

    @contextmanager
    def lead(self, *words: str) -> Iterator[None]:
        """Put `words` and a colon before the first paragraph inside; empty words are left out.

        Words such as "Deprecated since 2.0" are a fact of all that stands inside.
        """
        told = [fold(word).rstrip(":") for word in words if fold(word).rstrip(":")]
        self._leads += told
        first = self._writer.written
        with self.quote():
            yield
        self.flush_leads(colon=False)
        for notice in filter(None, map(of_lead, told)):
            self._writer.fact(notice.kind, notice.detail, first)

    @contextmanager
    def labelled(self, name: str) -> Iterator[None]:
        """Write a name ("Linux:") and what holds of it alone; all that is inside bears the name."""
        self.flush_leads()
        if name := fold(name).rstrip(":"):
            self.paragraph(f"{name}:")
        outer = self._writer.label
        self._writer.label = ", ".join(filter(None, (outer, name)))
        with self.quote():
            yield
        self.flush_leads()
        self._writer.label = outer

    def flush_leads(self, *, colon: bool = True) -> None:
        """Write leads that no paragraph took, as a paragraph of their own."""
        if self._leads:
            words = _joined(self._leads).rstrip()
            words = words if colon else words.removesuffix(":")
            self._leads.clear()
            self.paragraph(words)


def _joined(leads: Sequence[str]) -> str:
    """Leads before what they lead to, each with a colon unless it ends a sentence itself."""
    return "".join(f"{lead} " if lead.endswith(_ENDS) else f"{lead}: " for lead in leads)
