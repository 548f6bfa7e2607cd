"""`make bench`: speed and memory, beside the plain libraries in the same run.

Machines are shared and noisy: compare the columns of one run as ratios, not runs with one another.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from sentence_transformers import SentenceTransformer

from ragbot.assistant import Assistant
from ragbot.encoder import identify
from ragbot.errors import RagbotError
from ragbot.index.vectors import passage_texts
from ragbot.settings import load

from . import report
from .encoding import encoding
from .figures import Figure
from .million import million
from .searching import comparing, plain, searching
from .starting import starting

RESULTS = Path("bench/results")
PARTS = ("encoding", "search", "comparison", "start", "vectors")
QUERIES = (
    "how are models saved",
    "mixed precision training",
    "which backends are there",
    "deploy a model on a phone",
    "debugging with python tools",
    "what is the licence",
    "run on several machines at once",
    "is there a learning curve for beginners",
    "export to another format",
    "how fast is inference on a laptop",
)


def main() -> int:
    """Measure, print and write; 0 whether or not the goals are reached, 1 without an index."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--index", type=Path, help="folder of a built index")
    parser.add_argument("--passages", type=int, default=256, help="passages to encode")
    parser.add_argument("--rounds", type=int, default=10, help="rounds over the questions")
    parser.add_argument("--vectors", type=int, default=1_000_000, help="made-up vectors")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the results go")
    options = parser.parse_args()
    if wrong := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(wrong))}; there are {', '.join(PARTS)}")
    evaluated = Path("evaluation/index")
    index = options.index or (evaluated if (evaluated / "CURRENT").is_file() else Path("index"))
    figures = []
    try:
        for figure in _measured(options, index):
            figures.append(figure)
            report.tell(figure)
    except RagbotError as error:
        report.complain(error)
        return 1
    title = f"ragbot bench, {os.cpu_count()} cores"
    report.show(figures, title)
    report.write(figures, title, options.results)
    return 0


def _measured(options: argparse.Namespace, index: Path) -> Iterator[Figure]:
    wanted = set(options.parts or PARTS)
    if "vectors" in wanted:
        yield from million(options.vectors)
    if "start" in wanted:
        yield from starting(index, list(QUERIES))
    if wanted & {"encoding", "search", "comparison"}:
        yield from _opened(options, index, wanted)


def _opened(options: argparse.Namespace, index: Path, wanted: set[str]) -> Iterator[Figure]:
    settings = load({"index": index})
    assistant = Assistant.open(settings)
    encoder = assistant.encoder
    model = SentenceTransformer(str(identify(settings).folder), local_files_only=True)
    texts = list(passage_texts(assistant.generation.library))
    queries = list(QUERIES) * options.rounds
    if "encoding" in wanted:
        some = texts[:: max(1, len(texts) // options.passages)][: options.passages]
        yield from encoding(encoder, model, some, queries)
    if "search" in wanted:
        yield from searching(assistant, encoder, plain(model, assistant, texts), queries)
    if "comparison" in wanted:
        yield from comparing(assistant)


if __name__ == "__main__":
    sys.exit(main())
