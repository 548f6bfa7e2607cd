"""What the service notes of its work: seconds, refusals and, where that is set, questions."""

import logging
from collections.abc import Callable
from typing import TypeVar

from api import request_ids
from api.feedback.store import FeedbackStore
from api.figures import Figures
from ragbot.errors import RagbotError
from ragbot.settings import Settings
from ragbot.stages import watched
from ragbot.types import Answer

T = TypeVar("T")

_log = logging.getLogger("api")


class Notes:
    """Watches work, and notes the answer that comes out of it; safe to share between threads."""

    def __init__(self, settings: Settings, figures: Figures, store: FeedbackStore) -> None:
        self._settings = settings
        self._figures = figures
        self._store = store

    def of(self, work: Callable[[], T]) -> T:
        """The result of the work, whose stages are timed; an answer is noted."""
        with watched() as watch:
            found = work()
        self._figures.stages(watch.seconds)
        parts = found if isinstance(found, tuple) else (found,)
        for part in parts:
            if isinstance(part, Answer):
                self._answered(part)
        return found

    def _answered(self, answer: Answer) -> None:
        self._figures.answer(answer)
        if self._settings.log_questions:
            _log.info("asked: %r", answer.question.standalone)
        try:
            self._store.keep(request_ids.current.get(), answer)
        except RagbotError as error:  # an answer is worth more than its note
            _log.error("%s", error)
