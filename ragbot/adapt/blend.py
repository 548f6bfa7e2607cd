"""Learns what signals and a cross-encoder are worth together.

    python -m ragbot.adapt.blend --judgements judgements.jsonl.gz --index INDEX --output FOLDER

With `--read`, "packaged" or a folder that `ragbot adapt --judge` wrote from the same file, it
learns how to take a cross-encoder's word as well. Questions of the split "check" are never learnt
from: the card says how it does on them.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ragbot import learnt_file
from ragbot.adapt.blend_card import BlendFacts, BlendFigures, blend_card
from ragbot.encoder import Encoder, open_encoder
from ragbot.errors import RagbotError
from ragbot.index.generation import Generation
from ragbot.index.serving import kept_encoder, without_graph
from ragbot.judge import learning
from ragbot.judge.blend import BLEND_FILE, GRADES, Joint, probability
from ragbot.judge.cross_encoder import FACTS_FILE, PairScorer, open_scorer
from ragbot.judge.judgements import UNGRADED, Finder, Sheet, read
from ragbot.judge.learning import LEAST, Recipe, Table
from ragbot.judge.measures import Order, Shares, calibration_error, curve, order
from ragbot.judge.signals import SignalReader
from ragbot.judge.wording import statement_text
from ragbot.settings import Settings, load
from ragbot.trees import Trees

CHECK = "check"


@dataclass(frozen=True, slots=True)
class Graded:
    """The rows of a table with what a cross-encoder says of them, NaN where it was not asked."""

    table: Table
    read: Shares

    @property
    def is_check(self) -> npt.NDArray[np.bool_]:
        """The rows that are not learnt from."""
        found: npt.NDArray[np.bool_] = self.table.splits == CHECK
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, write the data file, its sum and its card; 0, 1 where something is wrong."""
    options = _options(arguments)
    try:
        settings = load({"index": options.index})
        learn_blend(settings, options.judgements, options.output, options.read)
    except RagbotError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def learn_blend(settings: Settings, judgements: Path, output: Path, read_by: str = "") -> None:
    """Learn what signals are worth, write the data file, its sum and its card into a folder.

    Args:
        settings: whose index the quotes are found again in.
        judgements: the graded quotes.
        output: the folder; it may hold a cross-encoder, whose card is left alone.
        read_by: a cross-encoder whose word is weighed too, as `open_scorer` takes it; "": none.

    Raises:
        RagbotError: the judgements, the index or the cross-encoder cannot be read.
    """
    questions = read(judgements)
    generation, encoder = opened(settings)
    finder = Finder(generation, encoder)
    sheets = [sheet for question in questions for sheet in finder.sheets(question)]
    scorer = open_scorer(read_by) if read_by else None
    graded = gathered(sheets, SignalReader(generation.guide), scorer)
    alone, both, figures = learn(graded, Recipe(), scorer.sha256 if scorer else None)
    learnt_file.write(output / BLEND_FILE, learning.data(alone, both))
    facts = BlendFacts(
        data=judgements.name,
        sha256=hashlib.sha256(judgements.read_bytes()).hexdigest(),
        questions=len(questions),
        quotes=len(graded.table.grades),
        recipe=Recipe(),
        scorer=f"{scorer.name} ({scorer.sha256[:12]})" if scorer else "",
        figures=figures,
    )
    # The folder of a cross-encoder has a card of its own.
    name = "BLEND.md" if (output / FACTS_FILE).exists() else "README.md"
    (output / name).write_text(blend_card(facts), encoding="utf-8")


def opened(settings: Settings) -> tuple[Generation, Encoder]:
    """The live generation and its encoder; no judge, as the present one may know other signals."""
    generation = Generation.open(settings.index)
    return generation, kept_encoder(generation, settings) or open_encoder(without_graph(settings))


