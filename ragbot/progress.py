"""How long work tells what it is doing; the library never prints."""

from typing import Protocol


class Progress(Protocol):
    """Told of each stage of long work and of each step in it."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins; `total` steps, None where that is not known."""
        ...

    def advance(self, steps: int) -> None:
        """So many more steps of the stage are done."""
        ...


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, steps: int) -> None:
        """Say nothing."""
