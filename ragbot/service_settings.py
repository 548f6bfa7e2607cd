"""The settings of the service: where it listens, who may ask, how much at a time."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode


def _parted(given: object) -> object:
    """A text with commas as the parts between them."""
    if not isinstance(given, str):
        return given
    return tuple(part.strip() for part in given.split(",") if part.strip())


def _said(given: object) -> object:
    """A text without the spaces around it, None where it says nothing."""
    return given.strip() or None if isinstance(given, str) else given


_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


def _origins(given: tuple[str, ...]) -> tuple[str, ...]:
    """Names of sites; `null` is none: whoever opens a file or a sandboxed frame has it."""
    for one in given:
        if one != "*" and not _ORIGIN.fullmatch(one):
            raise ValueError(f"{one!r} is no origin such as https://app.example.org")
    return given


Parts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parted)]
Origins = Annotated[Parts, AfterValidator(_origins)]


class ServiceSettings(BaseSettings):
    """The part of the settings that only `ragbot serve` reads."""

    host: str = Field("127.0.0.1", description="address the service listens on")
    port: int = Field(8000, ge=0, le=65535, description="port the service listens on; 0: any free")
    allowed_hosts: Parts = Field(
        (),
        description="further names that the service answers to, with commas; *: any (docs/api.md)",
    )
    workers: int = Field(
        0, ge=0, le=256, description="answers worked out at a time; 0: one a processor core"
    )
    waiting: int = Field(
        0, ge=0, le=10_000, description="questions that may wait; 0: eight for each of the workers"
    )
    max_connections: int = Field(
        0, ge=0, description="of clients; 0: 1000, or half of the descriptors where they are fewer"
    )
    head_seconds: float = Field(10, gt=0, description="for the head of a request to arrive")
    body_seconds: float = Field(20, gt=0, description="for its body to arrive")
    idle_seconds: float = Field(
        15, gt=0, description="that a connection is kept for the next request"
    )
    stalled_seconds: float = Field(
        30, gt=0, description="after which a client that takes nothing of its answer is left"
    )
    finish_seconds: float = Field(
        10, ge=0, description="that running answers have once the service is told to stop"
    )
    max_body_bytes: int = Field(65_536, ge=1024, description="larger request bodies are refused")
    max_chat_bytes: int = Field(
        1_000_000, ge=1024, description="the same for chats by OpenAI's interface"
    )
    keys: Annotated[str | None, BeforeValidator(_said)] = Field(
        None,
        description="who may ask: a file that `ragbot keys` writes, or its lines; none: loopback",
    )
    open: bool = Field(
        False, description="listen beyond loopback without keys: whoever reaches it may ask"
    )
    per_minute: int = Field(
        0, ge=0, description="questions a minute from one address; 0: as many as there are"
    )
    root_path: str = Field(
        "",
        pattern=r"^(/[\w.~-]+)*/?$",
        description="prefix under which a proxy serves it, as /ragbot",
    )
    trusted_proxies: Parts = Field(
        (), description="addresses or networks whose X-Forwarded headers are believed, with commas"
    )
    cors_origins: Origins = Field(
        (), description="origins whose pages may call the API, with commas; *: any"
    )
    frame_origins: Origins = Field(
        (), description="origins whose pages may show ragbot's in a frame, with commas; *: any"
    )
    log_format: Literal["lines", "json"] = Field("lines", description="of the service's log")
    log_questions: bool = Field(False, description="whether the log has the questions")
    otlp_endpoint: Annotated[str | None, BeforeValidator(_said)] = Field(
        None,
        pattern=r"^https?://[^/\s@]+(/\S*)?$",
        description="collector that traces are sent to by OTLP, as http://host:4318; none: none",
    )
    keep_questions_days: float = Field(
        0, ge=0, description="that questions are kept, for `ragbot gaps`; 0: never kept"
    )
    comment_seconds: float = Field(
        10, gt=0, description="after which a quiet stream sends a comment, so that no proxy ends it"
    )
