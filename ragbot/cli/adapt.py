"""`ragbot adapt`: an adapter for the encoder or a judge, learnt from questions and quotes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import index_option, json_option, settings

if TYPE_CHECKING:
    from ragbot.adapt.learn import Outcome

EPILOG = """\b
Examples:
  ragbot adapt --questions questions.jsonl --output my-adapter
  ragbot adapt --questions questions.jsonl.gz --guard scifact --guard cosqa
  ragbot adapt --questions questions.jsonl --resume      go on where it was stopped
  ragbot adapt --write-questions questions.jsonl         needs a language model
  ragbot adapt --judge judgements.jsonl.gz --output my-judge --index index
  ragbot adapt --write-judgements judgements.jsonl.gz --questions questions.txt

A line of the questions is {"question": "...", "text": "the passage that answers it"}, and perhaps
"kind" and "doc", the document that the passage is of. Afterwards set RAGBOT_ADAPTER to the folder
and build the index anew. A line of the judgements is {"question": "...", "quotes": [{"grade": 2,
"quote": "..."}]}; afterwards set RAGBOT_JUDGE to the folder. With --write-judgements, which needs a
language model too, a line of the questions may also be the question alone. docs/adapt.md tells the
rest.
"""


@click.command(epilog=EPILOG)
@click.option(
    "--questions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON lines, plain or .gz, to learn from, or questions to be graded.",
)
@click.option(
    "--judge",
    "judgements",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Graded quotes, JSON lines, plain or .gz, to learn a cross-encoder from.",
)
@click.option(
    "--first",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --judge: guessed grades (python -m ragbot.adapt.guess), to begin with.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="New folder for what is learnt.  [default: adapter, or judge]",
)
@click.option(
    "--recipe",
    type=click.Choice(["auto", "small", "full"]),
    default="auto",
    show_default=True,
    help="full: mined negatives, for a GPU; small: for a processor; auto: by the device.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Same seed, same adapter.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Instead of the recipe's number.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="With --judge: end after that time, whatever epoch it is.",
)
@click.option(
    "--guard",
    "guards",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of a general retrieval set in BEIR's form; it may lose 0.02 nDCG@10 (repeatable).",
)
@click.option(
    "--licence", default="not stated", show_default=True, help="What the card says of it."
)
@click.option("--resume", is_flag=True, help="Go on where the same command was stopped.")
@click.option("--model", type=click.Path(path_type=Path), help="Folder of another encoder.")
@click.option(
    "--write-questions",
    "written",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Have the language model write questions about the index's documents, to this file.",
)
@click.option(
    "--write-judgements",
    "graded",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Have the language model grade quotes of the index for each of --questions, to this file.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="Slices that questions are written on, or questions that are graded, at most.",
)
@index_option
@json_option
def adapt(
    questions: Path | None,
    judgements: Path | None,
    first: Path | None,
    output: Path | None,
    recipe: str,
    seed: int,
    epochs: int | None,
    minutes: float | None,
    guards: tuple[Path, ...],
    licence: str,
    resume: bool,
    model: Path | None,
    written: Path | None,
    graded: Path | None,
    limit: int | None,
    index: Path | None,
    as_json: bool,
) -> None:
    """Learn an adapter for the encoder from questions with their passages, or a judge of quotes."""
    if graded is not None and questions is None:
        raise click.UsageError("--write-judgements needs --questions, those that are graded")
    learnt = questions if graded is None else None
    if sum(file is not None for file in (learnt, judgements, written, graded)) != 1:
        raise click.UsageError(
            "give one of --questions, --judge, --write-questions and --write-judgements"
        )
    if written is not None or graded is not None:
        if output or first or epochs or minutes or guards or resume or recipe != "auto":
            raise click.UsageError(
                "with --write-questions and --write-judgements there are --limit, --seed and "
                "--index; they go on by themselves where they were stopped"
            )
        from ragbot.cli.adapt_written import grade_and_tell, write_and_tell

        given = settings(model=model, index=index)
        if graded is not None and questions is not None:
            from ragbot.adapt.grading import GradeRequest

            grade_and_tell(given, GradeRequest(questions, graded, limit, seed), as_json=as_json)
        elif written is not None:
            write_and_tell(given, written, limit, seed, as_json=as_json)
        return
    if limit is not None or (index is not None and judgements is None):
        raise click.UsageError(
            "--limit goes with --write-questions and --write-judgements, --index with them and "
            "--judge"
        )
    from ragbot.cli.adapt_judge import learn_and_tell, tell_state
    from ragbot.cli.progress import Bars

    if judgements is not None:
        if guards or recipe != "auto":
            raise click.UsageError("--guard and --recipe go with --questions")
        from ragbot.adapt.judge.learn import JudgeRequest

        wanted = JudgeRequest(
            judgements, output or Path("judge"), seed, epochs, minutes, licence, resume, first=first
        )
        given = settings(model=model, index=index)
        learn_and_tell(given, wanted, blending=index is not None, as_json=as_json)
        return
    if questions is None or minutes is not None or first is not None:
        option = "--minutes" if minutes is not None else "--first"
        raise click.UsageError(f"{option} goes with --judge")
    from ragbot.adapt.learn import Request, learn

    request = Request(
        questions,
        output or Path("adapter"),
        recipe,
        seed,
        epochs,
        guards=guards,
        licence=licence,
        resume=resume,
    )
    try:
        with Bars() as bars:
            outcome = learn(settings(model=model), request, bars)
    except KeyboardInterrupt:
        tell_state(request.state_file)
        raise
    click.echo(json.dumps(_as_data(outcome)) if as_json else _in_words(outcome))


def _as_data(outcome: "Outcome") -> dict[str, object]:
    from dataclasses import asdict

    strength, learnt = outcome.strength, outcome.learnt
    return {
        "folder": str(outcome.folder),
        "recipe": asdict(outcome.recipe),
        "repeated": outcome.repeated,
        "epoch": learnt.epoch,
        "history": learnt.history,
        "pairs_a_second": round(learnt.pairs_a_second, 1),
        "scale": strength.scale,
        "drift": strength.drift,
        "before": asdict(outcome.before),
        "after": asdict(strength.score),
        "guards": [asdict(guard) for guard in strength.guarded],
    }


def _in_words(outcome: "Outcome") -> str:
    before, after = outcome.before, outcome.strength.score
    lines = [
        f"{outcome.folder}: scale {outcome.strength.scale:g}, best after epoch "
        f"{outcome.learnt.epoch}, {outcome.learnt.pairs_a_second:,.0f} questions/s.",
        f"Held out: MRR@10 {before.mrr:.3f} to {after.mrr:.3f}, recall@10 {before.recall:.3f} to "
        f"{after.recall:.3f}.",
        *(
            f"{guard.name}: nDCG@10 {guard.before:.3f} to {guard.after:.3f}."
            for guard in outcome.strength.guarded
        ),
    ]
    if outcome.repeated:
        lines.append(f"{outcome.repeated:,} repeated lines were left out.")
    lines.append(f"Use it: RAGBOT_ADAPTER={outcome.folder} ragbot build")
    return "\n".join(lines)
