"""The packaged cross-encoder is the published one, and knows an answer from its neighbour."""

import shutil

import numpy as np
import pytest

from ragbot.errors import JudgeError
from ragbot.judge import cross_encoder
from ragbot.judge.cross_encoder import (
    FACTS_FILE,
    PACKAGED_SCORER,
    PairScorer,
    open_scorer,
    read_facts,
)
from ragbot.judge.wording import statement_text

pytestmark = pytest.mark.quality


@pytest.fixture(scope="module")
def scorer() -> PairScorer:
    found = open_scorer("packaged")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        (
            "How do I restore a snapshot?",
            statement_text("Backup > Restore", "", "", "Call restore() with the snapshot's path."),
            statement_text("Backup", "", "", "See the installation guide for more."),
        ),
        (
            "Which database is faster, Heron or Ibex?",
            statement_text("Heron and Ibex", "", "", "Heron reads rows twice as fast as Ibex."),
            statement_text("Heron and Ibex", "", "", "This page was written in March."),
        ),
        (
            "What is the default of batch_size?",
            statement_text("load", "load", "Args", "batch_size: rows a batch. Defaults to 32."),
            statement_text("load", "load", "Args", "path: the folder that is read."),
        ),
    ],
)
def test_an_answer_scores_above_its_neighbour(scorer, question, better, worse):
    first, second = scorer.scores(question, [better, worse])
    assert first > second + 0.5


def test_the_same_pair_has_the_same_score_in_whatever_company(scorer):
    texts = [f"Heron: It reads {n} rows a second. " * (1 + n % 4) for n in range(12)]
    together = scorer.scores("How fast is Heron?", texts)
    alone = [scorer.scores("How fast is Heron?", [text])[0] for text in texts]
    np.testing.assert_array_equal(together, alone)


def test_its_card_names_its_files(scorer):
    card = (PACKAGED_SCORER / "README.md").read_text()
    for value in read_facts(PACKAGED_SCORER).sha256.values():
        assert value in card


def test_facts_that_were_changed_are_refused(tmp_path, monkeypatch):
    copy = tmp_path / "judge"
    shutil.copytree(PACKAGED_SCORER, copy)
    facts = copy / FACTS_FILE
    facts.write_text(facts.read_text() + "\n")
    monkeypatch.setattr(cross_encoder, "PACKAGED_SCORER", copy)
    with pytest.raises(JudgeError, match=r"not the published .*; reinstall ragbot"):
        open_scorer("packaged")
    facts.unlink()
    with pytest.raises(JudgeError, match="the packaged judge is not whole"):
        open_scorer("packaged")


def test_it_is_loaded_once_however_often_an_index_is_opened():
    assert open_scorer("packaged") is open_scorer("packaged")
