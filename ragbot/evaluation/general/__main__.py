"""`python -m ragbot.evaluation.general FOLDER...`: nDCG@10 on sets in BEIR form.

Once with the adapter that the settings name and once without any.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ragbot.cli.progress import Bars
from ragbot.encoder import identify, open_encoder
from ragbot.errors import RagbotError
from ragbot.evaluation.general.measure import Figures, measure
from ragbot.evaluation.general.sets import GeneralSet, read
from ragbot.settings import load

MOST_LOST = 0.02  # nDCG@10 that an adapter may cost a set that it was not learnt for


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0, or 1 where a set cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m ragbot.evaluation.general", description=__doc__
    )
    parser.add_argument("folders", nargs="+", type=Path, help="corpus, queries and qrels each")
    parser.add_argument(
        "--cache", type=Path, default=Path("evaluation/general.sqlite"), help="vectors kept here"
    )
    options = parser.parse_args(arguments)
    try:
        report([read(folder) for folder in options.folders], options.cache)
    except RagbotError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def report(sets: Sequence[GeneralSet], cache: Path) -> None:
    """Print a table with a row for each set and encoder.

    Raises:
        EncoderError: the encoder does not load.
    """
    table = Table("set", "encoder", "BM25", "dense", "hybrid", "says", title="nDCG@10")
    encoders = {}
    for adapter in dict.fromkeys(("none", load().adapter)):
        settings = load({"adapter": adapter})
        encoders[identify(settings).name] = open_encoder(settings)
    with Bars() as bars:
        for chosen in sets:
            plain: float | None = None
            for name, encoder in encoders.items():
                found = measure(chosen, encoder, cache, bars)
                plain = found.dense if plain is None else plain
                figures = (f"{value:.3f}" for value in (found.bm25, found.dense, found.hybrid))
                table.add_row(chosen.name, name, *figures, verdict(found, plain))
    Console(width=120).print(table)


def verdict(found: Figures, plain: float) -> str:
    """What the figures fall short of; `plain` is the dense figure without an adapter."""
    faults = []
    if found.hybrid < max(found.bm25, found.dense):
        faults.append("hybrid is worse than one of its parts")
    if plain - found.dense > MOST_LOST:
        faults.append(f"the adapter costs {plain - found.dense:.3f}")
    return "; ".join(faults) or "good"


if __name__ == "__main__":
    sys.exit(main())
