"""Canary questions: what their file may say, and which generation they let go live."""

from pathlib import Path

import pytest

from ragbot.assistant import Assistant
from ragbot.cli import main
from ragbot.encoder import Identity
from ragbot.errors import ConfigError
from ragbot.evaluation.canaries import Canary, CanaryJudge, faults, load
from ragbot.index import generation
from ragbot.index.build import build
from ragbot.settings import Settings

from .words import WORDS, WordEncoder

ROOT = Path(__file__).resolve().parents[1]
BACKUP = """
[[canary]]
id = "backup"
question = "Compare Heron and Ibex on backup"
subjects = ["heron", "ibex"]
aspects = ["backup"]
sources = ["ibex-manual"]
says = ["must be STOPPED"]
supported = 2

[[canary]]
id = "others"
question = "React vs Vue"
refused = true
"""


@pytest.fixture
def guarded(settings):
    """The sample corpus with canaries, built."""
    (settings.corpus / "canaries.toml").write_text(BACKUP)
    build(settings, WordEncoder(), judge=CanaryJudge(settings))
    return settings


def test_a_corpus_without_the_file_has_none(settings):
    assert load(settings.corpus) == ()


@pytest.mark.parametrize(
    "text",
    [
        "[[canary]]\n",
        '[[canary]]\nid = "a"\n',
        '[[canary]]\nid = "a"\nquestion = "b"\nsubject = "heron"\n',
        '[[canary]]\nid = "a"\nquestion = "b"\nsupported = -1\n',
        '[[canary]]\nid = "a"\nquestion = "b"\n' * 2,
        '[[question]]\nid = "a"\n',
        "no toml",
    ],
)
def test_a_wrong_file_is_named_before_anything_is_built(settings, text):
    (settings.corpus / "canaries.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"canaries\.toml"):
        CanaryJudge(settings)
    assert not settings.index.exists()


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({}, ""),
        ({"subjects": ["heron", "ibex"], "aspects": ["backup"], "supported": 2}, ""),
        ({"sources": ["ibex-manual"], "says": ["stopped before"]}, ""),
        ({"subjects": ["marmot"]}, "the subject marmot"),
        ({"aspects": ["cost", "speed"]}, "the aspect cost, speed"),
        ({"sources": ["course"]}, "the source course"),
        ({"says": ["never said"]}, "the words never said"),
        ({"supported": 5}, "3 of 5 cells"),
        ({"refused": True}, "is answered"),
        ({"question": "React vs Vue"}, "is refused"),
    ],
)
def test_what_an_answer_lacks_is_said(assistant, more, fault):
    given = {"id": "one", "question": "Compare Heron and Ibex on backup"} | more
    found = faults(assistant, [Canary.model_validate(given)])
    assert found.get("one", "").removesuffix(" with evidence").endswith(fault)
    assert bool(found) == bool(fault)


def lose_the_backup(settings):
    path = settings.corpus / "ibex.rst"
    path.write_text("Ibex\n====\n\nIbex is a database.\n")


def test_a_generation_that_answers_fewer_is_not_made_live(guarded):
    first = generation.live_name(guarded.index)
    lose_the_backup(guarded)
    report = build(guarded, WordEncoder(), judge=CanaryJudge(guarded))
    assert not report.live
    assert [note.partition(":")[0] for note in report.notes] == ["canary backup"]
    assert generation.live_name(guarded.index) == first
    assert report.generation in generation.names(guarded.index)


def test_one_that_answers_as_many_is(guarded):
    lose_the_backup(guarded)
    build(guarded, WordEncoder())  # nobody asked the canaries
    page = guarded.corpus / "course.txt"
    page.write_text(page.read_text() + "\nMarmot is old.\n")
    report = build(guarded, WordEncoder(), judge=CanaryJudge(guarded))
    assert report.live
    assert report.notes  # what failed before still fails, and is said


@pytest.mark.parametrize("why", ["first", "encoder", "damaged"])
def test_without_one_to_compare_with_they_only_warn(guarded, why):
    lose_the_backup(guarded)
    encoder = WordEncoder()
    match why:
        case "first":
            guarded = guarded.model_copy(update={"index": guarded.index.parent / "other"})
        case "encoder":
            encoder = WordEncoder(WORDS[::-1])
        case "damaged":
            (generation.live_folder(guarded.index) / "statements.npy").write_bytes(b"")
    report = build(guarded, encoder, judge=CanaryJudge(guarded))
    assert report.live
    assert len(report.notes) == 1
    assert generation.live_name(guarded.index) == report.generation


def test_the_command_says_what_got_worse_and_what_to_do(guarded, monkeypatch, capsys, tmp_path):
    encoder = WordEncoder()
    identity = Identity(tmp_path, encoder.name, encoder.weights)
    monkeypatch.setattr("ragbot.index.build.open_encoder", lambda _: encoder)
    monkeypatch.setattr("ragbot.index.build.identify", lambda _: identity)
    monkeypatch.setattr("ragbot.encoder.identify", lambda _: identity)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--index", str(guarded.index)])
        return int(ended.value.code or 0), *capsys.readouterr()

    first = generation.live_name(guarded.index)
    lose_the_backup(guarded)
    code, out, err = run("build", "--corpus", str(guarded.corpus))
    assert code == 1
    assert "canary backup: it lacks" in err
    new = generation.names(guarded.index)[-1]
    assert f"ragbot index activate {new}" in out
    assert generation.live_name(guarded.index) == first
    assert run("index", "activate", new)[0] == 0
    assert generation.live_name(guarded.index) == new


def test_the_shipped_ones_are_right():
    found = load(ROOT / "corpus")
    assert 8 <= len(found) <= 12
    assert sum(canary.refused for canary in found) >= 2
    assert not any(canary.refused and canary.supported for canary in found)


@pytest.mark.quality
def test_the_shipped_ones_hold_on_the_shipped_digests(tmp_path):
    settings = Settings(corpus=ROOT / "corpus", index=tmp_path / "index")
    build(settings)
    assert faults(Assistant.open(settings), load(ROOT / "corpus")) == {}