def gathered(sheets: Iterable[Sheet], reader: SignalReader, scorer: PairScorer | None) -> Graded:
    """The graded quotes of some sheets; a scorer reads those that it has not learnt from."""
    sheets = list(sheets)
    table = learning.table(sheets, reader)
    logits: list[float] = []
    for sheet in sheets:
        rows = [i for i, grade in enumerate(sheet.grades) if grade != UNGRADED]
        is_unread = sheet.split == CHECK or learning.is_kept(sheet.question)
        if scorer is None or not is_unread or not rows:
            logits += [np.nan] * len(rows)
            continue
        chosen = [sheet.candidates[i] for i in rows]
        texts = [statement_text(c.heading, c.symbol, c.statement.label, c.quote) for c in chosen]
        logits += scorer.scores(sheet.asked.text, texts).tolist()
    return Graded(table, np.array(logits, dtype=np.float64))


def learn(
    graded: Graded, recipe: Recipe, scorer: str | None
) -> tuple[dict[str, Trees], Joint | None, list[BlendFigures]]:
    """Trees for both grades, the joint model where there is a scorer, and how well they do.

    `scorer` is the sha256 of the cross-encoder, None where there is none.
    """
    lessons, check = graded.table.where(~graded.is_check), graded.table.where(graded.is_check)
    alone: dict[str, Trees] = {}
    unseen: dict[str, Shares] = {}
    for grade in GRADES:
        sums = learning.cross_validated(lessons, grade, recipe)
        trees = learning.grown(lessons, grade, recipe)
        alone[grade] = learning.calibrated(trees, sums, lessons.grades >= LEAST[grade])
        unseen[grade] = alone[grade].slope * sums + alone[grade].shift
    checked = {grade: alone[grade].logits(check.signals) for grade in GRADES}
    figures = [figure("signals", lessons, unseen, check, checked)]
    if scorer is None:
        return alone, None, figures
    read = graded.read[~graded.is_check]
    fold = ~np.isnan(read)
    some = {grade: unseen[grade][fold] for grade in GRADES}
    of_fold, read = lessons.where(fold), read[fold]
    both = learning.joint(some, read, of_fold.grades, scorer)
    together = learning.joint_unseen(some, read, of_fold)
    of_check = both.logits(checked, graded.read[graded.is_check])
    by_read = dict.fromkeys(GRADES, read), dict.fromkeys(GRADES, graded.read[graded.is_check])
    figures.append(figure("signals, on the kept fold", of_fold, some, check, checked))
    figures.append(figure("cross-encoder alone", of_fold, by_read[0], check, by_read[1]))
    figures.append(figure("both", of_fold, together, check, of_check))
    return alone, both, figures


def figure(
    name: str, seen: Table, logits: dict[str, Shares], check: Table, checked: dict[str, Shares]
) -> BlendFigures:
    """How well logits order quotes, unseen in folds and set aside, and how true they are."""
    errors = []
    for table, found in ((seen, logits), (check, checked)):
        for grade in GRADES:
            bins = curve(probability(found[grade]), table.grades >= LEAST[grade])
            errors.append(calibration_error(bins))
    return BlendFigures(name, ordered(seen, logits), ordered(check, checked), tuple(errors))


def ordered(table: Table, logits: dict[str, Shares]) -> Order:
    """The order of the quotes of each question by the sum of both probabilities."""
    scores = sum(probability(logits[grade]) for grade in GRADES)
    rows: dict[str, list[int]] = {}
    for place, name in enumerate(table.questions.tolist()):
        rows.setdefault(name, []).append(place)
    return order((np.asarray(scores)[places], table.grades[places]) for places in rows.values())


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ragbot.adapt.blend", description=__doc__)
    parser.add_argument("--judgements", type=Path, required=True, help="graded quotes")
    parser.add_argument("--index", type=Path, help="index that the quotes are out of")
    parser.add_argument("--read", default="", help="cross-encoder: packaged, or a folder")
    parser.add_argument("--output", type=Path, required=True, help="folder to write into")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
