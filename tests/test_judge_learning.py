"""Graded quotes found again, what is learnt from them, and how well that orders them."""

import gzip
import json

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from ragbot.errors import JudgeError
from ragbot.evaluation import judgements as evaluation
from ragbot.judge import learning
from ragbot.judge.boosting import learnt
from ragbot.judge.judgements import UNGRADED, Finder, read
from ragbot.judge.measures import Bin, calibration_error, curve, order
from ragbot.judge.signals import SIGNALS, UNFOUND, SignalReader
from ragbot.trees import Trees

from .words import WordEncoder


def quote(grade, words, document, **more):
    return {"grade": grade, "quote": words, "doc": document, "subject": "heron"} | more


LINES = (
    {
        "id": "q1",
        "question": "How is a backup of  Heron taken?",
        "split": "learn",
        "quotes": [
            quote(
                3, "Heron takes a snapshot for a backup while the server runs.", "heron/manual.md"
            ),
            quote(1, "heron is  easy for a beginner: one call opens it.", "heron/manual.md"),
            quote(0, "Marmot is slow on a cold disk.", "course.txt"),
            quote(2, "Heron flies.", "heron/manual.md"),
        ],
    },
    {
        "id": "q2",
        "question": "Which is free?",
        "split": "check",
        "quotes": [quote(2, "Heron is free.", "review.md", subject=None)],
    },
)


@pytest.fixture
def judgements(tmp_path):
    file = tmp_path / "judgements.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, LINES)).encode()))
    return file


@pytest.fixture
def sheets(judgements, generation):
    finder = Finder(generation, WordEncoder())
    return [sheet for question in read(judgements) for sheet in finder.sheets(question)]


@pytest.fixture(scope="module")
def fitted():
    random = np.random.default_rng(0)
    values = random.normal(size=(600, 5)).astype(np.float32)
    true = values[:, 0] + values[:, 1] * values[:, 2] > 0.5
    model = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=9, random_state=0)
    return values, model.fit(values, true)


@pytest.fixture(scope="module")
def rows():
    """Quotes of 60 questions, graded by their cosine."""
    random = np.random.default_rng(1)
    signals = random.normal(size=(900, len(SIGNALS))).astype(np.float32)
    grades = np.digitize(signals[:, 0], (-0.5, 0.5, 1.2))
    questions = np.array([f"q{i // 15}" for i in range(900)])
    return learning.Table(signals, grades, questions, np.full(900, "learn"))


class TestFindingAgain:
    def test_quotes_are_found_by_document_and_words(self, sheets):
        first, second = sheets
        graded = {c.quote: g for c, g in zip(first.candidates, first.grades, strict=True) if g > 0}
        assert graded == {
            "Heron takes a snapshot for a backup while the server runs.": 3,
            "Heron is easy for a beginner: one call opens it.": 1,
        }
        assert first.missing == 1
        assert (second.asked.subject, second.missing) == (None, 0)

    def test_they_lie_among_the_candidates_that_the_index_has(self, sheets):
        first = sheets[0]
        assert first.asked.text == "How is a backup of Heron taken?"
        ungraded = [i for i, grade in enumerate(first.grades) if grade == UNGRADED]
        assert ungraded
        assert all(first.candidates[i].rank >= 0 for i in ungraded)
        elsewhere = [c for c, g in zip(first.candidates, first.grades, strict=True) if g == 0]
        assert [(c.quote, c.rank) for c in elsewhere] == [("Marmot is slow on a cold disk.", -1)]

    @pytest.mark.parametrize("line", ["{", "[]", '{"id": "a", "question": "b"}', '{"id": 3}'])
    def test_a_line_of_another_kind_is_named(self, tmp_path, line):
        file = tmp_path / "judgements.jsonl"
        file.write_text(f"{json.dumps(LINES[0])}\n{line}\n", encoding="utf-8")
        with pytest.raises(JudgeError, match="line 2"):
            read(file)

    def test_a_file_that_is_not_there_is_named(self, tmp_path):
        with pytest.raises(JudgeError, match="nowhere"):
            read(tmp_path / "nowhere.jsonl.gz")


