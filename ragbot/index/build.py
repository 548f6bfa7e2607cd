"""Builds a generation: read, cut, encode, write, and only then make it live."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import filelock
import numpy as np

from ragbot import __version__, passages, sources
from ragbot import guide as guides
from ragbot.encoder import Encoder, identify, open_encoder
from ragbot.errors import BuildError, IndexDamagedError, IndexMissingError
from ragbot.guide import Guide
from ragbot.index import generation, manifest
from ragbot.index.cache import EmbeddingCache
from ragbot.index.library import Library
from ragbot.index.texts import Texts, write_texts
from ragbot.lexical import LexicalIndex
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings
from ragbot.sources import Problem
from ragbot.stores.faiss_store import FaissStore, Kind

LOCK_FILE = "build.lock"
CACHE_FILE = "cache/embeddings.sqlite"
WORK_PREFIX = "building-"


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did; `changed` is False where the live generation was already the right one.

    `dropped` counts what the readers left out by kind; `unsynced` are sources never fetched.
    """

    generation: str
    changed: bool
    counts: manifest.Counts
    problems: tuple[Problem, ...]
    dropped: dict[str, int]
    unsynced: tuple[str, ...]
    subjects_file: str
    seconds: float


def build(
    settings: Settings,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    *,
    force: bool = False,
) -> Report:
    """Build a generation from `settings.corpus` in `settings.index` and make it live.

    Nothing is built where the live generation was made of the same documents with the same
    encoder, unless `force`. Whatever fails, what was live stays live.

    Raises:
        BuildError: another build runs, no document could be read, or with `settings.strict` one.
        ConfigError: the corpus folder, sources.toml or subjects.toml is wrong.
        EncoderError: the encoder does not load.
    """
    began = time.monotonic()
    progress = progress or Silent()
    settings.index.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(settings.index / LOCK_FILE, timeout=0)
    try:
        with lock:
            return _build(settings, encoder, progress, began, force=force)
    except filelock.Timeout as error:
        raise BuildError(
            f"another build is running in {settings.index}; wait for it to end"
        ) from error
    except (OSError, sqlite3.DatabaseError) as error:
        raise BuildError(
            f"the index in {settings.index} could not be written ({error}); "
            "what was live before still is"
        ) from error


def _build(
    settings: Settings, encoder: Encoder | None, progress: Progress, began: float, *, force: bool
) -> Report:
    guide, subjects_file = find_guide(settings)
    weights = encoder.weights if encoder else identify(settings).weights
    corpus = _corpus_digest(settings, progress)
    recipe = _digest(manifest.FORMAT, __version__, corpus, guide.text, weights, settings.flat_limit)
    live = None if force else _live(settings.index)
    if live and live.recipe == recipe:
        _stop_if_strict(settings, tuple(Problem(p.path, p.reason) for p in live.problems))
        return _report(settings, live, subjects_file, began, changed=False)
    encoder = encoder or open_encoder(settings)
    for left in settings.index.glob(f"{WORK_PREFIX}*"):  # of a build that was killed
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=settings.index))
    try:
        texts = write_texts(work / manifest.LIBRARY_FILE, settings, guide, encoder, progress)
        _stop_if_strict(settings, texts.problems)
        store = _write_vectors(work, settings, encoder, progress)
        (work / manifest.GUIDE_FILE).write_text(guide.text, encoding="utf-8")
        progress.stage("Writing", None)
        name = _next_name(settings.index, recipe)
        facts = _manifest(work, settings, encoder, texts, name, recipe, corpus, store)
        manifest.write(work, facts)
        target = settings.index / generation.GENERATIONS / name
        target.parent.mkdir(exist_ok=True)
        work.chmod(0o755)  # mkdtemp's is for its owner alone; a service may run as another
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    generation.activate(settings.index, name)
    _prune(settings)
    return _report(settings, facts, subjects_file, began, changed=True)


def _report(
    settings: Settings, live: manifest.Manifest, subjects_file: str, began: float, *, changed: bool
) -> Report:
    return Report(
        generation=live.name,
        changed=changed,
        counts=live.counts,
        problems=tuple(Problem(unread.path, unread.reason) for unread in live.problems),
        dropped=live.dropped,
        unsynced=sources.unsynced(settings.corpus, settings.index),
        subjects_file=subjects_file,
        seconds=time.monotonic() - began,
    )


