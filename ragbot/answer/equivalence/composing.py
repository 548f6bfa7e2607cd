"""Composes names side by side out of checked quotes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ragbot.answer import verify
from ragbot.answer.citations import Numbering
from ragbot.answer.equivalence.arguments import Corresponding, corresponding
from ragbot.answer.equivalence.page import SymbolPage
from ragbot.answer.equivalence.pairs import Counterpart
from ragbot.answer.equivalence.parameters import Parameter
from ragbot.answer.equivalence.reference import Reference
from ragbot.answer.pick import LEAST
from ragbot.answer.prove import evidence
from ragbot.encoder import Vectors
from ragbot.index.generation import Generation
from ragbot.judge.candidates import Candidate, Gatherer, overlap
from ragbot.retrieval.selection import Selection
from ragbot.types import ApiSymbol, Argument, ArgumentPair, Claim, SideBySide

ARGUMENTS = 4
CAVEATS = 1  # for each of the two names
WORDS = 190  # quoted side by side, what is told last left out; the rest is for guides


Helping = Callable[[Sequence[int]], Mapping[int, float]]
"""How likely each of some statements helps with the question, by their ordinals."""


@dataclass(frozen=True, slots=True)
class NamedSymbol:
    """A symbol by its number, as a question writes it, in the column of a subject."""

    text: str
    entry: int
    subject: str


class Quotes:
    """The documents of symbols of one generation and what of them may be quoted in one answer."""

    def __init__(self, generation: Generation, gatherer: Gatherer, left: Selection) -> None:
        """Take the passages that are left to quote."""
        self._generation = generation
        self._gatherer = gatherer
        self._left = left

    def page(self, entry: int, reference: Reference) -> SymbolPage:
        """The document of an entry with those of its statements that may be quoted."""
        one = reference.symbol(entry)
        passages = self._generation.library.passages_of(one.document)
        return SymbolPage(one, self._gatherer.of_passages(self._left.among(passages), ()))

    def are_left_out(self, entry: int, reference: Reference) -> bool:
        """Whether nothing of the document of an entry may be quoted."""
        return not reference.is_left(entry, self._left)

    def checked(
        self, candidate: Candidate, score: float, subject: str | None, numbering: Numbering
    ) -> Claim | None:
        """A statement as a claim, None where it fails a check."""
        quote = evidence(candidate, score)
        document = numbering.document(quote.document_id)
        checks = verify.check(quote, document, subject, self._generation.guide)
        claim = Claim(quote.quote, subject, None, (quote,), checks)
        return claim if verify.passed(claim) else None

    def name_of(self, subject: str) -> str:
        """The name of a subject for a reader."""
        return self._generation.guide.name_of(subject)


class BesideComposer:
    """Composes one name beside its counterparts, within the words that are left."""

    def __init__(
        self,
        quotes: Quotes,
        reference: Reference,
        vector: Vectors,
        numbering: Numbering,
        helping: Helping,
    ) -> None:
        self._helping = helping
        self._quotes = quotes
        self._reference = reference
        self._vector = vector
        self._numbering = numbering
        self._words = 0

    def compose(
        self,
        one: NamedSymbol,
        subject: str,
        others: Sequence[Counterpart],
        guides: Sequence[Candidate],
        *,
        is_named: bool,
    ) -> SideBySide:
        """The name, its counterparts in that subject, what corresponds, and what to know first.

        `guides` are statements that name it and the first of them.
        """
        pages = [
            self._quotes.page(at, self._reference)
            for at in (one.entry, *(other.entry for other in others))
        ]
        symbols = [self._symbol(pages[0], one.subject, is_asked=True, is_direct=True)]
        for page, other in zip(pages[1:], others, strict=True):
            symbols.append(
                self._symbol(
                    page,
                    subject,
                    is_asked=is_named,
                    is_direct=is_named or other.is_direct,
                    with_signature=len(symbols) == 1,
                )
            )
        told = tuple(
            claim for candidate in guides[:1] if (claim := self._claim(candidate, None)) is not None
        )
        # What may do something else is called as it is called, and no more is compared.
        compared = pages[:2] if symbols[1].is_direct else pages[:1]
        quoted = len(compared) > 1 and all(page.statements for page in compared)
        arguments = self._arguments(*compared) if quoted else ()
        caveats = [self._caveats(page) for page in compared]
        shown = [
            replace(symbol, caveats=caveats[at] if at < len(caveats) else ())
            for at, symbol in enumerate(symbols)
        ]
        note = self._note(one, self._quotes.name_of(subject), shown[1:])
        return SideBySide(shown[0], tuple(shown[1:]), arguments, told, note)

    def _symbol(
        self,
        page: SymbolPage,
        subject: str,
        *,
        is_asked: bool,
        is_direct: bool,
        with_signature: bool = True,
    ) -> ApiSymbol:
        own = page.symbol.subjects[0]
        pieces = page.signature if with_signature else []
        signature = [self._claim(piece, own) for piece in pieces]
        summary = self._claim(page.summary, own) if page.summary else None
        return ApiSymbol(
            name=page.symbol.name,
            subject=subject,
            reference=self._quotes.name_of(own),
            is_asked=is_asked,
            is_direct=is_direct,
            signature=tuple(claim for claim in signature if claim is not None),
            summary=summary,
        )

    def _arguments(self, one: SymbolPage, other: SymbolPage) -> tuple[ArgumentPair, ...]:
        pairs = corresponding(one.parameters, other.parameters, one.said, other.said)
        made = []
        for pair in [pair for pair in pairs if pair.is_other_default][:ARGUMENTS]:
            if self._words > WORDS:
                break
            made.append(self._argument_pair(pair, one, other))
        return tuple(made)

    def _argument_pair(
        self, pair: Corresponding, one: SymbolPage, other: SymbolPage
    ) -> ArgumentPair:
        def argument(
            parameter: Parameter, candidate: Candidate | None, page: SymbolPage
        ) -> Argument:
            subject = page.symbol.subjects[0]
            claim = self._claim(candidate, subject) if candidate else None
            return Argument(parameter.text, claim)

        return ArgumentPair(
            argument(pair.one, pair.said_of_one, one),
            argument(pair.other, pair.said_of_other, other),
            pair.is_other_default,
        )

    def _caveats(self, page: SymbolPage) -> tuple[Claim, ...]:
        """The caveats nearest to the question that help with it, as far as words are left."""
        ranked = sorted(page.caveats, key=lambda c: (-float(c.vector @ self._vector), c.ordinal))
        apart: list[Candidate] = []
        for candidate in ranked:
            if not any(overlap(candidate, other) for other in apart):
                apart.append(candidate)
        helps = self._helping([candidate.ordinal for candidate in apart[:CAVEATS]])
        found = [
            self._claim(candidate, page.symbol.subjects[0])
            for candidate in apart[:CAVEATS]
            if helps[candidate.ordinal] >= LEAST
            and self._words + len(candidate.quote.split()) <= WORDS
        ]
        return tuple(claim for claim in found if claim is not None)

    def _claim(self, candidate: Candidate, subject: str | None) -> Claim | None:
        score = float(candidate.vector @ self._vector)
        claim = self._quotes.checked(candidate, score, subject, self._numbering)
        if claim is not None:
            self._words += len(candidate.quote.split())
        return claim

    def _note(self, one: NamedSymbol, place: str, found: Sequence[ApiSymbol]) -> str:
        """What a reader must know first: another name, or that nothing does the same."""
        symbol = self._reference.symbols[one.entry]
        notes = []
        if not any(name.lower().endswith(one.text.lower()) for name in symbol.names):
            notes.append(f"{one.text} is read as {symbol.name}.")
        if self._quotes.are_left_out(one.entry, self._reference):
            notes.append(f"The page of {symbol.name} is not quoted: the filters leave it out.")
        if not any(other.is_direct for other in found):
            nearest = " and ".join(other.name for other in found)
            notes.append(
                f"No name was found in {place} that surely does the same as {symbol.name}; "
                f"the nearest, which may do something else: {nearest}."
            )
        return " ".join(notes)
