"""Progress of long work on stderr: a labelled bar with speed and time left."""

import sys
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
