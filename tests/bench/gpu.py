"""`python -m tests.bench.gpu`: passages a second on a GPU, beside sentence-transformers' encode.

Both encode the same texts in turn, with the model and its adapter as the settings have them; the
other one as it comes: float32, 32 texts a batch. Without a GPU nothing is measured, and it says so.
"""

import argparse
import json
import statistics
import sys
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from ragbot.encoder import identify
from ragbot.encoder.probes import LONG_TEXTS
from ragbot.encoder.sentence import SentenceEncoder, load_model
from ragbot.errors import RagbotError
from ragbot.index import manifest
from ragbot.index.generation import live_folder
from ragbot.index.library import Library
from ragbot.index.vectors import passage_texts
from ragbot.settings import load

RESULTS = Path("bench/results")
TARGET = 8.0


def main() -> int:
    """Measure and print; 0, or 1 where there is no GPU."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gpu", description=__doc__)
    parser.add_argument("--index", type=Path, help="folder of a built index, for its passages")
    parser.add_argument("--passages", type=int, default=100_000, help="passages to encode")
    parser.add_argument("--rounds", type=int, default=3, help="times that both encode them")
    options = parser.parse_args()
    console = Console(stderr=True)
    if not torch.cuda.is_available():
        console.print("There is no GPU here: nothing was measured.")
        return 1
    settings = load({"index": options.index, "device": "cuda"})
    texts = _texts(settings.index, options.passages)
    ours = SentenceEncoder(settings)
    plain = load_model(identify(settings), "cuda", "float32")
    rates: dict[str, list[float]] = {"ragbot": [], "sentence-transformers": []}
    ours.encode_passages(texts[:2000])
    plain.encode(texts[:200], show_progress_bar=False)
    for _ in range(options.rounds):
        mine, seconds = _timed(lambda: ours.encode_passages(texts))
        rates["ragbot"].append(len(texts) / seconds)
        theirs, seconds = _timed(lambda: plain.encode(texts, show_progress_bar=False))
        rates["sentence-transformers"].append(len(texts) / seconds)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    cosines = (mine * theirs).sum(axis=1)
    median = {name: statistics.median(found) for name, found in rates.items()}
    figures = {
        "gpu": torch.cuda.get_device_name(),
        "passages": len(texts),
        "passages/s, ragbot": round(median["ragbot"]),
        "passages/s, sentence-transformers": round(median["sentence-transformers"]),
        "ratio": round(median["ragbot"] / median["sentence-transformers"], 2),
        "to reach": TARGET,
        "least cosine of the two": round(float(cosines.min()), 4),
    }
    Console().print_json(json.dumps(figures))
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "gpu.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _texts(index: Path, count: int) -> list[str]:
    """So many passages of the index, or of ours where there is none; what comes again is marked."""
    try:
        with Library(live_folder(index) / manifest.LIBRARY_FILE) as library:
            known = list(passage_texts(library))
    except RagbotError:
        known = list(LONG_TEXTS)
    again = islice(cycle(known), count)
    return [f"{at // len(known)} {text}" for at, text in enumerate(again)]


def _timed(work):
    begin = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
