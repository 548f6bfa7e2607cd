"""A scorer of pairs over a graph made by hand: each known word is worth what is written here."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from ragbot.encoder.graph import GRAPH_FILE, INPUT, TOKENIZER_FILE
from ragbot.encoder.weights import sha256
from ragbot.errors import JudgeError
from ragbot.judge import cross_encoder
from ragbot.judge.cross_encoder import (
    FACTS_FILE,
    PROBES,
    TYPES,
    GraphScorer,
    LibraryScorer,
    ScorerFacts,
    open_scorer,
)

from .test_entailment import write_model

WORTH = {"[UNK]": 0.5, "[CLS]": 0.0, "[SEP]": 0.0, "heron": 3.0, "ibex": -2.0, "fast": 1.0}


def write_scorer(folder: Path, window: int = 16) -> Path:
    """A judge that adds up the worth of the statement's words, ten times the question's."""
    folder.mkdir()
    words = {word: number for number, word in enumerate(WORTH)}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    special = [(name, words[name]) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", special
    )
    tokenizer.save(str(folder / TOKENIZER_FILE))
    nodes = [
        helper.make_node("Gather", ["worth", INPUT], ["each"]),
        helper.make_node("Cast", [TYPES], ["types"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["types", "nine"], ["less"]),
        helper.make_node("Sub", ["ten", "less"], ["factor"]),
        helper.make_node("Mul", ["each", "factor"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "axis"], ["scores"], keepdims=0),
    ]
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["pairs", "tokens"])
        for name in (INPUT, TYPES)
    ]
    kept = {
        "worth": np.array(list(WORTH.values()), np.float32),
        "nine": np.float32(9),
        "ten": np.float32(10),
        "axis": np.array([1]),
    }
    made = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["pairs"])
    graph = helper.make_graph(
        nodes,
        "scorer",
        given,
        [made],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in kept.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / GRAPH_FILE)
    probes = []
    tokenizer.enable_truncation(window, strategy="longest_first")
    for pair in PROBES:
        one = tokenizer.encode(*pair)
        factors = 10 - 9 * np.array(one.type_ids)
        probes.append(float((np.array(list(WORTH.values()))[one.ids] * factors).sum()))
    write_facts(folder, window, probes)
    return folder


def write_facts(folder: Path, window: int, probes: list[float]) -> None:
    hashes = {name: sha256(folder / name) for name in (GRAPH_FILE, TOKENIZER_FILE)}
    facts = ScorerFacts(
        name="by hand", window=window, typed=True, probes=tuple(probes), sha256=hashes
    )
    (folder / FACTS_FILE).write_text(facts.model_dump_json())


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_scorer(tmp_path / "judge")


def test_question_and_statement_are_told_apart(folder):
    scorer = GraphScorer(folder)
    found = scorer.scores("ibex", ["heron", "heron fast", "", "ibex ibex"])
    np.testing.assert_allclose(found, [-17, -16, -20, -24])
    assert found.dtype == np.float32
    assert scorer.scores("ibex", []).shape == (0,)


def test_the_longer_of_the_two_is_cut_to_the_window(folder):
    scorer = GraphScorer(folder)
    (found,) = scorer.scores("heron", ["fast " * 50])
    assert found == 30 + 12  # of 16 tokens three are special, one is the question
    (found,) = scorer.scores("heron " * 50, ["fast"])
    assert found == 30 * 12 + 1


def test_a_score_depends_on_its_pair_alone_and_threads_may_share_the_scorer(folder):
    scorer = GraphScorer(folder)
    texts = [("heron " * (n % 5) + "fast ibex " * (n % 3)).strip() for n in range(40)]
    together = scorer.scores("fast", texts)
    alone = [float(scorer.scores("fast", [text])[0]) for text in texts]
    np.testing.assert_array_equal(together, alone)
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: scorer.scores("fast", texts), range(12)):
            np.testing.assert_array_equal(found, together)


@pytest.mark.parametrize("name", [GRAPH_FILE, TOKENIZER_FILE])
def test_a_damaged_file_is_named(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(JudgeError, match=f"{name} is damaged"):
        GraphScorer(folder)


def test_a_missing_graph_and_broken_facts_are_named(folder):
    (folder / GRAPH_FILE).unlink()
    with pytest.raises(JudgeError, match=f"not whole: .*{GRAPH_FILE} cannot be read"):
        GraphScorer(folder)
    (folder / FACTS_FILE).write_text(json.dumps({"name": "by hand"}))
    with pytest.raises(JudgeError, match="holds no judge that can be read"):
        GraphScorer(folder)


def test_a_file_that_is_no_graph_is_refused_even_where_its_checksum_fits(folder):
    (folder / GRAPH_FILE).write_bytes(b"no graph")
    write_facts(folder, 16, [0.0] * len(PROBES))
    with pytest.raises(JudgeError, match="does not load"):
        GraphScorer(folder)


def test_a_machine_that_computes_something_else_is_found_out(folder):
    facts = json.loads((folder / FACTS_FILE).read_text())
    write_facts(folder, 16, [-probe for probe in facts["probes"]])
    with pytest.raises(JudgeError, match="does not serve on this machine"):
        GraphScorer(folder)


def test_the_packaged_encoder_lends_its_tokenizer(folder, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere.json"
    (folder / TOKENIZER_FILE).rename(elsewhere)
    monkeypatch.setattr(cross_encoder, "packaged_file", lambda name: elsewhere)
    assert GraphScorer(folder).scores("ibex", ["heron"]) == [-17]
    elsewhere.write_text("{}")
    with pytest.raises(JudgeError, match=r"elsewhere\.json is damaged"):
        GraphScorer(folder)


def test_the_hash_changes_with_every_file(folder, tmp_path):
    one = GraphScorer(folder).sha256
    assert one == GraphScorer(folder).sha256
    tokenizer = folder / TOKENIZER_FILE
    facts = json.loads((folder / FACTS_FILE).read_text())
    tokenizer.write_text(tokenizer.read_text() + "\n")
    write_facts(folder, 16, facts["probes"])
    assert GraphScorer(folder).sha256 != one


def test_a_setting_names_which(folder, tmp_path):
    assert open_scorer("none") is None
    assert isinstance(open_scorer(str(folder)), GraphScorer)
    with pytest.raises(JudgeError, match=r"gone is no folder; name packaged, none or a folder"):
        open_scorer(str(tmp_path / "gone"))


def test_any_cross_encoder_with_one_output_serves(tmp_path):
    made = write_model(tmp_path / "library", ("score",), "score")
    scorer = open_scorer(str(made))
    assert isinstance(scorer, LibraryScorer)
    assert scorer.name == "library"
    found = scorer.scores("heron is fast", ["heron", "slow slow"])
    assert found.shape == (2,)
    np.testing.assert_allclose(found, 100, atol=5)  # its bias: no sigmoid puts it into 0..1
    assert scorer.scores("heron", []).shape == (0,)


def test_what_is_no_cross_encoder_of_one_output_is_refused(tmp_path):
    many = write_model(tmp_path / "many", ("bad", "good"), "bad")
    with pytest.raises(JudgeError, match="gives 2 scores a pair, not one"):
        open_scorer(str(many))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(JudgeError, match="is no CrossEncoder in safetensors"):
        open_scorer(str(empty))


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    (tmp_path / "model").mkdir()
    with pytest.raises(JudgeError, match="pip install sentence-transformers"):
        open_scorer(str(tmp_path / "model"))
