"""Proves what an answer says: a chosen statement becomes a checked claim, or nothing.

This is the one place that turns a quote into a claim.
"""

from collections.abc import Iterable
from dataclasses import replace

from ragbot.answer import verify
from ragbot.answer.citations import Numbering
from ragbot.answer.instructions import addresses_a_model
from ragbot.answer.leaning import with_announced, with_neighbours, with_support
from ragbot.guide import Guide
from ragbot.judge import Judged
from ragbot.judge.candidates import Candidate
from ragbot.statements import LABEL_JOIN, labelled
from ragbot.types import Claim, Evidence


class Prover:
    """Makes the claims of one answer."""

    def __init__(self, guide: Guide, numbering: Numbering) -> None:
        self._guide = guide
        self._numbering = numbering

    def claim(
        self,
        judged: Judged,
        subject: str | None,
        aspect: str | None,
        others: Iterable[Judged] = (),
    ) -> Claim | None:
        """A judged statement as a claim of a subject and an aspect; None where it fails a check.

        It brings along those of the `others` that stand beside it, the sentence before that it
        leans on and the list that it announces; where that fails a check, what it leans on alone.
        """
        quote = self._evidence(judged)
        document = self._numbering.document(quote.document_id)
        beside = [
            evidence(other.candidate, other.helps)
            for other in others
            if other.candidate.document == quote.document_id
            and (subject is None or subject in other.candidate.statement.subjects)
        ]
        supported = with_support(quote, document)
        joined = with_support(with_neighbours(quote, document, beside), document)
        made = (
            self._proved(one, subject, aspect, alone=True)
            for one in dict.fromkeys((with_announced(joined, document), supported))
            if _is_for_readers(one, quote)
        )
        return next((claim for claim in made if claim), None)

    def step(self, judged: Judged, subject: str | None) -> Claim | None:
        """A judged statement as one of several that are read in order, else as `claim`."""
        quote = self._evidence(judged)
        supported = with_support(quote, self._numbering.document(quote.document_id))
        one = supported if _is_for_readers(supported, quote) else quote
        return self._proved(one, subject, None, alone=False)

    def _evidence(self, judged: Judged) -> Evidence:
        """A judged statement as evidence, beside it the product that its document is about.

        A quote that names a product, and a page of a programming name, say themselves what of.
        """
        quote = evidence(judged.candidate, judged.helps)
        title = self._numbering.document(quote.document_id).title
        about = {product.id: product.name for _, _, product in self._guide.products_in(title)}
        said = f"{quote.label} {quote.quote}"
        if judged.candidate.symbol or len(about) != 1 or self._guide.products_in(said):
            return quote
        return replace(quote, label=LABEL_JOIN.join(filter(None, (*about.values(), quote.label))))

    def _proved(
        self, quote: Evidence, subject: str | None, aspect: str | None, *, alone: bool
    ) -> Claim | None:
        document = self._numbering.document(quote.document_id)
        checks = verify.check(quote, document, subject, self._guide, aspect, alone=alone)
        claim = Claim(quote.quote, subject, aspect, (quote,), checks)
        return claim if verify.passed(claim) else None


def _is_for_readers(longer: Evidence, quote: Evidence) -> bool:
    """Whether what a quote brings along gives no orders to a machine, unless it does so itself."""
    return not addresses_a_model(longer.quote) or addresses_a_model(quote.quote)


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
