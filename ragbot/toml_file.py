"""The one door for TOML: whatever is wrong with a file is said in words that name it."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from ragbot.errors import ConfigError

LARGEST = 10_000_000  # bytes
DEEPEST = 64
"""Names that a key may be made of, as `a.b` is of two; tomllib takes their square in memory."""

_PART = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+"
_DEEP_KEY = re.compile(rf"(?<![\w.-])(?:{_PART}\.[ \t]*+){{{DEEPEST},}}+{_PART}[\]=]")


def read_bytes(path: Path) -> bytes:
    """What a file of settings holds; FileNotFoundError where there is none.

    Raises:
        ConfigError: it is no plain file, too large, or may not be read.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe would be waited for
            raise ConfigError(f"{path} is a folder or a device, not a file; remove or rename it")
        if facts.st_size > LARGEST:
            raise ConfigError(f"{path} is larger than {LARGEST // 1_000_000} MB; shorten it")
        return path.read_bytes()
    except FileNotFoundError as error:
        if path.is_symlink():
            raise ConfigError(f"{path} is a link that leads nowhere; remove it") from error
        raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error


def read_text(path: Path) -> str:
    """The text of a TOML file; errors as of `read_bytes`."""
    return decoded(read_bytes(path), str(path))


def decoded(content: bytes, name: str) -> str:
    """The text of a TOML file's content; `name` is what errors call it.

    Raises:
        ConfigError: it is not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{name} is not valid TOML: it is not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error


def parse(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text; `name` is what errors call it.

    Raises:
        ConfigError: it is no TOML, or nested deeper than anyone means.
    """
    if _DEEP_KEY.search(text):
        raise ConfigError(f"{name} is nested too deeply: no key has more than {DEEPEST} names")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{name} is nested too deeply; no setting is a list of lists") from error
    except ValueError as error:  # also a number of thousands of digits
        raise ConfigError(f"{name} is not valid TOML: {error}") from error
