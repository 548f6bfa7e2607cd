"""Proves what an answer says: a chosen statement becomes a checked claim, or nothing.

This is the one place that turns a quote into a claim.
"""

from ragbot.answer import verify
from ragbot.answer.citations import Numbering
from ragbot.answer.leaning import with_support
from ragbot.guide import Guide
from ragbot.judge import Judged
from ragbot.judge.candidates import Candidate
from ragbot.statements import labelled
from ragbot.types import Claim, Evidence


class Prover:
    """Makes the claims of one answer."""

    def __init__(self, guide: Guide, numbering: Numbering) -> None:
        self._guide = guide
        self._numbering = numbering

    def claim(self, judged: Judged, subject: str | None, aspect: str | None) -> Claim | None:
        """A judged statement as a claim of a subject and an aspect; None where it fails a check.

        It brings along the sentence before it that it leans on.
        """
        quote = evidence(judged.candidate, judged.helps)
        document = self._numbering.document(quote.document_id)
        quote = with_support(quote, document)
        checks = verify.check(quote, document, subject, self._guide, aspect, alone=True)
        claim = Claim(quote.quote, subject, aspect, (quote,), checks)
        return claim if verify.passed(claim) else None


def evidence(candidate: Candidate, score: float) -> Evidence:
    """A candidate as evidence; `score` is the probability that it helps."""
    statement = candidate.statement
    return Evidence(
        quote=candidate.quote,
        start=statement.start,
        end=statement.end,
        document_id=candidate.document,
        passage_id=statement.passage_id,
        kind=statement.kind,
        label=labelled(candidate.symbol, statement.label),
        subjects=statement.subjects,
        score=round(score, 4),
    )
