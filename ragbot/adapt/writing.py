"""Has a configured language model write questions about the documents of an index."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ragbot.adapt.asking import REPLY_TOKENS, Reply, messages, taken
from ragbot.adapt.line_file import LineFile
from ragbot.adapt.patience import Patience, needed_model
from ragbot.adapt.slices import Slice, slices
from ragbot.errors import ModelError
from ragbot.foreign_json import foreign_json
from ragbot.index.generation import live_folder
from ragbot.index.library import Library
from ragbot.index.manifest import LIBRARY_FILE
from ragbot.llm import ChatModel
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings


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
    model = needed_model(settings, "questions are written")
    with Library(live_folder(settings.index) / LIBRARY_FILE) as library:
        found = slices(library.documents(), seed)
    record = _Record(path)
    todo = [part for part in found if part.key not in record.done]
    counts = Written(before=len(found) - len(todo))
    todo = todo[:limit]
    progress = progress or Silent()
    progress.stage("Writing questions", len(todo))
    patience = Patience(model.name, path, wait)
    for part in todo:
        try:
            reply = _ask(model, part)
        except ModelError as error:
            counts.failed += 1
            patience.failed(error)
        else:
            patience.replied()
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
        self._file = LineFile(path, "file of questions", _text)
        self._list = LineFile(path.with_name(f"{path.name}.done"), "list of slices", str)
        self.done = {*self._list.lines, *(Slice("", _text(line)).key for line in self._file.lines)}

    def add(self, part: Slice, reply: Reply) -> None:
        """Questions first: a slice is done only when what it gave is kept."""
        self._file.add(json.dumps(asdict(pair), ensure_ascii=False) for pair in reply.pairs)
        self._list.add([part.key])


def _text(line: str) -> str:
    """The passage in a line of the file."""
    return str(foreign_json(line)["text"])