class TestMeasures:
    def test_an_order_is_measured_over_questions_that_have_a_quote_that_helps(self):
        best = (np.array([0.9, 0.5, 0.1]), np.array([3, 2, 0]))
        worst = (np.array([0.1, 0.5, 0.9]), np.array([3, 0, 0]))
        without = (np.array([0.9]), np.array([1]))
        found = order([best, worst, without])
        assert found.questions == 2
        assert found.ndcg == pytest.approx((1 + 1 / 2) / 2)  # the third place counts half
        assert found.first == 0.5
        assert found.first_three == pytest.approx((2 / 3 + 1 / 3) / 2)
        assert found.answered == 1.0

    def test_the_curve_sets_probabilities_beside_what_came_true(self):
        bins = curve(np.array([0.01, 0.01, 0.7, 1.0]), np.array([False, True, True, True]))
        assert bins == [Bin(2, 0.01, 0.5), Bin(1, 0.7, 1.0), Bin(1, 1.0, 1.0)]
        assert calibration_error(bins) == pytest.approx((2 * 0.49 + 0.3 + 0) / 4)


class TestTrees:
    def test_they_say_what_scikit_learn_says_to_the_last_digit(self, fitted):
        values, model = fitted
        entry = json.loads(json.dumps(learnt(model).entry()))
        assert (Trees.of(entry).logits(values) == model.decision_function(values)).all()

    def test_trees_that_lead_outside_are_refused(self, fitted):
        entry = learnt(fitted[1]).entry()
        entry["left"][0] = len(entry["value"])
        with pytest.raises(ValueError, match="outside"):
            Trees.of(entry)


class TestLearning:
    def test_what_was_learnt_holds_for_questions_not_seen_and_is_true(self, rows):
        recipe = learning.Recipe(rounds=30)
        sums = learning.cross_validated(rows, "helps", recipe)
        true = rows.grades >= 2
        trees = learning.calibrated(learning.grown(rows, "helps", recipe), sums, true)
        assert sums[true].min() > np.median(sums[~true])
        logits = trees.slope * sums + trees.shift
        assert abs((1 / (1 + np.exp(-logits))).mean() - true.mean()) < 0.01

    def test_no_question_lies_in_two_folds(self, rows):
        fold = learning.folds(rows.questions)
        assert len({*zip(rows.questions.tolist(), fold.tolist(), strict=True)}) == 60
        assert len(set(fold.tolist())) == learning.FOLDS

    def test_a_cross_encoder_that_knows_more_is_believed(self, rows):
        blind = {grade: np.zeros(900) for grade in learning.GRADES}
        models = learning.joint(blind, rows.grades.astype(float), rows.grades).models
        assert models["helps"].weights[2] > 0.5
        assert abs(models["helps"].weights[0]) < 0.01

    def test_the_table_has_the_graded_quotes_only(self, sheets, generation):
        found = learning.table(sheets, SignalReader(generation.guide))
        assert sorted(found.grades.tolist()) == [0, 1, 2, 3]
        assert found.signals.shape == (4, len(SIGNALS))
        assert set(found.splits.tolist()) == {"learn", "check"}

    def test_what_is_not_found_has_the_signals_said(self, sheets, generation):
        sheet = sheets[0]
        place = sheet.grades.index(0)
        (row,) = SignalReader(generation.guide).read(sheet.asked, sheet.candidates, [place])
        found = dict(zip(SIGNALS, row.tolist(), strict=True))
        assert {name: found[name] for name in UNFOUND} == pytest.approx(UNFOUND)


class TestEvaluation:
    @pytest.fixture
    def run(self, built, judgements, monkeypatch, capsys):
        monkeypatch.setattr(evaluation, "kept_encoder", lambda *_: WordEncoder())

        def run(*arguments):
            status = evaluation.main(
                [str(judgements), "--index", str(built.index), *map(str, arguments)]
            )
            out = capsys.readouterr()
            return status, out.out, out.err

        return run

    def test_each_split_is_printed_by_itself(self, run):
        status, out, _ = run()
        assert status == 0
        assert "learn: 1 questions, 3 of 4 graded quotes found" in out
        assert "check: 1 questions, 1 of 1 graded quotes found" in out
        assert "nDCG@5" in out

    def test_the_figures_come_as_json(self, run):
        _, out, _ = run("--json")
        found = json.loads(out)
        check, learn = found["splits"]
        assert (check["split"], check["order"]["ndcg"]) == ("check", 1.0)
        assert sum(one["quotes"] for one in learn["helps"]) == learn["found"] == 3
        assert found["judge"].startswith("signals ")

    def test_a_file_of_another_kind_is_an_error_in_words(self, run, judgements):
        judgements.write_bytes(gzip.compress(b"[]\n"))
        status, out, err = run()
        assert (status, out) == (1, "")
        assert "line 1" in err
