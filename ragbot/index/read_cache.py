"""Documents already read and cut, kept across generations: a rebuild reads only what changed.

An entry's key hashes everything that its value depends on, so that it can be stale for no reason
but a hash collision; and it carries a checksum, so that a damaged one is made anew.
"""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ragbot.encoder import Encoder
from ragbot.guide import Guide
from ragbot.index.program import program_digest
from ragbot.index.table import Table
from ragbot.types import Document, Passage, RawDocument, Statement

READ_CACHE_FILE = "cache/documents.sqlite"
MOST = 1 << 28  # bytes of an entry; a longer one is read anew
LEVEL = 1  # of compression: a quarter of the size, in little time

Cut = tuple[list[Passage], list[Statement]]
_DOCUMENT = TypeAdapter(Document)
_CUT = TypeAdapter(Cut)
_RAW = TypeAdapter(dict[str, Any])


class ReadCache:
    """Documents by what they were read from, and their passages and statements by the document.

    A document depends on its bytes, on what the catalogue says of it and on the guide; the cut
    depends on the document, the guide, and the encoder's tokens and window.
    """

    def __init__(self, index: Path, guide: Guide, weights: str, window: int) -> None:
        self._table = Table(index / READ_CACHE_FILE)
        self._reading = _hash(program_digest(), guide.text)
        self._cutting = _hash(self._reading, weights, str(window))

    @classmethod
    def of(cls, index: Path, guide: Guide, encoder: Encoder) -> "ReadCache":
        """The cache of an index folder, for what this guide and encoder make of documents."""
        return cls(index, guide, encoder.weights, encoder.window)

    def document(self, raw: RawDocument) -> Document | None:
        """The document that was made of the raw one, None where none is known."""
        key = self.raw_key(raw)
        known: Document | None = _loaded(_DOCUMENT, self._table.get([key]).get(key))
        return known

    def keep(self, raw: RawDocument, document: Document) -> None:
        """Know from now on what was made of a raw document."""
        self._keep(self.raw_key(raw), _DOCUMENT, document)

    def cut(self, document: Document, cut: Callable[[], Cut]) -> Cut:
        """The passages and statements that `cut` gives, without calling it where they are known."""
        key = self.cut_key(document)
        known: Cut | None = _loaded(_CUT, self._table.get([key]).get(key))
        if known is None:
            known = cut()
            self._keep(key, _CUT, known)
        return known

    def raw_key(self, raw: RawDocument) -> bytes:
        """The key of what is read from a raw document."""
        facts = asdict(replace(raw, content=b"", obtained=""))
        return _key(self._reading, _RAW.dump_json(facts), raw.content)

    def cut_key(self, document: Document) -> bytes:
        """The key of a document's passages and statements."""
        return _key(self._cutting, _DOCUMENT.dump_json(document))

    def keep_only(self, keys: set[bytes]) -> int:
        """Forget everything else, and how many entries that was."""
        return self._table.keep_only(keys)

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._table)

    def close(self) -> None:
        """Write what is new, and close."""
        self._table.close()

    def _keep(self, key: bytes, adapter: TypeAdapter[Any], value: object) -> None:
        try:
            data = adapter.dump_json(value)
        except ValueError:  # half a surrogate pair is no JSON; read it again next time
            return
        self._table.put({key: zlib.compress(data, LEVEL)})


def _loaded(adapter: TypeAdapter[Any], data: bytes | None) -> Any:
    if data is None:
        return None
    try:
        opener = zlib.decompressobj()
        plain = opener.decompress(data, MOST)
        return adapter.validate_json(plain) if opener.eof else None
    except (zlib.error, ValidationError):
        return None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key(kind: str, *parts: bytes) -> bytes:
    whole = hashlib.sha256(kind.encode())
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.digest()
