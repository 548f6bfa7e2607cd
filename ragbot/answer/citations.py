"""Numbered citations, built from evidence and never parsed out of text."""

from collections.abc import Iterable
from urllib.parse import quote as percent

from ragbot.index.library import Library
from ragbot.types import Citation, Claim, Conflict, Document, Evidence, Source, SourceKind, Span

FRAGMENT_WORDS = 8  # a longer quote is named by its first and last words


class Numbering:
    """Gives each quote of an answer its number, in the order of its first use."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._documents: dict[str, Document] = {}
        self._citations: dict[Span, Citation] = {}

    def add(self, claims: Iterable[Claim]) -> None:
        """Number the evidence of some claims."""
        for claim in claims:
            for evidence in claim.evidence:
                self.cite(evidence)

    def add_sides(self, conflicts: Iterable[Conflict]) -> None:
        """Number the evidence of both sides of some disagreements."""
        for conflict in conflicts:
            for side in conflict.sides:
                for evidence in side.evidence:
                    self.cite(evidence)

    def cite(self, evidence: Evidence) -> Citation:
        """The citation of a piece of evidence."""
        key = evidence.span
        if key not in self._citations:
            self._citations[key] = self._citation(len(self._citations) + 1, evidence)
        return self._citations[key]

    def all(self) -> tuple[Citation, ...]:
        """Every citation, by number."""
        return tuple(self._citations.values())

    def documents(self) -> int:
        """How many documents are cited; one that only repeats a passage of another is not."""
        speaking: dict[str, str] = {}
        for citation in self._citations.values():
            evidence = citation.evidence
            speaking.setdefault(self._library.voice(evidence.passage_id), evidence.document_id)
        return len(set(speaking.values()))

    def document(self, name: str) -> Document:
        """A cited document."""
        if name not in self._documents:
            self._documents[name] = self._library.document(name)
        return self._documents[name]

    def _citation(self, number: int, evidence: Evidence) -> Citation:
        document = self.document(evidence.document_id)
        source = self._library.source(document.source_id)
        section = next(s for s in reversed(document.sections) if s.start <= evidence.start)
        digest = source.kind is SourceKind.DIGEST
        own = self._has_own_address(document, source)
        # The page that a digest retells does not hold the quoted words, nor does that of a whole
        # site hold those of one of its documents.
        plain = digest or not own
        url = document.url if plain else with_fragment(document.url, evidence.quote)
        return Citation(
            number=number,
            evidence=evidence,
            title=document.title,
            section=section.heading_path,
            url=url,
            source_id=source.id,
            publisher=source.publisher,
            author=source.author,
            authority=source.authority,
            kind=source.kind,
            published=document.published,
            updated=document.updated,
            version=document.version,
            licence=document.licence,
            facts=document.facts_of(evidence.start, evidence.end),
            also_at=self._library.also_at(evidence.passage_id),
            path=document.path,
            place=url if own else document.path,
        )

    def _has_own_address(self, document: Document, source: Source) -> bool:
        """Whether a document's address is its own: not none, and not that of all of its source."""
        if not document.url.startswith(("http://", "https://")):
            return False
        if document.url != source.url:
            return True
        several = "SELECT 1 FROM documents WHERE source_id = ? LIMIT 2"
        return len(self._library.read(several, source.id)) == 1


def with_fragment(url: str, quote: str) -> str:
    """The address with a text fragment that scrolls to a quote.

    The form is that of the WICG draft "URL Fragment Text Directives": `#:~:text=start,end`.
    """
    if not url.startswith(("https://", "http://")):
        return url
    first_line = quote.splitlines()[0]
    words = first_line.split()
    if len(words) <= FRAGMENT_WORDS:
        directive = _escape(first_line)
    else:
        half = FRAGMENT_WORDS // 2
        directive = f"{_escape(' '.join(words[:half]))},{_escape(' '.join(words[-half:]))}"
    joint = ":~:" if "#" in url else "#:~:"
    return f"{url}{joint}text={directive}"


def _escape(text: str) -> str:
    # A hyphen has a meaning in a directive, as have the comma and the ampersand.
    return percent(text, safe="").replace("-", "%2D")
