"""Which documents of an API reference a text means by what it calls things: the one resolver.

signs      every name of whose words the text holds enough        lexicon.py, naming.py
target     in which subject a counterpart is asked for, learnt    target.py
weigh      how likely each document is meant, learnt              weights/names
choose     the likeliest for each span, without overlaps          here
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ragbot import learnt_file
from ragbot.errors import EncoderError
from ragbot.guide import Guide
from ragbot.latest import remembered
from ragbot.trees import Trees
from ragbot.understand.lexicon import Lexicon
from ragbot.understand.names import NamedDocument
from ragbot.understand.naming import SIGNS, Candidate, NameSigns, Rows
from ragbot.understand.target import TargetModel, named
from ragbot.understand.words import WordWeights
from ragbot.understand.written import Written, mentions, written

PACKAGED = Path(__file__).parent.parent / "weights" / "names"
NAMES_FILE = "names.json"
KEPT = 512  # texts whose readings are kept

_BEFORE = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*\.$")
_SHARE, _REST, _FOREIGN, _EXACT, _OWNED, _CASE, _CODED = (
    SIGNS.index(name) for name in ("share", "rest", "foreign", "exact", "owned", "case", "coded")
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A document that a text may mean at `[start, end)`, and how likely it does.

    `entry` is the number of the document in the lexicon, `share` how much of the weight of the
    text's words is the name's, `rest` the weight of the others. `is_written`: it is spelt as it
    is, in the same case and like code, or behind what says whose it is.
    """

    entry: int
    document: NamedDocument
    start: int
    end: int
    probability: float
    share: float = 0.0
    rest: float = 0.0
    is_written: bool = False


@dataclass(frozen=True, slots=True)
class Readings:
    """All that a text may mean, likeliest first.

    `targets` says how likely each subject is the one in which a counterpart is asked for, `named`
    are those that it names, in order, `words` the stems of its words.
    """

    all: tuple[Reading, ...]
    targets: Mapping[str, float]
    named: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()

    def apart(self, least: float, first: str = "") -> list[Reading]:
        """The likeliest reading of each span, from a probability on, in order of their place.

        That of the document `first` goes before the others.
        """
        chosen: list[Reading] = []
        for one in sorted(self.all, key=lambda one: one.document.id != first):
            taken = any(one.start < other.end and other.start < one.end for other in chosen)
            if one.probability >= least and not taken:
                chosen.append(one)
        return sorted(chosen, key=lambda one: one.start)


@dataclass(frozen=True)
class NameModel:
    """What was learnt: of names, and of the subject in which a counterpart is asked for.

    `least` is the probability from which a name is read; `wanted` is the entry of the model of
    whether a counterpart is asked for (counterpart.py).
    """

    names: Trees
    target: TargetModel
    least: float
    wanted: Mapping[str, Any]


class Resolver:
    """Reads texts over one index; safe to share between threads."""

    def __init__(
        self,
        documents: Callable[[], Sequence[NamedDocument]],
        guide: Guide,
        weights: WordWeights,
        target: TargetModel | None = None,
    ) -> None:
        """`documents` gives those of the index; a `target` is set while names are learnt."""
        self._documents = documents
        self._guide = guide
        self._weights = weights
        self._lock = threading.Lock()
        self._made: NameSigns | None = None
        self._target = target or open_names().target
        self._readings = remembered(self._read, KEPT)

    @property
    def least(self) -> float:
        """The probability from which a name is read."""
        return open_names().least

    @property
    def documents(self) -> Sequence[NamedDocument]:
        """The documents of the index that have a name."""
        return self.signs.lexicon.documents

    @property
    def signs(self) -> NameSigns:
        """The names of the index, made ready when they are first asked for."""
        with self._lock:
            if self._made is None:
                self._made = NameSigns(Lexicon(self._documents()))
            return self._made

    def signed(self, text: str) -> tuple[list[Candidate], Rows, Written]:
        """The documents that a text may mean with their signs, and the text as it was taken."""
        spans = mentions(text, self._guide)
        targets = self._target.probabilities(text, spans, self._guide)
        taken = written(text, spans, self._weights, targets)
        return (*self.signs.candidates(taken), taken)

    def readings(self, text: str) -> Readings:
        """What a text may mean."""
        return self._readings(text)

    def _read(self, text: str) -> Readings:
        return self.readings_by(open_names().names, text)

    def readings_by(self, names: Trees, text: str) -> Readings:
        """What a text may mean by these trees instead of the packaged ones."""
        signed = self.signed(text)
        return self.weighed(*signed, names.logits(signed[1]))

    def weighed(
        self, candidates: Sequence[Candidate], rows: Rows, taken: Written, logits: Rows
    ) -> Readings:
        """What is `signed` as readings, by a logit for each candidate."""
        likely = 1 / (1 + np.exp(-logits))
        documents = self.signs.lexicon.documents
        found = [
            Reading(
                one.entry,
                documents[one.entry],
                one.start,
                one.end,
                float(chance),
                float(row[_SHARE]),
                float(row[_REST]),
                bool(row[_EXACT] and (row[_OWNED] or (row[_CASE] and row[_CODED]))),
            )
            for one, row, chance in zip(candidates, rows, likely, strict=True)
            if not row[_FOREIGN]  # what says whose it is, is never another's
        ]
        found = _as_dotted(taken.text, found)
        found.sort(key=lambda one: (-one.probability, one.start, one.document.names[0]))
        stems = frozenset(piece.stem for piece in taken.pieces)
        return Readings(tuple(found), taken.targets, named(taken.mentions), stems)


def _as_dotted(text: str, found: Sequence[Reading]) -> list[Reading]:
    """The readings without those of a dotted name whose parts another of the subject has all."""
    whole: dict[Reading, bool] = {}
    for one in found:
        before = _BEFORE.search(text, 0, one.start)
        spelt = f".{before[0] if before else ''}{text[one.start : one.end]}".lower()
        ends = any(f".{name.lower()}".endswith(spelt) for name in one.document.names)
        whole[one] = bool(before) and ends
    taken = {(one.start, one.document.subjects) for one, is_whole in whole.items() if is_whole}
    return [
        one
        for one, is_whole in whole.items()
        if is_whole or (one.start, one.document.subjects) not in taken
    ]


@lru_cache(maxsize=2)
def open_names(folder: Path = PACKAGED) -> NameModel:
    """The learnt weights in a folder.

    Raises:
        EncoderError: the file is missing, or not the one that its sum was taken of.
    """
    data, _ = learnt_file.read(folder / NAMES_FILE)
    if tuple(data["signs"]) != SIGNS:
        raise EncoderError(f"{folder / NAMES_FILE} was learnt from other signs; learn it anew")
    return NameModel(
        Trees.of(data["names"]),
        TargetModel.of(data["target"]),
        float(data["least"]),
        data["wanted"],
    )
