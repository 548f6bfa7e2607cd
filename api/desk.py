"""Where the routes get the assistant from: it opens the live index and follows it to the next."""

import gc
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Final

from api.standing import Damage, Standing
from ragbot.assistant import Assistant
from ragbot.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexNewerError,
    RagbotError,
)
from ragbot.index import content
from ragbot.index.generation import GENERATIONS, Generation, live_name
from ragbot.index.older import older
from ragbot.index.seal import Stamps, stamps
from ragbot.settings import Settings

_log = logging.getLogger("api")

_LOOK_SECONDS: Final = 2.0
_PARTING_SECONDS: Final = 60.0  # that answers of a generation that was replaced may still take


class Desk:
    """Holds the assistant of one app; safe to share between threads.

    At most every two seconds a request looks at the index folder: where nothing is open yet, it
    opens what is there; where a rebuild has made another generation live, that one is opened
    beside the old one, which answers until it is replaced. An assistant that was handed in stays.

    Where files of the open generation changed, they are checked. As long as its texts can be read
    it answers on, since all else is in memory; else the newest older generation that is sound is
    opened, and until then, or where there is none, every answer is the damage.
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
        self._usable = assistant is not None
        self._damage: Damage | None = None
        self._found = 0
        self._refused: tuple[str, Stamps] = ("", {})
        self._checked: Stamps = {}
        self._doubt = False
        self._looked = float("-inf")

    def assistant(self) -> Assistant:
        """The assistant over the live index, or over an older one where that is damaged.

        Raises:
            RagbotError: why there is none.
        """
        found = self.in_memory()
        if not self._usable:
            raise self._reason
        return found

    def in_memory(self) -> Assistant:
        """The assistant that was opened last, though its texts may be unreadable by now.

        Raises:
            RagbotError: none was.
        """
        if self._assistant is None:
            with self._opening:
                if self._assistant is None and self._due():
                    self._renew()
                if self._assistant is None:
                    raise self._reason
        elif self._follows and self._due():
            self._look(self._assistant.generation)
        return self._assistant

    def standing(self) -> Standing:
        """Which generation answers, and what is wrong."""
        answers = self._assistant.generation.name if self._assistant and self._usable else ""
        return Standing(answers, self._damage, self._found)

    def suspect(self, error: RagbotError) -> None:
        """Look into damage that an answer has met, in the background."""
        if self._follows and self._assistant is not None and error is not self._reason:
            self._doubt = True
            self._look(self._assistant.generation)

    def _due(self) -> bool:
        """Whether it is time to look at the folder; asking counts as a look."""
        now = self._clock()
        due = now - self._looked >= _LOOK_SECONDS
        if due:
            self._looked = now
        return due

    def _look(self, held: Generation) -> None:
        """Start to see to it that the right generation answers, unless nothing has changed."""
        try:
            live = live_name(self._settings.index)
        except RagbotError:  # an emptied folder is no reason to stop answering
            live = ""
        other = live not in ("", held.name) and self._refused != (live, self._stamps(live))
        changed = stamps(held.folder) != self._checked
        # What was wrong with another is over where the one that answers is live again.
        over = self._damage is not None and self._damage.generation != live == held.name
        if (other or changed or over or self._doubt) and self._opening.acquire(blocking=False):
            threading.Thread(target=self._renew_beside, daemon=True).start()

    def _renew_beside(self) -> None:
        held = None if self._assistant is None else weakref.ref(self._assistant)
        try:
            self._renew()
        finally:
            self._opening.release()
        if held is not None and held() is not self._assistant:
            _let_go(held)

    def _renew(self) -> None:
        """Have the live generation answer, else the one that is open, else an older one."""
        held, doubt, self._doubt = self._assistant, self._doubt, False
        known: Damage | None = None
        try:
            live = live_name(self._settings.index)
        except RagbotError as error:
            if held is None:
                self._refuse(error)
                return
            live = held.generation.name
            if self._damage is not None and self._damage.generation != live:
                known = self._damage  # nothing tells that it is over
        fault = self._fault(held.generation, doubt=doubt) if held else ""
        usable = held is not None and not (fault and doubt) and held.generation.answers()
        if held is not None and usable and held.generation.name == live:
            self._settle(held, Damage.found(live, fault) if fault else known)
            return
        seen = self._stamps(live)
        try:
            opened = Assistant.open(self._settings, before=held)
            opened.equivalents.prepare()
        except RagbotError as error:
            self._refused = (live, seen)
            is_damage = isinstance(error, IndexDamagedError)
            is_newer = isinstance(error, IndexNewerError)
            found = Damage.found(live, str(error), is_newer=is_newer)
            damage = found if is_damage else self._damage
            self._go_back(live, held if usable else None, error, damage)
        else:
            self._settle(opened, None)
        finally:
            self._looked = self._clock()

    def _go_back(
        self, live: str, held: Assistant | None, error: RagbotError, damage: Damage | None
    ) -> None:
        """Have the one that is open answer on, or an older one instead of the live one."""
        _log.warning("the live index was not opened: %s", error)
        if held is None and damage is not None:
            held = next(self._older(live), None)
        if held is not None:
            self._settle(held, damage)
            return
        self._note(damage)
        self._refuse(error)

    def _older(self, live: str) -> Iterator[Assistant]:
        for generation in older(self._settings.index, live):
            try:
                yield Assistant.open(self._settings, before=self._assistant, generation=generation)
            except RagbotError as error:
                _log.warning("generation %s cannot answer instead: %s", generation.name, error)

    def _settle(self, assistant: Assistant, damage: Damage | None) -> None:
        """Have an assistant answer from now on."""
        if assistant is not self._assistant:
            self._checked = assistant.generation.stamps
            _log.info("index %s is open", assistant.generation.name)
        self._note(damage)
        self._assistant = assistant
        self._usable = True

    def _refuse(self, error: RagbotError) -> None:
        self._usable = False
        self._reason = error
        if self._damage is not None:
            kind = IndexNewerError if self._damage.is_newer else IndexDamagedError
            self._reason = kind(self.standing().words())

    def _note(self, damage: Damage | None) -> None:
        """Keep what is damaged; the same damage is found once."""
        known = self._damage
        if damage and known and (known.generation, known.what) == (damage.generation, damage.what):
            return
        self._damage = damage
        if damage is not None:
            self._found += 1
            is_what = "too new" if damage.is_newer else "damaged"
            _log.error("generation %s is %s: %s", damage.generation, is_what, damage.what)
        elif known is not None:
            _log.info("what was wrong with generation %s is over", known.generation)

    def _fault(self, held: Generation, *, doubt: bool) -> str:
        """What is wrong with the open generation; with doubt, also in what it says."""
        self._checked = stamps(held.folder)
        return held.fault() or (content.fault(held) if doubt else "")

    def _stamps(self, name: str) -> Stamps:
        return stamps(self._settings.index / GENERATIONS / name)


def _let_go(left: "weakref.ref[Assistant]") -> None:
    """Have the memory, the files and the lease of a generation freed that was replaced.

    Caches in it refer to what holds them, and Python finds that by itself only after much work: in
    a quiet service the old index would stay for hours.
    """
    until = time.monotonic() + _PARTING_SECONDS
    while left() is not None and time.monotonic() < until:  # it gives its last answers
        time.sleep(0.05)
    gc.collect()
