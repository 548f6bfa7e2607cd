"""A cross-encoder: one number for a question and a statement that it reads together.

The packaged one is a graph of eight-bit weights, read by onnxruntime. A pair is never padded and
meets no other pair, so its score depends on itself alone, though the scale of eight-bit activations
is taken over all that is in a call; batches would be no faster on a processor (docs/log.md,
2026-11-28). Threads take pairs in turn, the longest first.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from ragbot.encoder.graph import GRAPH_FILE, INPUT, TOKENIZER_FILE, cores, open_session
from ragbot.encoder.weights import own_model, packaged_file, sha256
from ragbot.errors import EncoderError, JudgeError

Scores = npt.NDArray[np.float32]

PACKAGED_SCORER = Path(__file__).parent.parent / "weights" / "judge-minilm"
PACKAGED_FACTS = "4e0601af4525387b23057cb77a7d69ec36918652216f57b9675f2e1073f087a1"
"""The sha256 of the packaged one's facts, which hold those of its other files."""

FACTS_FILE = "judge.json"
TYPES = "token_type_ids"  # 0 for the question, 1 for the statement
PROBES = (
    ("How do I restore a snapshot?", "Backup > Restore: Call restore() with the snapshot's path."),
    ("How do I restore a snapshot?", "Backup: The weather was fine and the children went out."),
    ("Which of the two is faster?", "Speed | Heron: Reads rows twice as fast as Ibex does."),
    ("Which of the two is faster?", "Install: See the installation guide."),
    ("what does verify do", "restore | Args: verify: whether checksums are compared first."),
    ("what does verify do", "restore: def restore(path, *, verify=True)"),
)
LEAST_AGREEMENT = 0.9  # correlation with the scores that full weights give to the probes


class PairScorer(Protocol):
    """Scores pairs of question and statement; safe to share between threads.

    `name` and `sha256`, over its files, say which one it is.
    """

    name: str
    sha256: str

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """How well each text, worded by `statement_text`, answers: logits, shape (len(texts),)."""
        ...


