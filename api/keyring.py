"""The keys of a running service, read again when their file has changed."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from api import keys
from api.keys import Key
from ragbot.errors import ConfigError
from ragbot.settings import Settings

_log = logging.getLogger("api")

_LOOK_SECONDS: Final = 2.0


class Keyring:
    """Finds who holds a key; to be used in one event loop.

    A file that is damaged while the service runs changes nothing: the keys read last stay.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the keys.

        Raises:
            ConfigError: there is a file that cannot be used.
        """
        setting = settings.keys or ""
        self.is_on = bool(setting)
        self._path = None if not setting or keys.is_inline(setting) else Path(setting)
        self._clock = clock
        self._looked = clock()
        self._stamp = self._stamp_now()
        self._keys = keys.read(self._path) if self._path else keys.parse(setting, "RAGBOT_KEYS")

    def holder(self, secret: str) -> Key | None:
        """The key with that secret, None where there is none."""
        self._look()
        return keys.match(secret, self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def _look(self) -> None:
        now = self._clock()
        if self._path is None or now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        stamp = self._stamp_now()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._keys = keys.read(self._path)
            _log.info("the keys were read again: %d", len(self._keys))
        except ConfigError as error:
            _log.error("the keys stay as they were: %s", error)

    def _stamp_now(self) -> tuple[int, int, int]:
        try:
            facts = self._path.stat() if self._path else None
        except OSError:
            facts = None
        return (facts.st_mtime_ns, facts.st_size, facts.st_ino) if facts else (0, 0, 0)


def must_be_guarded(settings: Settings, *, is_loopback: bool) -> None:
    """Refuse to listen beyond loopback without keys, unless that is meant.

    Raises:
        ConfigError: anyone who reaches the address could ask.
    """
    if settings.keys or settings.open or is_loopback:
        return
    raise ConfigError(
        f"on {settings.host} others can reach the service, and no keys are set: make one with "
        "`ragbot keys add NAME --file keys.txt` and set RAGBOT_KEYS=keys.txt, or start it with "
        "--open to let whoever reaches it ask"
    )
