"""Names side by side as JSON."""

from typing import Self

from pydantic import Field

from api.claims import ClaimOut
from api.schemas import Schema
from ragbot.types import ApiSymbol, Argument, ArgumentPair, Cited, SideBySide


class ApiSymbolOut(Schema):
    """A programming name as its reference documents it."""

    name: str = Field(description="its full public name", examples=["alpha.io.open"])
    subject: str = Field(description="id of the column it stands in", examples=["alpha"])
    reference: str = Field(
        description="name of the subject whose reference documents it", examples=["Alpha"]
    )
    is_asked: bool = Field(description="whether the question names it", examples=[True])
    is_direct: bool = Field(
        description="whether it is asked about or likely does the same; else only the nearest",
        examples=[True],
    )
    signature: list[ClaimOut] = Field(
        description="how it is called, in pieces where that is long; [] where it is left out"
    )
    summary: ClaimOut | None = Field(description="what it does, or null")
    caveats: list[ClaimOut] = Field(description="what its document warns of")

    @classmethod
    def from_symbol(cls, symbol: ApiSymbol, cited: Cited) -> Self:
        """A name with its claims."""
        return cls(
            name=symbol.name,
            subject=symbol.subject,
            reference=symbol.reference,
            is_asked=symbol.is_asked,
            is_direct=symbol.is_direct,
            signature=[ClaimOut.from_claim(claim, cited) for claim in symbol.signature],
            summary=ClaimOut.from_claim(symbol.summary, cited) if symbol.summary else None,
            caveats=[ClaimOut.from_claim(claim, cited) for claim in symbol.caveats],
        )


class ArgumentOut(Schema):
    """A parameter with what is said of it."""

    text: str = Field(description="as the quoted signature writes it", examples=["mode='r'"])
    said: ClaimOut | None = Field(description="what its document says of it, or null")

    @classmethod
    def from_argument(cls, argument: Argument, cited: Cited) -> Self:
        """A parameter with its claim."""
        said = argument.said
        return cls(text=argument.text, said=ClaimOut.from_claim(said, cited) if said else None)


class ArgumentPairOut(Schema):
    """A parameter of the name asked about and the one that corresponds to it."""

    asked: ArgumentOut = Field(description="of the name asked about")
    counterpart: ArgumentOut = Field(description="of its first counterpart")
    is_other_default: bool = Field(
        description="whether both have a default, and not the same", examples=[False]
    )

    @classmethod
    def from_pair(cls, pair: ArgumentPair, cited: Cited) -> Self:
        """A pair with its claims."""
        return cls(
            asked=ArgumentOut.from_argument(pair.asked, cited),
            counterpart=ArgumentOut.from_argument(pair.counterpart, cited),
            is_other_default=pair.is_other_default,
        )


class SideBySideOut(Schema):
    """A programming name and its counterparts, for a question that asks for them."""

    asked: ApiSymbolOut = Field(description="the name asked about")
    counterparts: list[ApiSymbolOut] = Field(description="its counterparts, best first")
    arguments: list[ArgumentPairOut] = Field(
        description="what corresponds in it and the first counterpart, what tells most first"
    )
    told: list[ClaimOut] = Field(description="guides that name both")
    note: str = Field(description="what to know first, or ''", examples=[""])

    @classmethod
    def from_side_by_side(cls, beside: SideBySide, cited: Cited) -> Self:
        """Names side by side with their claims."""
        found = beside.counterparts
        return cls(
            asked=ApiSymbolOut.from_symbol(beside.asked, cited),
            counterparts=[ApiSymbolOut.from_symbol(symbol, cited) for symbol in found],
            arguments=[ArgumentPairOut.from_pair(pair, cited) for pair in beside.arguments],
            told=[ClaimOut.from_claim(claim, cited) for claim in beside.told],
            note=beside.note,
        )
