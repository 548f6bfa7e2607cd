"""Which program reads and cuts: what it made before an update is not what it would make now."""

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
ASKING = ("answer", "assistant.py", "cli", "evaluation", "retrieval", "weights")  # builds nothing
DECIDING = {".py", ".toml", ".txt"}  # code, and the words that decide as it does
PARSERS = (
    *("docutils", "htmldate", "icu4py", "lxml", "markdown-it-py", "mdit-py-plugins", "nbformat"),
    *("pypdfium2", "pysbd", "pyyaml", "snowballstemmer", "trafilatura"),
    *("bm25s", "faiss-cpu", "rensa"),
)


@lru_cache
def program_digest() -> str:
    """The sha256 of our code and words that build, and of the releases of what is read with."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in DECIDING and name.split("/")[0] not in ASKING:
            digest.update(name.encode() + path.read_bytes())
    for parser in PARSERS:
        digest.update(f"{parser} {_release(parser)}\n".encode())
    return digest.hexdigest()


def _release(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"
