"""The API references of two libraries that do not exist, a third inside one, and a guide."""

import json
from pathlib import Path

from ragbot.assistant import Assistant
from ragbot.index.build import build
from ragbot.settings import Settings
from ragbot.sources.fetching import Fetched, Locked
from ragbot.sources.shelf import NewShelf
from ragbot.sources.sync import shelf_path

from .sample import source_entry
from .words import WordEncoder

SUBJECTS = """
[[subject]]
id = "ibex"
name = "Ibex"
symbols = ["ibex."]

[[subject]]
id = "heron"
name = "Heron"
symbols = ["heron."]

[[subject]]
id = "wren"
name = "Wren"
symbols = ["wren.", "heron.wren."]

[[aspect]]
id = "speed"
name = "Speed"
description = "speed: fast or slow"
words = ["speed", "fast"]
"""
WORDS = (
    *("ibex", "heron", "wren", "seal", "rows", "disk", "close", "query", "lid", "count", "pack"),
    *("width", "margin", "snapshot", "restore", "fast", "slow", "open"),
)
GUIDE = """# Moving to Heron

The seal of Ibex, `ibex.box.Seal2d`, is `heron.SealLayer2d` in Heron.

Heron keeps rows on disk.

## Restore a snapshot

To restore a snapshot of Heron, go through these steps.

1. Stop the server.
2. Copy the snapshot to the disk.
3. Open it:

```python
link = heron.open("birds.db",
                  restore=True)
```

After that the rows are there.
"""


def symbol(name: str, signature: str, text: str, *aliases: str) -> Fetched:
    told = {
        "name": name,
        "aliases": list(aliases),
        "signature": f"{name}{signature}",
        "docstring": text,
        "kind": "function",
        "docformat": "markdown",
    }
    return Fetched(f"{name}.json", json.dumps(told).encode(), "application/x-symbol+json")


IBEX = (
    symbol(
        "ibex.box.Seal2d",
        "(width, margin=0.5, lid='flat', turns=1)",
        "Seal rows on disk with a lid.\n\nNote: unlike a plain lid this seal is closed when rows "
        "are read.\n\nArgs:\n    width: The width of the seal in rows.\n    margin: The margin "
        "around the seal.\n    lid: The lid of it.\n",
        "ibex.Seal2d",
    ),
    symbol("ibex.box.Seal3d", "(width)", "Seal rows on disk with a lid, thrice."),
    symbol("ibex.count_query", "(query)", "Count a query."),
)
HERON = (
    symbol(
        "heron.SealLayer2d",
        "(width: int, margin: float = 0.1, *, turns=1.0)",
        "Seal rows on disk with a lid.\n\nArgs:\n    width: The width of the seal, in rows.\n"
        "    margin: The margin around it.\n",
    ),
    symbol("heron.SealLayer1d", "(width)", "Seal rows on disk with a lid."),
    symbol("heron.v1.Seal2d", "(width, margin)", "Seal rows on disk with a lid."),
    symbol("heron.close", "()", "Close all."),
)
WREN = (symbol("wren.query_count", "(query)", "Count a query of wren."),)


def write_references(folder: Path) -> Settings:
    """Write the corpus and its shelves under a folder, and build the index."""
    corpus, index = folder / "corpus", folder / "index"
    corpus.mkdir()
    held = {"ibex": IBEX, "heron": HERON, "wren": WREN}
    entries = [
        f'\n[[source]]\nid = "{name}-api"\ntitle = "{name} reference"\nauthority = "official"\n'
        f'subjects = ["{name}"]\nkind = "documentation"\n[source.obtain]\nkind = "pypi"\n'
        f'package = "{name}"\nmodules = ["{name}"]\n'
        for name in held
    ]
    guide = source_entry("guide", "guide.md", subjects=["heron"], url="https://guide.example/")
    (corpus / "sources.toml").write_text("\n".join([guide, *entries]), encoding="utf-8")
    (corpus / "subjects.toml").write_text(SUBJECTS, encoding="utf-8")
    (corpus / "guide.md").write_text(GUIDE, encoding="utf-8")
    for name, symbols in held.items():
        shelf = NewShelf(shelf_path(index, f"{name}-api"))
        for one in symbols:
            shelf.put(one)
        shelf.finish(Locked("1", "2026-01-01", "x"))
    settings = Settings(corpus=corpus, index=index)
    build(settings, WordEncoder(WORDS))
    return settings


def open_references(folder: Path) -> Assistant:
    """An assistant over them."""
    return Assistant.open(write_references(folder), WordEncoder(WORDS))
