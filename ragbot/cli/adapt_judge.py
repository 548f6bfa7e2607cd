"""`ragbot adapt --judge`: a cross-encoder learnt from graded quotes."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.progress import Bars
from ragbot.index.generation import live_folder

if TYPE_CHECKING:
    from ragbot.adapt.judge.learn import JudgeOutcome, JudgeRequest
    from ragbot.settings import Settings


def learn_and_tell(
    settings: "Settings", request: "JudgeRequest", *, blending: bool, as_json: bool
) -> None:
    """Learn a judge and print what came of it; say how to go on where it is stopped.

    With `blending` what it is worth beside the signals is learnt in the settings' index.
    """
    from ragbot.adapt.judge.learn import learn_judge

    if blending:
        live_folder(settings.index)  # that there is none should be known before, not hours later
    try:
        with Bars() as bars:
            outcome = learn_judge(settings, request, bars)
            if blending:
                from ragbot.adapt.blend import learn_blend

                bars.stage("Weighing it beside the signals", None)
                learn_blend(settings, request.judgements, outcome.folder, str(outcome.folder))
    except KeyboardInterrupt:
        tell_state(request.state_file)
        raise
    click.echo(json.dumps(_as_data(outcome)) if as_json else _in_words(outcome))


def tell_state(file: Path) -> None:
    """Say where a run that was stopped goes on from, if it left anything."""
    if file.exists():
        click.echo(f"ragbot: stopped; the same command with --resume goes on from {file}", err=True)


def _as_data(outcome: "JudgeOutcome") -> dict[str, object]:
    learnt, figures = outcome.learnt, outcome.figures
    return {
        "folder": str(outcome.folder),
        "recipe": asdict(outcome.recipe),
        "epoch": learnt.epoch,
        "history": learnt.history,
        "seconds": round(learnt.seconds, 1),
        "held_out": asdict(figures.full),
        "held_out_eight_bits": asdict(figures.eight_bits),
        "agreement": figures.agreement,
        "check": asdict(figures.check),
    }


def _in_words(outcome: "JudgeOutcome") -> str:
    learnt, figures = outcome.learnt, outcome.figures
    lines = [
        f"{outcome.folder}: best after epoch {learnt.epoch} of {len(learnt.history)}, "
        f"{learnt.seconds / 60:.0f} minutes.",
        f"Held out, {figures.full.questions} questions: nDCG@5 {figures.full.ndcg:.3f} with full "
        f"weights, {figures.eight_bits.ndcg:.3f} as written; of the first quotes "
        f"{figures.eight_bits.first:.0%} help, of the first three {figures.eight_bits.three:.0%}.",
    ]
    if figures.check.questions:
        lines.append(
            f"Set aside, {figures.check.questions} questions: nDCG@5 {figures.check.ndcg:.3f}, "
            f"{figures.check.first:.0%}, {figures.check.three:.0%}."
        )
    lines.append(f"Use it: RAGBOT_JUDGE={outcome.folder}")
    return "\n".join(lines)
