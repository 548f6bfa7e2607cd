"""What a bench measures: a figure, what stands beside it in the same run, and what is to reach."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of ours with its unit.

    `beside` is the value of what `than` names, measured in the same run; `at_most` and `at_least`
    are what is to be reached by `value`, or by the ratio to `beside` if `by_ratio`.
    """

    part: str
    name: str
    value: float
    unit: str
    beside: float | None = None
    than: str = ""
    at_most: float | None = None
    at_least: float | None = None
    by_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        """Of our value to the one beside it."""
        return self.value / self.beside if self.beside else None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        found = self.ratio if self.by_ratio else self.value
        if found is None or (self.at_most is None and self.at_least is None):
            return None
        under = self.at_most is None or found <= self.at_most
        return under and (self.at_least is None or found >= self.at_least)

    @property
    def goal(self) -> str:
        """The goal in words, "" where there is none."""
        bound = self.at_most if self.at_most is not None else self.at_least
        if bound is None:
            return ""
        words = "at most" if self.at_most is not None else "at least"
        return f"{words} {bound:g} {'times' if self.by_ratio else self.unit}".rstrip()