def find_guide(settings: Settings) -> tuple[Guide, str]:
    """The subjects of the corpus folder, else those of the settings, else none; and their file."""
    for path in (settings.corpus / "subjects.toml", settings.subjects):
        if path.is_file():
            return guides.load(path), str(path)
    return Guide(), ""


def _corpus_digest(settings: Settings, progress: Progress) -> str:
    progress.stage("Looking for changes", None)
    digest = hashlib.sha256()
    for raw in sources.gather(settings.corpus, settings.index, settings.max_file_bytes):
        facts = asdict(raw)
        if not isinstance(raw, Problem):
            facts["content"] = hashlib.sha256(raw.content).hexdigest()
        digest.update(json.dumps(facts, sort_keys=True).encode())
        progress.advance(1)
    return digest.hexdigest()


def _live(index: Path) -> manifest.Manifest | None:
    try:
        folder = generation.live_folder(index)
        live = manifest.read(folder)
        manifest.verify(folder, live)
    except (IndexMissingError, IndexDamagedError):
        return None
    return live


def _stop_if_strict(settings: Settings, problems: tuple[Problem, ...]) -> None:
    if settings.strict and problems:
        listed = "; ".join(f"{problem.path}: {problem.reason}" for problem in problems[:5])
        raise BuildError(f"{len(problems)} files could not be read (strict): {listed}")


def _write_vectors(work: Path, settings: Settings, encoder: Encoder, progress: Progress) -> str:
    """Encode passages and statements, index the passages; returns the kind of store."""
    cache = EmbeddingCache(settings.index / CACHE_FILE)
    try:
        with Library(work / manifest.LIBRARY_FILE) as library:
            texts = _passage_texts(library)
            vectors = cache.encode(encoder, texts, library.passages, "Encoding passages", progress)
            kind: Kind = "flat" if len(vectors) <= settings.flat_limit else "hnsw"
            FaissStore.build(vectors.astype(np.float32), kind).save(work / manifest.VECTORS_FILE)
            texts = library.statement_texts()
            vectors = cache.encode(
                encoder, texts, library.statements, "Encoding statements", progress
            )
            np.save(work / manifest.STATEMENTS_FILE, vectors, allow_pickle=False)
            progress.stage("Indexing words", None)
            LexicalIndex.build(_passage_texts(library)).save(work / manifest.LEXICAL_FOLDER)
    finally:
        cache.close()
    return kind


def _passage_texts(library: Library) -> Iterator[str]:
    return (passages.encoded_text(passage, title) for passage, title in library.passage_titles())


def _manifest(
    work: Path,
    settings: Settings,
    encoder: Encoder,
    texts: Texts,
    name: str,
    recipe: str,
    corpus: str,
    store: str,
) -> manifest.Manifest:
    chosen = ("flat_limit", "max_file_megabytes", "precision")
    return manifest.Manifest(
        format=manifest.FORMAT,
        name=name,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        ragbot=__version__,
        recipe=recipe,
        corpus=corpus,
        counts=texts.counts,
        encoder=manifest.EncoderFacts(
            name=encoder.name,
            weights=encoder.weights,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            window=encoder.window,
        ),
        store=store,
        settings={key: str(getattr(settings, key)) for key in chosen},
        problems=tuple(manifest.Unread(path=p.path, reason=p.reason) for p in texts.problems),
        dropped=texts.dropped,
        files=manifest.files_of(work),
    )


def _next_name(index: Path, recipe: str) -> str:
    folder = index / generation.GENERATIONS
    taken = [path.name[:6] for path in folder.iterdir()] if folder.is_dir() else []
    last = max((int(number) for number in taken if number.isdigit()), default=0)
    return f"{last + 1:06d}-{recipe[:8]}"


def _prune(settings: Settings) -> None:
    """Remove the oldest generations beyond those that are kept; never the live one."""
    live = generation.live_name(settings.index)
    older = [name for name in generation.names(settings.index) if name != live]
    for name in older[: max(0, len(older) - settings.keep_generations + 1)]:
        shutil.rmtree(settings.index / generation.GENERATIONS / name, ignore_errors=True)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
