"""Learning what signals and a cross-encoder are worth, and when to refuse, by its command."""

import json

import numpy as np
import pytest

from ragbot.adapt import blend as command
from ragbot.adapt import refusal
from ragbot.assistant import Assistant
from ragbot.judge.blend import Blend
from ragbot.judge.judges import LearntJudge
from ragbot.judge.learning import is_kept
from ragbot.judge.refusal import RefusalModel, RefusalSigns

GRADED = (
    (3, "Heron takes a snapshot for a backup while the server runs.", "heron/manual.md"),
    (2, "Heron is easy for a beginner: one call opens it.", "heron/manual.md"),
    (0, "Marmot is slow on a cold disk.", "course.txt"),
    (1, "Heron is free.", "review.md"),
)


class Reader:
    """A cross-encoder that knows the answer."""

    name, sha256 = "reader", "7" * 64

    def __init__(self):
        self.questions = set()

    def scores(self, question, texts):
        self.questions.add(question)
        return np.array([3.0 * ("snapshot" in text) for text in texts], dtype=np.float32)


@pytest.fixture
def files(tmp_path):
    judgements, unanswerable = tmp_path / "judgements.jsonl", tmp_path / "unanswerable.jsonl"
    lines = [
        {
            "id": f"q{i}",
            "question": f"How is a backup of Heron taken in case {i}?",
            "split": "check" if i % 8 == 7 else "learn",
            "quotes": [
                {"grade": grade, "quote": words, "doc": path, "subject": "heron"}
                for grade, words, path in GRADED
            ],
        }
        for i in range(48)
    ]
    judgements.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    off = [{"question": f"Who won match {i} in Paris?", "kind": "sport"} for i in range(12)]
    unanswerable.write_text("\n".join(map(json.dumps, off)), encoding="utf-8")
    return judgements, unanswerable


@pytest.fixture
def run(assistant, files, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Assistant, "open", lambda _: assistant)
    kept = (assistant.generation, assistant.encoder)
    monkeypatch.setattr(command, "opened", lambda _: kept)
    reader = Reader()
    monkeypatch.setattr(command, "open_scorer", lambda _: reader)

    def run(*more, of=command):
        given = ("--judgements", files[0], "--output", tmp_path / "out", *more)
        status = of.main([str(part) for part in given])
        return status, capsys.readouterr().err, tmp_path / "out", reader

    return run


def test_what_is_learnt_judges(run, guide):
    status, err, folder, _ = run()
    assert (status, err) == (0, "")
    blend = Blend.read(folder)
    assert blend.joint is None
    assert LearntJudge(guide, blend).name == f"signals {blend.sha256[:12]}"
    assert "| signals | 42 / 6 |" in (folder / "README.md").read_text(encoding="utf-8")


def test_what_is_learnt_refuses(run, files):
    status, err, folder, _ = run("--unanswerable", files[1], of=refusal)
    assert (status, err) == (0, "")
    model = RefusalModel.read(folder)
    far = model.cannot_answer(RefusalSigns(0.0, 0.0, 2, 0, 0))
    near = model.cannot_answer(RefusalSigns(0.9, 1.0, 0, 0, 1))
    assert far > model.limit > near
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "| sport | 12 | 1.000 |" in card
    assert "| answerable, set aside | 6 | 0.000 |" in card


def test_a_cross_encoder_reads_only_what_it_has_not_learnt_from(run):
    status, _, folder, reader = run("--read", "packaged")
    assert status == 0
    kept = {f"How is a backup of Heron taken in case {i}?" for i in range(48) if is_kept(f"q{i}")}
    check = {f"How is a backup of Heron taken in case {i}?" for i in range(7, 48, 8)}
    assert reader.questions == kept | check
    joint = Blend.read(folder).joint
    assert joint.models["answers"].weights[2] > 0
    assert "| both |" in (folder / "README.md").read_text(encoding="utf-8")


def test_the_card_of_a_cross_encoder_is_left_alone(run, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "judge.json").write_text("{}", encoding="utf-8")
    (folder / "README.md").write_text("its own", encoding="utf-8")
    assert run("--read", "packaged")[0] == 0
    assert (folder / "README.md").read_text(encoding="utf-8") == "its own"
    assert "| both |" in (folder / "BLEND.md").read_text(encoding="utf-8")


def test_a_wrong_line_is_an_error_in_words(run, files):
    files[1].write_text('{"kind": "sport"}\n', encoding="utf-8")
    status, err, folder, _ = run("--unanswerable", files[1], of=refusal)
    assert status == 1
    assert "line 1" in err
    assert not folder.exists()
