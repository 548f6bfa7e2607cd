"""What the document of a symbol says, in parts: signature, first sentence, parameters, caveats."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ragbot.answer.equivalence.parameters import Parameter, parameters
from ragbot.index.symbols import Symbol
from ragbot.judge.candidates import Candidate
from ragbot.types import BlockKind

CAVEAT_WORDS = 8  # fewer do not stand alone

_ARGUMENT = re.compile(r"\*{0,2}(\w+)\b[^:\n]{0,120}:\s")
# How English says that something is not as one might expect.
_CAVEAT = re.compile(
    r"^(?:note|warning|caution|important)\b|"
    r"\b(?:unlike|in contrast|differ(?:s|ent|ently|ence)?|however|instead of|not the same|"
    r"by default|defaults? to|must (?:be|have|match|not)|only|does not|do not|cannot|isn't|"
    r"except|no longer|deprecated|assume[sd]?|expected to)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SymbolPage:
    """The statements of a symbol's document, in order."""

    symbol: Symbol
    statements: Sequence[Candidate]

    @property
    def signature(self) -> list[Candidate]:
        """The pieces of the signature."""
        symbol = self.symbol
        end = symbol.start + len(symbol.signature)
        return [
            one
            for one in self.statements
            if one.statement.kind is BlockKind.CODE
            and symbol.start <= one.statement.start
            and one.statement.end <= end
        ]

    @property
    def summary(self) -> Candidate | None:
        """The first sentence."""
        ordinal = self.symbol.summary
        return next((one for one in self.statements if one.ordinal == ordinal), None)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the signature."""
        return parameters(self.symbol.signature)

    @cached_property
    def said(self) -> dict[str, Candidate]:
        """What is said of each parameter."""
        named = {parameter.name for parameter in self.parameters}
        found: dict[str, Candidate] = {}
        for one in self.statements:
            match = _ARGUMENT.match(one.quote)
            if match and match[1] in named and one.statement.kind is BlockKind.LIST_ITEM:
                found.setdefault(match[1], one)
        return found

    @property
    def caveats(self) -> list[Candidate]:
        """Sentences that warn or tell a difference, none of them quoted as something else."""
        taken = {one.ordinal for one in (*self.said.values(), *self.signature)}
        if self.summary is not None:
            taken.add(self.summary.ordinal)
        return [
            one
            for one in self.statements
            if one.ordinal not in taken
            and one.statement.kind is not BlockKind.CODE
            and one.quote.endswith((".", "!", ")"))
            and len(one.quote.split()) >= CAVEAT_WORDS
            and (_CAVEAT.search(one.quote) or _CAVEAT.match(one.statement.label))
        ]
