"""A judge is learnt from graded quotes, exported and described; stopped or not, it is the same."""

import gzip
import json
import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from ragbot.adapt import blend
from ragbot.adapt.judge import judgements as files
from ragbot.adapt.judge import learn as learning
from ragbot.adapt.judge.judgements import Graded, ReadQuote
from ragbot.adapt.judge.learn import JudgeOutcome, JudgeRequest, learn_judge
from ragbot.adapt.judge.recipe import JudgeRecipe, rate_share, shares, step_of, steps_an_epoch
from ragbot.adapt.judge.scoring import agreement, order
from ragbot.adapt.judge.training import listwise, pointwise
from ragbot.cli import adapt_judge, cli
from ragbot.errors import AdaptError, IndexMissingError
from ragbot.judge.cross_encoder import FACTS_FILE, GraphScorer
from ragbot.settings import Settings

from .test_adapt import Stops
from .tiny_model import write_model

TOPICS = [f"{a}{e}" for a in "bcdf" for e in "aeiou"]
GOOD, BAD = "good", "bad"
QUICK = JudgeRecipe(
    *(14, 60.0, 8, (6, 4), 1, 32, "both", 1),
    rate=1e-3,
    head_rate=3e-3,
)


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    model = write_model(tmp_path_factory.mktemp("model"), [*TOPICS, GOOD, BAD])
    return Settings(model=model, device="cpu", precision="float32", adapter="none")


@pytest.fixture(scope="module")
def judgements(tmp_path_factory) -> Path:
    """Quotes that say "good" answer, whatever the question; those that say "bad" are off."""
    dice = random.Random(0)
    lines = []
    for number in range(64):
        quotes = [
            {"grade": grade, "quote": " ".join([*dice.choices(TOPICS, k=4), word]), "label": "ba"}
            for grade, word in ((3, GOOD), (0, BAD), (0, BAD), (0, ""))
        ]
        dice.shuffle(quotes)
        split = "check" if number % 8 == 0 else "learn"
        question = " ".join(dice.choices(TOPICS, k=3))
        lines.append({"id": f"q{number}", "question": question, "quotes": quotes, "split": split})
    path = tmp_path_factory.mktemp("judgements") / "judgements.jsonl.gz"
    with gzip.open(path, "wt") as stream:
        stream.writelines(f"{json.dumps(line)}\n" for line in lines)
    return path


@pytest.fixture(scope="module")
def learnt(settings, judgements, tmp_path_factory) -> JudgeOutcome:
    output = tmp_path_factory.mktemp("learnt") / "judge"
    return learn_judge(settings, JudgeRequest(judgements, output, licence="CC0", recipe=QUICK))


def graded(grades: str, deep: tuple[int, ...] = ()) -> Graded:
    quotes = [
        ReadQuote(f"{number}", int(grade), number in deep) for number, grade in enumerate(grades)
    ]
    return Graded("id", "question", tuple(quotes))


def test_what_was_held_out_is_ordered_right_by_what_is_written(learnt, judgements):
    assert learnt.figures.full.ndcg > 0.95
    assert learnt.figures.check.ndcg > 0.9
    assert learnt.learnt.history[-1] > learnt.learnt.history[0] + 0.1
    scorer = GraphScorer(learnt.folder)
    good, bad = scorer.scores("ba ce", ["ba: ca ce fi good", "ba: ca ce fi bad"])
    assert good > bad


def test_the_folder_holds_a_graph_and_says_what_it_is(learnt, judgements):
    names = sorted(path.name for path in learnt.folder.iterdir())
    assert names == sorted(["README.md", FACTS_FILE, "model.onnx", "tokenizer.json"])
    card = (learnt.folder / "README.md").read_text()
    data = files.read(judgements)
    for told in (data.sha256, "CC0", f"{len(data.lessons)} questions learnt", "8 set aside"):
        assert told in card
    assert f"| {learnt.figures.eight_bits.ndcg:.3f} |" in card
    assert not learnt.folder.with_name("judge.learning").exists()


def test_a_folder_that_holds_something_is_left_alone(learnt, settings, judgements):
    with pytest.raises(AdaptError, match="exists already"):
        learn_judge(settings, JudgeRequest(judgements, learnt.folder, recipe=QUICK))


