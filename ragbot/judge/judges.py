"""Opens the judge that the settings name."""

from collections.abc import Sequence

from ragbot.index.generation import Generation
from ragbot.judge import Asked, Judge, Judged
from ragbot.judge.blend import Blend, probability
from ragbot.judge.candidates import Candidate
from ragbot.judge.signals import SignalReader
from ragbot.settings import Settings


class SignalJudge:
    """Judges by signals alone."""

    def __init__(self, generation: Generation, blend: Blend) -> None:
        self._signals = SignalReader(generation.guide)
        self._blend = blend

    @property
    def name(self) -> str:
        """What it is called, with the hash of its weights."""
        return f"signals {self._blend.sha256[:12]}"

    def judge(self, asked: Asked, candidates: Sequence[Candidate]) -> list[Judged]:
        """The candidates, in their order, each with its probabilities."""
        logits = self._blend.alone(self._signals.read(asked, candidates))
        helps, answers = (probability(logits[grade]) for grade in ("helps", "answers"))
        return [
            Judged(candidate, float(answer), float(help_))
            for candidate, answer, help_ in zip(candidates, answers, helps, strict=True)
        ]


def open_judge(generation: Generation, settings: Settings) -> Judge:  # noqa: ARG001
    """The judge that the settings name, for one generation.

    Raises:
        JudgeError: its data are missing or damaged.
    """
    return SignalJudge(generation, Blend.read())
