"""With the real encoder: what comes out of the cache is bit for bit what would be encoded anew."""

import ast
import random
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest
import torch

from ragbot.encoder import open_encoder, shapes
from ragbot.index import generation, program
from ragbot.index.build import build
from ragbot.index.program import PARSERS, ROOT
from ragbot.settings import Settings

from .test_index_lifecycle import change, content_of

OURS = ("readers", "passages.py", "sentences.py", "statements.py", "duplicates", "lexical")
ELSEWHERE = {"numpy", "pydantic"}  # whatever their release, what is read is the same


def texts(count: int) -> list[str]:
    chance = random.Random(7)
    words = ["heron", "ibex", "marmot", "reads", "writes", "rows", "backup", "tf.gather", "3.2"]
    return [" ".join(chance.choices(words, k=chance.randint(1, 60))) for _ in range(count)]


@pytest.mark.quality
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_vector_is_the_same_in_whatever_company(precision):
    encoder = open_encoder(Settings(device="cpu", precision=precision, batch_size=8))
    asked = texts(24)
    whole = encoder.encode_passages(asked)
    for seed in range(3):
        some = random.Random(seed).sample(range(len(asked)), (13, 8, 3)[seed])
        assert np.array_equal(encoder.encode_passages([asked[i] for i in some]), whole[some])
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1 if threads > 1 else 2)
        assert np.array_equal(encoder.encode_passages(asked[:8]), whole[:8])
    finally:
        torch.set_num_threads(threads)


@pytest.mark.quality
@pytest.mark.parametrize("engine", ["torch", "onnx-int8"])
def test_a_rebuild_is_what_a_build_from_nothing_gives(settings, tmp_path, engine):
    settings = settings.model_copy(update={"engine": engine})
    build(settings)
    for step in ("changed", "new", "removed"):
        change(settings, step)
        build(settings)
    anew = settings.model_copy(update={"index": tmp_path / "anew"})
    build(anew)
    assert content_of(settings) == content_of(anew)
    assert generation.live_name(settings.index) != generation.live_name(anew.index)


def test_batches_have_one_shape_for_each_length():
    def prepare(several):
        longest = max(len(text) for text in several)
        ids = torch.tensor([[1] * len(t) + [9] * (longest - len(t)) for t in several])
        return {"input_ids": ids, "attention_mask": (ids == 1).long()}

    asked = ["x" * n for n in (1, 16, 17, 33, 40, 3, 2, 40, 64, 60)]
    found = list(shapes.batches(asked, prepare, size=4, window=40, padding=9))
    assert sorted(row for batch in found for row in batch.rows) == list(range(len(asked)))
    for batch in found:
        ids, mask = batch.features["input_ids"], batch.features["attention_mask"]
        assert len(ids) == len(mask) == 4
        assert ids.shape == mask.shape
        for row, line, kept in zip(batch.rows, ids, mask, strict=False):
            assert int(kept.sum()) == len(asked[row])
            assert line.tolist() == [1] * len(asked[row]) + [9] * (len(line) - len(asked[row]))


def test_what_documents_are_read_with_is_part_of_the_key():
    files = [f for name in OURS for f in [ROOT / name, *Path(ROOT / name).rglob("*.py")]]
    imported = set()
    for file in files:
        if file.suffix == ".py":
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    imported.add(node.module.split(".")[0])
    imported -= set(sys.stdlib_module_names) | {"ragbot"} | ELSEWHERE
    from_where = packages_distributions()
    names = {
        from_where[name][0].lower().replace("_", "-") for name in imported if name in from_where
    }
    assert names <= set(PARSERS)


def test_words_that_decide_are_part_of_the_key(tmp_path, monkeypatch):
    for name, text in (("traits/english.toml", "a = 1"), ("index/foreign.txt", "q"), ("x.py", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(program, "ROOT", tmp_path)
    seen = set()
    for name in ("traits/english.toml", "index/foreign.txt", "x.py"):
        (tmp_path / name).write_text("another = 2")
        seen.add(program.program_digest.__wrapped__())
    assert len(seen) == 3
