"""Progress of long work on stderr: a labelled bar with speed and time left."""

import json
import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Speed(TextColumn):
    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed and task.total else "", style="dim")


class JsonLines:
    """Progress as JSON lines on stderr, for a program that watches: {"stage", "done", "total"}."""

    def __init__(self) -> None:
        self._stage = ""
        self._done = 0
        self._total: int | None = None
        self._told = 0.0

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""
        self._stage, self._done, self._total = name, 0, total
        self._tell()

    def advance(self, steps: int) -> None:
        """So many more steps are done; told four times a second at most."""
        self._done += steps
        if time.monotonic() - self._told >= 0.25 or self._done == self._total:
            self._tell()

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def _tell(self) -> None:
        self._told = time.monotonic()
        step = {"stage": self._stage, "done": self._done, "total": self._total}
        print(json.dumps(step), file=sys.stderr, flush=True)  # noqa: T201


class Bars:
    """One bar a stage; where stderr is no terminal, one line a stage."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            _Speed(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """End the stage before and begin a new one."""
        self._end()
        if not self._console.is_terminal:
            count = f" ({total:,})" if total else ""
            print(f"{name}{count} ...", file=sys.stderr, flush=True)  # noqa: T201
        self._task = self._progress.add_task(name, total=total)

    def advance(self, steps: int) -> None:
        """So many more steps of the stage are done."""
        if self._task is not None:
            self._progress.advance(self._task, steps)

    def __enter__(self) -> Self:
        """Start drawing."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop drawing; the last stage is shown as done unless it failed."""
        if error is None:
            self._end()
        self._progress.stop()

    def _end(self) -> None:
        if self._task is not None:
            task = self._progress.tasks[self._task]
            self._progress.update(self._task, total=max(task.completed, task.total or 0))
            self._progress.update(self._task, completed=self._progress.tasks[self._task].total)
