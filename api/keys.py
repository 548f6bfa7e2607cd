"""Who may ask: keys with a name, a role and a limit, kept as hashes, one a line.

    NAME:ROLE:SHA256 OF THE KEY:QUESTIONS A MINUTE

A key is 256 random bits, so that one round of SHA-256 hides it; a limit of 0 is none. The lines
stand in a file, which a running service reads again when it has changed, or in RAGBOT_KEYS itself.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from ragbot import private_file
from ragbot.errors import ConfigError

_PREFIX: Final = "ragbot_"  # so that a key that leaked is found by scanners
_NAME: Final = re.compile(r"[\w.@-]{1,60}")
_LINE: Final = re.compile(r"([\w.@-]{1,60}):(reader|admin):([0-9a-f]{64})(?::(\d{1,9}))?")
_LARGEST: Final = 1_000_000  # bytes of a file of keys


class Role(StrEnum):
    """What a key allows: to ask, or also to see figures and change what is served."""

    READER = "reader"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept; `per_minute` 0 is no limit."""

    name: str
    role: Role
    digest: str
    per_minute: int = 0

    def line(self) -> str:
        """The key as a line of the file."""
        return f"{self.name}:{self.role}:{self.digest}:{self.per_minute}"


def digest_of(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def match(secret: str, keys: Iterable[Key]) -> Key | None:
    """The key with that secret; it takes as long whichever it is."""
    found = None
    digest = digest_of(secret)
    for key in keys:
        if hmac.compare_digest(digest, key.digest):
            found = key
    return found


def made(name: str, role: Role, per_minute: int = 0) -> tuple[str, Key]:
    """A new secret and its key.

    Raises:
        ConfigError: the name cannot be one.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"a key's name is letters, digits and . _ @ - (60 at most), not {name!r}")
    secret = _PREFIX + secrets.token_urlsafe(32)
    return secret, Key(name, role, digest_of(secret), per_minute)


def parse(text: str, name: str) -> tuple[Key, ...]:
    """The keys of a text, a line or an item between commas each; # begins a comment.

    Raises:
        ConfigError: a line is none of a key, or two have one name; no line is repeated in it.
    """
    found: dict[str, Key] = {}
    lines = enumerate(text.splitlines(), 1)
    items = [(n, item) for n, line in lines for item in line.partition("#")[0].split(",")]
    for number, item in items:
        said = item.strip()
        if not said:
            continue
        parts = _LINE.fullmatch(said)
        if parts is None:
            raise ConfigError(f"{name}: line {number} is no key; `ragbot keys add` makes them")
        key = Key(parts[1], Role(parts[2]), parts[3], int(parts[4] or 0))
        if key.name in found:
            raise ConfigError(f"{name}: there are two keys named {key.name}; remove one")
        found[key.name] = key
    return tuple(found.values())


def is_inline(setting: str) -> bool:
    """Whether a setting holds the keys themselves, not the name of a file."""
    return bool(_LINE.match(setting.strip()))


def read(path: Path) -> tuple[Key, ...]:
    """The keys of a file, () where there is none yet.

    Raises:
        ConfigError: it cannot be read, or holds something else.
    """
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path} is a folder or a device, not a file of keys")
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ConfigError(f"{path} is larger than {_LARGEST:,} bytes; it holds no keys")
        return parse(content.decode("utf-8"), str(path))
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is no file of keys: it is not UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error


def write(path: Path, keys: Iterable[Key]) -> None:
    """Write a file of keys, whole or not at all: for its owner alone, or as it was.

    Raises:
        ConfigError: it cannot be written.
    """
    text = "# Keys of ragbot, as hashes; see `ragbot keys`.\n"
    text += "".join(f"{key.line()}\n" for key in keys)
    try:
        private_file.write(path, text)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror})") from error
