"""Mechanical checks of a claim; one that fails is not shown."""

from ragbot import sentences
from ragbot.answer.leaning import announces, block_of, leans
from ragbot.guide import Guide
from ragbot.statements import QUOTE_WORDS
from ragbot.types import BlockKind, Check, Claim, Document, Evidence

EXACT = "quote_in_document"
ALONE = "stands_alone"


def check(
    evidence: Evidence,
    document: Document,
    subject: str | None,
    guide: Guide,
    aspect: str | None = None,
    *,
    alone: bool = False,
) -> tuple[Check, ...]:
    """The checks of one quote, in order.

    It is in its document, short, made of whole sentences (so that no negation, condition or version
    limit is cut off), leans on no sentence that is left out, where it is read `alone`, and speaks
    of the subject and of the aspect, where they are given. A quote without a word of its aspect was
    chosen for its meaning; the check says so.
    """
    checks = [_exact(evidence, document), _short(evidence), _whole(evidence, document)]
    if alone and evidence.kind is BlockKind.PROSE:
        checks.append(_stands_alone(evidence))
    if subject is not None:
        checks.append(_of_subject(evidence, subject, guide))
    if aspect is not None and guide.aspect(aspect) is not None:
        checks.append(_of_aspect(evidence, document, aspect, guide))
    return tuple(checks)


def passed(claim: Claim) -> bool:
    """Whether every check of a claim was passed."""
    return all(check.passed for check in claim.checks)


def _exact(evidence: Evidence, document: Document) -> Check:
    found = document.text[evidence.start : evidence.end]
    where = f"characters {evidence.start} to {evidence.end} of {document.path}"
    return Check(EXACT, found == evidence.quote, where)


def _short(evidence: Evidence) -> Check:
    count = len(evidence.quote.split())
    return Check("quote_is_short", count <= QUOTE_WORDS, f"{count} of at most {QUOTE_WORDS} words")


def _whole(evidence: Evidence, document: Document) -> Check:
    """Whether a quote out of a paragraph or list item begins and ends where sentences do."""
    block = block_of(document, evidence.start, evidence.end)
    if block is None:
        return Check("sentences_are_whole", passed=True, detail=f"{evidence.kind}, no sentence")
    spans = sentences.split(document.text[block.start : block.end])
    begins = evidence.start - block.start in {start for start, _ in spans}
    ends = evidence.end - block.start in {end for _, end in spans}
    torn = " and ".join(w for w, good in (("its beginning", begins), ("its end", ends)) if not good)
    detail = f"cut off at {torn}" if torn else "it begins and ends where sentences do"
    return Check("sentences_are_whole", not torn, detail)


def _stands_alone(evidence: Evidence) -> Check:
    """Whether a quote says by itself what it speaks of, and points to nothing beside it."""
    first = " ".join(evidence.quote.split()[:3])
    if announces(evidence.quote):
        last = " ".join(evidence.quote.split()[-3:])
        detail = f"“... {last}” announces what is not quoted"
        return Check(ALONE, passed=False, detail=detail)
    if leans(evidence.quote):
        detail = f"“{first} ...” leans on a sentence that is not quoted"
        return Check(ALONE, passed=False, detail=detail)
    return Check(ALONE, passed=True, detail=f"“{first} ...” points to nothing before it")


def _of_subject(evidence: Evidence, subject: str, guide: Guide) -> Check:
    """Whether a quote speaks of the subject, and where that is named: in it, beside it, above it.

    Whom a statement speaks of is found when an index is built; to be named in it is not enough.
    """
    named = guide.subjects_in(evidence.quote)
    if subject in guide.subjects_in(evidence.label):
        where = "beside the quote"
    elif subject not in evidence.subjects:
        others = ", ".join(evidence.subjects or named)
        found = f"it speaks of {others}, not {subject}" if others else f"{subject} is not named"
        return Check("names_subject", passed=False, detail=found)
    else:
        where = "in the quote" if subject in named else "before it, or by its section or document"
    return Check("names_subject", passed=True, detail=f"{subject} is named {where}")


def _of_aspect(evidence: Evidence, document: Document, aspect: str, guide: Guide) -> Check:
    """Where a word of the aspect stands; a quote without one was chosen for its meaning."""
    section = next((s for s in reversed(document.sections) if s.start <= evidence.start), None)
    above = " ".join(section.heading_path) if section else document.title
    for text, where in (
        (evidence.quote, "in the quote"),
        (evidence.label, "beside the quote"),
        (above, "in its headings"),
    ):
        if guide.aspect_words(aspect, text):
            detail = f"a word of {aspect} stands {where}"
            return Check("speaks_of_aspect", passed=True, detail=detail)
    detail = f"no word of {aspect}: chosen for its meaning"
    return Check("speaks_of_aspect", passed=True, detail=detail)
