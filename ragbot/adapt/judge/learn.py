"""From a file of graded quotes to a judge: read this module first.

read      questions with graded quotes, in three shares          judgements.py
learn     the encoder's network with a head; the best epoch      training.py, student.py, recipe.py
export    a graph of eight-bit weights                           export.py
score     what was held out, before and after the export         scoring.py
write     graph, facts and card                                  card.py
"""

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ragbot.adapt import folder as folders
from ragbot.adapt import state as states
from ragbot.adapt.judge import judgements as files
from ragbot.adapt.judge.card import JudgeFacts, JudgeFigures, judge_card
from ragbot.adapt.judge.export import Pair, export
from ragbot.adapt.judge.judgements import Graded, JudgementsFile
from ragbot.adapt.judge.recipe import FIRST, JUDGE, JudgeRecipe
from ragbot.adapt.judge.scoring import agreement, order
from ragbot.adapt.judge.student import PairStudent
from ragbot.adapt.judge.training import JudgeLearnt, JudgeTrainer
from ragbot.encoder import identify
from ragbot.encoder.sentence import find_device, find_precision
from ragbot.encoder.weights import sha256
from ragbot.errors import AdaptError
from ragbot.judge.cross_encoder import GraphScorer, PairScorer, Scores, read_facts
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings

SAMPLES = 96  # pairs by which the size of activations is known


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """What to learn from, and how.

    `epochs` and `minutes` replace those of the recipe; `licence` is written into the card. `first`
    has questions whose grades are only guessed (ragbot/adapt/guess.py): they are learnt before.
    """

    judgements: Path
    output: Path
    seed: int = 0
    epochs: int | None = None
    minutes: float | None = None
    licence: str = "not stated"
    resume: bool = False
    recipe: JudgeRecipe = JUDGE
    first: Path | None = None

    @property
    def chosen(self) -> JudgeRecipe:
        """The recipe with what replaces its numbers."""
        epochs, minutes = self.epochs or self.recipe.epochs, self.minutes or self.recipe.minutes
        return replace(self.recipe, epochs=epochs, minutes=minutes)

    @property
    def working(self) -> Path:
        """The folder beside the output that is there until the judge is."""
        whole = self.output.resolve()
        return whole.with_name(f"{whole.name}.learning")

    @property
    def state_file(self) -> Path:
        """What an interrupted run goes on from."""
        return self.working / "state.safetensors"

    @property
    def first_state_file(self) -> Path:
        """What one that is interrupted while it learns from guessed grades goes on from."""
        return self.working / "first.safetensors"


@dataclass(frozen=True, slots=True)
class JudgeOutcome:
    """What was learnt: the folder, the recipe as it was used, and the figures."""

    folder: Path
    recipe: JudgeRecipe
    learnt: JudgeLearnt
    figures: JudgeFigures


