"""Builds an index so slowly that it can be killed on the way: CORPUS INDEX SECONDS, as a module."""

import sys
import time
from pathlib import Path

from ragbot.encoder import Progress, Vectors
from ragbot.index.build import build
from ragbot.settings import Settings

from .words import WordEncoder


class Teller:
    """Says on stdout which stage has begun, then waits."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def stage(self, name: str, total: int | None) -> None:
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
        time.sleep(self._seconds)

    def advance(self, steps: int) -> None:
        pass


class SlowEncoder(WordEncoder):
    """The hand-computable encoder, text by text."""

    def encode_passages(self, texts: list[str], progress: Progress | None = None) -> Vectors:
        time.sleep(0.05)
        return super().encode_passages(texts, progress)


if __name__ == "__main__":
    corpus, index, seconds = sys.argv[1:]
    settings = Settings(corpus=Path(corpus), index=Path(index))
    build(settings, SlowEncoder(), Teller(float(seconds)))
