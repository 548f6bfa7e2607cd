"""`ragbot doctor`: settings with their origin, and what is missing on this machine."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragbot.cli.options import corpus_option, index_option, json_option
from ragbot.errors import ModelError, RagbotError

if TYPE_CHECKING:
    from ragbot.settings import Settings

EPILOG = """\b
Examples:
  ragbot doctor
  ragbot doctor --index my-index --json

Exit status 1 where something that is needed is missing.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` is what to do where it is not all right."""

    name: str
    ok: bool
    needed: bool
    detail: str
    remedy: str = ""


@click.command(epilog=EPILOG)
@corpus_option
@index_option
@json_option
def doctor(corpus: Path | None, index: Path | None, as_json: bool) -> None:
    """Show every setting with where it came from, and what this machine lacks."""
    from ragbot.settings import load, provenance

    flags = {"corpus": corpus, "index": index}
    rows, chosen = provenance(flags), load(flags)
    findings = [
        _python(),
        _settings_file(),
        _weights(chosen),
        _engine(chosen),
        _judge(chosen),
        _corpus(chosen),
        _index(chosen),
        _device(),
        _model(chosen),
        _chromium(),
    ]
    if as_json:
        listed = {
            "settings": [asdict(row) for row in rows],
            "findings": [asdict(finding) for finding in findings],
        }
        click.echo(json.dumps(listed, ensure_ascii=False))
    else:
        from rich.table import Table

        from ragbot.cli.terminal import Terminal

        console = Terminal()
        table = Table("Setting", "Value", "From", "What it is")
        for row in rows:
            table.add_row(row.name, row.value, row.origin, row.description)
        console.print(table)
        for finding in findings:
            lacking = "[red]--[/]" if finding.needed else "[dim]--[/]"
            mark = "[green]ok[/]" if finding.ok else lacking
            remedy = "" if finding.ok else f" {finding.remedy}"
            console.print(f"{mark} {finding.name}: {finding.detail}.{remedy}", soft_wrap=True)
    if any(finding.needed and not finding.ok for finding in findings):
        raise SystemExit(1)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info >= (3, 11)
    return Finding("Python", fine, True, version, "ragbot needs 3.11 or newer.")


def _settings_file() -> Finding:
    from ragbot import settings_file

    file = settings_file.find()
    if file is None:
        return Finding("Settings file", True, False, f"none ({settings_file.place()})")
    return Finding("Settings file", True, False, f"{file.path}, {file.standing}")


def _tried(name: str, look: Callable[[], str]) -> Finding:
    """What a look finds; an error of ours says by itself what to do."""
    try:
        return Finding(name, True, True, look())
    except RagbotError as error:
        return Finding(name, False, True, str(error))


def _weights(settings: "Settings") -> Finding:
    def look() -> str:
        from ragbot.encoder import identify

        identity = identify(settings)
        return f"{identity.name}, sha256 {identity.weights[:12]} verified"

    return _tried("Encoder", look)


def _engine(settings: "Settings") -> Finding:
    def look() -> str:
        from ragbot.encoder import identify
        from ragbot.encoder.engine import Shelf

        if settings.engine != "auto":
            return f"{settings.engine}, as the settings name it"
        choice = Shelf.of(settings.index, identify(settings)).choice()
        if choice is None:
            return "not measured on this machine yet, the next build does"
        rates = ", ".join(f"{name} {rate:g}" for name, rate in choice.rates.items())
        faults = "".join(f"; {name}: {fault}" for name, fault in choice.faults.items())
        return f"{choice.engine} ({rates} texts a second and core){faults}"

    return _tried("Engine", look)


def _judge(settings: "Settings") -> Finding:
    def look() -> str:
        from ragbot.guide import Guide
        from ragbot.judge.judges import learnt_judge

        return learnt_judge(Guide(), settings).name

    return _tried("Judge", look)


def _corpus(settings: "Settings") -> Finding:
    def look() -> str:
        from ragbot.index.build import find_guide

        guide, file = find_guide(settings)
        of = f"of {file}" if file else "(no subjects.toml)"
        return f"{len(guide.subjects)} subjects and {len(guide.aspects)} aspects {of}"

    return _tried("Subjects", look)


def _index(settings: "Settings") -> Finding:
    def look() -> str:
        from ragbot.index import generation, manifest

        folder = generation.live_folder(settings.index)
        live = manifest.read(folder)
        manifest.verify(folder, live)
        return f"generation {live.name} of {live.built}, {live.counts.passages:,} passages, sound"

    return _tried("Index", look)


def _device() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding("GPU", True, False, torch.cuda.get_device_name())
    detail = f"none; {torch.get_num_threads()} processor threads encode"
    return Finding("GPU", False, False, detail, "Not needed: a GPU only makes builds faster.")


def _model(settings: "Settings") -> Finding:
    """Asks the language model for a word, where one is configured."""
    from ragbot.llm import Message, open_chat_model

    name = "Language model"
    try:
        model = open_chat_model(settings)
        if model is None:
            remedy = "Not needed: answers are quotes. RAGBOT_LLM_URL and RAGBOT_LLM_MODEL name one."
            return Finding(name, False, False, "none", remedy)
        next(model.complete([Message("user", "Say yes.")], max_tokens=8), None)
    except ModelError as error:
        if error.fault != "cut_off":
            remedy = "Answers stand without it. Look at RAGBOT_LLM_URL, _MODEL and _KEY."
            return Finding(name, False, False, str(error), remedy)
    except RagbotError as error:
        return Finding(name, False, True, str(error))
    return Finding(name, True, False, "it replies")


def _chromium() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    remedy = "Only the browser tests need it: apt-get install chromium."
    playwright = find_spec("playwright") is not None
    return Finding("Chromium", bool(found and playwright), False, found or "not found", remedy)
