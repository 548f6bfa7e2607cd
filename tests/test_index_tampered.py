"""Files of an index whose checksums were made to fit: damage is named, or the answer is whole.

All that is tried here runs under a limit of memory, so that what is declared is never allocated.
"""

import json
import os
import resource
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from ragbot.assistant import Assistant
from ragbot.door import array
from ragbot.errors import IndexDamagedError
from ragbot.index import generation as generations
from ragbot.index.cache import EmbeddingCache, embedding_key
from ragbot.index.content import examine
from ragbot.index.generation import Generation
from ragbot.settings import Settings

from .test_index_damage import FILES, resign
from .words import WordEncoder

ROOM = 1 << 30  # bytes that a tampered index may take beyond what the tests hold already
ARRAYS = [name for name in FILES if name.endswith(".npy")]
TEXTS = [name for name in FILES if name.endswith((".json", ".toml"))]
ASKED = ("Compare Heron, Ibex and Marmot on speed and backup", "Is Marmot fast?", "heron.open")


@pytest.fixture(autouse=True)
def _limited():
    """So much memory and no more."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (held + ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.fixture
def folder(index: Path) -> Path:
    return generations.live_folder(index)


def refused_or_answered(built: Settings, index: Path, folder: Path) -> str:
    """What is said of the damage, "" where every question is answered; anything else fails."""
    resign(folder)
    settings = built.model_copy(update={"index": index})
    said = ""
    try:
        assistant = Assistant.open(settings, WordEncoder())
        for question in ASKED:
            json.dumps(assistant.ask(question), default=repr, allow_nan=False)
            json.dumps(assistant.search(question, 50), default=repr, allow_nan=False)
        library = assistant.generation.library
        for hit in assistant.search("Marmot reads", 50):
            library.surroundings(hit.passage.id)
            library.also_at(hit.passage.id)
            library.document(hit.passage.document_id)
        library.sources()
    except IndexDamagedError as error:
        said = str(error)
    assert not said or "ragbot build" in said
    return said


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda whole: b"",
    "halved": lambda whole: whole[: len(whole) // 2],
    "one byte short": lambda whole: whole[:-1],
    "noise": lambda whole: np.random.default_rng(7).bytes(len(whole)),
    "noise behind the head": lambda whole: whole[:128] + np.random.default_rng(7).bytes(4096),
    "zeros": lambda whole: bytes(len(whole)),
    "ones": lambda whole: b"\xff" * len(whole),
    "twice": lambda whole: whole * 2,
}


@pytest.mark.parametrize("kind", BYTES)
@pytest.mark.parametrize("name", FILES)
def test_other_bytes(built, index, folder, name, kind):
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(BYTES[kind](whole))
    said = refused_or_answered(built, index, folder)
    assert said or name in ("library.sqlite", "subjects.toml") or kind == "twice"


def header(shape: object, kind: str = "<f2", order: str = "False") -> bytes:
    """A .npy file of a header only."""
    text = f"{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    text = text.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


HEADS = {
    "a shape of 10**12 rows": header("(1000000000000, 29)"),
    "a shape of 10**30 rows": header("(" + "9" * 30 + ",)"),
    "negative rows": header("(-25, 29)") + bytes(25 * 29 * 2),
    "no rows of 10**12": header("(0, 1000000000000)"),
    "words for rows": header("('a', 29)"),
    "by column": header("(25, 29)", order="True") + bytes(25 * 29 * 2),
    "objects": header("(25, 29)", "|O") + bytes(25 * 29 * 8),
    "100,000 brackets": header("(" * 50_000 + ")" * 10_000),
    "an open bracket": header("(25, 29"),
    "a head of null bytes": b"\x93NUMPY\x01\x00\x76\x00" + bytes(118),
    "another version": b"\x93NUMPY\x09\x00" + bytes(200),
    "a list of fields": header("(25,)", "<f2', 'x"),
    "digits of a number": header("(" + "9" * 60_000 + ",)"),
}


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("name", ARRAYS)
def test_other_shapes(built, index, folder, name, kind):
    (folder / name).write_bytes(HEADS[kind])
    assert name in refused_or_answered(built, index, folder)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["statements.npy", "lexical/data.csc.index.npy"])
def test_what_is_no_number(built, index, folder, name, value):
    values = np.load(folder / name)
    values.flat[-1] = value
    np.save(folder / name, values)
    assert f"{name} holds a number" in refused_or_answered(built, index, folder)


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        *(("indices", place, value) for place in (0, -1) for value in (-1, 10**9, 25)),
        *(("indptr", 3, value) for value in (-5, 10**12)),
        *(("indptr", 0, value) for value in (1, -1)),
        ("indptr", -1, 10**12),
    ],
)
def test_postings_that_lead_outside(built, index, folder, name, place, value):
    path = folder / f"lexical/{name}.csc.index.npy"
    values = np.load(path)
    values[place] = value
    np.save(path, values)
    assert path.name in refused_or_answered(built, index, folder)


DEEP = "[" * 100_000
WORDS = {
    "deep": DEEP,
    "deep in an entry": '{"heron": ' + DEEP + "]" * 100_000 + "}",
    "deep objects": '{"a":' * 100_000,
    "digits": '{"heron": ' + "9" * 50_000 + "}",
    "wide": "[" + "[]," * 300_000 + "[]]",
    "half a character": '{"\\ud800": 0}',
    "another kind": '{"heron": "0"}',
    "a negative row": '{"heron": -1}',
    "no number": '{"heron": NaN, "k1": Infinity, "num_docs": 1e999}',
    "a list": "[1, 2]",
    "null": "null",
}


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("name", [*TEXTS, "manifest.json", "CURRENT"])
def test_other_words(built, index, folder, name, kind):
    path = index / name if name == "CURRENT" else folder / name
    path.write_text(WORDS[kind])
    if name in TEXTS:
        resign(folder)
    with pytest.raises(IndexDamagedError):
        Generation.open(index)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a link to itself"])
def test_what_is_no_file(built, index, folder, name, kind):
    path = folder / name
    path.unlink()
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to(path.name)
    with pytest.raises(IndexDamagedError):
        Generation.open(index)


def _of_width(dimension: int, metric: int) -> faiss.Index:
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, metric)


def _lists(
    change: Callable[[faiss.IndexIVFScalarQuantizer], None], count: int = 25
) -> Callable[[], faiss.Index]:
    def made() -> faiss.Index:
        half, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        centres = faiss.IndexFlatIP(29)
        index = faiss.IndexIVFScalarQuantizer(centres, 29, 4, half, product, False)
        vectors = np.random.default_rng(1).normal(size=(count, 29)).astype(np.float32)
        index.train(vectors)
        index.add(vectors)
        index.make_direct_map()
        change(index)
        return index

    return made


def _moved(index: faiss.IndexIVFScalarQuantizer) -> None:
    places = faiss.vector_to_array(index.direct_map.array)
    places[0] = (1 << 40) + 7
    faiss.copy_array_to_vector(places, index.direct_map.array)


def _renamed(index: faiss.IndexIVFScalarQuantizer) -> None:
    lists = index.invlists
    full = next(n for n in range(4) if lists.list_size(n))
    faiss.rev_swig_ptr(lists.get_ids(full), 1)[0] = 10**9


def _unmapped(index: faiss.IndexIVFScalarQuantizer) -> None:
    index.direct_map.clear()


VECTORS: dict[str, Callable[[], faiss.Index]] = {
    "of another width": lambda: _of_width(7, faiss.METRIC_INNER_PRODUCT),
    "of another metric": lambda: _of_width(29, faiss.METRIC_L2),
    "a graph": lambda: faiss.IndexHNSWFlat(29, 8, faiss.METRIC_INNER_PRODUCT),
    "in eight bits": lambda: faiss.IndexScalarQuantizer(
        29, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_INNER_PRODUCT
    ),
    "a map that leads outside": _lists(_moved),
    "rows that there are not": _lists(_renamed),
    "no map": _lists(_unmapped),
}


@pytest.mark.parametrize("kind", VECTORS)
def test_other_vectors(built, index, folder, kind):
    faiss.write_index(VECTORS[kind](), str(folder / "passages.faiss"))
    assert refused_or_answered(built, index, folder)


def test_lists_as_they_should_be_are_taken(built, index, folder):
    count = Generation.open(index).library.passages
    faiss.write_index(_lists(lambda _: None, count)(), str(folder / "passages.faiss"))
    assert refused_or_answered(built, index, folder) == ""


SIZES = """
import sys, resource
from pathlib import Path
from ragbot.errors import IndexDamagedError
from ragbot.stores.faiss_store import FaissStore
path = Path(sys.argv[1])
whole = path.read_bytes()
held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + (1 << 28),) * 2)
for at in range(0, min(len(whole), 200), 4):
    for value in (b"\\xff" * 8, (1 << 40).to_bytes(8, "little"), bytes(8)):
        path.write_bytes(whole[:at] + value + whole[at + 8 :])
        try:
            FaissStore.open(path)
        except IndexDamagedError:
            pass
