"""What adapt reads: question files with their faults, the split, and guards; and how it scores."""

import gzip
import json

import numpy as np
import pytest

from ragbot.adapt.neighbours import Neighbours
from ragbot.adapt.pairs import Pair, held_out, read
from ragbot.adapt.scoring import Guard, Score, drift, ndcg, read_guard, score
from ragbot.adapt.strength import ALLOWED_LOSS, choose
from ragbot.errors import AdaptError
from ragbot.progress import Silent

from .words import WordEncoder


def line(number: int, **more: str) -> str:
    return json.dumps({"question": f"what is {number}?", "text": f"number {number}"} | more)


class TestReading:
    def test_repeated_lines_are_left_out_and_counted(self, tmp_path):
        path = tmp_path / "q.jsonl"
        repeated = json.dumps({"question": "What is  3?", "text": "Number 3"})
        path.write_text("\n".join([*map(line, range(25)), "", repeated, line(4, kind="howto")]))
        found = read(path)
        assert len(found.pairs) == 25
        assert found.repeated == 2

    def test_compressed_files_are_read_alike(self, tmp_path):
        text = "\n".join(line(n, doc=f"d{n}", kind="howto") for n in range(20))
        (tmp_path / "q.jsonl").write_text(text)
        with gzip.open(tmp_path / "q.jsonl.gz", "wt") as stream:
            stream.write(text)
        plain, packed = read(tmp_path / "q.jsonl"), read(tmp_path / "q.jsonl.gz")
        assert plain.pairs == packed.pairs
        assert plain.pairs[3] == Pair("what is 3?", "number 3", "howto", "d3")
        assert plain.sha256 != packed.sha256

    @pytest.mark.parametrize(
        ("bad", "said"),
        [
            ("{", "line 3: it is no JSON"),
            ("[1]", "line 3: not a JSON object"),
            ('{"question": "a"}', 'line 3: "text" is missing or empty'),
            ('{"question": " ", "text": "b"}', 'line 3: "question" is missing or empty'),
            ('{"question": 3, "text": "b"}', 'line 3: "question" is not a string'),
            ('{"question": "a", "text": "b", "doc": 7}', 'line 3: "doc" is not a string'),
        ],
    )
    def test_a_bad_line_is_named(self, tmp_path, bad, said):
        path = tmp_path / "q.jsonl"
        path.write_text("\n".join([line(1), line(2), bad, *map(line, range(3, 30))]))
        with pytest.raises(AdaptError) as error:
            read(path)
        assert said in str(error.value)

    def test_of_many_bad_lines_a_few_are_named(self, tmp_path):
        path = tmp_path / "q.jsonl"
        path.write_text("x\n" * 30)
        with pytest.raises(AdaptError, match=r"line 5: .*and 25 more") as error:
            read(path)
        assert "line 6" not in str(error.value)

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("q.jsonl", b"\xff\xfe", "not UTF-8"),
            ("q.jsonl.gz", b"no gzip", "no sound gzip"),
            ("q.jsonl.gz", gzip.compress(b"x" * 10_000, mtime=0)[:-9], "no sound gzip"),
            ("q.jsonl", line(1).encode(), "1 pairs; learning needs at least 20"),
        ],
    )
    def test_a_bad_file_is_said_to_be_one(self, tmp_path, name, content, said):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(AdaptError, match=said):
            read(tmp_path / name)

    def test_a_missing_file_is_said_to_be_missing(self, tmp_path):
        with pytest.raises(AdaptError, match="cannot be read"):
            read(tmp_path / "none.jsonl")


class TestSplit:
    def split(self, pairs, seed=0):
        near = Neighbours([pair.text for pair in pairs], [pair.doc for pair in pairs])
        return held_out(pairs, near, 0.2, seed)

    def test_no_document_and_no_text_is_on_both_sides(self):
        pairs = [Pair(f"q{n}", f"text {n // 2}", doc=f"d{n // 6}") for n in range(120)]
        pairs += [Pair(f"p{n}", f"text {n}", doc="d99") for n in (0, 1)]  # a text of two documents
        learn, test = self.split(pairs)
        assert len(learn) + len(test) == len(pairs)
        assert 24 <= len(test) <= 48
        assert not {pair.text for pair in learn} & {pair.text for pair in test}
        assert not {pair.doc for pair in learn} & {pair.doc for pair in test}

    def test_the_seed_decides(self):
        pairs = [Pair(f"q{n}", f"text {n}", doc=f"d{n}") for n in range(50)]
        assert self.split(pairs) == self.split(pairs)
        assert self.split(pairs, 1)[1] != self.split(pairs, 0)[1]

    def test_one_document_cannot_be_split(self):
        with pytest.raises(AdaptError, match="of one document"):
            self.split([Pair(f"q{n}", f"text {n}", doc="d") for n in range(50)])


