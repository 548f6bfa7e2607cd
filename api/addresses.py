"""Where a text stands besides its own address, as JSON."""

from dataclasses import asdict
from typing import Self

from pydantic import Field

from api.schemas import Schema
from ragbot.types import Address


class AddressOut(Schema):
    """Another place where the quoted text stands in the same words."""

    source_id: str = Field(description="id of GET /v1/sources", examples=["example-mirror"])
    title: str = Field(description="title of the document there", examples=["Alpha and Beta"])
    url: str = Field(description="its address, or 'unknown'", examples=["https://mirror.example/"])
    path: str = Field(description="its name inside its source", examples=["alpha.ipynb"])
    published: str = Field(description="ISO date of any precision, or 'undated'", examples=["2022"])
    updated: str = Field(description="ISO date of any precision, or 'undated'", examples=["2024"])
    version: str = Field(description="version documented there, or ''", examples=["2.1"])

    @classmethod
    def from_address(cls, address: Address) -> Self:
        """An address as it is."""
        return cls(**asdict(address))
