"""The threads of the service, each kind of work with its own, so that none waits for another."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final, Self, TypeVar

from fastapi import Request

from api.desk import Desk
from api.notes import Notes
from api.workers import Workers, cores
from ragbot.assistant import Assistant
from ragbot.settings import Settings

T = TypeVar("T")

_WAITING: Final = 8  # in the line for answers, for each of their threads
_LOOKING_UP: Final = 4  # threads; a document or a list is a matter of milliseconds
_WRITING: Final = 8  # threads; they wait for a language model, and no more than four do at a time
_LONG: Final = 1000  # a line that the number of connections bounds already


@dataclass(frozen=True, slots=True)
class Staff:
    """Answers (and searches), look-ups in the index, readiness, and summaries by a model."""

    answers: Workers
    lookups: Workers
    readiness: Workers
    summaries: Workers

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As many as the settings say, or as the machine has cores, at least two, for answers."""
        threads = settings.workers or max(2, cores())
        return cls(
            answers=Workers("answers", threads, settings.waiting or _WAITING * threads),
            lookups=Workers("lookups", _LOOKING_UP, _LONG),
            readiness=Workers("readiness", 1, _LONG),
            summaries=Workers("summaries", _WRITING, _LONG),
        )

    @property
    def busy(self) -> bool:
        """Whether any thread is at work."""
        return any(workers.busy for workers in self._all())

    def stop(self) -> None:
        """Take nothing more, and tell whoever waits; an answer that is there may be summed up."""
        for workers in (self.answers, self.lookups, self.readiness):
            workers.stop()

    def give_up(self) -> None:
        """Tell also those whose work is running."""
        for workers in self._all():
            workers.give_up()

    def by_name(self) -> dict[str, Workers]:
        """The threads of each kind of work."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _all(self) -> list[Workers]:
        return list(self.by_name().values())


def staff_of(request: Request) -> Staff:
    """The staff of the app that was asked."""
    staff: Staff = request.app.state.staff
    return staff


async def done_by(
    workers: Workers, request: Request, work: Callable[[Assistant], T], *, held: bool = False
) -> T:
    """The result of some work with the assistant, by its turn; it may open an index first.

    `held`: the work reads nothing of the disk, so that a damaged index is good enough.

    Raises:
        UnavailableError: it is not done now.
        GoneError: the client hung up while it waited.
        RagbotError: why there is no assistant, or what the work raises.
    """
    desk: Desk = request.app.state.desk

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    at_desk = desk.in_memory if held else desk.assistant
    notes: Notes = request.app.state.notes
    return await workers.run(lambda: notes.of(lambda: work(at_desk())), gone)
