"""Judging statements: signals that can be worked out by hand, weights out of a plain file."""

from dataclasses import replace

import numpy as np
import pytest

from ragbot import learnt_file
from ragbot.errors import JudgeError
from ragbot.judge import Asked
from ragbot.judge.blend import BLEND_FILE, PACKAGED, Blend, Joint, Logistic, read_data
from ragbot.judge.candidates import Gatherer, clash
from ragbot.judge.judges import LearntJudge, open_judge
from ragbot.judge.signals import SIGNALS, SignalReader
from ragbot.retrieval.search import Ranked
from ragbot.types import BlockKind


@pytest.fixture
def candidates(generation):
    ranked = [Ranked(i, 1.0 - i / 99, None, 0.5, 1, 2.0) for i in range(len(generation.passages))]
    return Gatherer(generation).candidates(ranked)


def asked(text, generation, **more):
    vector = generation.statement_vectors[0].astype(np.float32)
    return Asked(text, vector, generation.lexical.weights(text), **more)


class TestGathering:
    def test_each_statement_knows_how_its_passage_was_found(self, generation, candidates):
        assert candidates
        assert {c.rank for c in candidates} == set(range(len(generation.passages)))
        assert all(c.found.ordinal == c.rank for c in candidates)

    def test_a_whole_document_is_gathered_unranked(self, generation, candidates):
        document = candidates[0].document
        found = Gatherer(generation).of_document(document)
        assert [c.quote for c in found] == [c.quote for c in candidates if c.document == document]
        assert {c.rank for c in found} == {-1}
        assert all(c.found is None for c in found)


class TestAlike:
    """Two statements whose vectors are the same."""

    @pytest.fixture
    def one(self, candidates):
        return replace(candidates[0], document="a", heading="Gulls", voice=1)

    @pytest.mark.parametrize(
        ("quote", "heading", "repeats"),
        [
            ("Gulls eat three fish a day.", "Gulls", False),  # what the copies differ in
            ("Gulls eat three fish a day.", "Terns", True),
            ("Every day a gull eats two fish.", "Gulls", True),
            ("Gulls eat two fish a day.", "Gulls", True),
        ],
    )
    def test_what_two_copies_of_a_section_differ_in_is_no_repetition(
        self, one, quote, heading, repeats
    ):
        two = replace(one, document="b", quote=quote, heading=heading, voice=2)
        one = replace(one, quote="Gulls eat two fish a day.")
        assert clash(one, two) is repeats
        assert clash(one, replace(two, document="a")) is True

    @pytest.mark.parametrize(("label", "repeats"), [("Bird | Fish", False), ("Bird", True)])
    def test_rows_under_one_header_say_different_things(self, one, label, repeats):
        def row(words, start, label):
            statement = replace(
                one.statement, kind=BlockKind.TABLE_ROW, label=label, start=start, end=start + 9
            )
            return replace(one, quote=words, statement=statement)

        first = row("gull | 2", 0, "Bird | Fish")
        assert clash(first, row("tern | 2", 20, label)) is repeats


class TestSignals:
    def one(self, generation, candidates, text, quote, **more):
        """The signals, by name, of the statement with some words."""
        rows = SignalReader(generation.guide).read(asked(text, generation, **more), candidates)
        assert rows.shape == (len(candidates), len(SIGNALS))
        assert np.isfinite(rows).all()
        (place,) = [i for i, c in enumerate(candidates) if quote in c.quote]
        return dict(zip(SIGNALS, rows[place].tolist(), strict=True))

    def test_words_count_by_their_weight_and_place(self, generation, candidates):
        found = self.one(generation, candidates, "snapshot for a backup", "Heron takes a snapshot")
        assert found["words_quote"] == pytest.approx(1)
        assert found["words_heading"] < 1
        assert found["pairs_asked"] == 1
        other = self.one(generation, candidates, "zebra", "Heron takes a snapshot")
        assert other["words_all"] == 0

    def test_the_wanted_subject_is_named_in_the_quote_or_beside_it(self, generation, candidates):
        wanted = self.one(
            generation, candidates, "Is Heron fast?", "Heron takes a snapshot", subject="heron"
        )
        other = self.one(
            generation, candidates, "Is Heron fast?", "Heron takes a snapshot", subject="ibex"
        )
        assert (wanted["subject_in_quote"], other["subject_in_quote"]) == (1, 0)
        assert (wanted["others_in_quote"], other["others_in_quote"]) == (0, 1)
        assert wanted["subject_place"] < other["subject_place"]

    def test_words_of_the_aspect_count(self, generation, candidates):
        quote = "Heron takes a snapshot"
        on = self.one(generation, candidates, "Heron?", quote, aspect="backup")
        off = self.one(generation, candidates, "Heron?", quote, aspect="cost")
        assert on["aspect_quote"] == 2
        assert off["aspect_quote"] == 0

    def test_no_candidates_have_no_signals(self, generation):
        rows = SignalReader(generation.guide).read(asked("Heron?", generation), [])
        assert rows.shape == (0, len(SIGNALS))

    def test_no_signal_has_two_names(self):
        assert len(set(SIGNALS)) == len(SIGNALS)


