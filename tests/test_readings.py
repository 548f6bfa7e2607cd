"""How well questions are read is counted as it says."""

import json

from ragbot.evaluation.readings import main, table, tallies
from ragbot.types import Column, Form, Object, ObjectKind, Question, QuestionKind

LINES = [
    {
        "question": "is  hr.open fast",
        "type": "yes_no",
        "subjects": ["heron"],
        "objects": [{"text": "hr.open", "kind": "symbol"}, {"text": "fast", "kind": "concept"}],
        "code": True,
        "split": "check",
    },
    {
        "question": "it breaks",
        "type": "own_bug",
        "subjects": ["ibex"],
        "objects": [{"text": "it", "kind": "symbol"}],
        "code": False,
        "split": "learn",
    },
]


class Reader:
    """Reads all questions alike."""

    def read(self, text):
        named = Object("hr.open", 3, 10, ObjectKind.SYMBOL, "hr.open", "d1", "heron")
        return Question(
            text,
            text,
            QuestionKind.SINGLE,
            (Column("heron", "Heron"),),
            (),
            form=Form.HOW_TO,
            objects=(named,) if "hr.open" in text else (),
            wants_code=True,
        )


def test_what_is_counted():
    found = tallies(Reader(), LINES)
    everything = found["all"].figures()
    assert (everything["questions"], everything["form_right"]) == (2, 0.5)  # how to for an own bug
    assert everything["code_right"] == 0.5
    assert everything["subjects"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    symbols = everything["symbols"]
    assert (symbols["precision"], symbols["recall"], symbols["resolved"]) == (1, 0.5, 1)
    assert everything["confusions"] == {"own_bug": {"how_to": 1}, "yes_no": {"how_to": 1}}
    assert found["check"].figures()["symbols"]["f1"] == 1
    assert found["learn"].figures()["symbols"]["f1"] == 0
    assert any(line.startswith("own_bug") for line in table(found))


def test_what_is_missing_is_said(tmp_path, capsys):
    path = tmp_path / "readings.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    assert main([str(path), "--index", str(tmp_path / "none"), "--json"]) == 1
    assert "not read" in capsys.readouterr().err
