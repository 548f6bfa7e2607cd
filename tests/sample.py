"""A small corpus about three databases that do not exist, and documents made in a test."""

import json
from collections.abc import Callable
from pathlib import Path

from ragbot.readers.writer import DocumentWriter
from ragbot.types import Authority, Document, RawDocument, Source, SourceKind

SUBJECTS = """
[all]
words = ["database", "databases"]

[[subject]]
id = "heron"
name = "Heron"
aliases = ["heron db", "herondb"]
symbols = ["hr."]

[[subject]]
id = "ibex"
name = "Ibex"
symbols = ["ibex.", "hr.ibex."]

[[subject]]
id = "marmot"
name = "Marmot"
aliases = ["marmot 2"]

[[aspect]]
id = "speed"
name = "Speed"
description = "speed: fast or slow"
words = ["fast*", "slow*", "speed", "latenc*"]

[[aspect]]
id = "backup"
name = "Backup"
description = "backup: snapshot and restore"
words = ["backup*", "snapshot*", "restor*"]

[[aspect]]
id = "learning"
name = "Learning curve"
description = "learning: easy or hard for a beginner"
words = ["easy", "hard", "beginner*", "learn*"]

[[aspect]]
id = "cost"
name = "Cost"
description = "cost: free, or a price to pay"
words = ["free", "price*", "pay*"]
"""


def source_entry(name: str, path: str, **facts: str | list[str]) -> str:
    """One [[source]] of a sources.toml; `facts` add to or replace the usual ones."""
    usual: dict[str, str | list[str]] = {
        "id": name,
        "title": f"The {name}",
        "authority": "official",
        "kind": "documentation",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in (usual | facts).items()]
    obtain = f'[source.obtain]\nkind = "files"\npath = {json.dumps(path)}\n'
    return "\n".join(["[[source]]", *lines, obtain])


SOURCES = "\n".join(
    (
        source_entry(
            "heron-manual",
            "heron",
            publisher="The Heron project",
            url="https://heron.example/manual",
            updated="2025-03-02",
            version="4.1",
            subjects=["heron"],
            licence="MIT",
        ),
        source_entry(
            "ibex-manual",
            "ibex.rst",
            publisher="The Ibex project",
            url="https://ibex.example/",
            subjects=["ibex"],
        ),
        source_entry(
            "review",
            "review.md",
            title="Three small databases",
            publisher="Alpine Weekly",
            url="https://weekly.example/review#top",
            published="2022-07",
            authority="independent",
            kind="article",
            subjects=["heron", "ibex", "marmot"],
        ),
        source_entry(
            "course",
            "course.txt",
            publisher="Summit School",
            url="https://school.example/course",
            authority="tutorial",
            kind="digest",
            subjects=["marmot"],
        ),
    )
)

HERON = """# Heron manual

Heron keeps all rows in one file.

## Backup

Heron takes a snapshot for a backup while the server runs. A restore reads the snapshot back.

## Learning

- Heron is easy for a beginner: one call opens it.
- It asks for no server of its own.

## Connect

Connect to Heron with one call:

```python
import hr

link = hr.connect("birds.db")
for row in link.query("select name from birds"):
    show(row)
```
"""
IBEX = """Ibex manual
===========

Speed
-----

Ibex is fast at bulk writes. This makes it a good fit for logs.

Backup
------

Ibex must be stopped before a backup. After that a restore is slow.

Cost
----

There is a price to pay for Ibex, one for each server.
"""
REVIEW = """# Three small databases

We used Heron, Ibex and Marmot for a month.

## Speed

| Work | Heron | Ibex | Marmot |
|---|---|---|---|
| Point reads | fast, 4 microseconds | slow, 90 microseconds | fast enough |
| Bulk writes | slow on one disk | fast, 40,000 rows a second | |

## Cost

Heron is free. Marmot is free for one server, after that you pay a price.

## Advice

Choose Heron if you need fast reads. We recommend Ibex for fast bulk writes.
"""
COURSE = """Learning Marmot

Marmot is hard for a beginner, and its query language has no joins.

Marmot is slow on a cold disk.
"""
TOUR = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {
            "cell_type": "markdown",
            "id": "a1",
            "metadata": {},
            "source": "# A tour of Heron\n\nHeron reads rows fast when they lie in one page.",
        },
        {
            "cell_type": "code",
            "id": "a2",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": 'table = hr.open("birds.db")\ntable.rows(fast=True)',
        },
    ],
}
DOCUMENTS = ("heron/manual.md", "heron/tour.ipynb", "ibex.rst", "review.md", "course.txt")


def write_corpus(folder: Path) -> Path:
    """Write the corpus into `folder`/corpus."""
    corpus = folder / "corpus"
    (corpus / "heron").mkdir(parents=True)
    for path, text in (
        ("sources.toml", SOURCES),
        ("subjects.toml", SUBJECTS),
        ("heron/manual.md", HERON),
        ("heron/tour.ipynb", json.dumps(TOUR)),
        ("ibex.rst", IBEX),
        ("review.md", REVIEW),
        ("course.txt", COURSE),
    ):
        (corpus / path).write_text(text, encoding="utf-8")
    return corpus


def make_source(name: str = "made") -> Source:
    return Source(
        id=name,
        title="Made in a test",
        author="unknown",
        publisher="unknown",
        url="unknown",
        published="undated",
        updated="undated",
        version="",
        authority=Authority.INDEPENDENT,
        subjects=(),
        licence="unknown",
        kind=SourceKind.ARTICLE,
    )


def make_document(
    write: Callable[[DocumentWriter], object],
    *,
    title: str = "Made",
    path: str = "made.md",
    source: str = "made",
    subjects: tuple[str, ...] = (),
) -> Document:
    """The document that `write` puts down."""
    made = make_source(source)
    writer = DocumentWriter(
        RawDocument(
            source=made,
            path=path,
            content=b"",
            media_type="text/markdown",
            title=title,
            url=made.url,
            published=made.published,
            updated=made.updated,
            version=made.version,
            subjects=subjects,
            licence=made.licence,
            obtained="file",
        )
    )
    write(writer)
    return writer.finish()
