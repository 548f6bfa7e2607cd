"""Builds a generation: read, cut, encode, write, and only then make it live."""

import shutil
import sqlite3
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import filelock

from ragbot import __version__
from ragbot import guide as guides
from ragbot.encoder import Encoder, Portable, identify, open_encoder
from ragbot.errors import BuildError, IndexDamagedError, IndexMissingError
from ragbot.guide import Guide
from ragbot.index import generation, manifest, present, tidy
from ragbot.index.cache import CACHE_FILE
from ragbot.index.check import Judge, Verdict, check
from ragbot.index.generation import Generation
from ragbot.index.losses import NO_CONSENT, NOTHING_LOST, PLACE, Consent, between, place_of
from ragbot.index.recipe import corpus_digest, recipe_of
from ragbot.index.report import Report, report_of, stop_if_strict
from ragbot.index.texts import Texts, write_texts
from ragbot.index.vectors import write_vectors
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings
from ragbot.sources import PassedOver

__all__ = ["CACHE_FILE", "LOCK_FILE", "Report", "build", "find_guide"]

LOCK_FILE = "build.lock"


def build(
    settings: Settings,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    *,
    force: bool = False,
    forget: bool = False,
    judge: Judge | None = None,
    consent: Consent = NO_CONSENT,
) -> Report:
    """Build a generation from `settings.corpus` in `settings.index`, check it and make it live.

    Nothing is built where the live generation was made of the same documents with the same
    encoder, unless `force`; another kept generation that was goes live again. With `forget` the
    caches lose what the new generation and the live one do not use. Where too much of what is live
    would vanish without `consent`, or the `judge` finds against it, the new one is only kept.
    Whatever fails, what was live stays live.

    Raises:
        BuildError: another build runs, no document could be read, or with `settings.strict` one.
        ConfigError: the corpus folder, sources.toml or subjects.toml is wrong.
        EncoderError: the encoder does not load.
    """
    began = time.monotonic()
    progress = progress or Silent()
    try:
        settings.index.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(settings.index / LOCK_FILE, timeout=0):
            guide, subjects_file = find_guide(settings)
            passed: list[PassedOver] = []
            corpus = corpus_digest(settings, progress, passed)
            report = _build(settings, encoder, progress, guide, corpus, judge, consent, force=force)
            gone = 0
            if forget:
                names = dict.fromkeys((report.generation, generation.live_name(settings.index)))
                gone = tidy.forget(settings, guide, list(names))
            elif report.changed:
                tidy.bound(settings, guide, report.counts)
    except filelock.Timeout as error:
        raise BuildError(
            f"another build is running in {settings.index}; wait for it to end"
        ) from error
    except (OSError, sqlite3.DatabaseError) as error:
        why = getattr(error, "strerror", None) or error
        raise BuildError(
            f"the index in {settings.index} could not be written ({why}); "
            "what was live before still is"
        ) from error
    return replace(
        report,
        seconds=time.monotonic() - began,
        subjects_file=subjects_file,
        forgotten=gone,
        passed_over=(*passed, *report.passed_over),
    )


def _build(
    settings: Settings,
    encoder: Encoder | None,
    progress: Progress,
    guide: Guide,
    corpus: str,
    judge: Judge | None,
    consent: Consent,
    *,
    force: bool,
) -> Report:
    weights = encoder.weights if encoder else identify(settings).weights
    recipe = recipe_of(settings, corpus, guide, weights)
    live = present.live(settings.index, force=force)
    if live and live.recipe == recipe and not force:
        return report_of(settings, live, changed=False)
    encoder = encoder or open_encoder(settings)
    tidy.clear(settings.index)
    kept = None if force else present.made_of(settings.index, recipe)
    if kept:
        report_of(settings, kept, changed=True)  # fails where it may not go live
    new = kept or _make(settings, encoder, progress, guide, corpus, recipe)
    lost = between(settings.index, live, new, consent) if live else NOTHING_LOST
    verdict = Verdict(good=False)
    if not lost.refused:
        verdict = _judged(settings.index, new.name, encoder, judge, progress)
    if verdict.good:
        generation.activate(settings.index, new.name)
    if live or verdict.good:
        tidy.prune(settings.index, settings.keep_generations)
    report = report_of(settings, new, changed=True)
    return replace(report, live=verdict.good, notes=verdict.notes, lost=lost)


def _make(
    settings: Settings,
    encoder: Encoder,
    progress: Progress,
    guide: Guide,
    corpus: str,
    recipe: str,
) -> manifest.Manifest:
    """A new generation, complete and checked, but not live yet."""
    work = Path(tempfile.mkdtemp(prefix=tidy.WORK_PREFIX, dir=settings.index))
    try:
        texts = write_texts(work / manifest.LIBRARY_FILE, settings, guide, encoder, progress)
        stop_if_strict(settings, texts.problems)
        if corpus_digest(settings, Silent()) != corpus:
            raise BuildError("the corpus changed while it was read; build again once it is at rest")
        store, nearness = write_vectors(work, settings, encoder, progress)
        if isinstance(encoder, Portable):
            encoder.save(work / manifest.ENCODER_FOLDER)
        (work / manifest.GUIDE_FILE).write_text(guide.text, encoding="utf-8")
        progress.stage("Writing", None)
        name = generation.next_name(settings.index, recipe)
        facts = _manifest(work, settings, encoder, texts, name, recipe, corpus, store)
        facts = facts.model_copy(update={"nearness": nearness})
        manifest.write(work, facts)
        target = settings.index / generation.GENERATIONS / name
        target.parent.mkdir(exist_ok=True)
        work.chmod(0o755)  # mkdtemp's is for its owner alone; a service may run as another
        _check(work, texts.counts)
        work.rename(target)
        manifest.sync(target.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return facts


def _check(work: Path, counts: manifest.Counts) -> None:
    try:
        check(work, counts)
    except IndexDamagedError as error:
        raise BuildError(f"what was built is not sound, what was live stays: {error}") from error


def _judged(
    index: Path, name: str, encoder: Encoder, judge: Judge | None, progress: Progress
) -> Verdict:
    if judge is None:
        return Verdict(good=True)
    progress.stage("Asking the canaries", None)
    new, live = Generation.at(index / generation.GENERATIONS / name), None
    try:
        with suppress(IndexMissingError, IndexDamagedError):
            live = Generation.open(index)
        return judge(new, live, encoder)
    finally:
        for opened in (new, live):
            if opened:
                opened.lease.end()  # so that it can be pruned


def find_guide(settings: Settings) -> tuple[Guide, str]:
    """The subjects of the corpus folder, else those of the settings, else none; and their file."""
    for path in (settings.corpus / "subjects.toml", settings.subjects):
        if path.exists() or path.is_symlink():  # one that cannot be read is not passed over
            return guides.load(path), str(path)
    return Guide(), ""


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
    chosen = ("flat_limit", "max_file_megabytes", "engine", "precision")
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
            engine=encoder.engine,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            window=encoder.window,
        ),
        store=store,
        settings={key: str(getattr(settings, key)) for key in chosen}
        | {PLACE: place_of(settings.corpus)},
        problems=manifest.unread(texts.problems),
        textless=manifest.unread(texts.textless),
        dropped=texts.dropped,
        files=manifest.files_of(work),
    )
