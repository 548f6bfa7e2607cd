"""In which subject a question asks for a counterpart: learnt from how it names them."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ragbot.guide import Guide
from ragbot.understand.written import Span

MOST_MENTIONS = 2  # of one subject that are looked at

_WORD = re.compile(r"[a-z0-9]+|->|[^\sa-z0-9]", re.IGNORECASE)


@dataclass(frozen=True)
class TargetModel:
    """Weighs the words around the mentions of a subject; those it has not learnt count nothing."""

    weights: Mapping[str, float]
    bias: float

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """The model out of its entry in a file; ValueError, KeyError or TypeError for another."""
        weights = {str(sign): float(weight) for sign, weight in found["weights"].items()}
        return cls(weights, float(found["bias"]))

    def entry(self) -> dict[str, Any]:
        """What a file holds of it."""
        return {"weights": dict(self.weights), "bias": self.bias}

    def probabilities(self, text: str, spans: Sequence[Span], guide: Guide) -> dict[str, float]:
        """How likely each subject of the guide is the one; `spans` are the mentions in the text."""
        found = {}
        for subject in guide.subjects:
            signs = target_signs(text, spans, subject.id)
            logit = self.bias + sum(
                self.weights.get(sign, 0.0) * value for sign, value in signs.items()
            )
            found[subject.id] = 1 / (1 + math.exp(-logit))
        return found


def target_signs(text: str, spans: Sequence[Span], subject: str) -> dict[str, float]:
    """What stands around the mentions of a subject in a text, and in what order it is named."""
    own = [span for span in spans if span[2] == subject]
    others = [span for span in spans if span[2] != subject]
    if not own:
        return {"unnamed": 1.0}
    signs: dict[str, float] = {}
    for start, end, _ in own[:MOST_MENTIONS]:
        before, behind = _words(text[:start])[-2:], _words(text[end:])[:2]
        around = (
            f"before {before[-1] if before else '^'}",
            f"two before {' '.join(before)}",
            f"behind {behind[0] if behind else '$'}",
            f"two behind {' '.join(behind)}",
        )
        for sign in around:
            signs[sign] = signs.get(sign, 0.0) + 1
    dotted = [_is_dotted(text, end) for _, end, _ in own]
    signs["dotted"] = float(sum(dotted[:MOST_MENTIONS]))
    signs["all dotted"] = float(all(dotted))
    signs["alone"] = float(not others)
    if others:
        signs["first"] = float(own[0][0] < others[0][0])
        signs["last"] = float(own[-1][0] > others[-1][0])
    return signs


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _is_dotted(text: str, end: int) -> bool:
    return text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum()


def named(spans: Iterable[Span]) -> tuple[str, ...]:
    """The subjects of some mentions, in order."""
    return tuple(dict.fromkeys(subject for _, _, subject in spans))
