"""Which engine encodes, and that an exported graph is the model it was made of, or is refused."""

import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers.sentence_transformer.modules import Dense

from ragbot.assistant import Assistant
from ragbot.encoder import Encoder, Identity, engine, open_encoder
from ragbot.encoder.export import export
from ragbot.encoder.graph import FACTS_FILE, FILES, GRAPH_FILE, GraphEncoder
from ragbot.encoder.weights import own_model, sha256
from ragbot.errors import EncoderError, IndexDamagedError
from ragbot.index import generation as generations
from ragbot.index import manifest as manifests
from ragbot.index.build import build
from ragbot.settings import Settings

from .sample import write_corpus
from .small_model import WINDOW, small_model
from .words import WordEncoder

TEXTS = ["Heron reads rows fast.", "", "Is the ibex slow?", "the backup of rows " * 30, "鷺 🪶"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small model, its folder and its export in float32."""
    folder = tmp_path_factory.mktemp("small")
    model = small_model(folder / "model")
    identity = Identity(folder / "model", "small", own_model(folder / "model"))
    export(model, identity, {"onnx": folder / "onnx"})
    return model, identity, folder / "onnx"


@pytest.fixture
def graph(small, tmp_path) -> Path:
    """A copy of the export that a test may change."""
    target = tmp_path / "graph"
    GraphEncoder(small[2]).save(target)
    return target


def resign(folder: Path, **changes: object) -> None:
    """Write the facts of an export anew, so that they agree with its files."""
    facts = json.loads((folder / FACTS_FILE).read_text())
    facts |= {"sha256": {name: sha256(folder / name) for name in FILES}} | changes
    (folder / FACTS_FILE).write_text(json.dumps(facts))


class TestGraph:
    def test_it_computes_what_the_model_computes(self, small):
        model, _, folder = small
        expected = model.encode(TEXTS, normalize_embeddings=True)
        assert GraphEncoder(folder).encode_passages(TEXTS) == pytest.approx(expected, abs=1e-5)

    def test_a_model_that_pools_by_its_first_token(self, tmp_path):
        model = small_model(tmp_path / "model", "cls")
        export(model, Identity(tmp_path, "cls", "0" * 64), {"onnx": tmp_path / "onnx"})
        found = GraphEncoder(tmp_path / "onnx").encode_passages(TEXTS)
        assert found == pytest.approx(model.encode(TEXTS), abs=1e-5)

    def test_a_prompt_of_the_model_stands_before_every_text(self, tmp_path):
        model = small_model(tmp_path / "model")
        model.prompts, model.default_prompt_name = {"query": "the ibex "}, "query"
        export(model, Identity(tmp_path, "prompted", "0" * 64), {"onnx": tmp_path / "onnx"})
        found = GraphEncoder(tmp_path / "onnx").encode_passages(["reads rows"])
        assert found == pytest.approx(model.encode(["reads rows"]), abs=1e-5)
        assert np.abs(found - model.encode(["reads rows"], prompt="")).max() > 1e-3

    def test_a_long_text_is_cut_at_the_window(self, small):
        encoder = GraphEncoder(small[2])
        assert encoder.window == WINDOW
        long, cut = encoder.encode_passages(["heron " * 500, "heron " * (WINDOW - 2)])
        assert np.array_equal(long, cut)
        assert encoder.count_tokens(["heron " * 500]) == [500]

    def test_threads_do_not_disturb_each_other(self, small):
        encoder = GraphEncoder(small[2])
        asked = [f"{text} heron reads {'rows ' * n}" for n, text in enumerate(TEXTS * 12)]
        expected = encoder.encode_passages(asked)
        with ThreadPoolExecutor(4) as threads:
            for found in threads.map(lambda _: encoder.encode_passages(asked), range(8)):
                assert np.array_equal(found, expected)

    def test_an_error_in_a_thread_is_not_lost(self, small):
        with pytest.raises(TypeError):
            GraphEncoder(small[2]).encode_passages(["heron"] * 40 + [3])  # type: ignore[list-item]

    @pytest.mark.parametrize("name", [*FILES, FACTS_FILE])
    @pytest.mark.parametrize("damage", ["flipped", "missing", "empty"])
    def test_a_damaged_file_is_refused(self, graph, name, damage):
        path = graph / name
        whole = path.read_bytes()
        middle = len(whole) // 2
        if damage == "flipped":
            path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0x80]) + whole[middle + 1 :])
        elif damage == "missing":
            path.unlink()
        else:
            path.write_bytes(b"")
        with pytest.raises(EncoderError, match=str(graph)):
            GraphEncoder(graph)

    def test_one_that_computes_something_else_here_is_refused(self, graph):
        exact = np.load(graph / "exact.npy")
        np.save(graph / "exact.npy", exact[::-1])
        resign(graph)
        with pytest.raises(EncoderError, match=r"does not serve on this machine.*cosine"):
            GraphEncoder(graph)

    @pytest.mark.parametrize("name", FILES)
    def test_garbage_that_agrees_with_its_facts_is_refused(self, graph, name):
        (graph / name).write_bytes(b"\x80\x04garbage" * 9)
        resign(graph)
        with pytest.raises(EncoderError, match=name):
            GraphEncoder(graph)

    def test_without_onnxruntime_it_is_said_what_to_do(self, graph, monkeypatch):
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        with pytest.raises(EncoderError, match=r"pip install onnxruntime.*RAGBOT_ENGINE=torch"):
            GraphEncoder(graph)

    def test_what_runs_it_leaves_no_trace_of_its_own(self, small, tmp_path):
        """onnxruntime begins to report when it is imported; tests are spared that by `CI`."""
        said = "import sys; from ragbot.encoder.graph import Path, GraphEncoder as It; "
        spared = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"}
        environment = {name: value for name, value in os.environ.items() if name not in spared}
        subprocess.run(
            [sys.executable, "-P", "-c", f"{said}It(Path(sys.argv[1]))", str(small[2])],
            env={**environment, "HOME": str(tmp_path)},
            check=True,
            timeout=120,
        )
        assert not list(tmp_path.rglob("*"))


class TestRefused:
    @pytest.mark.parametrize("pooling", ["max", "lasttoken"])
    def test_a_model_that_pools_otherwise(self, tmp_path, pooling):
        model = small_model(tmp_path / "model", pooling)
        with pytest.raises(EncoderError, match=f"pools by {pooling}"):
            export(model, Identity(tmp_path, "x", "0" * 64), {"onnx": tmp_path / "onnx"})
        assert not (tmp_path / "onnx").exists()

    def test_a_model_with_more_layers(self, tmp_path):
        model = small_model(tmp_path / "model", more=[Dense(32, 16)])
        with pytest.raises(EncoderError, match="Dense"):
            export(model, Identity(tmp_path, "x", "0" * 64), {"onnx": tmp_path / "onnx"})

    def test_by_name_is_an_error_and_by_measuring_leaves_torch(self, tmp_path, caplog):
        small_model(tmp_path / "model", "max")
        settings = Settings(model=tmp_path / "model", index=tmp_path / "index", device="cpu")
        with pytest.raises(EncoderError, match="pools by max"):
            open_encoder(settings.model_copy(update={"engine": "onnx"}))
        with caplog.at_level(logging.WARNING):
            assert open_encoder(settings).engine == "torch"
        assert "engine onnx-int8 is no option: the model pools by max" in caplog.text


class Clock:
    """A clock that only engines put forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Paced(WordEncoder):
    """An encoder that takes so many seconds a text."""

    def __init__(self, clock: Clock, *seconds: float) -> None:
        super().__init__()
        self._clock = clock
        self._seconds = list(seconds)

    def encode_passages(self, texts, progress=None):
        pace = self._seconds[0] if len(self._seconds) == 1 else self._seconds.pop(0)
        self._clock.now += pace * len(texts)
        return super().encode_passages(texts, progress)


class TestFastest:
    def test_the_fastest_is_first(self):
        clock = Clock()
        engines = {"slow": Paced(clock, 0.02), "fast": Paced(clock, 0.005)}
        rates = engine.fastest(engines, clock)
        assert list(rates) == ["fast", "slow"]
        assert rates["fast"] == pytest.approx(200)
        assert rates["slow"] == pytest.approx(50)

    def test_neither_the_first_call_nor_a_burst_of_other_work_decides(self):
        clock = Clock()
        engines = {"fast": Paced(clock, 9.0, 5.0, 0.005), "even": Paced(clock, 0.01)}
        assert next(iter(engine.fastest(engines, clock))) == "fast"

    def test_it_takes_about_a_second(self):
        clock = Clock()
        engines = {"one": Paced(clock, 1e-4), "two": Paced(clock, 2e-4)}
        engine.fastest(engines, clock)
        assert 1.0 <= clock.now < 1.2


class TestChoice:
    @pytest.fixture
    def settings(self, tmp_path):
        small_model(tmp_path / "model")
        return Settings(model=tmp_path / "model", index=tmp_path / "index", device="cpu")

    @pytest.fixture
    def measured(self, monkeypatch):
        """What measuring is to find, and how often it was asked."""
        calls: list[str] = []

        def fastest(engines: dict[str, Encoder]) -> dict[str, float]:
            calls.append(",".join(engines))
            return {"onnx": 9.0} | {name: 1.0 for name in engines if name != "onnx"}

        monkeypatch.setattr(engine, "fastest", fastest)
        return calls

    def test_it_is_measured_once(self, settings, measured):
        assert open_encoder(settings).engine == "onnx"
        assert open_encoder(settings).engine == "onnx"
        assert len(measured) == 1
        assert "onnx" in measured[0]
        assert "torch" in measured[0]

    def test_another_machine_is_measured_anew(self, settings, measured, monkeypatch):
        open_encoder(settings)
        monkeypatch.setattr(engine, "machine", lambda: "another")
        open_encoder(settings)
        assert len(measured) == 2

    def test_a_damaged_record_is_measured_anew(self, settings, measured):
        open_encoder(settings)
        next(settings.index.rglob("choice.json")).write_text("{")
        assert open_encoder(settings).engine == "onnx"
        assert len(measured) == 2

    def test_a_damaged_export_is_written_anew(self, settings, measured):
        open_encoder(settings)
        next(settings.index.rglob(GRAPH_FILE)).write_bytes(b"")
        assert open_encoder(settings).engine == "onnx"
        assert len(measured) == 1

    def test_what_lost_takes_no_room(self, settings, measured):
        open_encoder(settings)
        assert [path.parent.name for path in settings.index.rglob(GRAPH_FILE)] == ["onnx"]

    def test_a_named_engine_is_not_measured(self, settings, measured):
        for name in ("onnx", "torch"):
            assert open_encoder(settings.model_copy(update={"engine": name})).engine == name
        assert not measured

    def test_an_index_that_cannot_be_written_leaves_torch(self, settings, measured, tmp_path):
        (tmp_path / "index").write_text("a file is in the way")
        assert open_encoder(settings).engine == "torch"

    @pytest.mark.parametrize(
        ("changes", "torch"),
        [
            ({}, False),
            ({"engine": "torch"}, True),
            ({"precision": "float32"}, True),
            ({"device": "cuda"}, True),
            ({"engine": "onnx", "precision": "float32"}, False),
        ],
    )
    def test_what_only_torch_has_names_torch(self, changes, torch):
        assert engine.names_torch(Settings().model_copy(update=changes)) is torch

    def test_where_there_is_a_gpu_nothing_is_measured(self, settings, measured, monkeypatch):
        monkeypatch.setattr(engine, "_on_gpu", lambda: True)
        assert open_encoder(settings.model_copy(update={"device": "auto"})).engine == "torch"
        assert open_encoder(settings).engine == "onnx"  # the device named is the processor
        assert len(measured) == 1


SERVE = """
import json, sys
from pathlib import Path
from ragbot.assistant import Assistant
from ragbot.settings import Settings
import api.server
assistant = Assistant.open(Settings(model=Path(sys.argv[1]), index=Path(sys.argv[2])))
hits = assistant.search("Which reads rows fast?")
assistant.ask("Compare Heron and Ibex on speed")
heavy = {"torch", "sentence_transformers", "transformers", "sklearn", "onnx"} & set(sys.modules)
print(json.dumps([assistant.encoder.engine, sorted(heavy), [hit.passage.id for hit in hits]]))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An index of the sample corpus, built on an exported graph."""
    folder = tmp_path_factory.mktemp("made")
    small_model(folder / "model")
    settings = Settings(
        corpus=write_corpus(folder),
        index=folder / "index",
        model=folder / "model",
        engine="onnx",
    )
    build(settings)
    return settings.model_copy(update={"engine": "auto"})


class TestServing:
    @pytest.fixture
    def live(self, made) -> Path:
        return generations.live_folder(made.index)

    def test_the_manifest_records_the_engine(self, made, live):
        facts = manifests.read(live)
        assert facts.encoder.engine == "onnx"
        assert facts.settings["engine"] == "onnx"
        assert {f"encoder/{name}" for name in (*FILES, FACTS_FILE)} <= set(facts.files)

    def test_the_serving_process_loads_no_library_of_models(self, made, tmp_path):
        alone = tmp_path / "index"  # a generation copied to another machine, without the caches
        (alone / "generations").mkdir(parents=True)
        name = generations.live_name(made.index)
        source = made.index / "generations" / name
        (alone / "generations" / name).symlink_to(source)
        (alone / "CURRENT").write_text(f"{name}\n")
        command = [sys.executable, "-c", SERVE, str(made.model), str(alone)]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=os.environ, timeout=120
        )
        used, heavy, hits = json.loads(done.stdout.splitlines()[-1])
        assert (used, heavy) == ("onnx", [])
        torch = made.model_copy(update={"engine": "torch"})
        assistant = Assistant.open(torch)
        assert assistant.encoder.engine == "torch"
        assert [hit.passage.id for hit in assistant.search("Which reads rows fast?")] == hits

    def test_other_weights_are_refused_before_they_are_loaded(self, made, tmp_path):
        small_model(tmp_path / "other", seed=1)
        other = made.model_copy(update={"model": tmp_path / "other"})
        with pytest.raises(IndexDamagedError, match=r"built with the encoder.*rebuild"):
            Assistant.open(other)

    def test_a_changed_graph_is_a_damaged_index(self, made, live):
        path = live / "encoder" / GRAPH_FILE
        whole = path.read_bytes()
        try:
            path.write_bytes(whole[:-1])
            with pytest.raises(IndexDamagedError, match=GRAPH_FILE):
                Assistant.open(made)
        finally:
            path.write_bytes(whole)

    def test_where_the_graph_does_not_load_the_model_does(self, made, monkeypatch, caplog):
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        with caplog.at_level(logging.WARNING):
            assistant = Assistant.open(made)
        assert assistant.encoder.engine == "torch"
        assert "the model is loaded instead" in caplog.text
        assert assistant.search("heron")

    def test_the_next_generation_is_served_by_the_encoder_that_is_loaded(self, made):
        first = Assistant.open(made)
        assert Assistant.open(made, before=first).encoder is first.encoder

    def test_nothing_is_exported_twice_for_a_rebuild(self, made, monkeypatch):
        monkeypatch.setattr(engine, "_export", lambda *_: pytest.fail("exported again"))
        build(made.model_copy(update={"engine": "onnx"}), force=True)