print("whole")
"""


@pytest.mark.parametrize("lists", [False, True])
def test_no_number_in_the_head_of_the_vectors_is_believed(folder, tmp_path, lists):
    path = tmp_path / "passages.faiss"
    path.write_bytes((folder / "passages.faiss").read_bytes())
    if lists:
        faiss.write_index(_lists(lambda _: None)(), str(path))
    command = [sys.executable, "-c", SIZES, str(path)]
    tried = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert tried.stdout == "whole\n", tried.stderr[-2000:]


CHANGES = {
    "a table is gone": "DROP TABLE repeats",
    "a column more": "ALTER TABLE statements ADD COLUMN x",
    "a column is gone": "ALTER TABLE statements DROP COLUMN label",
    "a view instead": "ALTER TABLE names RENAME TO n; CREATE VIEW names AS SELECT * FROM n",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON names BEGIN SELECT 1; END",
    "a blob for a text": "UPDATE documents SET text = x'00ff00ff'",
    "a blob for a title": "UPDATE documents SET title = x'ff'",
    "foreign bytes as text": "UPDATE documents SET text = CAST(x'c328a0ff' AS TEXT)",
    "a text for a number": "UPDATE statements SET start = 'heron'",
    "a text for an end": "UPDATE passages SET \"end\" = 'heron'",
    "negative offsets": "UPDATE statements SET start = -5",
    "passages that begin before": 'UPDATE passages SET start = -9, "end" = -5',
    "spans beyond the end": 'UPDATE statements SET start = 10000000, "end" = 20000000',
    "a passage that is not there": "UPDATE statements SET passage = 10000000",
    "a document that is not there": "UPDATE passages SET document = 10000000",
    "no sources": "DELETE FROM sources",
    "fewer passages": "DELETE FROM passages WHERE ordinal = 3",
    "other numbers": "UPDATE passages SET ordinal = ordinal + 1000000",
    "voices that are not there": "INSERT OR REPLACE INTO repeats SELECT ordinal, -7 FROM passages",
    "deep subjects": f"UPDATE passages SET subjects = '{DEEP}'",
    "deep facts": f"UPDATE documents SET facts = '{DEEP}'",
    "an unknown kind": "UPDATE statements SET kind = 'riddle'",
    "unknown facts": "UPDATE statements SET facts = '[\"riddle\"]'",
    "headings that are numbers": "UPDATE passages SET heading_path = '[1, 2]'",
    "facts that are a list": "UPDATE sources SET facts = '[]'",
    "blocks of words": 'UPDATE documents SET blocks = \'[["prose", "a", "b", [], [], 0]]\'',
    "an unknown assertion": (
        "INSERT INTO assertions VALUES (0, 'riddle', 'heron', 'users', '[\"2\"]', '')"
    ),
    "an assertion of nobody": (
        "INSERT INTO assertions VALUES (9999, 'number', 'heron', 'users', '[\"2\"]', '')"
    ),
    "a deep assertion": f"INSERT INTO assertions VALUES (0, 'names', 'heron', 'x', '{DEEP}', '')",
    "something outdated by nobody": "INSERT INTO outdated VALUES (9999, 'Nest')",
    "blocks of null": "UPDATE documents SET blocks = 'null'",
}


def changed(path: Path, statements: str) -> None:
    database = sqlite3.connect(path)
    database.executescript(f"PRAGMA journal_mode = OFF; {statements}")
    database.close()


@pytest.mark.parametrize("kind", CHANGES)
def test_other_rows(built, index, folder, kind):
    changed(folder / "library.sqlite", CHANGES[kind])
    said = refused_or_answered(built, index, folder)
    if not said:
        with pytest.raises(IndexDamagedError, match=r"library\.sqlite"):
            examine(Generation.open(index))


def test_a_sound_index_is_sound(built):
    examine(Generation.open(built.index))


def test_an_index_from_before_traits_were_kept_still_answers(built, index, folder):
    changed(folder / "library.sqlite", "DROP TABLE assertions; DROP TABLE outdated")
    assert refused_or_answered(built, index, folder) == ""
    generation = Generation.open(index)
    assert generation.library.is_older
    examine(generation)


@pytest.mark.parametrize("place", range(20))
def test_flipped_pages(built, index, folder, place):
    path = folder / "library.sqlite"
    whole = bytearray(path.read_bytes())
    at = len(whole) * place // 20
    whole[at : at + 300] = np.random.default_rng(place).bytes(300)
    path.write_bytes(whole)
    refused_or_answered(built, index, folder)


def test_an_array_is_never_larger_than_its_file(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((4, 3), np.float16))
    assert array(path, np.float16, (None, 3)).shape == (4, 3)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(IndexDamagedError, match=r"a\.npy declares"):
        array(path, np.float16, (None, 3))


class TestCaches:
    """What lies in a cache is made anew where it makes no sense."""

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_a_vector_that_is_none_is_encoded_anew(self, tmp_path, value):
        encoder = WordEncoder()
        path = tmp_path / "embeddings.sqlite"
        cache = EmbeddingCache(path)
        vector = np.full(encoder.dimension, value, np.float16)
        cache._table.put({embedding_key(encoder.fingerprint, "Heron"): vector.tobytes()})
        found = cache._slab(encoder, ["Heron"], _Quiet())
        assert np.isfinite(found).all()

    def test_a_value_of_another_kind_is_missed(self, tmp_path):
        cache = EmbeddingCache(tmp_path / "embeddings.sqlite")
        cache.close()
        changed(tmp_path / "embeddings.sqlite", "INSERT INTO entries VALUES (x'01', 7)")
        assert EmbeddingCache(tmp_path / "embeddings.sqlite")._table.get([b"\x01"]) == {}


class _Quiet:
    def stage(self, name: str, total: int | None) -> None: ...
    def advance(self, steps: int) -> None: ...
