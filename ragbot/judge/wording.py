"""What a cross-encoder reads of a statement: where it stands, then what it says."""

HEADING_JOIN = " > "
PART = 60  # characters of a heading and of a label: the 95th share of headings is as long as that
QUOTE = 320  # characters of a quote: about as many as 96 tokens hold behind a question
_CUT = "..."


def statement_text(heading: str, symbol: str, label: str, quote: str) -> str:
    """A statement in one line, `title > last heading | label: quote`.

    Who reads it takes so many tokens and no more, so what tells statements apart comes first and
    none of its parts may crowd out the rest: of the headings the first is kept, which mostly names
    what the document is about, and the last; a long quote, most often code, is cut.

    Args:
        heading: the headings above it, joined by " > ", the document's title first; may be "".
        symbol: the programming name that its document documents, or "".
        label: what a reader must see beside it (the lead-in of its list, the headers of its cell),
            or "".
        quote: its words.
    """
    parts = [part for part in heading.split(HEADING_JOIN) if part.strip()]
    place = list(dict.fromkeys((symbol or "".join(parts[:1]), *parts[-1:])))
    above = HEADING_JOIN.join(_shortened(part, PART) for part in place if part.strip())
    before = " | ".join(filter(None, (above, _shortened(label, PART))))
    said = _shortened(quote, QUOTE)
    return f"{before}: {said}" if before else said


def _shortened(text: str, most: int) -> str:
    """A text in one line, cut between two words where it is longer."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    head, _, _ = line[: most + 1].rpartition(" ")
    return (head or line[:most]) + _CUT
