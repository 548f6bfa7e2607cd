"""From a file of questions to an adapter: read this module first.

read      question-passage pairs                                pairs.py
split     a share held out, by document                         pairs.py, neighbours.py
mine      passages that look like answers and are none          mining.py
learn     low-rank updates, the best epoch on the held-out share   training.py, student.py
choose    how strongly they are applied, within what guards allow  strength.py, scoring.py
write     weights, configuration and card                       folder.py, card.py
"""

import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ragbot.adapt import folder as folders
from ragbot.adapt import pairs as files
from ragbot.adapt import state as states
from ragbot.adapt.card import Facts, card
from ragbot.adapt.general import SENTENCES
from ragbot.adapt.mining import mine
from ragbot.adapt.neighbours import Neighbours, forbidden
from ragbot.adapt.pairs import Pair
from ragbot.adapt.recipe import RECIPES, Recipe, Rows
from ragbot.adapt.scoring import Score, read_guard, score
from ragbot.adapt.strength import Strength, choose
from ragbot.adapt.student import Student
from ragbot.adapt.training import Learnt, Lesson, Trainer
from ragbot.encoder import Encoder, Vectors, identify
from ragbot.encoder.sentence import SentenceEncoder
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What to learn from, and how.

    `recipe` is "small", "full" or "auto" (full on a GPU); `epochs` replaces the recipe's number;
    `guards` are folders of retrieval sets in BEIR's form; `licence` is written into the card.
    """

    questions: Path
    output: Path
    recipe: str = "auto"
    seed: int = 0
    epochs: int | None = None
    guards: tuple[Path, ...] = ()
    licence: str = "not stated"
    resume: bool = False

    @property
    def working(self) -> Path:
        """The folder beside the output that is there until the adapter is."""
        whole = self.output.resolve()
        return whole.with_name(f"{whole.name}.learning")

    @property
    def scales(self) -> Path:
        """Where the adapter lies at each scale while one is chosen."""
        return self.working / "scales"

    @property
    def state_file(self) -> Path:
        """What an interrupted run goes on from."""
        return self.working / "state.safetensors"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was learnt: the folder, the recipe as it was used, and figures before and after."""

    folder: Path
    recipe: Recipe
    repeated: int
    learnt: Learnt
    before: Score
    strength: Strength


class HeldOut:
    """The held-out questions, scored over the held-out passages."""

    def __init__(self, pairs: list[Pair], neighbours: Neighbours) -> None:
        self.questions = [pair.question for pair in pairs]
        rows = sorted({neighbours.row(pair.text) for pair in pairs})
        self.texts = [neighbours.texts[row] for row in rows]
        answers = [neighbours.row(pair.text) for pair in pairs]
        self._answers = np.searchsorted(rows, answers)
        self._barred = forbidden(neighbours, answers, rows)

    def of_vectors(self, questions: Vectors, texts: Vectors) -> Score:
        """The score of these vectors of the questions and the passages."""
        return score(questions, texts, self._answers, self._barred)

    def of(self, encoder: Encoder) -> Score:
        """The score of an encoder."""
        return self.of_vectors(
            encoder.encode_queries(self.questions), encoder.encode_passages(self.texts)
        )


def learn(settings: Settings, request: Request, progress: Progress | None = None) -> Outcome:
    """Learn an adapter for the encoder of the settings and write it to `request.output`.

    Whatever adapter the settings name is not used: one is learnt for the encoder itself.

    Raises:
        AdaptError: the questions, a guard or the state are not what they should be, or nothing
            that may be written was learnt.
        EncoderError: the encoder does not load.
    """
    progress = progress or Silent()
    folders.check_free(request.output)
    guards = [read_guard(folder) for folder in request.guards]
    data = files.read(request.questions)
    neighbours = Neighbours([pair.text for pair in data.pairs], [pair.doc for pair in data.pairs])
    plain_settings = settings.model_copy(update={"adapter": "none"})
    plain = SentenceEncoder(plain_settings)
    recipe = chosen_recipe(request, plain.device)
    lessons, kept_back = files.held_out(data.pairs, neighbours, recipe.held_out, request.seed)
    test = HeldOut(kept_back, neighbours)
    progress.stage("Scoring the encoder as it is", None)
    before = test.of(plain)
    lesson = _lesson(lessons, neighbours, plain, recipe, progress)

    identity = identify(plain_settings)
    half = plain.precision == "bfloat16"
    student = Student(identity, recipe, request.seed, plain.device, half=half)
    run = {
        "questions": data.sha256,
        "encoder": identity.weights,
        "seed": request.seed,
        "device": plain.device,
        "precision": plain.precision,
        "recipe": asdict(recipe),
    }
    start = states.load(request.state_file, run) if request.resume else None

    def reached() -> float:
        return test.of_vectors(
            student.vectors(test.questions, recipe.question_window),
            student.vectors(test.texts, recipe.window),
        ).mrr

    trainer = Trainer(student, lesson, recipe, request.seed, reached)
    learnt = trainer.run(request.state_file, run, start, progress)

    def opened(scale: float) -> Encoder:
        if not scale:
            return plain
        place = request.scales / str(scale)
        if not place.exists():
            folders.write(place, learnt.weights, config(scale))
        return SentenceEncoder(settings.model_copy(update={"adapter": str(place)}))

    def config(scale: float) -> dict[str, object]:
        alpha = recipe.alpha * scale
        return folders.config(identity.name, student.targets, student.rank, alpha)

    shutil.rmtree(request.scales, ignore_errors=True)  # of a run that was stopped in the middle
    strength = choose(opened, test.of, guards, SENTENCES, progress)
    text = card(
        Facts(
            name=request.output.resolve().name,
            encoder=identity.name,
            data=data,
            texts=len(neighbours.texts),
            held_out=len(kept_back),
            held_out_texts=len(test.texts),
            recipe=recipe,
            rank=student.rank,
            seed=request.seed,
            device=plain.device,
            precision=plain.precision,
            learnt=learnt,
            before=before,
            strength=strength,
            licence=request.licence,
            date=datetime.now(UTC).date().isoformat(),
        )
    )
    folders.write(request.output, learnt.weights, config(strength.scale), text)
    shutil.rmtree(request.scales, ignore_errors=True)
    with suppress(OSError):  # what is left over harms nobody
        request.state_file.unlink(missing_ok=True)
        request.working.rmdir()
    return Outcome(request.output, recipe, data.repeated, learnt, before, strength)


def chosen_recipe(request: Request, device: str) -> Recipe:
    """The recipe of a request on a device."""
    automatic = "full" if device == "cuda" else "small"
    recipe = RECIPES[automatic if request.recipe == "auto" else request.recipe]
    return replace(recipe, epochs=request.epochs) if request.epochs else recipe


def _lesson(
    pairs: list[Pair],
    neighbours: Neighbours,
    encoder: Encoder,
    recipe: Recipe,
    progress: Progress,
) -> Lesson:
    """The pairs to learn from; held-out passages are never among the negatives."""
    texts = list(dict.fromkeys(pair.text for pair in pairs))
    near = Neighbours(texts, [neighbours.documents[neighbours.row(text)] for text in texts])
    questions = [pair.question for pair in pairs]
    answers: Rows = np.array([near.row(pair.text) for pair in pairs], dtype=np.int64)
    found: list[Rows] = []
    if recipe.negatives:
        progress.stage("Mining negatives", len(texts))
        vectors = encoder.encode_passages(texts, progress.advance)
        found = mine(encoder.encode_queries(questions), vectors, answers, near, recipe)
    return Lesson(questions, answers, found, near)
