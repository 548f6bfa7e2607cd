"""Which program reads and cuts: what it made before an update is not what it would make now."""

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
ASKING = ("answer", "assistant.py", "cli", "evaluation", "retrieval", "weights")  # builds nothing
PARSERS = (
    *("docutils", "htmldate", "icu4py", "lxml", "markdown-it-py", "mdit-py-plugins", "nbformat"),
    *("pypdfium2", "pysbd", "pyyaml", "snowballstemmer", "trafilatura"),
    *("bm25s", "faiss-cpu", "rensa"),
)


@lru_cache
def program_digest() -> str:
    """The sha256 of our code that builds and of the releases of what it reads with."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.split("/")[0] not in ASKING:
            digest.update(name.encode() + path.read_bytes())
    for parser in PARSERS:
        digest.update(f"{parser} {_release(parser)}\n".encode())
    return digest.hexdigest()


def _release(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"
