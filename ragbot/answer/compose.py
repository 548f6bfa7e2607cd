"""Fills the table, the verdict and the findings with checked quotes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ragbot.answer import verify
from ragbot.answer.candidates import Candidate, Said, Scored, Wanted, evidence
from ragbot.answer.citations import Numbering
from ragbot.answer.grow import grown, regrown
from ragbot.answer.leaning import with_support
from ragbot.answer.select import Selector
from ragbot.guide import Guide
from ragbot.retrieval import Vector
from ragbot.statements import QUOTE_WORDS
from ragbot.types import Cell, CellStatus, Claim, Column, Form, Question, Row, nested
from ragbot.understand.question import QUESTION_ROW

# Scores that a statement must reach, of the scale of Selector.score (docs/log.md, 2026-11-20).
CELL_LEAST = 0.42
OFF_ASPECT_COSINE = 0.50  # where no word of the aspect stands in the quote or beside it
QUESTION_LEAST = 0.45
FINDING_LEAST = 0.40
VERDICT_LEAST = 0.55
DROP = 0.14  # how far the second quote of a cell may score under the first
FINDING_DROP = 0.24

MORE = 3  # quotes in each place where the evidence is asked for
SPARE = 2  # times as many are chosen as are shown: a quote may take in another
QUOTES_A_CELL = 3
QUOTES_A_CELL_WIDE = 2  # in a table of more than SMALL_TABLE cells
SMALL_TABLE = 4
SHORT = 40  # words that a quote takes in others up to, where it is the only one of its cell
VERDICTS = 3
FINDINGS = 5
ENOUGH = 3  # findings that stand whatever the first scores, where they are good

# How English advises; no subject is named here.
_ADVICE = re.compile(
    r"\b(?:recommend(?:s|ed)?|should (?:use|choose|pick|opt|go|learn|start)|the choice for|"
    r"opt for|go (?:for|with)|ideal\w*|best (?:for|suited|choice|option|fit|pick)|works? best|"
    r"suit(?:s|able)|(?:well|better|perfectly|most|best)[ -]suited|prefer(?:s|red|able)?|"
    r"favou?rite|(?:good|great|better|excellent|right|perfect|first) (?:choice|option|pick|fit)|"
    r"(?:fits|great|excellent) (?:for )?\w+|if you(?:'re| are)? (?:want|need|prefer|new|looking)|"
    r"when you (?:want|need))\b",
    re.IGNORECASE,
)

# The forms that advice answers.
CHOOSING = frozenset((Form.CHOICE, Form.COMPARISON, Form.DIFFERENCE))


@dataclass
class Composer:
    """Composes one answer; it remembers what is quoted already."""

    selector: Selector
    guide: Guide
    numbering: Numbering
    used: set[Said] = field(default_factory=set)
    thorough: bool = False  # the evidence itself is asked for: more quotes, and further ones

    def cell(
        self,
        column: Column,
        row: Row,
        candidates: Sequence[Candidate],
        vector: Vector,
        aspect_vector: Vector,
        limit: int,
        words: Mapping[str, float],
    ) -> Cell:
        """What the sources say about one subject and one aspect.

        `vector` is what quotes are compared with; one without a word of the aspect must also be
        near to `aspect_vector`, that of the sub-query alone. `words` are the tokens of the
        question with their weights.
        """
        aspect = None if row.id == QUESTION_ROW else row.id
        wanted = Wanted(column.id, aspect, vector, code=False, words=words)
        least = QUESTION_LEAST if aspect is None else CELL_LEAST
        limit, drop = self._room(limit, DROP)

        def usable(scored: Scored) -> bool:
            near = float(scored.candidate.vector @ aspect_vector) >= OFF_ASPECT_COSINE
            fits = aspect is None or scored.on_aspect or near
            return fits and self._claim(scored, column.id, row.id) is not None

        chosen = self.selector.best(
            candidates, wanted, SPARE * limit, least, drop, self.used, usable
        )
        chosen = self._grown(chosen, candidates, wanted, limit)
        claims = self._claims(chosen, column.id, row.id)
        status = CellStatus.SUPPORTED if claims else CellStatus.NO_EVIDENCE
        return Cell(column.id, row.id, status, claims)

    def findings(
        self, candidates: Sequence[Candidate], wanted: Wanted, limit: int = FINDINGS
    ) -> tuple[Claim, ...]:
        """The quotes that answer a question without a table, best first."""
        limit, drop = self._room(limit, FINDING_DROP)
        chosen = self.selector.best(
            candidates,
            wanted,
            SPARE * limit,
            FINDING_LEAST,
            drop,
            self.used,
            lambda scored: self._claim(scored, wanted.subject, None) is not None,
            ENOUGH,
        )
        chosen = self._grown(chosen, candidates, wanted, limit)
        return self._claims(chosen, wanted.subject, None)

    def in_order(self, statements: Sequence[Candidate], wanted: Wanted) -> tuple[Claim, ...]:
        """Statements that belong together, in their own order."""
        scored = [self.selector.score(statement, wanted) for statement in statements]
        claims = self._claims(scored, wanted.subject, None)
        # One that leans on the one before has taken it in.
        return tuple(c for c in claims if not any(_within(c, other) for other in claims))

    def verdict(
        self, question: Question, candidates: Sequence[Candidate], vector: Vector
    ) -> tuple[Claim, ...]:
        """Recommendations that the sources give, one a subject; () where fewer than two do.

        () too where the question asks for no choice: whether something is so needs no advice.
        Where the question names aspects, the advice must speak of one of them.
        """
        if question.form not in CHOOSING:
            return ()
        aspects = [row.id for row in question.rows if row.id != QUESTION_ROW]
        advice = [c for c in candidates if _advises(c) and self._speaks_of(c.quote, aspects)]
        found: dict[Said, tuple[Scored, str]] = {}
        columns = question.columns[:VERDICTS]
        for column in columns:
            wanted = Wanted(column.id, None, vector, code=False)
            named = [c for c in advice if column.id in self.guide.subjects_in(c.quote)]
            used = self.used | found.keys()
            for scored in self.selector.best(named, wanted, 1, VERDICT_LEAST, DROP, used):
                found.setdefault(scored.candidate.said, (scored, column.id))
        if len(found) < min(2, len(columns)):
            return ()
        return tuple(
            claim
            for scored, subject in found.values()
            for claim in self._claims([scored], subject, None)
        )

    def _room(self, limit: int, drop: float) -> tuple[int, float]:
        """How many quotes may stand in a place, and how far they may score under its first."""
        return (limit + MORE, 2 * drop) if self.thorough else (limit, drop)

    def _speaks_of(self, quote: str, aspects: Sequence[str]) -> bool:
        return not aspects or any(self.guide.aspect_words(aspect, quote) for aspect in aspects)

    def _grown(
        self,
        chosen: Sequence[Scored],
        candidates: Sequence[Candidate],
        wanted: Wanted,
        limit: int,
    ) -> list[Scored]:
        """Up to `limit` of the chosen statements, with what stands beside them."""

        def cut(scored: Scored, start: int, end: int) -> Scored | None:
            text = self.numbering.document(scored.candidate.document).text
            longer = regrown(scored, text[start:end], start, end)
            fits = self._claim(longer, wanted.subject, wanted.aspect) is not None
            return longer if fits else None

        most = QUOTE_WORDS if limit > 1 else SHORT
        quotes = grown(chosen, candidates, wanted, limit, self.used, most, cut)
        self.used |= {c.said for c in candidates if any(q.candidate.holds(c) for q in quotes)}
        return quotes

    def _claims(
        self, chosen: Sequence[Scored], subject: str | None, aspect: str | None
    ) -> tuple[Claim, ...]:
        """The chosen quotes as claims; those that fail a check are left out."""
        claims = []
        for scored in chosen:
            claim = self._claim(scored, subject, aspect)
            if claim is not None:
                claims.append(claim)
                self.used.add(scored.candidate.said)
        return tuple(claims)

    def _claim(self, scored: Scored, subject: str | None, aspect: str | None) -> Claim | None:
        """A quote as a claim, with the sentence that it leans on; None where it fails a check."""
        quote = evidence(scored)
        document = self.numbering.document(quote.document_id)
        quote = with_support(quote, document)
        checks = verify.check(quote, document, subject, self.guide, aspect, alone=True)
        claim = Claim(quote.quote, subject, aspect, (quote,), checks)
        return claim if verify.passed(claim) else None


def _within(claim: Claim, other: Claim) -> bool:
    """Whether the quote of a claim is a part of another's."""
    one, two = claim.evidence[0], other.evidence[0]
    return nested(one.span, two.span) and len(one.quote) < len(two.quote)


def _advises(candidate: Candidate) -> bool:
    """Whether a statement is a whole sentence that recommends something."""
    return candidate.quote.endswith((".", "!")) and bool(_ADVICE.search(candidate.quote))


def quotes_a_cell(cells: int) -> int:
    """How many quotes a cell may hold in a table of so many cells: more would not be read."""
    if cells <= SMALL_TABLE:
        return QUOTES_A_CELL
    return QUOTES_A_CELL_WIDE if cells <= 3 * SMALL_TABLE else 1