def learn_judge(
    settings: Settings, request: JudgeRequest, progress: Progress | None = None
) -> JudgeOutcome:
    """Learn a cross-encoder, from the encoder of the settings, and write it to `request.output`.

    The adapter that the settings name is merged into the encoder first.

    Raises:
        AdaptError: the judgements or the state are not what they should be, or what was learnt
            cannot be written.
        EncoderError: the encoder does not load.
    """
    progress = progress or Silent()
    folders.check_free(request.output)
    data, recipe = files.read(request.judgements), request.chosen
    identity, device = identify(settings), find_device(settings.device)
    precision = find_precision(settings.precision, device)
    student = PairStudent(identity, recipe, request.seed, device, half=precision == "bfloat16")
    run: dict[str, Any] = {
        "judgements": data.sha256,
        "encoder": identity.weights,
        "seed": request.seed,
        "device": device,
        "precision": precision,
        "recipe": asdict(recipe),
    }
    guessed = files.lessons(request.first) if request.first else ()
    if request.first:
        run |= {"first": sha256(request.first), "first_recipe": asdict(FIRST)}
    run = json.loads(json.dumps(run))  # as it is read back
    at_first = guessed and request.first_state_file.exists()  # it goes where the second begins
    start = states.load(request.state_file, run) if request.resume and not at_first else None

    def reached() -> float:
        return order(data.held_out, student_scores(student, data.held_out)).ndcg

    if guessed and start is None:
        _learn_first(student, guessed, request, run, reached, progress)
    trainer = JudgeTrainer(student, list(data.lessons), recipe, request.seed, reached)
    learnt = trainer.run(request.state_file, run, start, progress)

    student.take(learnt.weights)
    beside = request.working / "judge"
    name = request.output.resolve().name
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        progress.stage("Exporting", None)
        export(student, student.whole(), name, _samples(data.lessons), beside)
        figures = _figures(student, GraphScorer(beside), data, progress)
        facts = JudgeFacts(
            name=name,
            encoder=identity.name,
            data=data,
            recipe=recipe,
            seed=request.seed,
            device=device,
            precision=precision,
            learnt=learnt,
            figures=figures,
            sha256=read_facts(beside).sha256,
            licence=request.licence,
            date=datetime.now(UTC).date().isoformat(),
            first=_told_of_first(request.first, guessed),
        )
        (beside / folders.CARD).write_text(judge_card(facts), encoding="utf-8")
        if request.output.is_dir():
            request.output.rmdir()  # an empty one; one that holds something was refused
        beside.replace(request.output.resolve())
    except OSError as error:
        raise AdaptError(f"the judge cannot be written to {request.output}: {error}") from error
    with suppress(OSError):  # what is left over harms nobody
        request.state_file.unlink(missing_ok=True)
        request.working.rmdir()
    return JudgeOutcome(request.output, recipe, learnt, figures)


def _learn_first(
    student: PairStudent,
    guessed: Sequence[Graded],
    request: JudgeRequest,
    run: dict[str, Any],
    reached: Callable[[], float],
    progress: Progress,
) -> None:
    """Learn from guessed grades; the student keeps what it had learnt at the end."""
    file = request.first_state_file
    start = states.load(file, run) if request.resume and file.exists() else None
    trainer = JudgeTrainer(student, list(guessed), FIRST, request.seed, reached)
    student.take(trainer.run(file, run, start, progress).weights)
    file.unlink(missing_ok=True)


def _told_of_first(file: Path | None, guessed: Sequence[Graded]) -> str:
    if file is None:
        return ""
    return (
        f"{file.name}, sha256 {sha256(file)}: {len(guessed):,} written questions whose grades are "
        f"guessed from the passage that answers them (`python -m ragbot.adapt.guess`), once, "
        f"{FIRST.questions} a step, up to {FIRST.drawn[0]} and {FIRST.drawn[1]} graded 0 and 1."
    )


def student_scores(student: PairStudent, questions: Sequence[Graded]) -> list[Scores]:
    """The scores of each question's quotes."""
    pairs = [(one.question, quote.text) for one in questions for quote in one.quotes]
    found = student.scores([question for question, _ in pairs], [text for _, text in pairs])
    return np.split(found, np.cumsum([len(one.quotes) for one in questions])[:-1])


def _figures(
    student: PairStudent, scorer: PairScorer, data: JudgementsFile, progress: Progress
) -> JudgeFigures:
    full = student_scores(student, data.held_out)
    progress.stage("Scoring what was exported", len(data.held_out) + len(data.check))

    def scored(questions: Sequence[Graded]) -> list[Scores]:
        found = []
        for one in questions:
            found.append(scorer.scores(one.question, [quote.text for quote in one.quotes]))
            progress.advance(1)
        return found

    eight_bits = scored(data.held_out)
    return JudgeFigures(
        order(data.held_out, full),
        order(data.held_out, eight_bits),
        agreement(full, eight_bits),
        order(data.check, scored(data.check)),
    )


def _samples(lessons: Sequence[Graded]) -> list[Pair]:
    """Pairs spread evenly over the questions, and over the places of their quotes."""
    step = max(1, len(lessons) // SAMPLES)
    return [
        (one.question, one.quotes[number % len(one.quotes)].text)
        for number, one in enumerate(lessons[::step][:SAMPLES])
    ]