def test_stopped_and_resumed_it_is_the_same(learnt, settings, judgements, tmp_path):
    request = JudgeRequest(judgements, tmp_path / "judge", recipe=QUICK)
    with pytest.raises(KeyboardInterrupt):
        learn_judge(settings, request, Stops(9))
    assert request.state_file.exists()
    other = replace(request, resume=True, seed=1)
    with pytest.raises(AdaptError, match="of another run: seed differ"):
        learn_judge(settings, other)
    outcome = learn_judge(settings, replace(request, resume=True))
    assert outcome.learnt.history == learnt.learnt.history
    graphs = [(one.folder / "model.onnx").read_bytes() for one in (outcome, learnt)]
    assert graphs[0] == graphs[1]


def test_the_clock_ends_it(settings, judgements, tmp_path):
    request = JudgeRequest(judgements, tmp_path / "judge", minutes=1e-6, recipe=QUICK)
    outcome = learn_judge(settings, request)
    assert outcome.learnt.steps == 1
    assert len(outcome.learnt.history) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"question": " ", "quotes": [{"quote": "a", "grade": 1}]}, "question is empty"),
        ({"question": "q", "quotes": [{"quote": "a", "grade": 4}]}, "grade 4 is not one of"),
        ({"question": "q", "quotes": [{"quote": "a", "grade": True}]}, "grade True is not one of"),
        ({"question": "q", "quotes": [{"quote": "", "grade": 1}]}, "quote is empty"),
        ({"question": "q"}, "quotes"),
        ({"question": "q", "quotes": ["a"]}, "no question with graded quotes"),
    ],
)
def test_lines_that_are_no_judgements_are_named(tmp_path, line, said):
    path = tmp_path / "judgements.jsonl"
    good = {"question": "q", "quotes": [{"quote": "a", "grade": 1}]}
    path.write_text(f"{json.dumps(good)}\n{json.dumps(line)}\n")
    with pytest.raises(AdaptError, match="line 2: no question with graded quotes") as raised:
        files.read(path)
    assert said in str(raised.value)


def test_too_few_questions_are_not_learnt_from(tmp_path):
    path = tmp_path / "judgements.jsonl"
    path.write_text(json.dumps({"question": "q", "quotes": [{"quote": "a", "grade": 1}]}))
    with pytest.raises(AdaptError, match="learning needs at least 10"):
        files.read(path)


def test_shares_are_decided_by_the_id_and_the_split(judgements):
    data = files.read(judgements)
    assert all(one.checking for one in data.check)
    assert not any(one.held_out or one.checking for one in data.lessons)
    assert all(one.held_out and not one.checking for one in data.held_out)
    assert len(data.lessons) + len(data.held_out) + len(data.check) == 64


def test_a_step_takes_all_that_help_and_some_of_the_rest():
    lessons = [graded("3211110000000", deep=(12,)), graded("000"), graded("2")]
    recipe = replace(QUICK, questions=2, drawn=(3, 2), strangers=0)
    assert steps_an_epoch(recipe, 3) == 2
    steps = [step_of(recipe, lessons, 0, number) for number in (0, 1)]
    texts = [text for step in steps for text in step.texts]
    assert len(texts) == (2 + 2 + 3 + 1) + 3 + 1
    grades = sorted(int(grade) for step in steps for grade in step.grades)
    assert grades == [0] * 7 + [1] * 2 + [2] * 2 + [3]
    assert [step.texts for step in steps] == [
        step_of(recipe, lessons, 0, number).texts for number in (0, 1)
    ]
    drawn = {tuple(sorted(step_of(recipe, lessons, 0, number).texts)) for number in range(0, 40, 2)}
    assert len(drawn) > 2


def test_a_stranger_is_taken_for_a_miss():
    lessons = [graded("3"), replace(graded("33333"), question="other")]
    recipe = replace(QUICK, questions=1, strangers=20)
    step = step_of(recipe, lessons, 0, 0)
    own = 1 if step.questions[0] == "question" else 5
    assert list(step.grades[:own]) == [3] * own
    assert len(step.grades) > own
    assert not step.grades[own:].any()


def test_threads_share_a_step_by_question():
    step = step_of(replace(QUICK, questions=3), [graded("30"), graded("200"), graded("1")], 0, 0)
    parts = shares(step, 2)
    assert sum(part.questions for part in parts) == pytest.approx(1)
    assert sum(part.pairs for part in parts) == pytest.approx(1)
    assert sorted(t for part in parts for t in part.step.texts) == sorted(step.texts)
    assert all(part.step.groups.min() == 0 for part in parts)


