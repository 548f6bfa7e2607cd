"""What goes into a generation, as a hash: where it is the same, so is what would be built."""

import hashlib
import json
from dataclasses import asdict

from ragbot import __version__, sources
from ragbot.guide import Guide
from ragbot.index import manifest
from ragbot.index.program import program_digest
from ragbot.progress import Progress
from ragbot.settings import Settings
from ragbot.sources import PassedOver, Problem


def recipe_of(settings: Settings, corpus: str, guide: Guide, weights: str) -> str:
    """A hash of all that goes into a generation."""
    encoding = (weights, settings.engine, settings.precision, settings.device, settings.batch_size)
    parts = (manifest.FORMAT, __version__, program_digest(), corpus, guide.text)
    limits = settings.limits  # what they shut out may be let in, or the other way round
    reading = (limits.seconds, limits.megabytes, limits.characters)
    return _digest(*parts, *encoding, *reading, settings.flat_limit)


def corpus_digest(
    settings: Settings, progress: Progress, passed: list[PassedOver] | None = None
) -> str:
    """A hash of every document of the corpus, by content, and of what its catalogue says of it.

    `passed` gets what else lies in the corpus.
    """
    progress.stage("Looking for changes", None)
    digest = hashlib.sha256()
    for raw in sources.gather(
        settings.corpus,
        settings.index,
        settings.max_file_bytes,
        follow_links=settings.follow_links,
        passed=passed,
    ):
        facts = asdict(raw)
        if not isinstance(raw, Problem):
            facts["content"] = hashlib.sha256(raw.content).hexdigest()
        digest.update(json.dumps(facts, sort_keys=True).encode())
        progress.advance(1)
    return digest.hexdigest()


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
