"""What a build did."""

from dataclasses import dataclass

from ragbot import sources
from ragbot.errors import BuildError
from ragbot.index.losses import NOTHING_LOST, Losses
from ragbot.index.manifest import Counts, Manifest
from ragbot.settings import Settings
from ragbot.sources import Problem


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did; `changed` is False where the live generation was already the right one.

    `dropped` counts what the readers left out by kind; `unsynced` are sources never fetched. `live`
    is False where the judge found against the new generation, or too much is `lost` with it: it is
    kept, but what was live before still is. `notes` are the judge's words; `forgotten` counts
    entries of the caches.
    """

    generation: str
    changed: bool
    counts: Counts
    problems: tuple[Problem, ...]
    dropped: dict[str, int]
    unsynced: tuple[str, ...]
    subjects_file: str
    seconds: float
    live: bool = True
    notes: tuple[str, ...] = ()
    forgotten: int = 0
    lost: Losses = NOTHING_LOST


def report_of(settings: Settings, made: Manifest, *, changed: bool) -> Report:
    """The report on a generation that was made or found; BuildError with `settings.strict`."""
    problems = tuple(Problem(unread.path, unread.reason) for unread in made.problems)
    stop_if_strict(settings, problems)
    return Report(
        generation=made.name,
        changed=changed,
        counts=made.counts,
        problems=problems,
        dropped=made.dropped,
        unsynced=sources.unsynced(settings.corpus, settings.index),
        subjects_file="",
        seconds=0.0,
    )


def stop_if_strict(settings: Settings, problems: tuple[Problem, ...]) -> None:
    """Raise a BuildError where there are problems and the settings take none."""
    if settings.strict and problems:
        listed = "; ".join(f"{problem.path}: {problem.reason}" for problem in problems[:5])
        raise BuildError(f"{len(problems)} files could not be read (strict): {listed}")
