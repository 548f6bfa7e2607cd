"""How the service stands: which generation answers, and what is wrong with the live one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self

from api.outside import told


@dataclass(frozen=True, slots=True)
class Damage:
    """Which generation is damaged, in which words, and since when that is known (ISO, UTC).

    `is_newer`: it is sound, but a newer ragbot built it, so that this one cannot read it.
    """

    generation: str
    what: str
    since: str
    is_newer: bool = False

    @classmethod
    def found(cls, generation: str, what: str, *, is_newer: bool = False) -> Self:
        """Damage that is found now."""
        return cls(generation, what, datetime.now(UTC).isoformat(timespec="seconds"), is_newer)


@dataclass(frozen=True, slots=True)
class Standing:
    """`generation` answers, "" where none does; `found` counts damage since the service began."""

    generation: str = ""
    damage: Damage | None = None
    found: int = 0

    @property
    def state(self) -> Literal["sound", "damaged", "newer"]:
        """What the live index is."""
        if self.damage is None:
            return "sound"
        return "newer" if self.damage.is_newer else "damaged"

    def words(self) -> str:
        """What is wrong, which generation answers instead and what to do; "" for nothing.

        Anyone may read it: where the index lies is for the log.
        """
        damage = self.damage
        if damage is None:
            return ""
        if not self.generation:
            answers = "No generation can answer"
        elif self.generation == damage.generation:
            answers = "Answers come from what is in memory of it"
        else:
            answers = f"The generation {self.generation} answers instead"
        if damage.is_newer:
            return (
                f"This service is older than the live index, known since {damage.since}: "
                f"{told(damage.what)}. {answers}."
            )
        return (
            f"The index is damaged, known since {damage.since}: {told(damage.what)}. {answers}; "
            "the next generation that is built is opened without a restart."
        )

    def told(self) -> dict[str, Any]:
        """The fields of `GET /v1/index` that tell of it."""
        damage = self.damage
        return {
            "state": self.state,
            "answering": self.generation,
            "damaged": damage.generation if damage else "",
            "damage": self.words(),
            "damaged_since": damage.since if damage else "",
            "damages": self.found,
        }
