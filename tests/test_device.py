"""The GPU's pipeline, run on the processor: who goes with whom, and that nothing is lost."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ragbot.encoder import device
from ragbot.encoder.device import Pipeline, pack, rounded

from .small_model import WINDOW, small_model

TEXTS = ["Heron reads rows fast.", "", "the backup " * 30, "Is the ibex slow?", "鷺"] * 9


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return small_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def pipeline(model):
    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.enable_truncation(WINDOW)
    return Pipeline(model, tokenizer, 0, "cpu", budget=64)


@given(st.lists(st.integers(0, 300)), st.integers(1, 2000))
def test_every_text_is_in_one_batch_that_fits(lengths, budget):
    batches = list(pack(lengths, budget))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[place] for place in batch)
        assert lengths[batch[0]] == longest
        assert len(batch) == 1 or len(batch) * rounded(longest) <= budget


def test_texts_of_like_length_go_together():
    lengths = list(range(1, 257)) * 4
    padded = sum(len(batch) * rounded(lengths[batch[0]]) for batch in pack(lengths, 4096))
    assert padded <= 1.1 * sum(lengths)


def test_the_vectors_are_those_of_the_model_in_the_order_of_the_texts(pipeline, model, monkeypatch):
    monkeypatch.setattr(device, "SLAB", 7)  # more slabs than are cut ahead
    found = pipeline.encode(TEXTS, 32)
    assert found == pytest.approx(model.encode(TEXTS), abs=1e-5)


def test_no_batch_is_larger_than_its_budget(pipeline, model, monkeypatch):
    shapes = []

    class Watched:
        def __call__(self, features):
            shapes.append(tuple(features["input_ids"].shape))
            return model(features)

    monkeypatch.setattr(pipeline, "_model", Watched())
    pipeline.encode(TEXTS, 32)
    assert len(shapes) > 5
    assert all(rows * tokens <= 64 for rows, tokens in shapes)
    assert max(tokens for _, tokens in shapes) <= WINDOW


def test_progress_adds_up(pipeline):
    told: list[int] = []
    pipeline.encode(TEXTS, 32, told.append)
    assert sum(told) == len(TEXTS)


def test_no_texts_give_no_vectors(pipeline):
    assert pipeline.encode([], 32).shape == (0, 32)


def test_what_fails_in_the_thread_that_cuts_is_told(pipeline):
    with pytest.raises(TypeError):
        pipeline.encode([*TEXTS, None], 32)


def test_texts_are_cut_before_they_are_needed(pipeline, model, monkeypatch):
    monkeypatch.setattr(device, "SLAB", 5)
    begun: list[int] = []
    ahead = threading.Event()
    packed = pipeline._packed

    def watched(rows, texts):
        begun.append(len(rows))
        if len(begun) > device.AHEAD:
            ahead.set()
        return packed(rows, texts)

    monkeypatch.setattr(pipeline, "_packed", watched)
    batches = pipeline._batches(TEXTS)
    next(batches)
    assert ahead.wait(60)
    batches.close()
