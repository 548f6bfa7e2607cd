"""Reads the ragbot.toml of the working directory, and holds it to what it may say."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from ragbot import toml_file, trust
from ragbot.errors import ConfigError

SETTINGS_FILE = "ragbot.toml"

# What any ragbot.toml may set: how fast and how thorough, inside its own folder. Whatever is not
# listed here needs trust, so that a new setting does until someone decides otherwise.
FREE = frozenset(
    {"device", "engine", "precision", "batch_size", "strict", "flat_limit", "port"}
    | {"refresh_hours", "keep_generations"}
)
FREE_INSIDE = frozenset({"corpus", "subjects", "index"})  # where they name a path in its folder


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A ragbot.toml: its absolute path, what it sets, and whether the user trusts it."""

    path: Path
    values: Mapping[str, object]
    trusted: bool

    @property
    def standing(self) -> str:
        """Whether it is trusted, in words."""
        return "trusted" if self.trusted else "not trusted, and need not be for what it sets"

    @property
    def weighty(self) -> tuple[str, ...]:
        """The settings in it that only a trusted file may name."""
        return tuple(name for name in self.values if not self._is_free(name))

    def checked(self, known: Container[str]) -> Mapping[str, object]:
        """What it sets; `known` are the names of all settings: others are not judged here.

        Raises:
            ConfigError: it names what only a trusted file may, and is not trusted.
        """
        names = ", ".join(name for name in self.weighty if name in known)
        if self.trusted or not names:
            return self.values
        raise ConfigError(
            f"{self.path} sets {names}, which only a file that you trust may: it would decide what "
            "is loaded, who is sent your questions and key, or who can reach the service. If it "
            "is yours, look at it and run `ragbot trust`; else remove it or work elsewhere"
        )

    def _is_free(self, name: str) -> bool:
        if name not in FREE_INSIDE:
            return name in FREE
        folder = self.path.parent.resolve()
        try:
            return (folder / str(self.values[name])).resolve().is_relative_to(folder)
        except (OSError, ValueError, RuntimeError):  # a NUL in it, or links in a circle
            return False


def place() -> Path:
    """Where the ragbot.toml of the working directory is, or would be."""
    return Path(SETTINGS_FILE).absolute()


def find() -> SettingsFile | None:
    """The ragbot.toml of the working directory, None where there is none.

    Raises:
        ConfigError: it cannot be read or is no TOML.
    """
    try:
        content = toml_file.read_bytes(place())
    except FileNotFoundError:
        return None
    return _of(content, trusted=trust.is_trusted(place(), content))


def trust_it() -> SettingsFile:
    """Trust the ragbot.toml of the working directory as it is now; returns it.

    Raises:
        ConfigError: there is none, or it cannot be read, or trust cannot be remembered.
    """
    try:
        content = toml_file.read_bytes(place())
    except FileNotFoundError as error:
        raise ConfigError(f"{place()} does not exist; there is nothing to trust") from error
    file = _of(content, trusted=True)
    trust.trust(file.path, content)
    return file


def _of(content: bytes, *, trusted: bool) -> SettingsFile:
    path = place()
    values = toml_file.parse(toml_file.decoded(content, str(path)), str(path))
    return SettingsFile(path, values, trusted)
