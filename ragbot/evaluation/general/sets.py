"""Reads a retrieval set in BEIR form: corpus.jsonl(.gz), queries.jsonl(.gz), qrels.tsv."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbot.errors import ConfigError

HEADER = "query-id"


@dataclass(frozen=True, slots=True)
class GeneralSet:
    """Texts by document id, questions by id, and for each question the worth of its documents.

    Only questions for which some document is worth more than 0 are there.
    """

    name: str
    texts: Mapping[str, str]
    questions: Mapping[str, str]
    worth: Mapping[str, Mapping[str, int]]


def read(folder: Path) -> GeneralSet:
    """Read the set in a folder; its name is the folder's.

    Raises:
        ConfigError: a file is missing or not of that form.
    """
    worth = _worth(folder / "qrels.tsv")
    texts = {line["_id"]: _text(line) for line in _lines(folder, "corpus")}
    questions = {line["_id"]: line["text"] for line in _lines(folder, "queries")}
    asked = {name: text for name, text in questions.items() if name in worth}
    if not texts or not asked:
        raise ConfigError(f"{folder} holds no documents, or no question that qrels.tsv judges")
    return GeneralSet(folder.resolve().name, texts, asked, worth)


def _text(line: Mapping[str, str]) -> str:
    return " ".join(filter(None, (line.get("title"), line["text"])))


def _lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    path = folder / f"{name}.jsonl"
    packed = path.with_name(f"{path.name}.gz")
    try:
        with (
            gzip.open(packed, "rt", encoding="utf-8")
            if packed.is_file()
            else path.open(encoding="utf-8") as stream
        ):
            for number, text in enumerate(stream, 1):
                line = json.loads(text)
                if not {"_id", "text"} <= line.keys():
                    raise ConfigError(f"{path}, line {number}: _id or text is missing")
                yield line
    except (OSError, EOFError, ValueError, AttributeError) as error:
        raise ConfigError(f"{path} is no set in BEIR form: {error}") from error


def _worth(path: Path) -> dict[str, dict[str, int]]:
    worth: dict[str, dict[str, int]] = {}
    try:
        for text in path.read_text(encoding="utf-8").splitlines():
            if text.strip() and not text.startswith(HEADER):
                question, document, value = text.split("\t")
                if int(value) > 0:
                    worth.setdefault(question, {})[document] = int(value)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} is no set in BEIR form: {error}") from error
    return worth
