"""A small corpus on disk and the index built of it, with the real encoder."""

from pathlib import Path

from ragbot.index.build import build
from ragbot.settings import Settings

from .written import HOSTILE

SUBJECTS = """
[[subject]]
id = "kestrel"
name = "Kestrel"

[[subject]]
id = "osprey"
name = "Osprey"
aliases = ["ospreydb"]

[[aspect]]
id = "speed"
name = "Speed"
description = "How fast the database reads and writes."
words = ["fast*", "speed", "slow*", "second*"]

[[aspect]]
id = "learning"
name = "Learning curve"
description = "How long it takes to learn the database."
words = ["learn*", "easy", "easier", "beginner*"]
"""
SOURCES = """
[[source]]
id = "kestrel-docs"
title = "Kestrel manual"
publisher = "The Kestrel project"
url = "https://kestrel.example/manual"
updated = "2025-03-02"
version = "4.1"
authority = "official"
subjects = ["kestrel"]
licence = "BSD-3-Clause"
kind = "documentation"
[source.obtain]
kind = "files"
path = "manual"

[[source]]
id = "bird-review"
title = "Two small databases, compared"
author = "R. Finch"
publisher = "The Aviary Weekly"
url = "https://aviary.example/review"
published = "2022-07"
authority = "independent"
subjects = ["kestrel", "osprey"]
licence = "CC-BY-4.0"
kind = "article"
[source.obtain]
kind = "files"
path = "review.md"
"""
MANUAL = """# 🦅 Kestrel manual

Kestrel is an embedded database 🪶 that keeps all data in one file.

## Speed

Kestrel reads fast: it answers a point read in 4 microseconds on a laptop.
Kestrel writes are grouped, so that one flush of a second serves many of them.

## Opening a database

Open a Kestrel database with one call:

```python
import kestrel

db = kestrel.open("birds.db")
```
"""
REVIEW = f"""# Two small databases, compared

We tried Kestrel and Osprey for a month.

## Learning curve

| What | Kestrel | Osprey |
|---|---|---|
| Time to learn the first query | ten minutes | an afternoon |

Kestrel is easy to learn for a beginner. Osprey is harder to learn than Kestrel, and its manual
assumes that the reader has run a cluster before.

Osprey is fast where many people write at once: it sustains 40,000 writes per second.

## Verdict

For a tool on one machine we recommend Kestrel; where many people write at once, choose Osprey.

In its console Osprey shows `{HOSTILE}` as text.
"""


def built(folder: Path) -> Settings:
    """Write the corpus into a folder, build its index there and name both."""
    corpus = folder / "corpus"
    (corpus / "manual").mkdir(parents=True)
    (corpus / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (corpus / "subjects.toml").write_text(SUBJECTS, encoding="utf-8")
    (corpus / "manual" / "kestrel.md").write_text(MANUAL, encoding="utf-8")
    (corpus / "review.md").write_text(REVIEW, encoding="utf-8")
    settings = Settings(corpus=corpus, index=folder / "index")
    build(settings)
    return settings