class TestJudge:
    def test_every_candidate_has_its_probabilities_in_order(self, generation, candidates, settings):
        judge = open_judge(generation, settings)
        found = judge.judge(asked("Is Heron fast?", generation, subject="heron"), candidates)
        assert [j.candidate.ordinal for j in found] == [c.ordinal for c in candidates]
        assert all(0 <= j.answers <= 1 and 0 <= j.helps <= 1 for j in found)
        assert len({j.helps for j in found}) > 1
        assert judge.judge(asked("Is Heron fast?", generation), []) == []

    def test_weights_of_other_signals_are_refused(self, tmp_path):
        found, _ = read_data(PACKAGED / BLEND_FILE)
        found["signals"][0] = "moonlight"
        learnt_file.write(tmp_path / BLEND_FILE, found)
        with pytest.raises(JudgeError, match="moonlight"):
            Blend.read(tmp_path)

    @pytest.mark.parametrize("found", [[], {}, {"format": 9}, {"format": 1, "signals": 3}])
    def test_a_file_that_holds_something_else_is_refused(self, tmp_path, found):
        learnt_file.write(tmp_path / BLEND_FILE, found)
        with pytest.raises(JudgeError, match=r"blend\.json"):
            Blend.read(tmp_path)

    def test_a_file_that_is_not_there_or_was_changed_is_refused(self, tmp_path):
        with pytest.raises(JudgeError, match="cannot be read"):
            Blend.read(tmp_path)
        learnt_file.write(tmp_path / BLEND_FILE, read_data(PACKAGED / BLEND_FILE)[0])
        assert Blend.read(tmp_path).sha256 == Blend.read().sha256
        file = tmp_path / "blend.json"
        file.write_bytes(file.read_bytes() + b" ")
        with pytest.raises(JudgeError, match="SHA256SUMS"):
            Blend.read(tmp_path)

    def test_another_cross_encoders_logits_are_brought_to_the_scale_of_the_first(self):
        joint = Joint({}, "", mean=-2.0, spread=0.5)
        read = joint.brought(np.array([10.0, 20.0, 30.0]))
        assert read.mean() == pytest.approx(-2)
        assert read.std() == pytest.approx(0.5)
        assert (np.diff(read) > 0).all()
        assert joint.brought(np.array([4.0, 4.0])).tolist() == [-2, -2]


class LengthScorer:
    """Says of each text how long it is, and remembers what it was asked."""

    name, sha256 = "length", "5" * 64

    def __init__(self):
        self.read = []

    def scores(self, question, texts):
        self.read += texts
        return np.array([len(text) for text in texts], dtype=np.float32)


class TestCrossEncoder:
    """A blend that believes the cross-encoder alone: its logit is that of helping and answering."""

    @pytest.fixture
    def blend(self):
        believed = Logistic(np.array([0.0, 0.0, 1.0]), -50.0)
        models = {"helps": believed, "answers": believed}
        joint = Joint(models, LengthScorer.sha256, mean=50.0, spread=1.0)
        return replace(Blend.read(), joint=joint)

    def test_it_reads_the_most_promising_only(self, generation, candidates, blend):
        scorer = LengthScorer()
        judge = LearntJudge(generation.guide, blend, scorer)
        question = asked("Is Heron fast?", generation, subject="heron")
        by_signals = LearntJudge(generation.guide, blend).judge(question, candidates)
        found = judge.judge(question, candidates, most=4)
        assert len(scorer.read) == 4
        best = sorted(by_signals, key=lambda j: -j.helps)[:4]
        changed = [a.candidate.ordinal for a, b in zip(found, by_signals, strict=True) if a != b]
        assert sorted(changed) == sorted(j.candidate.ordinal for j in best)

    def test_what_was_read_once_is_not_read_again(self, generation, candidates, blend):
        scorer = LengthScorer()
        judge = LearntJudge(generation.guide, blend, scorer)
        question = asked("Is Heron fast?", generation)
        once = judge.judge(question, candidates, most=99)
        assert judge.judge(question, candidates, most=99) == once
        assert len(scorer.read) == len(candidates)
        judge.judge(asked("Is Ibex fast?", generation), candidates[:3])
        assert len(scorer.read) == len(candidates) + 3

    def test_its_name_says_what_it_has_learnt(self, generation, blend):
        assert "length 555555555555" in LearntJudge(generation.guide, blend, LengthScorer()).name
        alone = replace(blend, joint=None)
        assert "length" not in LearntJudge(generation.guide, alone, LengthScorer()).name

    def test_of_another_cross_encoder_the_order_counts(self, generation, candidates, blend):
        blend = replace(blend, joint=replace(blend.joint, scorer="6" * 64))
        judge = LearntJudge(generation.guide, blend, LengthScorer())
        found = judge.judge(asked("Is Heron fast?", generation), candidates, most=99)
        assert 0.3 < np.mean([j.helps for j in found]) < 0.7

    def test_signals_alone_judge_where_none_is_wanted(self, generation, settings):
        judge = open_judge(generation, settings.model_copy(update={"judge": "none"}))
        assert judge.name.startswith("signals ")
        assert "," not in judge.name

    def test_a_folder_that_is_none_is_named(self, generation, settings):
        with pytest.raises(JudgeError, match="nowhere"):
            open_judge(generation, settings.model_copy(update={"judge": "nowhere"}))
