"""nDCG by hand, sets in BEIR form, and the same fusion as a search."""

import gzip
import json
import math
from pathlib import Path

import pytest

from ragbot.errors import ConfigError
from ragbot.evaluation.general.__main__ import main, verdict
from ragbot.evaluation.general.measure import Figures, measure, ndcg
from ragbot.evaluation.general.sets import read
from ragbot.progress import Silent
from ragbot.retrieval import fusion

from .words import WordEncoder

DOCUMENTS = {
    "d1": ("Heron", "fast and fast again, it reads rows"),
    "d2": ("", "a snapshot is a backup"),
    "d3": ("Price", "free of cost"),
    "d4": ("", "the gull is a bird"),
}
QUERIES = {"q1": "fast reads", "q2": "backup", "q3": "bird", "q9": "nobody judged this"}
QRELS = (("q1", "d1", 2), ("q1", "d2", 1), ("q2", "d2", 1), ("q3", "d4", 1), ("q3", "d1", 0))


@pytest.fixture(params=["plain", "packed"])
def folder(tmp_path, request) -> Path:
    """A set in BEIR form."""
    lines = [{"_id": i, "title": a, "text": b} for i, (a, b) in DOCUMENTS.items()]
    corpus = "".join(json.dumps(line) + "\n" for line in lines)
    if request.param == "packed":
        with gzip.open(tmp_path / "corpus.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.write(corpus)
    else:
        (tmp_path / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    asked = "".join(json.dumps({"_id": i, "text": t}) + "\n" for i, t in QUERIES.items())
    (tmp_path / "queries.jsonl").write_text(asked, encoding="utf-8")
    judged = "".join(f"{q}\t{d}\t{w}\n" for q, d, w in QRELS)
    (tmp_path / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return tmp_path


class TestGain:
    def test_the_best_first_is_one(self):
        assert ndcg(["a", "b", "x"], {"a": 1, "b": 1}) == 1.0

    def test_nothing_found_is_none(self):
        assert ndcg(["x", "y"], {"a": 1}) == 0.0
        assert ndcg([], {"a": 1}) == 0.0

    def test_third_place_counts_half(self):
        assert ndcg(["x", "y", "a"], {"a": 1}) == pytest.approx(1 / math.log2(4))

    def test_worth_and_place_by_hand(self):
        # found: 1 / log2(2) + 2 / log2(4) = 2; best: 2 / log2(2) + 1 / log2(3)
        found = ndcg(["b", "x", "a"], {"a": 2, "b": 1})
        assert found == pytest.approx(2 / (2 + 1 / math.log2(3)))

    def test_what_comes_after_the_tenth_counts_nothing(self):
        ten = [f"x{i}" for i in range(10)]
        assert ndcg([*ten, "a"], {"a": 1}) == 0.0
        assert ndcg([*ten[:9], "a"], {"a": 1}) == pytest.approx(1 / math.log2(11))

    def test_twelve_right_ones_can_all_be_found_in_ten_places(self):
        worth = {f"a{i}": 1 for i in range(12)}
        assert ndcg(list(worth)[:10], worth) == pytest.approx(1.0)


class TestSets:
    def test_what_is_read(self, folder):
        found = read(folder)
        assert found.name == folder.name
        assert list(found.texts) == ["d1", "d2", "d3", "d4"]
        assert found.texts["d1"] == "Heron fast and fast again, it reads rows"
        assert found.texts["d2"] == "a snapshot is a backup"
        assert list(found.questions) == ["q1", "q2", "q3"]
        assert found.worth == {"q1": {"d1": 2, "d2": 1}, "q2": {"d2": 1}, "q3": {"d4": 1}}

    @pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
    @pytest.mark.parametrize("content", [None, "{", '{"_id": "1"}\n', "[]\n", "a\tb\n"])
    def test_what_is_none_is_refused_with_its_name(self, folder, name, content, capsys):
        for path in folder.glob(f"{name}*"):
            path.unlink()
        if content is not None:
            (folder / name).write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError, match=str(folder)):
            read(folder)
        assert main([str(folder)]) == 1
        assert str(folder) in capsys.readouterr().err

    def test_a_file_that_is_not_packed_is_refused(self, folder):
        (folder / "corpus.jsonl.gz").write_bytes(b"no gzip")
        with pytest.raises(ConfigError, match="BEIR"):
            read(folder)


class TestMeasure:
    def test_the_figures_by_hand(self, folder, tmp_path):
        """The encoder knows no birds, so q3 is nearest to d4, of an unknown word too, by chance."""
        found = measure(read(folder), WordEncoder(), tmp_path / "cache.sqlite", Silent())
        # Both put d1 first for q1 and d2 first for q2, q1's second document is not found by BM25.
        best = 2 + 1 / math.log2(3)
        assert found.bm25 == pytest.approx((2 / best + 1 + 1) / 3)
        assert 0 < found.dense <= 1
        assert found.hybrid >= found.bm25

    def test_it_is_the_fusion_of_a_search(self, folder, tmp_path, monkeypatch):
        chosen, cache = read(folder), tmp_path / "cache.sqlite"
        monkeypatch.setattr(fusion, "fuse", lambda *scores: -scores[0])
        upside_down = measure(chosen, WordEncoder(), cache, Silent())
        assert upside_down.hybrid < upside_down.dense

    def test_vectors_are_kept(self, folder, tmp_path):
        chosen, cache, encoder = read(folder), tmp_path / "cache.sqlite", WordEncoder()
        first = measure(chosen, encoder, cache, Silent())
        assert encoder.encoded == list(chosen.texts.values())
        assert measure(chosen, encoder, cache, Silent()) == first
        assert len(encoder.encoded) == len(chosen.texts)


@pytest.mark.parametrize(
    ("found", "plain", "said"),
    [
        (Figures(0.4, 0.6, 0.61), 0.6, "good"),
        (Figures(0.4, 0.6, 0.6), 0.61, "good"),
        (Figures(0.4, 0.6, 0.59), 0.6, "hybrid"),
        (Figures(0.7, 0.6, 0.69), 0.6, "hybrid"),
        (Figures(0.4, 0.6, 0.7), 0.63, "adapter costs 0.030"),
    ],
)
def test_what_is_said_of_the_figures(found, plain, said):
    assert said in verdict(found, plain)
    assert ("good" in verdict(found, plain)) == (said == "good")
