"""An adapter is learnt, chosen and written; the same seed gives the same, stopped or not."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from ragbot.adapt import recipe as recipes
from ragbot.adapt.learn import Outcome, Request, learn
from ragbot.adapt.mining import mine
from ragbot.adapt.neighbours import Neighbours, forbidden
from ragbot.adapt.recipe import FULL, SMALL, draw, rate_at
from ragbot.adapt.student import LARGEST, Student
from ragbot.adapt.training import contrast
from ragbot.cli import main
from ragbot.encoder import identify, open_encoder
from ragbot.encoder.weights import ADAPTER_CONFIG, ADAPTER_FILE
from ragbot.errors import AdaptError
from ragbot.settings import Settings

from .tiny_model import write_model

TOPICS = [f"{a}{e}" for a in "bcdfghjk" for e in "aeiou"]
NOISE = [f"{a}{e}x" for a in "bc" for e in "aeio"]


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Tiny products are slower in two threads, and the sums are in one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"), TOPICS + NOISE)


@pytest.fixture(scope="module")
def questions(tmp_path_factory) -> Path:
    """200 documents, each of two topics among noise that question and passage do not share."""
    dice = random.Random(0)
    lines = []
    for number in range(200):
        topics = [TOPICS[number % 40], TOPICS[(number * 7 + number // 40 + 1) % 40]]
        asked, told = (topics + dice.choices(NOISE, k=count) for count in (4, 6))
        dice.shuffle(asked)
        dice.shuffle(told)
        pair = {"question": " ".join(asked), "text": " ".join(told), "doc": f"d{number}"}
        lines.append(json.dumps(pair | {"kind": "howto"}))
    path = tmp_path_factory.mktemp("questions") / "questions.jsonl"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """The recipes, for a model and questions of this size: five steps an epoch."""
    quick = {"batch": 32, "rate": 1e-2, "held_out": 0.2}
    monkeypatch.setitem(recipes.RECIPES, "small", replace(SMALL, epochs=10, **quick))
    full = replace(FULL, epochs=3, negatives=2, skipped=3, depth=10, **quick)
    monkeypatch.setitem(recipes.RECIPES, "full", full)


@pytest.fixture
def settings(model) -> Settings:
    return Settings(model=model, device="cpu", precision="float32", adapter="none")


@pytest.fixture(scope="module")
def learnt(model, questions, tmp_path_factory) -> Outcome:
    output = tmp_path_factory.mktemp("learnt") / "adapter"
    settings = Settings(model=model, device="cpu", precision="float32", adapter="none")
    with pytest.MonkeyPatch.context() as patch:
        quick = replace(SMALL, epochs=10, batch=32, rate=1e-2, held_out=0.2)
        patch.setitem(recipes.RECIPES, "small", quick)
        return learn(settings, Request(questions, output, recipe="small", licence="CC0-1.0"))


class Stops:
    """Progress that interrupts after so many steps of the stages with some name."""

    def __init__(self, steps: int, stage: str = "Epoch") -> None:
        self.left, self.stages, self._wanted, self._counts = steps, [], stage, False

    def stage(self, name: str, total: int | None) -> None:
        self.stages.append(name)
        self._counts = name.startswith(self._wanted)

    def advance(self, steps: int) -> None:
        if self._counts and steps == 1:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt


def test_learning_finds_passages_that_were_held_out(learnt):
    assert learnt.before.mrr < 0.4
    assert learnt.strength.score.mrr > learnt.before.mrr + 0.3
    assert learnt.strength.score.recall > learnt.before.recall + 0.2
    assert learnt.learnt.history[-1] > learnt.learnt.history[0]


def test_the_encoder_uses_what_was_written(learnt, settings, model):
    adapted = settings.model_copy(update={"adapter": str(learnt.folder)})
    texts = ["ba ce bax cex", "di bax"]
    found = open_encoder(adapted).encode_passages(texts)
    recipe = recipes.RECIPES["small"]
    student = Student(identify(settings), recipe, 0, "cpu", half=False)
    assert not np.allclose(found, student.vectors(texts, 48), atol=1e-2)
    with safe_open(learnt.folder / ADAPTER_FILE, framework="pt") as stored:
        kept = {
            name.removeprefix("base_model.model."): stored.get_tensor(name).float()
            for name in stored.keys()  # noqa: SIM118 - no dictionary
        }
    scale = learnt.strength.scale
    student.take({k: v * (scale if "lora_B" in k else 1) for k, v in kept.items()})
    np.testing.assert_allclose(found, student.vectors(texts, 48), atol=1e-5)


def test_the_adapter_is_small_and_says_what_it_is(learnt, questions):
    assert sorted(path.name for path in learnt.folder.iterdir()) == sorted(
        [ADAPTER_FILE, ADAPTER_CONFIG, "README.md"]
    )
    assert (learnt.folder / ADAPTER_FILE).stat().st_size < LARGEST
    config = json.loads((learnt.folder / ADAPTER_CONFIG).read_text())
    assert config["lora_alpha"] == pytest.approx(16 * learnt.strength.scale)
    assert "encoder.layer.1.attention.self.query" in config["target_modules"]
    card = (learnt.folder / "README.md").read_text()
    for told in ("200 questions", "howto 200", "CC0-1.0", f"{learnt.before.mrr:.3f}"):
        assert told in card
    assert f"{learnt.strength.score.mrr:.3f}" in card
    assert not learnt.folder.with_name("adapter.learning").exists()


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(
    learnt, settings, questions, tmp_path
):
    def weights(seed: int) -> bytes:
        request = Request(questions, tmp_path / str(seed), recipe="small", seed=seed)
        return (learn(settings, request).folder / ADAPTER_FILE).read_bytes()

    assert weights(0) == (learnt.folder / ADAPTER_FILE).read_bytes()
    assert weights(1) != weights_of(learnt)


def weights_of(outcome: Outcome) -> bytes:
    return (outcome.folder / ADAPTER_FILE).read_bytes()


@pytest.mark.parametrize("steps", [1, 5, 7])
def test_a_resumed_run_ends_as_one_that_was_not_stopped(
    learnt, settings, questions, tmp_path, steps
):
    request = Request(questions, tmp_path / "adapter", recipe="small")
    with pytest.raises(KeyboardInterrupt):
        learn(settings, request, Stops(steps))
    assert not request.output.exists()
    outcome = learn(settings, replace(request, resume=True))
    assert weights_of(outcome) == weights_of(learnt)
    assert outcome.learnt.history == learnt.learnt.history
    assert outcome.strength == learnt.strength


def test_a_stop_in_the_middle_of_a_step_loses_that_step_only(
    learnt, settings, questions, tmp_path, monkeypatch
):
    request = Request(questions, tmp_path / "adapter", recipe="small")
    whole, calls = torch.optim.AdamW.step, []

    def stopped(self, *arguments):
        whole(self, *arguments)
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", stopped)
        with pytest.raises(KeyboardInterrupt):
            learn(settings, request)
    outcome = learn(settings, replace(request, resume=True))
    assert weights_of(outcome) == weights_of(learnt)


def test_mined_negatives_are_learnt_from_and_resumed_alike(settings, questions, tmp_path):
    request = Request(questions, tmp_path / "one", recipe="full")
    watched = Stops(0)
    whole = learn(settings, request, watched)
    assert "Mining negatives" in watched.stages
    assert max(whole.learnt.history) > whole.before.mrr
    stopped = replace(request, output=tmp_path / "two")
    with pytest.raises(KeyboardInterrupt):
        learn(settings, stopped, Stops(6))
    assert weights_of(learn(settings, replace(stopped, resume=True))) == weights_of(whole)


def test_a_stop_while_the_scale_is_chosen_leaves_nothing_for_another_run(
    learnt, settings, questions, tmp_path
):
    request = Request(questions, tmp_path / "adapter", recipe="small", seed=1)
    with pytest.raises(KeyboardInterrupt):
        learn(settings, request, Stops(3, "Choosing"))
    again = replace(request, seed=0)
    assert learn(settings, again).strength == learnt.strength
    assert not request.working.exists()
    with pytest.raises(KeyboardInterrupt):
        learn(settings, replace(again, output=tmp_path / "two"), Stops(3, "Choosing"))
    last = learn(settings, replace(again, output=tmp_path / "two", resume=True))
    assert (weights_of(last), last.strength) == (weights_of(learnt), learnt.strength)


def test_a_state_of_another_run_is_refused(settings, questions, tmp_path):
    request = Request(questions, tmp_path / "adapter", recipe="small")
    with pytest.raises(AdaptError, match="nothing to resume"):
        learn(settings, replace(request, resume=True))
    with pytest.raises(KeyboardInterrupt):
        learn(settings, request, Stops(2))
    with pytest.raises(AdaptError, match="another run: seed"):
        learn(settings, replace(request, resume=True, seed=3))
    request.state_file.write_bytes(b"\x80\x04garbage")
    with pytest.raises(AdaptError, match="damaged"):
        learn(settings, replace(request, resume=True))


def test_nothing_is_written_over(settings, questions, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(AdaptError, match="exists already"):
        learn(settings, Request(questions, tmp_path / "mine", recipe="small"))


def test_an_adapter_that_would_be_too_large_gets_a_lower_rank(settings):
    wide = replace(SMALL, rank=100_000)
    student = Student(identify(settings), wide, 0, "cpu", half=False)
    size = 2 * sum(tensor.numel() for tensor in student.weights.values())
    assert 0.8 * LARGEST < size < LARGEST


class TestCommand:
    @pytest.fixture(autouse=True)
    def _settings(self, model, monkeypatch):
        monkeypatch.setenv("RAGBOT_DEVICE", "cpu")
        monkeypatch.setenv("RAGBOT_PRECISION", "float32")

    def run(self, capsys, *arguments) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["adapt", *map(str, arguments)])
        return (ended.value.code or 0, *capsys.readouterr())

    def test_it_says_what_was_reached_and_how_to_use_it(
        self, capsys, questions, tmp_path, model, learnt
    ):
        output = tmp_path / "adapter"
        code, out, err = self.run(
            capsys, "--questions", questions, "--output", output, "--model", model, "--epochs", 2
        )
        assert code == 0
        assert f"Held out: MRR@10 {learnt.before.mrr:.3f} to" in out
        assert f"RAGBOT_ADAPTER={output}" in out
        assert "Epoch 2 of 2" in err

    def test_guards_are_told_of_in_the_card_and_as_json(self, capsys, questions, tmp_path, model):
        guard = tmp_path / "else"
        guard.mkdir()
        texts = {f"{n}": f"{TOPICS[n]} {TOPICS[n + 1]}" for n in range(8)}
        rows = "".join(f'{{"_id": "{n}", "text": "{text}"}}\n' for n, text in texts.items())
        (guard / "corpus.jsonl").write_text(rows)
        (guard / "queries.jsonl").write_text(rows)
        (guard / "qrels.tsv").write_text("q\tc\ts\n" + "".join(f"{n}\t{n}\t1\n" for n in texts))
        output = tmp_path / "adapter"
        arguments = ("--questions", questions, "--output", output, "--model", model)
        code, out, err = self.run(
            capsys, *arguments, "--epochs", 2, "--guard", guard, "--json", "--recipe", "small"
        )
        assert code == 0
        assert "Guard else without" in err
        told = json.loads(out)
        assert told["guards"] == [{"name": "else", "before": 1.0, "after": 1.0}]
        assert told["after"]["mrr"] > told["before"]["mrr"]
        assert "| else, nDCG@10 | 1.000 | 1.000 |" in (output / "README.md").read_text()

    def test_stopping_says_how_to_go_on(self, capsys, questions, tmp_path, model, monkeypatch):
        monkeypatch.setattr("ragbot.cli.progress.Bars.advance", Stops.advance)
        monkeypatch.setattr("ragbot.cli.progress.Bars.stage", Stops.stage)
        for name, value in {"left": 2, "stages": [], "_wanted": "Epoch", "_counts": False}.items():
            monkeypatch.setattr(f"ragbot.cli.progress.Bars.{name}", value, raising=False)
        output = tmp_path / "adapter"
        code, out, err = self.run(
            capsys, "--questions", questions, "--output", output, "--model", model
        )
        assert code != 0
        assert out == ""
        assert "--resume goes on" in err
        assert not output.exists()

    def test_bad_questions_are_an_error_in_words(self, capsys, tmp_path, model):
        (tmp_path / "q.jsonl").write_text('{"question": "x"}\n')
        code, out, err = self.run(capsys, "--questions", tmp_path / "q.jsonl", "--model", model)
        assert (code, out) == (1, "")
        assert 'line 1: "text" is missing' in err

    def test_one_of_the_two_is_asked_for(self, capsys):
        assert self.run(capsys)[0] == 2
        assert self.run(capsys, "--questions", "a", "--write-questions", "b")[0] == 2


def test_the_loss_is_that_of_the_formula_and_barred_passages_do_not_count():
    questions, texts = torch.eye(2), torch.tensor([[1.0, 0], [0, 1.0], [0.6, 0.8]])
    none = torch.zeros(2, 3, dtype=torch.bool)
    first = -np.log(np.exp(2) / (np.exp(2) + 1 + np.exp(1.2)))
    second = -np.log(np.exp(2) / (np.exp(2) + 1 + np.exp(1.6)))
    loss = contrast(questions, texts, none, 2.0)
    assert float(loss) == pytest.approx((first + second) / 2, abs=1e-6)
    barred = none.clone()
    barred[:, 2] = True
    alone = -np.log(np.exp(2) / (np.exp(2) + 1))
    assert float(contrast(questions, texts, barred, 2.0)) == pytest.approx(alone, abs=1e-6)


def test_the_rate_rises_and_falls():
    recipe = replace(SMALL, rate=1.0, warm_up=0.2)
    rates = [rate_at(step, 10, recipe) for step in range(10)]
    assert rates[:3] == [0.5, 1.0, 1.0]
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert 0 < rates[-1] < 0.2


WORDS = [f"w{number}" for number in range(60)]
TEXTS = [
    " ".join(WORDS[0:20]),
    " ".join(WORDS[10:30]),  # overlaps with the first
    " ".join(WORDS[40:60]),  # further on in the same document
    " ".join([*WORDS[0:18], "y", "z"]),  # a copy of the first in another document
    " ".join([*WORDS[10:18], *(f"v{number}" for number in range(20))]),  # one phrase in common
]
DOCUMENTS = ["a", "a", "a", "b", "c"]


class TestNeighbours:
    def test_overlapping_slices_and_copies_are_neighbours(self):
        near = Neighbours(TEXTS, DOCUMENTS)
        assert near.of(0) == {0, 1, 3}
        assert near.of(2) == {2}
        assert near.of(4) == {4}
        assert near.same_document(0) == {0, 1, 2}

    def test_neighbours_are_barred(self):
        barred = forbidden(Neighbours(TEXTS, DOCUMENTS), [0, 2], [0, 1, 2, 3, 4])
        assert barred.tolist() == [
            [True, True, False, True, False],
            [False, False, True, False, False],
        ]

    def test_documents_that_hold_the_same_stay_together(self):
        groups = Neighbours(TEXTS, DOCUMENTS).groups()
        assert len(set(groups[:4])) == 1
        assert groups[4] != groups[0]
        twice = Neighbours(["one text", "one text", "more", "else"], ["a", "b", "b", ""])
        assert twice.groups()[0] == twice.groups()[1] != twice.groups()[2]

    def test_texts_of_unknown_documents_are_not_of_one(self):
        near = Neighbours(["some words here", "other words there"], ["", ""])
        assert near.same_document(0) == {0}
        assert len(set(near.groups())) == 2


def test_mined_are_the_next_best_without_the_document_the_neighbours_and_the_first_hits():
    texts = [f"t{number}" for number in range(8)]
    near = Neighbours(texts, ["own", "own", *"bcdefg"])
    angles = np.linspace(0, 1.4, 8)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    question = vectors[:1]
    recipe = replace(FULL, skipped=2, depth=3)
    found = mine(question, vectors, np.array([0]), near, recipe)
    assert found[0].tolist() == [4, 5, 6]  # 0 is its own, 1 of its document, 2 and 3 are skipped
    assert set(draw(found, 2, 0, 0, 0)) <= {4, 5, 6}
    assert draw(found, 2, 0, 0, 0).tolist() == draw(found, 2, 0, 0, 0).tolist()
    drawn = {tuple(draw(found, 2, 0, epoch, 0)) for epoch in range(20)}
    assert len(drawn) > 2
