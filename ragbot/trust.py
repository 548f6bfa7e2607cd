"""Which ragbot.toml the user has looked at and trusts: by its place and its content, kept at home.

A file in the working directory may be someone else's. Until it is trusted it may not say who is
told a secret, what is loaded or what others can reach; a change of it ends the trust.
"""

import hashlib
import json
from pathlib import Path

import click

from ragbot import private_file
from ragbot.errors import ConfigError
from ragbot.foreign_json import foreign_json

RECORD = "trusted.json"


def record_file() -> Path:
    """Where trust is kept: in the user's own configuration folder."""
    return Path(click.get_app_dir("ragbot")) / RECORD


def is_trusted(path: Path, content: bytes) -> bool:
    """Whether the user trusts the file at this place with exactly this content."""
    return _record().get(str(path.resolve())) == _digest(content)


def trust(path: Path, content: bytes) -> None:
    """Remember that the user trusts the file with this content.

    Raises:
        ConfigError: it cannot be remembered.
    """
    _write(_record() | {str(path.resolve()): _digest(content)})


def revoke(path: Path) -> bool:
    """Trust the file no longer; False where it was not trusted. Errors as of `trust`."""
    record = _record()
    if record.pop(str(path.resolve()), None) is None:
        return False
    _write(record)
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _record() -> dict[str, str]:
    """Digests by place; a record that cannot be read trusts nothing."""
    try:
        found = foreign_json(record_file().read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {place: digest for place, digest in found.items() if isinstance(digest, str)}


def _write(record: dict[str, str]) -> None:
    path = record_file()
    try:
        private_file.write(path, json.dumps(record, indent=2, sort_keys=True) + "\n")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}), and it is where trust is kept; "
            "name the settings by RAGBOT_* variables instead"
        ) from error
