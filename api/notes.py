"""What the service notes of its work: seconds, refusals and, where that is set, questions."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from api import request_ids
from api.feedback.store import FeedbackStore
from api.figures import Figures
from api.traces import Traces
from ragbot.errors import RagbotError
from ragbot.settings import Settings
from ragbot.stages import watched
from ragbot.types import Answer

T = TypeVar("T")

_log = logging.getLogger("api")


class Notes:
    """Watches work, and notes the answer that comes out of it; safe to share between threads."""

    def __init__(
        self, settings: Settings, figures: Figures, store: FeedbackStore, traces: Traces
    ) -> None:
        self._settings = settings
        self._figures = figures
        self._traces = traces
        self._store = store

    def of(self, work: Callable[[], T]) -> T:
        """The result of the work, whose stages are timed; an answer is noted."""
        with self._watching():
            found = work()
        parts = found if isinstance(found, tuple) else (found,)
        for part in parts:
            if isinstance(part, Answer):
                self._answered(part)
        return found

    def written(self, items: Iterator[T]) -> Iterator[T]:
        """What a language model writes, as it comes, with its seconds noted at the end."""
        with self._watching():
            yield from items

    @contextmanager
    def _watching(self) -> Iterator[None]:
        with watched(self._traces.stage) as watch:
            yield
        self._figures.watched(watch)

    def _answered(self, answer: Answer) -> None:
        self._figures.answer(answer)
        self._traces.answered(answer)
        if self._settings.log_questions:
            _log.info("asked: %r", answer.question.standalone)
        try:
            self._store.keep(request_ids.current.get(), answer)
        except RagbotError as error:  # an answer is worth more than its note
            _log.error("%s", error)
