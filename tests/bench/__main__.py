"""`make bench`: speed and memory, beside the plain sentence-transformers loop in the same run.

Machines are shared and noisy: compare the columns of one run as ratios, not runs with one another.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from ragbot.assistant import Assistant
from ragbot.encoder import identify, open_encoder
from ragbot.passages import encoded_text
from ragbot.settings import Settings, load

RESULTS = Path("bench/results")
SEARCHES = (
    "how are models saved",
    "mixed precision training",
    "which backends are there",
    "deploy a model on a phone",
    "debugging with python tools",
)
_OPEN = """
import json, resource, sys, time
begin = time.perf_counter()
from pathlib import Path
from ragbot.assistant import Assistant
from ragbot.settings import load
assistant = Assistant.open(load({"index": Path(sys.argv[1])}))
opened = time.perf_counter() - begin
assistant.search("warm up")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": opened, "megabytes": peak}))
"""


def main() -> int:
    """Measure and print; 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--index", type=Path, help="folder of a built index")
    parser.add_argument("--passages", type=int, default=256, help="passages to encode")
    parser.add_argument("--rounds", type=int, default=20, help="rounds over the queries")
    options = parser.parse_args()
    evaluated = Path("evaluation/index")
    index = options.index or (evaluated if (evaluated / "CURRENT").is_file() else Path("index"))
    settings = load({"index": index})
    assistant = Assistant.open(settings)
    figures = _encoding(assistant, settings, options.passages)
    figures |= _queries(assistant, options.rounds)
    figures |= _start(index)
    counts = assistant.generation.manifest.counts
    table = Table("figure", "value", title=f"{counts.passages:,} passages, {os.cpu_count()} cores")
    for name, value in figures.items():
        table.add_row(name, value)
    Console().print(table)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "bench.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _encoding(assistant: Assistant, settings: Settings, count: int) -> dict[str, str]:
    """Passages a second: ragbot's encoder against sentence-transformers' own encode in float32."""
    library = assistant.generation.library
    texts = [encoded_text(p, title) for p, title in library.passage_titles()]
    step = max(1, len(texts) // count)
    texts = texts[::step][:count]
    encoder = open_encoder(settings)
    plain = SentenceTransformer(str(identify(settings).folder), local_files_only=True)
    ours, theirs = [], []
    for _ in range(3):  # in turn, so that both meet the same noise
        ours.append(len(texts) / _seconds(lambda: encoder.encode_passages(texts)))
        theirs.append(len(texts) / _seconds(lambda: plain.encode(texts, show_progress_bar=False)))
    mine, other = statistics.median(ours), statistics.median(theirs)
    return {
        "passages/s, ragbot": f"{mine:.0f}",
        "passages/s, plain sentence-transformers": f"{other:.0f}",
        "ratio": f"{mine / other:.2f}",
    }


def _queries(assistant: Assistant, rounds: int) -> dict[str, str]:
    """Milliseconds of a warm search, and of a comparison of three subjects on two aspects."""
    searches = [
        _seconds(lambda q=query: assistant.search(q)) for _ in range(rounds) for query in SEARCHES
    ]
    figures = {"search p50 / p95": _percentiles(searches)}
    subjects = [subject.id for subject in assistant.guide.subjects][:3]
    aspects = [aspect.id for aspect in assistant.guide.aspects]
    if len(subjects) > 1 and len(aspects) > 1:
        pairs = [aspects[i : i + 2] for i in range(0, len(aspects) - 1, 2)]
        times = [_seconds(lambda p=pair: assistant.compare(subjects, p)) for pair in pairs * 2]
        figures[f"comparison of {len(subjects)} on 2 p50 / p95"] = _percentiles(times)
        times = [_seconds(lambda: assistant.compare(subjects)) for _ in range(5)]
        figures[f"comparison of {len(subjects)} on all p50 / p95"] = _percentiles(times)
    return figures


def _start(index: Path) -> dict[str, str]:
    """Seconds from a new process to an open index, and its peak memory after one search."""
    command = [sys.executable, "-c", _OPEN, str(index)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(printed)
    binary = Path(sys.executable).parent / "ragbot"
    helping = _seconds(lambda: subprocess.run([binary, "--help"], check=True, capture_output=True))
    return {
        "start to open index": f"{found['seconds']:.1f} s",
        "peak memory after one search": f"{found['megabytes']:.0f} MB",
        "ragbot --help": f"{helping:.2f} s",
    }


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _percentiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered) * 1000:.1f} / {p95 * 1000:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
