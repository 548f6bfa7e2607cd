"""Mechanical checks of a claim; one that fails is not shown."""

from ragbot.guide import Guide
from ragbot.statements import MAX_WORDS
from ragbot.types import Check, Claim, Document, Evidence

EXACT = "quote_in_document"


def check(
    evidence: Evidence, document: Document, subject: str | None, guide: Guide
) -> tuple[Check, ...]:
    """The checks of one quote: it is in its document, speaks of the subject, and is short."""
    checks = [_exact(evidence, document), _short(evidence)]
    if subject is not None:
        checks.append(_of_subject(evidence, subject, guide))
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
    return Check("quote_is_short", count <= MAX_WORDS, f"{count} of at most {MAX_WORDS} words")


def _of_subject(evidence: Evidence, subject: str, guide: Guide) -> Check:
    """Where the subject is named: in the quote, in its label or heading, or by its document."""
    if subject in guide.subjects_in(evidence.quote):
        where = "in the quote"
    elif subject in guide.subjects_in(evidence.label):
        where = "beside the quote"
    elif subject in evidence.subjects:
        where = "by its section or document"
    else:
        return Check("names_subject", passed=False, detail=f"{subject} is not named")
    return Check("names_subject", passed=True, detail=f"{subject} is named {where}")
