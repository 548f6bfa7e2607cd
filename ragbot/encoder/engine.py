"""Which engine encodes: the fastest that is exact enough, found by a second of measuring.

What was exported and what was measured is kept in the index's cache, so that the next build takes
the same engine, its vectors fit the cache of embeddings, and the model need not be loaded again.
"""

import hashlib
import logging
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ragbot.encoder import Encoder, Identity, identify, probes
from ragbot.encoder.graph import GraphEncoder, read_facts
from ragbot.errors import EncoderError
from ragbot.settings import Settings

_log = logging.getLogger("ragbot")

CACHE_FOLDER = "cache/engines"
CHOICE_FILE = "choice.json"
GRAPHS = ("onnx-int8", "onnx")
EXPORT = 1  # raise it when the same model is exported otherwise
MEASURE = 2  # raise it when engines are measured otherwise
SECONDS = 1.0  # of measuring, all engines together
LEAST_ROUNDS = 2
PASSAGES, STATEMENTS = 32, 128  # texts of a round
GPUS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")


class Choice(BaseModel):
    """The engine found fastest on a machine, and what each gave; `faults` say what is no option.

    `rates` are texts a second of one core.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: str
    machine: str
    rates: dict[str, float]
    faults: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where exports of a model and the choice of an engine are kept."""

    folder: Path

    @classmethod
    def of(cls, index: Path, identity: Identity) -> "Shelf":
        """The shelf of a model in an index folder."""
        key = hashlib.sha256(f"{EXPORT}\n{identity.weights}".encode()).hexdigest()
        return cls(index / CACHE_FOLDER / key[:16])

    def graph(self, engine: str) -> Path:
        """The folder of an export."""
        return self.folder / engine

    def choice(self) -> Choice | None:
        """What was measured on this machine, if anything was."""
        with suppress(OSError, ValidationError):
            found = Choice.model_validate_json((self.folder / CHOICE_FILE).read_bytes())
            if found.machine == machine():
                return found
        return None

    def keep(self, choice: Choice) -> None:
        """Remember a choice."""
        text = choice.model_dump_json(indent=2) + "\n"
        temporary = self.folder / f"{CHOICE_FILE}.new"
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self.folder / CHOICE_FILE)


def open_engine(settings: Settings) -> Encoder:
    """The encoder of the settings on the engine that they name, or on the fastest.

    Raises:
        EncoderError: the model does not load, or cannot run on the engine that was named.
    """
    on_gpu = settings.engine == settings.device == "auto" and _on_gpu()
    if names_torch(settings) or on_gpu:
        return _torch(settings)
    identity = identify(settings)
    shelf = Shelf.of(settings.index, identity)
    if settings.engine != "auto":
        return _graph(shelf, identity, settings.engine)
    choice = shelf.choice()
    if choice is None:
        return _chosen(shelf, settings, identity)
    if choice.engine in GRAPHS:
        try:
            return _graph(shelf, identity, choice.engine)
        except EncoderError as error:
            _log.warning("%s; encoding with torch", error)
    return _torch(settings)


def names_torch(settings: Settings) -> bool:
    """Whether the settings name torch, or what only torch has."""
    named = settings.precision != "auto" or settings.device in ("cuda", "mps")
    return settings.engine == "torch" or (settings.engine == "auto" and named)


def fastest(
    engines: Mapping[str, Encoder], clock: Callable[[], float] = time.process_time
) -> dict[str, float]:
    """Texts a second of one core by each engine, the fastest first: the best of rounds in turn.

    The clock is that of the processor: an engine whose threads wait for each other would lose on a
    machine that does other work meanwhile, and the choice is kept. Rounds go on for a second.
    """
    # Passages and statements as a corpus has them, in whole batches of one length: in a build
    # no engine has many rows to fill, nor threads that wait for the last text.
    texts = probes.LONG_TEXTS[:1] * PASSAGES + probes.SHORT_TEXTS[:1] * STATEMENTS
    best = dict.fromkeys(engines, 0.0)
    for encoder in engines.values():
        encoder.encode_passages(texts[:1])  # what is done once is not measured
    began, rounds = clock(), 0
    while rounds < LEAST_ROUNDS or clock() - began < SECONDS:
        for name, encoder in engines.items():
            start = clock()
            encoder.encode_passages(texts)
            best[name] = max(best[name], len(texts) / max(clock() - start, 1e-9))
        rounds += 1
    return dict(sorted(best.items(), key=lambda pair: -pair[1]))


