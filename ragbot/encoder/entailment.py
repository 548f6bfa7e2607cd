"""Whether one text follows from another, by a model of natural language inference."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ragbot.errors import ConfigError


class Entailment(Protocol):
    """Judges pairs of texts."""

    def entails(self, premise: str, hypothesis: str) -> bool:
        """Whether the hypothesis follows from the premise."""
        ...


class CrossEntailment:
    """A sentence-transformers CrossEncoder with a label for entailment, out of a local folder."""

    def __init__(self, folder: Path) -> None:
        """Load the model; nothing is fetched, and only safetensors are read.

        Raises:
            ConfigError: it does not load, or has no label for entailment.
        """
        from sentence_transformers import CrossEncoder  # seconds to import

        if not folder.is_dir():
            raise ConfigError(f"nli_model {folder} is no folder; name that of a CrossEncoder")
        try:
            self._model: Any = CrossEncoder(
                str(folder), local_files_only=True, model_kwargs={"use_safetensors": True}
            )
            labels: Mapping[int, str] = self._model.model.config.id2label
        except Exception as error:
            kind = type(error).__name__
            message = f"nli_model {folder} is no CrossEncoder in safetensors ({kind})"
            raise ConfigError(message) from error
        found = [int(at) for at, label in labels.items() if label.lower().startswith("entail")]
        if len(found) != 1:
            said = ", ".join(labels.values())
            raise ConfigError(f"nli_model {folder} has no label for entailment, but {said}")
        self._label = found[0]

    def entails(self, premise: str, hypothesis: str) -> bool:
        """Whether entailment is the likeliest label."""
        scores = self._model.predict([(premise, hypothesis)], show_progress_bar=False)[0]
        return bool(scores.argmax() == self._label)
