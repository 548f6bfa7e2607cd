"""`make evaluate`: index the shared corpus and the API references, answer, print the scores."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ragbot.assistant import Assistant
from ragbot.cli.progress import Bars
from ragbot.evaluation import conflicts, counterparts
from ragbot.evaluation.general import __main__ as general
from ragbot.evaluation.general import sets
from ragbot.evaluation.runs import ask_line, history_of, search_line
from ragbot.index.build import build
from ragbot.settings import load
from ragbot.sources.catalog import CATALOG_FILE
from ragbot.sources.sync import sync

Line = Callable[..., dict[str, Any]]


def main() -> int:
    """Build, run and score; 0 when all reports were printed."""
    parser = argparse.ArgumentParser(prog="python -m ragbot.evaluation", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="corpus and eval")
    parser.add_argument("--out", type=Path, default=Path("evaluation"), help="index and runs")
    options = parser.parse_args()
    gold = options.shared / "eval"
    if not (gold / "score.py").is_file():
        print(f"nothing to evaluate: {gold} is not here", file=sys.stderr)  # noqa: T201
        return 1
    corpus = _corpus(options.shared / "corpus", options.out / "corpus")
    settings = load(
        {"corpus": corpus, "index": options.out / "index", "follow_links": True}  # `shared` is one
    )
    with Bars() as bars:
        for outcome in sync(corpus, settings.index, (), bars):
            if outcome.error:
                print(f"not synced: {outcome.source}: {outcome.error}", file=sys.stderr)  # noqa: T201
        report = build(settings, progress=bars)
    for problem in report.problems:
        print(f"not read: {problem.path}: {problem.reason}", file=sys.stderr)  # noqa: T201
    assistant = Assistant.open(settings)
    questions, unanswerable = gold / "questions.jsonl", gold / "unanswerable.jsonl"
    runs = {
        name: _run(assistant, line, files, options.out / f"{name}.jsonl")
        for name, line, files in (
            ("retrieval", search_line, (questions,)),
            ("answers", ask_line, (questions, unanswerable)),
        )
    }
    for arguments in (
        ("retrieval", questions, runs["retrieval"]),
        ("answers", questions, runs["answers"]),
        ("refusals", unanswerable, runs["answers"], "--answerable", questions),
    ):
        print(arguments[0], flush=True)  # noqa: T201
        # The scorer beside the questions is run as it is.
        subprocess.run([sys.executable, gold / "score.py", *arguments], check=True)  # noqa: S603
    asked = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    names = [line for line in asked if line["kind"] == "api_equivalence"]
    print(counterparts.report(assistant, names))  # noqa: T201
    print(conflicts.report(assistant, gold / "conflicts.jsonl", questions, options.out))  # noqa: T201
    found = [sets.read(file.parent) for file in sorted(gold.glob("general/*/qrels.tsv"))]
    if found:
        general.report(found, options.out / "general.sqlite")
    return 0


def _corpus(shared: Path, folder: Path) -> Path:
    """A corpus of the shared files and of what the shipped sources.toml has from packages."""
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "shared"
    if not link.is_symlink():
        link.symlink_to(shared.resolve(), target_is_directory=True)
    shipped = (load().corpus / CATALOG_FILE).read_text(encoding="utf-8")
    entries = [f"[[source]]{part}" for part in shipped.split("[[source]]")[1:]]
    packages = [entry for entry in entries if 'kind = "pypi"' in entry]
    text = "\n".join([*packages, '[[folder]]\npath = "shared"\n'])
    (folder / CATALOG_FILE).write_text(text, encoding="utf-8")
    return folder


def _run(assistant: Assistant, line: Line, files: tuple[Path, ...], out: Path) -> Path:
    with out.open("w", encoding="utf-8") as stream:
        for file in files:
            for text in file.read_text(encoding="utf-8").splitlines():
                asked = json.loads(text)
                found = line(assistant, asked["id"], asked["question"], history_of(asked))
                stream.write(json.dumps(found, ensure_ascii=False) + "\n")
    return out


if __name__ == "__main__":
    sys.exit(main())
