"""Where learning stands, in one file that an interrupted run goes on from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ragbot.errors import AdaptError

FORMAT = 1
PARTS = ("weights", "best", "first", "second")
_KEY = "state"
Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class State:
    """Learning after `step` steps.

    `history` holds the held-out score after each whole epoch. `first` and `second` are the moments
    of Adam, `best` the weights of the epoch that scored best, `spent` the seconds that all this
    took. Nothing random is kept: what a step draws is decided by the seed and the step.
    """

    step: int
    history: tuple[float, ...]
    weights: Tensors
    best: Tensors
    first: Tensors
    second: Tensors
    spent: float = 0.0

    def save(self, path: Path, run: dict[str, Any]) -> None:
        """Write it for the run that it is a state of; whole, or not at all.

        Raises:
            AdaptError: it cannot be written.
        """
        told = {
            "format": FORMAT,
            "run": run,
            "step": self.step,
            "history": self.history,
            "spent": self.spent,
        }
        tensors = {
            f"{part}/{name}": tensor.detach().cpu().clone()  # no two parts of it may share memory
            for part in PARTS
            for name, tensor in getattr(self, part).items()
        }
        beside = path.with_name(f"{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_file(tensors, beside, metadata={_KEY: json.dumps(told)})
            beside.replace(path)
        except (OSError, SafetensorError) as error:
            raise AdaptError(f"the state in {path} cannot be written: {error}") from error


def load(path: Path, run: dict[str, Any]) -> State:
    """The state of a run that was interrupted.

    Raises:
        AdaptError: there is none, it is damaged, or it is of another run (the message names what
            differs).
    """
    if not path.is_file():
        raise AdaptError(f"there is nothing to resume: {path} is missing; start without --resume")
    parts: dict[str, Tensors] = {part: {} for part in PARTS}
    try:
        with safe_open(path, framework="pt") as opened:
            told = json.loads((opened.metadata() or {})[_KEY])
            for name in opened.keys():  # noqa: SIM118 - no dictionary
                part, _, key = name.partition("/")
                parts[part][key] = opened.get_tensor(name)
        before, step, history = told["run"], int(told["step"]), tuple(told["history"])
        spent = float(told.get("spent", 0.0))
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise AdaptError(f"the state in {path} is damaged: {error}; start anew") from error
    other = sorted(name for name in {*run, *before} if run.get(name) != before.get(name))
    if other or told.get("format") != FORMAT:
        raise AdaptError(
            f"the state in {path} is of another run: {', '.join(other) or 'format'} differ; "
            "repeat the options of that run, or start anew without --resume"
        )
    weights, best, first, second = (parts[part] for part in PARTS)
    return State(step, history, weights, best, first, second, spent)
