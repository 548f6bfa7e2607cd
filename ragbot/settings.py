"""Every setting in one frozen object: defaults < ragbot.toml < RAGBOT_* variables < flags."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from ragbot import settings_file
from ragbot.errors import ConfigError
from ragbot.quarantine.limits import Limits
from ragbot.service_settings import ServiceSettings
from ragbot.settings_file import SETTINGS_FILE

_SECRET = frozenset(
    {"llm_key", "llm_url", "otlp_endpoint", "keys"}
)  # an address may hold a password


class Settings(ServiceSettings):
    """The settings of one run; make it with `load`, change it with `model_copy`."""

    model_config = SettingsConfigDict(env_prefix="RAGBOT_", frozen=True, extra="forbid")

    corpus: Path = Field(Path("corpus"), description="folder the index is built from")
    subjects: Path = Field(
        Path("corpus/subjects.toml"),
        description="subjects and aspects, where the corpus folder has no subjects.toml of its own",
    )
    index: Path = Field(Path("index"), description="folder that holds the built generations")
    model: Path | None = Field(
        None, description="folder of a sentence-transformers model; none: the packaged MiniLM"
    )
    adapter: str = Field(
        "packaged",
        description="LoRA adapter merged into the encoder: packaged, none, or a folder (PEFT)",
    )
    judge: str = Field(
        "packaged",
        description="what reads statements beside the signals: packaged, none, or a CrossEncoder's "
        "folder",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="where to encode")
    engine: Literal["auto", "onnx-int8", "onnx", "torch"] = Field(
        "auto", description="what runs the encoder; auto: the fastest here, measured at a build"
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="of torch's weights; to name one is to name torch as the engine"
    )
    batch_size: int = Field(
        0, ge=0, le=4096, description="passages a batch of torch's; 0: by the device"
    )
    strict: bool = Field(False, description="one unreadable file fails the build")
    follow_links: bool = Field(
        False, description="read what links out of the corpus folder lead to; else it is named"
    )
    max_file_megabytes: int = Field(50, ge=1, description="larger files are reported, not read")
    reading_seconds: float = Field(
        30,
        gt=0,
        description="processor seconds to read one document in, and 20 more for each MB of it",
    )
    reading_megabytes: int = Field(
        2000, ge=200, description="memory that one document may take to be read, in MB"
    )
    max_document_characters: int = Field(
        5_000_000, ge=1000, description="documents with a longer text are reported, not indexed"
    )
    reading_workers: int = Field(
        0, ge=0, le=64, description="processes that read documents; 0: one a core, at most 4"
    )
    flat_limit: int = Field(
        100_000,
        ge=1,
        description="vectors up to which search is exact; above: lists around centres",
    )
    keep_generations: int = Field(3, ge=1, description="how many built generations are kept")
    refresh_hours: float = Field(
        24, ge=0, description="the service fetches sources older than that again; 0: never"
    )
    refresh_megabytes: int = Field(
        8000, ge=500, description="memory that a build started by the service may take, in MB"
    )
    refresh_cpu_hours: float = Field(
        12, gt=0, description="processor hours that such a build may take"
    )
    refresh_limit_hours: float = Field(24, gt=0, description="hours that such a build may last")
    llm_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s@]+(/\S*)?$",
        description="OpenAI-compatible endpoint of a language model (.../v1); none: no model",
    )
    llm_model: str | None = Field(None, description="name of the model at that endpoint")
    llm_key: SecretStr | None = Field(None, description="key of that endpoint; never shown")
    llm_timeout: float = Field(
        20, gt=0, le=600, description="seconds a model has; then the answer stands without it"
    )
    nli_model: Path | None = Field(
        None, description="folder of a CrossEncoder that judges entailment; none: not used"
    )
    max_question_chars: int = Field(1000, ge=10, description="longer questions are refused")

    @property
    def max_file_bytes(self) -> int:
        """Largest file that is read, in bytes."""
        return self.max_file_megabytes * 1_000_000

    @property
    def limits(self) -> Limits:
        """What reading one document may take."""
        return Limits(
            seconds=self.reading_seconds,
            megabytes=self.reading_megabytes,
            characters=self.max_document_characters,
            workers=self.reading_workers,
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not read
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then ragbot.toml."""
        file = settings_file.find()
        said = dict(file.checked(settings_cls.model_fields)) if file else {}
        return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=said)


@dataclass(frozen=True, slots=True)
class Provenance:
    """One setting, its value in words and where it came from."""

    name: str
    value: str
    origin: str
    description: str


def load(flags: Mapping[str, object] | None = None) -> Settings:
    """The settings in force; `flags` win over everything, entries that are None are not given.

    Raises:
        ConfigError: a value is not allowed, a name is unknown, ragbot.toml is not TOML or sets
            what only a file that the user trusts may.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    for name, text in os.environ.items():
        if name.upper().startswith("RAGBOT_") and text != _writable(text):
            raise ConfigError(f"the variable {name} is not UTF-8; set it anew")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigError(_in_words(error)) from error


def provenance(flags: Mapping[str, object] | None = None) -> tuple[Provenance, ...]:
    """Every setting with its value and its origin, in the order of the class."""
    settings = load(flags)
    given = {name for name, value in (flags or {}).items() if value is not None}
    in_environment = {name.lower() for name in os.environ}
    file = settings_file.find()
    in_file = file.values if file else {}
    rows = []
    for name, field in Settings.model_fields.items():
        if name in given:
            origin = "flag"
        elif f"ragbot_{name}" in in_environment:
            origin = f"environment RAGBOT_{name.upper()}"
        elif name in in_file:
            origin = SETTINGS_FILE
        else:
            origin = "default"
        value = getattr(settings, name)
        value = "..." if name in _SECRET and value else value
        rows.append(Provenance(name, str(value), origin, field.description or ""))
    return tuple(rows)


def _writable(text: str) -> str:
    """A text with U+FFFD for every byte that was not UTF-8."""
    return os.fsencode(text).decode("utf-8", "replace")


def _in_words(error: ValidationError) -> str:
    faults = []
    file = settings_file.find()
    path = file.path if file else SETTINGS_FILE
    for fault in error.errors():
        name = str(fault["loc"][0]) if fault["loc"] else "settings"
        if fault["type"] == "extra_forbidden":
            faults.append(f"{path}: there is no setting {name!r}")
        else:
            given = "..." if name in _SECRET else repr(fault["input"])
            faults.append(f"setting {name} = {given}: {fault['msg'].lower()}")
    read = f"; {path} was read" if file else ""
    return "; ".join(faults) + f" (`ragbot doctor` lists every setting{read})"
