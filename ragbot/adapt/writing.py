"""Has a configured language model write questions about the documents of an index."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ragbot.adapt.asking import REPLY_TOKENS, Reply, messages, taken
from ragbot.adapt.slices import Slice, slices
from ragbot.errors import AdaptError, ConfigError, ModelError
from ragbot.index.generation import live_folder
from ragbot.index.library import Library
from ragbot.index.manifest import LIBRARY_FILE
from ragbot.llm import ChatModel, open_chat_model
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings

PATIENCE = 5  # slices in a row that a model may fail at


@dataclass(slots=True)
class Written:
    """Counts of one run: what was added, and what was not.

    `before` slices were done by an earlier run, `empty` ones say nothing by the model's judgement,
    `failed` ones got no reply and are asked again next time; `dropped` are lines of replies.
    """

    questions: int = 0
    slices: int = 0
    empty: int = 0
    dropped: int = 0
    failed: int = 0
    before: int = 0


def write_questions(
    settings: Settings,
    path: Path,
    limit: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Written:
    """Append questions about the live index's documents to a file that `learn` reads.

    Slices are asked about in an order that the seed decides, at most `limit` of them; those that
    the file or the list beside it (FILE.done) holds are passed over, so the same call goes on.

    Raises:
        ConfigError: no language model is configured.
        IndexMissingError: nothing was built.
        AdaptError: the file cannot be written, or the model fails again and again.
    """
    model = open_chat_model(settings)
    if model is None:
        raise ConfigError(
            "questions are written by a language model and none is configured: set "
            "RAGBOT_LLM_URL and RAGBOT_LLM_MODEL (any OpenAI-compatible endpoint)"
        )
    with Library(live_folder(settings.index) / LIBRARY_FILE) as library:
        found = slices(library.documents(), seed)
    record = _Record(path)
    todo = [part for part in found if part.key not in record.done]
    counts = Written(before=len(found) - len(todo))
    todo = todo[:limit]
    progress = progress or Silent()
    progress.stage("Writing questions", len(todo))
    failed_in_a_row = 0
    for part in todo:
        try:
            reply = _ask(model, part)
        except ModelError as error:
            counts.failed += 1
            failed_in_a_row += 1
            if failed_in_a_row >= PATIENCE:
                raise AdaptError(
                    f"the model {model.name} failed {PATIENCE} times in a row: {error}. What was "
                    f"written is in {path}; the same command goes on from there"
                ) from error
            wait(2.0**failed_in_a_row)
        else:
            failed_in_a_row = 0
            record.add(part, reply)
            counts.questions += len(reply.pairs)
            counts.slices += bool(reply.pairs)
            counts.empty += reply.nothing
            counts.dropped += reply.dropped
        progress.advance(1)
    return counts


def _ask(model: ChatModel, part: Slice) -> Reply:
    return taken("".join(model.complete(messages(part), max_tokens=REPLY_TOKENS)), part)


class _Record:
    """The file of questions and the list of slices done beside it."""

    def __init__(self, path: Path) -> None:
        self._path, self._list = path, path.with_name(f"{path.name}.done")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _mend(path)
            _mend(self._list)
            self.done = set(_lines(self._list))
            for line in _lines(path):
                self.done.add(Slice("", json.loads(line)["text"]).key)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AdaptError(f"{path} is no file of questions to go on with: {error}") from error

    def add(self, part: Slice, reply: Reply) -> None:
        """Questions first: a slice is done only when what it gave is kept."""
        written = (json.dumps(asdict(pair), ensure_ascii=False) for pair in reply.pairs)
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write("".join(f"{line}\n" for line in written))
            with self._list.open("a", encoding="utf-8") as stream:
                stream.write(f"{part.key}\n")
        except OSError as error:
            raise AdaptError(f"{self._path} cannot be written ({error.strerror})") from error


def _mend(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    if path.exists():
        content = path.read_bytes()
        if content and not content.endswith(b"\n"):
            path.write_bytes(content[: content.rfind(b"\n") + 1])


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line for line in text.split("\n") if line]
