"""A programming name beside its counterpart: how each is called and what it does."""

from collections.abc import Iterator
from dataclasses import dataclass

from ragbot.types.claims import Claim


@dataclass(frozen=True, slots=True)
class ApiSymbol:
    """A programming name as its reference documents it.

    `subject` is the id of the column it stands in, `reference` the name of the subject whose
    reference documents it, which that one may hold. `signature` quotes how it is called, in pieces
    where it is long, `summary` what it does. `is_asked`: the question names it; `is_direct`: it is
    that, or likely does the same as what is asked about and is not only the nearest there is.
    """

    name: str
    subject: str
    reference: str
    is_asked: bool
    is_direct: bool
    signature: tuple[Claim, ...]
    summary: Claim | None
    caveats: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter, `text` as a quoted signature writes it, with what is said of it."""

    text: str
    said: Claim | None


@dataclass(frozen=True, slots=True)
class ArgumentPair:
    """A parameter of the name asked about and the one that corresponds to it.

    `is_other_default`: both signatures give a default, and not the same.
    """

    asked: Argument
    counterpart: Argument
    is_other_default: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A name, its counterparts (best first), and what corresponds in it and the first of them.

    `told` quotes guides that name both; `note` says in words what a reader must know first, "" for
    nothing.
    """

    asked: ApiSymbol
    counterparts: tuple[ApiSymbol, ...]
    arguments: tuple[ArgumentPair, ...]
    told: tuple[Claim, ...]
    note: str

    def claims(self) -> Iterator[Claim]:
        """Every claim, in the order in which it is read."""
        for symbol in (self.asked, *self.counterparts):
            yield from symbol.signature
            yield from (symbol.summary,) if symbol.summary else ()
        for pair in self.arguments:
            for argument in (pair.asked, pair.counterpart):
                yield from (argument.said,) if argument.said else ()
        for symbol in (self.asked, *self.counterparts):
            yield from symbol.caveats
        yield from self.told