def test_the_rate_rises_and_falls():
    assert rate_share(0.0, 0.1) == pytest.approx(0.2)
    assert rate_share(0.05, 0.1) == pytest.approx(0.5)
    assert rate_share(0.1, 0.1) == pytest.approx(1)
    assert rate_share(0.55, 0.1) == pytest.approx(0.5)
    assert rate_share(1.2, 0.1) == 0


def test_the_loss_of_a_list_is_its_cross_entropy_with_the_gains():
    scores = torch.tensor([math.log(3.0), 0.0, 5.0, 5.0])
    grades, groups = torch.tensor([3, 0, 1, 1]), torch.tensor([0, 0, 1, 1])
    found = listwise(scores, grades, groups, (0.0, 0.5, 1.0, 2.0))
    first, second = -math.log(0.75), 0.25 * math.log(2)  # the second counts by its highest gain
    assert float(found) == pytest.approx((first + second) / 2)
    nothing = listwise(scores, torch.zeros(4, dtype=torch.int64), groups, (0.0, 0.5, 1.0, 2.0))
    assert float(nothing) == 0


def test_the_loss_of_a_pair_compares_its_score_with_the_limits():
    scores, grades = torch.tensor([0.0]), torch.tensor([2])
    limits = torch.tensor([-math.log(3.0), 0.0, math.log(3.0)])
    found = pointwise(scores, grades, limits, (1.0, 1.0, 2.0))
    assert float(found) == pytest.approx(-math.log(0.75) - math.log(0.5) - 2 * math.log(0.75))


def test_figures_by_hand():
    question = graded("0320")
    found = order([question, graded("11")], [np.array([9.0, 8, 7, 6]), np.array([1.0, 2])])
    gained = 7 / math.log2(3) + 3 / math.log2(4)
    assert found.ndcg == pytest.approx(gained / (7 + 3 / math.log2(3)), abs=1e-4)
    assert (found.first, found.three, found.questions) == (0, pytest.approx(2 / 3, abs=1e-4), 1)
    up, down = np.array([1.0, 2, 3]), np.array([3.0, 2, 1])
    assert agreement([up, up], [up * 9, down]) == 0


def test_the_command_learns_and_tells(settings, judgements, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAGBOT_ADAPTER", "none")
    monkeypatch.setenv("RAGBOT_DEVICE", "cpu")
    monkeypatch.setattr(
        learning.JudgeRequest, "chosen", property(lambda self: replace(QUICK, epochs=1))
    )
    options = ["adapt", "--judge", str(judgements), "--model", str(settings.model), "--json"]
    result = CliRunner().invoke(cli, options)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["folder"] == "judge"
    assert told["held_out"]["questions"] > 3
    assert GraphScorer(tmp_path / "judge").name == "judge"


def test_an_index_that_is_not_there_is_told_before_anything_is_learnt(judgements, tmp_path):
    options = ["adapt", "--judge", str(judgements), "--output", str(tmp_path / "judge")]
    result = CliRunner().invoke(cli, [*options, "--index", str(tmp_path / "none")])
    assert isinstance(result.exception, IndexMissingError)
    assert not (tmp_path / "judge.learning").exists()


def test_with_an_index_it_is_weighed_beside_the_signals(
    settings, judgements, tmp_path, monkeypatch
):
    weighed = []
    monkeypatch.setattr(adapt_judge, "live_folder", lambda index: index)
    monkeypatch.setattr(blend, "learn_blend", lambda *given: weighed.append(given))
    given = settings.model_copy(update={"index": tmp_path / "index"})
    request = JudgeRequest(judgements, tmp_path / "judge", minutes=1e-6)
    monkeypatch.setattr(
        learning.JudgeRequest, "chosen", property(lambda self: replace(QUICK, minutes=1e-6))
    )
    adapt_judge.learn_and_tell(given, request, blending=True, as_json=True)
    folder = tmp_path / "judge"
    assert weighed == [(given, judgements, folder, str(folder))]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--judge", "a", "--questions", "b"], "give one of"),
        (["--judge", "a", "--guard", "b"], "go with --questions"),
        (["--judge", "a", "--recipe", "small"], "go with --questions"),
        (["--questions", "a", "--minutes", "5"], "--minutes goes with --judge"),
        (["--questions", "a", "--first", __file__], "--first goes with --judge"),
        (["--judge", "a", "--limit", "3"], "--limit goes with --write-questions"),
        (["--questions", "a", "--index", "b"], "--index with them and --judge"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said):
    result = CliRunner().invoke(cli, ["adapt", *options])
    assert result.exit_code == 2
    assert said in result.output