class ScorerFacts(BaseModel):
    """What an exported cross-encoder is.

    `window` is the number of tokens that a pair is cut to, `typed` whether it is told which are the
    statement's, `probes` are the scores that its full weights give to PROBES. `sha256` of each file
    by name; a tokenizer that is not in the folder is the packaged encoder's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    window: int
    typed: bool
    probes: tuple[float, ...]
    sha256: dict[str, str]


class GraphScorer:
    """A PairScorer over an exported graph."""

    def __init__(self, folder: Path) -> None:
        """Load the graph of a folder and see that it computes here what it should.

        Raises:
            JudgeError: a file is missing or changed, onnxruntime is not installed, or this machine
                computes something else.
        """
        facts = read_facts(folder)
        self.name = facts.name
        self.sha256 = hashlib.sha256(
            "".join(facts.sha256[name] for name in sorted(facts.sha256)).encode()
        ).hexdigest()
        self._typed = facts.typed
        try:
            self._session, _ = open_session(folder / GRAPH_FILE)
            serialised = tokenizer_file(folder).read_text(encoding="utf-8")
            self._tokenizer = pair_tokenizer(serialised, facts.window)
        except EncoderError as error:
            raise JudgeError(f"the judge in {folder} does not load: {error}") from error
        found = np.array([self._score(self._tokenizer.encode(*pair)) for pair in PROBES])
        agreement = float(np.corrcoef(found, facts.probes)[0, 1])
        if not agreement >= LEAST_AGREEMENT:  # a NaN is not
            raise JudgeError(
                f"the judge in {folder} does not serve on this machine: its scores agree with the "
                f"exact ones by {agreement:.2f} only; RAGBOT_JUDGE=none judges without it"
            )

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """Logits, shape (len(texts),); that of a text is the same in whatever company."""
        encoded = self._tokenizer.encode_batch([(question, text) for text in texts])
        order = sorted(range(len(texts)), key=lambda row: -len(encoded[row].ids))
        found = np.empty(len(texts), dtype=np.float32)
        with ThreadPoolExecutor(cores()) as threads:
            parts = threads.map(self._score, [encoded[row] for row in order])
            found[order] = np.fromiter(parts, np.float32, len(order))
        return found

    def _score(self, encoded: Any) -> float:
        given = {INPUT: np.array([encoded.ids], dtype=np.int64)}
        if self._typed:
            given[TYPES] = np.array([encoded.type_ids], dtype=np.int64)
        return float(self._session.run(None, given)[0][0])


class LibraryScorer:
    """A PairScorer over any sentence-transformers CrossEncoder with one output, from a folder."""

    def __init__(self, folder: Path) -> None:
        """Load the model; nothing is fetched, and only safetensors are read.

        Raises:
            JudgeError: it does not load, or has another number of outputs.
        """
        try:
            from sentence_transformers import CrossEncoder  # seconds to import
        except ImportError as error:
            raise JudgeError(
                f"the judge in {folder} needs sentence-transformers ({error}); "
                "`pip install sentence-transformers`"
            ) from error
        try:
            self.name, self.sha256 = folder.resolve().name, own_model(folder)
            self._model: Any = CrossEncoder(
                str(folder), local_files_only=True, model_kwargs={"use_safetensors": True}
            )
            outputs = int(self._model.model.config.num_labels)
        except Exception as error:  # the library raises whatever it meets
            kind = type(error).__name__
            raise JudgeError(
                f"the judge {folder} is no CrossEncoder in safetensors ({kind}: {error})"
            ) from error
        if outputs != 1:
            raise JudgeError(f"the judge {folder} gives {outputs} scores a pair, not one")

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """Logits, shape (len(texts),)."""
        from torch.nn import Identity

        if not texts:
            return np.empty(0, dtype=np.float32)
        found = self._model.predict(
            [(question, text) for text in texts],
            activation_fn=Identity(),
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(found, dtype=np.float32).reshape(len(texts))


def open_scorer(named: str) -> PairScorer | None:
    """The cross-encoder that a setting names: "packaged", "none" or a folder.

    A folder is one that `ragbot adapt --judge` wrote, or a sentence-transformers CrossEncoder.

    Raises:
        JudgeError: there is none, or it does not load.
    """
    if named == "none":
        return None
    folder = PACKAGED_SCORER if named == "packaged" else Path(named)
    if not folder.is_dir():
        raise JudgeError(f"the judge {folder} is no folder; name packaged, none or a folder")
    if named == "packaged":
        _check_packaged()
        return _kept(folder)
    return GraphScorer(folder) if (folder / FACTS_FILE).exists() else LibraryScorer(folder)


@lru_cache(maxsize=1)
def _kept(folder: Path) -> GraphScorer:
    """The packaged cross-encoder, loaded once: every generation that is opened shares it."""
    return GraphScorer(folder)


def _check_packaged() -> None:
    file = PACKAGED_SCORER / FACTS_FILE
    try:
        found = sha256(file)
    except EncoderError as error:
        raise JudgeError(f"the packaged judge is not whole: {error}; reinstall ragbot") from error
    if found != PACKAGED_FACTS:
        raise JudgeError(
            f"{file} has sha256 {found[:12]}..., not the published {PACKAGED_FACTS[:12]}...; "
            "reinstall ragbot, or set RAGBOT_JUDGE=none"
        )


def pair_tokenizer(serialised: str, window: int) -> Any:
    """A tokenizer of pairs that cuts the longer of the two where both exceed the window.

    Raises:
        EncoderError: it is none, or tokenizers is not installed.
    """
    try:
        from tokenizers import Tokenizer

        found = Tokenizer.from_str(serialised)
    except Exception as error:  # ImportError, or tokenizers' own, which have no base but this
        raise EncoderError(f"its tokenizer does not load: {error}") from error
    found.no_padding()
    found.enable_truncation(window, strategy="longest_first")
    return found


def tokenizer_file(folder: Path) -> Path:
    """The tokenizer of a cross-encoder: its own, or the packaged encoder's."""
    own = folder / TOKENIZER_FILE
    return own if own.exists() else packaged_file(TOKENIZER_FILE)


def read_facts(folder: Path) -> ScorerFacts:
    """The facts of an exported cross-encoder.

    Raises:
        JudgeError: there are none, or a file of it is not what they say.
    """
    try:
        facts = ScorerFacts.model_validate_json((folder / FACTS_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise JudgeError(f"{folder} holds no judge that can be read ({error})") from error
    try:
        for name, file in ((GRAPH_FILE, folder / GRAPH_FILE),
                           (TOKENIZER_FILE, tokenizer_file(folder))):  # fmt: skip
            if sha256(file) != facts.sha256.get(name):
                raise JudgeError(f"{file} is damaged: its checksum is not that of {FACTS_FILE}")
    except EncoderError as error:
        raise JudgeError(f"the judge in {folder} is not whole: {error}") from error
    return facts