def machine() -> str:
    """What the speed of an engine depends on: another machine, or release, is measured anew."""
    kinds, cores = [platform.processor()], os.cpu_count() or 1
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").splitlines()
        kinds = [line for line in lines if line.startswith(("model name", "flags", "Features"))]
    told = "\n".join(
        (str(MEASURE), *sorted(set(kinds)), *map(_release, ("onnx", "onnxruntime", "torch")))
    )
    digest = hashlib.sha256(told.encode()).hexdigest()
    return f"{platform.machine()}, {cores} cores, {digest[:16]}"


def _release(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"


def _chosen(shelf: Shelf, settings: Settings, identity: Identity) -> Encoder:
    """The fastest of all engines, after the exports that are lacking."""
    engines: dict[str, Encoder] = {}
    faults: dict[str, str] = {}
    lacking = [name for name in GRAPHS if not _is_sound(shelf.graph(name), identity)]
    try:
        if lacking:
            _export(shelf, identity, lacking)
    except EncoderError as error:
        faults = dict.fromkeys(lacking, str(error))
    for name in GRAPHS:
        if name not in faults:
            try:
                engines[name] = GraphEncoder(shelf.graph(name))
            except EncoderError as error:
                faults[name] = str(error)
    for name, fault in faults.items():
        _log.warning("engine %s is no option: %s", name, fault)
    engines["torch"] = _torch(settings)
    rates = fastest(engines) if len(engines) > 1 else {"torch": 0.0}
    name = next(iter(rates))
    figures = {name: round(rate, 1) for name, rate in rates.items()}
    with suppress(OSError):  # a cache that cannot be written is done without
        shelf.folder.mkdir(parents=True, exist_ok=True)
        shelf.keep(Choice(engine=name, machine=machine(), rates=figures, faults=faults))
    for graph in GRAPHS:
        if graph != name:
            shutil.rmtree(shelf.graph(graph), ignore_errors=True)
    return engines[name]


def _graph(shelf: Shelf, identity: Identity, engine: str) -> GraphEncoder:
    """An export as an encoder; one that is lacking or damaged is written first."""
    if not _is_sound(shelf.graph(engine), identity):
        _export(shelf, identity, [engine])
    return GraphEncoder(shelf.graph(engine))


def _is_sound(folder: Path, identity: Identity) -> bool:
    """Whether an export is whole, and one of this model."""
    try:
        return read_facts(folder).weights == identity.weights
    except EncoderError:
        return False


def _export(shelf: Shelf, identity: Identity, engines: list[str]) -> None:
    try:
        from ragbot.encoder.export import export
        from ragbot.encoder.sentence import load_model

        folders = {name: shelf.graph(name) for name in engines}
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)
        export(load_model(identity, "cpu", "float32"), identity, folders)
    except (ImportError, OSError) as error:
        raise EncoderError(
            f"the encoder could not be exported to {shelf.folder} ({error}); "
            "RAGBOT_ENGINE=torch does without"
        ) from error


def _torch(settings: Settings) -> Encoder:
    try:
        from ragbot.encoder.sentence import SentenceEncoder
    except ImportError as error:
        raise EncoderError(
            f"the model's library cannot be loaded ({error}); "
            "`pip install sentence-transformers torch`"
        ) from error
    return SentenceEncoder(settings)


def _on_gpu() -> bool:
    """Whether torch finds a GPU; it is not even imported where there is no sign of one."""
    likely = sys.platform in ("darwin", "win32") or any(Path(name).exists() for name in GPUS)
    if not likely:
        return False
    try:
        from ragbot.encoder.sentence import find_device
    except ImportError:
        return False
    return find_device("auto") != "cpu"
