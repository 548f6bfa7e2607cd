"""The encoder without its library: an exported graph run by onnxruntime, one text a call.

A text is never padded and meets no other text, so its vector depends on itself alone, even where
the scale of eight-bit activations is taken over all that is in a call. Threads take texts in turn,
the longest first, so that one cuts its text into tokens while another computes.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ragbot import door
from ragbot.encoder import Progress, Vectors, probes
from ragbot.encoder.weights import sha256
from ragbot.errors import EncoderError, IndexDamagedError

GRAPH_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
EXACT_FILE = "exact.npy"  # float32 vectors of probes.TEXTS
FACTS_FILE = "graph.json"
MOST_FACTS = 1 << 20  # bytes
FILES = (GRAPH_FILE, TOKENIZER_FILE, EXACT_FILE)

AT_ONCE = 16  # texts that a thread takes at a time, where there are many
FEW = 3  # texts that are not worth a thread

INPUT = "input_ids"


class GraphFacts(BaseModel):
    """What an exported graph is; `sha256` of each of its files by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: str
    name: str
    weights: str
    dimension: int = Field(gt=0, lt=1 << 16)
    window: int = Field(gt=0, lt=1 << 20)
    prompt: str
    sha256: dict[str, str]


_FACTS = TypeAdapter(GraphFacts)


class GraphEncoder:
    """An Encoder over an exported graph; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load the graph of a folder and see that it computes here what it should.

        Raises:
            EncoderError: a file is missing or changed, onnxruntime is not installed, or this
                machine computes something else.
        """
        self._folder = folder
        facts = read_facts(folder)
        self.name, self.weights, self.engine = facts.name, facts.weights, facts.engine
        self.dimension, self.window = facts.dimension, facts.window
        self._prompt = facts.prompt
        self._session, release = open_session(folder / GRAPH_FILE)
        self._tokenizer, self._counter = open_tokenizers(folder / TOKENIZER_FILE, facts.window)
        exact = _exact(folder, facts.dimension)
        graph = hashlib.sha256("".join(facts.sha256[name] for name in FILES).encode()).hexdigest()
        self.fingerprint = f"{self.weights}:{self.engine}:{graph[:16]}:{release}"
        with _loading(folder / GRAPH_FILE):  # a graph of another shape is found out here
            found = self.encode_queries(probes.TEXTS)
        fault = probes.disagreement(found, exact)
        if fault:
            raise EncoderError(f"the graph in {folder} does not serve on this machine: {fault}")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages; that of a text is bit for bit the same in whatever company."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        threads = cores() if len(texts) > FEW else 1
        size = max(1, min(AT_ONCE, len(texts) // (2 * threads)))
        parts = [order[at : at + size] for at in range(0, len(order), size)]

        def fill(rows: list[int]) -> int:
            for row in rows:
                vectors[row] = self._pooled(texts[row])
            return len(rows)

        if threads == 1:
            _told(map(fill, parts), progress)
        else:
            with ThreadPoolExecutor(threads) as pool:
                _told(pool.map(fill, parts), progress)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the special ones."""
        encoded = self._counter.encode_batch(list(texts), add_special_tokens=False)
        return [len(one.ids) for one in encoded]

    def save(self, folder: Path) -> None:
        """Copy the graph into a folder, from which another process can load it."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*FILES, FACTS_FILE):
            shutil.copyfile(self._folder / name, folder / name)

    def _pooled(self, text: str) -> Vectors:
        tokens = np.array([self._tokenizer.encode(self._prompt + text).ids], dtype=np.int64)
        pooled: Vectors = self._session.run(None, {INPUT: tokens})[0][0]
        return pooled


def write_facts(folder: Path, facts: GraphFacts) -> None:
    """Complete an export: the facts are written last."""
    (folder / FACTS_FILE).write_text(facts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _told(counts: Any, progress: Progress | None) -> None:
    for count in counts:
        if progress:
            progress(count)


def read_facts(folder: Path) -> GraphFacts:
    """The facts of an export.

    Raises:
        EncoderError: there is none, or a file of it is not what the facts say.
    """
    with _loading(folder / FACTS_FILE):
        facts = door.facts(folder / FACTS_FILE, _FACTS, MOST_FACTS)
    for name in FILES:
        if sha256(folder / name) != facts.sha256.get(name):
            raise EncoderError(f"{folder / name} is damaged: its checksum is not {FACTS_FILE}'s")
    return facts


@contextmanager
def _loading(path: Path) -> Iterator[None]:
    """What goes wrong with a file becomes an EncoderError: the model can be loaded instead."""
    try:
        with door.parsing(path):
            yield
    except IndexDamagedError as error:
        raise EncoderError(f"the graph in {path.parent} does not load: {error}") from error


def _exact(folder: Path, dimension: int) -> Vectors:
    with _loading(folder / EXACT_FILE):
        shape = (len(probes.TEXTS), dimension)
        exact: Vectors = door.array(folder / EXACT_FILE, np.float32, shape)
        return exact


def open_session(path: Path) -> tuple[Any, str]:
    """A session that computes in the thread that calls it, and onnxruntime's release.

    Raises:
        EncoderError: onnxruntime is not installed, or the file is no graph.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise EncoderError(
            f"onnxruntime cannot be loaded ({error}); `pip install onnxruntime`, or use "
            "RAGBOT_ENGINE=torch"
        ) from error
    onnxruntime.disable_telemetry_events()  # nothing of a question is kept or sent
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # lengths vary: an arena keeps a block for each
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            path, sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own have no base but this
        raise EncoderError(f"{path} does not load: {error}") from error
    return session, f"onnxruntime-{onnxruntime.__version__}"


def open_tokenizers(path: Path, window: int) -> tuple[Any, Any]:
    """One that cuts off at the window, and one that counts past it.

    Raises:
        EncoderError: the file is no tokenizer, or tokenizers is not installed.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EncoderError(f"tokenizers cannot be loaded ({error})") from error
    with _loading(path):
        both = Tokenizer.from_file(str(path)), Tokenizer.from_file(str(path))
    for one in both:
        one.no_padding()
        one.no_truncation()
    both[0].enable_truncation(window)
    return both


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
