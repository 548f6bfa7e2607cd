"""What a build did."""

from dataclasses import dataclass

from ragbot import sources
from ragbot.errors import BuildError
from ragbot.index.losses import NOTHING_LOST, Losses
from ragbot.index.manifest import Counts, Manifest
from ragbot.settings import Settings
from ragbot.sources import PassedOver, Problem


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did; `changed` is False where the live generation was already the right one.

    `dropped` counts what the readers left out by kind; `unsynced` are sources never fetched. `live`
    is False where the judge found against the new generation, or too much is `lost` with it: it is
    kept, but what was live before still is. `notes` are the judge's words; `forgotten` counts
    entries of the caches. `passed_over` is all that lies in the corpus and is not read on purpose.
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
    passed_over: tuple[PassedOver, ...] = ()

    def passed_by_reason(self) -> dict[str, list[str]]:
        """The paths of what was passed over by the reason, the most frequent first."""
        paths: dict[str, list[str]] = {}
        for one in self.passed_over:
            paths.setdefault(one.reason, []).append(one.path)
        return dict(sorted(paths.items(), key=lambda pair: (-len(pair[1]), pair[0])))


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
        passed_over=tuple(PassedOver(one.path, one.reason) for one in made.textless),
    )


def stop_if_strict(settings: Settings, problems: tuple[Problem, ...]) -> None:
    """Raise a BuildError where there are problems and the settings take none."""
    if settings.strict and problems:
        listed = "; ".join(f"{problem.path}: {problem.reason}" for problem in problems[:5])
        raise BuildError(f"{len(problems)} files could not be read (strict): {listed}")
