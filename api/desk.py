"""Where the routes get the assistant from: it opens the live index and follows it to the next."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from ragbot.assistant import Assistant
from ragbot.errors import IndexMissingError, RagbotError
from ragbot.index.generation import live_name
from ragbot.settings import Settings

_log = logging.getLogger("api")

_LOOK_SECONDS: Final = 2.0


class Desk:
    """Holds the assistant of one app; safe to share between threads.

    At most every two seconds a request looks at the index folder: where nothing is open yet, it
    opens what is there; where a rebuild has made another generation live, that one is opened
    beside the old one, which answers until it is replaced. An assistant that was handed in stays.
    """

    def __init__(
        self,
        settings: Settings,
        assistant: Assistant | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._assistant = assistant
        self._follows = assistant is None
        self._clock = clock
        self._opening = threading.Lock()
        self._reason: RagbotError = IndexMissingError("The index is not open yet; try again soon.")
        self._refused = ""
        self._looked = float("-inf")

    def assistant(self) -> Assistant:
        """The assistant over the live index.

        Raises:
            RagbotError: why there is none.
        """
        if self._assistant is None:
            with self._opening:
                if self._assistant is None and self._due():
                    self._open()
                if self._assistant is None:
                    raise self._reason
        elif self._follows and self._due():
            self._follow(self._assistant.generation.name)
        return self._assistant

    def _due(self) -> bool:
        """Whether it is time to look at the folder; asking counts as a look."""
        now = self._clock()
        due = now - self._looked >= _LOOK_SECONDS
        if due:
            self._looked = now
        return due

    def _open(self) -> None:
        try:
            self._assistant = Assistant.open(self._settings, before=self._assistant)
            _log.info("index %s is open", self._assistant.generation.name)
        except RagbotError as error:
            self._reason = error
            _log.warning("no index was opened: %s", error)
        finally:
            self._looked = self._clock()

    def _follow(self, name: str) -> None:
        """Start to open what is live now, unless it is this one or was refused before."""
        try:
            live = live_name(self._settings.index)
        except RagbotError:
            return  # a damaged or emptied folder is no reason to stop answering
        if live not in (name, self._refused) and self._opening.acquire(blocking=False):
            threading.Thread(target=self._replace, args=(live,), daemon=True).start()

    def _replace(self, live: str) -> None:
        try:
            self._open()
            if self._assistant is None or self._assistant.generation.name != live:
                self._refused = live
        finally:
            self._opening.release()
