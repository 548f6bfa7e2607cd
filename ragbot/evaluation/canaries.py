"""Canary questions: a new generation goes live only if it answers at least as many as the old one.

They stand in the corpus's own canaries.toml, so that whoever changes the documents says beside them
what must not be lost.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragbot import toml_file
from ragbot.assistant import Assistant
from ragbot.encoder import Encoder
from ragbot.errors import ConfigError, IndexDamagedError
from ragbot.index.check import Verdict
from ragbot.index.generation import Generation
from ragbot.settings import Settings
from ragbot.types import Answer, CellStatus

CANARIES_FILE = "canaries.toml"


class Canary(BaseModel):
    """A question and what its answer must have: all that is said here, and more does no harm.

    `subjects` and `aspects` are ids of its columns and rows, `sources` ids that it cites,
    `supported` the number of cells with evidence, `says` words that its quotes hold. A canary with
    `refused` must be refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    subjects: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    supported: int = Field(0, ge=0)
    refused: bool = False

    def fault(self, answer: Answer) -> str:
        """What the answer lacks, "" where it has everything."""
        if self.refused != (answer.refusal is not None):
            return "it is answered" if self.refused else "it is refused"
        quotes = " ".join(citation.evidence.quote for citation in answer.citations).lower()
        supported = sum(cell.status is not CellStatus.NO_EVIDENCE for cell in answer.cells)
        lacking = {
            "the subject": _beyond(self.subjects, [c.id for c in answer.question.columns]),
            "the aspect": _beyond(self.aspects, [row.id for row in answer.question.rows]),
            "the source": _beyond(self.sources, [c.source_id for c in answer.citations]),
            "the words": [words for words in self.says if words.lower() not in quotes],
        }
        faults = [f"{what} {', '.join(names)}" for what, names in lacking.items() if names]
        if supported < self.supported:
            faults.append(f"{self.supported - supported} of {self.supported} cells with evidence")
        return f"it lacks {' and '.join(faults)}" if faults else ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    canary: tuple[Canary, ...] = ()


def load(corpus: Path) -> tuple[Canary, ...]:
    """The canaries of a corpus folder; none where it has no such file.

    Raises:
        ConfigError: the file is wrong.
    """
    path = corpus / CANARIES_FILE
    try:
        text = toml_file.read_text(path)
        found = _File.model_validate(toml_file.parse(text, str(path))).canary
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        raise ConfigError(f"{path} is not right: {error}") from error
    names = [canary.id for canary in found]
    if len(set(names)) < len(names):
        raise ConfigError(f"{path}: two canaries have the same id")
    return found


def faults(assistant: Assistant, canaries: Sequence[Canary]) -> dict[str, str]:
    """What is wrong with the answers, by the ids of the canaries that fail."""
    found = {canary.id: canary.fault(assistant.ask(canary.question)) for canary in canaries}
    return {name: fault for name, fault in found.items() if fault}


class CanaryJudge:
    """A Judge over the canaries of the corpus; they are read when it is made, before any build."""

    def __init__(self, settings: Settings) -> None:
        """Read the canaries; ConfigError where their file is wrong."""
        self._settings = settings
        self._canaries = load(settings.corpus)

    def __call__(self, new: Generation, live: Generation | None, encoder: Encoder) -> Verdict:
        """Against the new generation if it answers fewer canaries than the live one does.

        Where there is nothing to compare with, what fails is only said.
        """
        if not self._canaries:
            return Verdict(good=True)  # two assistants would be opened to ask nothing
        wrong = faults(Assistant(new, encoder, self._settings), self._canaries)
        before = self._before(live, encoder)
        if before is None:
            return Verdict(good=True, notes=_said(wrong))
        worse = {name: fault for name, fault in wrong.items() if name not in before}
        good = len(wrong) <= len(before)
        return Verdict(good, _said(worse if not good else wrong))

    def _before(self, live: Generation | None, encoder: Encoder) -> dict[str, str] | None:
        if live is None:
            return None
        try:
            return faults(Assistant(live, encoder, self._settings), self._canaries)
        except IndexDamagedError:  # it was built with another encoder
            return None


def _said(wrong: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"canary {name}: {fault}" for name, fault in wrong.items())


def _beyond(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    return [name for name in wanted if name not in found]
