"""What each construct leaves of a small sample: the expectations beside the samples.

`python -m tests.readers.goldens` says which differ and how; with `--update` it writes them anew,
after which `git diff tests/readers/golden` is to be read line by line.
"""

import difflib
import sys
from pathlib import Path

from ragbot.readers import MEDIA_TYPES, read
from ragbot.types import Document
from tests.readers.conftest import make_raw

FOLDER = Path(__file__).parent / "golden"
EXPECTED = ".expected"


def samples() -> list[Path]:
    """Every sample, by name."""
    return sorted(path for path in FOLDER.iterdir() if not path.name.endswith(EXPECTED))


def expected_of(sample: Path) -> Path:
    """Where the expectation of a sample lies."""
    return sample.with_name(sample.name + EXPECTED)


def document_of(sample: Path) -> Document:
    """The sample, read."""
    raw = make_raw(sample.read_bytes(), MEDIA_TYPES[sample.suffix], f"golden/{sample.stem}")
    return read(raw)


def shown(document: Document) -> str:
    """A document as lines that a person can check: what is known of it, then its blocks."""
    lines = [f"title: {document.title}"]
    lines += [f"{name}: {date}" for name, date in _dates(document) if date != "undated"]
    lines += [f"dropped: {count} {name}" for name, count in document.dropped]
    for fact in document.facts:
        words = " ".join(document.text[fact.start : fact.end].split())
        reach = words if len(words) < 80 else f"{words[:35]} ... {words[-35:]}"
        lines.append(" ".join(filter(None, ["fact:", fact.kind, fact.detail, f"<{reach}>"])))
    lines.append("")
    for block in document.blocks:
        text = document.text[block.start : block.end].replace("\n", "\n    ")
        depth = f" {block.depth}" if block.depth else ""
        lines.append(f"{block.kind}{depth}: {text}")
    return "\n".join(lines) + "\n"


def difference(sample: Path) -> str:
    """How a sample reads other than expected, as a diff; "" where it does not."""
    path = expected_of(sample)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    now = shown(document_of(sample))
    lines = difflib.unified_diff(
        before.splitlines(), now.splitlines(), f"{path.name}", "as it is read now", lineterm="", n=1
    )
    return "\n".join(lines)


def main(update: bool) -> int:
    """Say what differs, and with `update` write it."""
    differing = 0
    for sample in samples():
        if told := difference(sample):
            differing += 1
            print(told)  # noqa: T201
            if update:
                expected_of(sample).write_text(shown(document_of(sample)), encoding="utf-8")
    return int(bool(differing) and not update)


def _dates(document: Document) -> tuple[tuple[str, str], ...]:
    return ("published", document.published), ("updated", document.updated)


if __name__ == "__main__":
    sys.exit(main("--update" in sys.argv[1:]))