def test_ranks_count_what_stands_before_and_not_what_is_barred():
    texts = np.eye(12, dtype=np.float32)
    line = np.arange(12, 0, -1, dtype=np.float32)
    questions = np.stack([line / np.linalg.norm(line)] * 3)
    barred = np.zeros((3, 12), dtype=bool)
    found = score(questions, texts, np.array([0, 3, 11]), barred)  # ranks 1, 4, 12
    assert found == Score(pytest.approx((1 + 1 / 4) / 3), pytest.approx(2 / 3))
    barred[1, :2] = True
    found = score(questions, texts, np.array([0, 3, 11]), barred)  # ranks 1, 2, 12
    assert found.mrr == pytest.approx((1 + 1 / 2) / 3)
    tied = score(np.ones((1, 2)), np.ones((4, 2)), np.array([0]), np.zeros((1, 4), dtype=bool))
    assert tied.mrr == pytest.approx(1 / 4)


class TestGuards:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "rows"
        folder.mkdir()
        corpus = [
            {"_id": "a", "title": "heron", "text": "speed"},
            {"_id": "b", "title": "", "text": "ibex"},
            {"_id": "c", "text": "marmot"},
        ]
        (folder / "corpus.jsonl.gz").write_bytes(
            gzip.compress("\n".join(map(json.dumps, corpus)).encode())
        )
        queries = [{"_id": "1", "text": "heron ibex"}, {"_id": "2", "text": "never judged"}]
        (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
        (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n1\tc\t2\n1\tb\t0\n")
        return folder

    def test_a_set_is_read(self, folder):
        assert read_guard(folder) == Guard(
            "rows", ("heron speed", "ibex", "marmot"), ("heron ibex",), ({0: 1.0, 2: 2.0},)
        )

    def test_ndcg_is_that_of_the_formula(self, folder):
        # Ranked ibex (nothing), heron speed (1), marmot (2); best would be marmot, heron speed.
        wanted = (1 / np.log2(3) + 2 / np.log2(4)) / (2 / np.log2(2) + 1 / np.log2(3))
        assert ndcg(WordEncoder(), read_guard(folder)) == pytest.approx(wanted)

    @pytest.mark.parametrize("name", ["corpus.jsonl.gz", "queries.jsonl", "qrels.tsv"])
    def test_what_is_missing_is_named(self, folder, name):
        (folder / name).unlink()
        with pytest.raises(AdaptError, match=r"BEIR's form.*No such file"):
            read_guard(folder)

    def test_a_judgement_of_an_unknown_document_is_refused(self, folder):
        (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\tz\t1\n")
        with pytest.raises(AdaptError, match="KeyError: 'z'"):
            read_guard(folder)


class Turning:
    """An encoder of two texts whose queries turn from the first to the second with the scale."""

    def __init__(self, scale: float, speed: float) -> None:
        self.scale, self._angle = scale, min(scale * speed, np.pi / 2)

    def encode_passages(self, texts, progress=None):
        return np.eye(2, dtype=np.float32)[: len(texts)]

    def encode_queries(self, texts):
        return np.array([[np.cos(self._angle), np.sin(self._angle)]] * len(texts))


GUARD = Guard("else", ("right", "wrong"), ("query",), ({0: 1.0},))


class TestStrength:
    def choose(self, mrr, guards=(), speed=0.0):
        scored = {round(float(scale), 1): Score(value, value) for scale, value in mrr.items()}
        return choose(
            lambda scale: Turning(scale, speed),
            lambda encoder: scored[encoder.scale],
            guards,
            ["a", "b"],
            Silent(),
        )

    def test_the_least_of_those_that_are_about_as_good(self):
        scores = {1.0: 0.5, 0.9: 0.602, 0.8: 0.604, 0.7: 0.6, 0.6: 0.598, 0.5: 0.59, 0.4: 0.5}
        found = self.choose(scores)
        assert found.scale == 0.7
        assert found.score == Score(0.6, 0.6)
        assert [scale for scale, _ in found.tried] == [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4]

    def test_a_guard_lowers_the_scale(self):
        # The query passes the diagonal, where the wrong text comes first, above a scale of 0.5.
        scores = dict.fromkeys((0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1), 0.1) | {1.0: 0.9}
        found = self.choose(scores, [GUARD], speed=np.pi / 4 / 0.55)
        assert found.scale == 0.5
        assert found.guarded[0].before - found.guarded[0].after <= ALLOWED_LOSS
        lower = self.choose(scores, [GUARD], speed=np.pi / 4 / 0.25)
        assert lower.scale == 0.2
        assert lower.score == Score(0.1, 0.1)

    def test_where_no_scale_is_harmless_nothing_is_chosen(self):
        scores = dict.fromkeys((1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4), 0.9)
        with pytest.raises(AdaptError, match=r"loses more than 0.02 nDCG@10 on else \(1.000 to"):
            self.choose(scores, [GUARD], speed=np.pi / 4 / 0.05)


def test_drift_is_the_mean_change_of_the_cosines():
    before = np.eye(3)
    after = np.array([[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]])
    assert drift(before, after) == pytest.approx(0.6 / 3)
    assert drift(before, before) == 0
