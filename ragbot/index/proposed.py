"""Proposes subjects and aspects out of an index, for a person to look over.

A subject is a folder of its own, or a name in the title of a document that the corpus says often
and writes with a capital wherever it stands; an aspect is a heading that comes again.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ragbot.index.library import Library
from ragbot.lexical.tokens import STOP_WORDS, tokens

MOST = 12  # of each kind
LEAST_DOCUMENTS = 2  # in which a heading stands, or that a folder holds
LEAST_PASSAGES = 3  # that say a name ...
PART = 0.01  # ... and this share of all
CAPITALS = 0.8  # share of a name's places in which it has its capital
LONGEST_HEADING = 4  # words

# A word where no sentence begins, so that its capital says something.
_INSIDE = re.compile(r"(?<=[a-z,;] )([A-Za-z][A-Za-z0-9]+)\b(?!\()")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_NOT_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A subject or aspect: its name, where it comes from in words, and how often."""

    name: str
    origin: str
    count: int

    @property
    def id(self) -> str:
        """An id made of the name."""
        return _NOT_ID.sub("-", self.name.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be compared, and on what; the most frequent first."""

    subjects: tuple[Proposed, ...]
    aspects: tuple[Proposed, ...]


def propose(library: Library) -> Proposal:
    """Subjects and aspects of what an index holds."""
    folders: Counter[str] = Counter()
    documents: defaultdict[str, set[str]] = defaultdict(set)
    capital: Counter[str] = Counter()
    written: Counter[str] = Counter()
    said: Counter[str] = Counter()
    titled: set[str] = set()
    for document in library.documents():
        folder, joint, _ = document.path.partition("/")
        if joint:
            folders[folder] += 1
        for section in document.sections:
            if section.heading_path:
                documents[_plain(section.heading_path[-1])].add(document.id)
        titled.update(_WORD.findall(document.title))
        here: set[str] = set()
        for word in _INSIDE.findall(document.text):
            written[word.lower()] += 1
            capital[word.lower()] += word[0].isupper()
            here.add(word if word[0].isupper() else "")
        said.update(here - {""})
    said = Counter({name: count for name, count in said.items() if name in titled})
    subjects = [*_folders(folders), *_names(said, capital, written, library)]
    names = {subject.id for subject in subjects}
    aspects = (
        Proposed(heading, "heading", len(held))
        for heading, held in documents.items()
        if len(held) >= LEAST_DOCUMENTS and _tells(heading) and not names & set(tokens(heading))
    )
    return Proposal(tuple(_first(subjects)), tuple(_first(aspects)))


def as_toml(proposal: Proposal) -> Iterator[str]:
    """The lines of a subjects.toml, each entry with where it comes from."""
    yield "# Proposed by `ragbot subjects`; take out what is none, and add other names and words."
    for subject in proposal.subjects:
        yield f"\n# {subject.origin}, {subject.count:,} documents\n[[subject]]"
        yield f"id = {_text(subject.id)}\nname = {_text(subject.name)}\naliases = []"
    for aspect in proposal.aspects:
        words = [word for word in aspect.name.lower().split() if word not in STOP_WORDS]
        yield f"\n# {aspect.origin} of {aspect.count:,} documents\n[[aspect]]"
        yield f"id = {_text(aspect.id)}\nname = {_text(aspect.name)}"
        yield f"description = {_text(aspect.name + '.')}\nwords = {_text(words)}"


def _folders(folders: Counter[str]) -> Iterator[Proposed]:
    """The folders that part a corpus, where there are several."""
    large = {name: count for name, count in folders.items() if count >= LEAST_DOCUMENTS}
    if len(large) > 1:
        yield from (Proposed(name, "folder", count) for name, count in large.items())


def _names(
    said: Counter[str], capital: Counter[str], written: Counter[str], library: Library
) -> Iterator[Proposed]:
    least = max(LEAST_PASSAGES, PART * library.passages)
    for name, count in said.items():
        word = name.lower()
        often = written[word] >= least and capital[word] >= CAPITALS * written[word]
        if often and count >= LEAST_DOCUMENTS and not name.isupper() and word not in STOP_WORDS:
            yield Proposed(name, "name", count)


def _first(found: Iterable[Proposed]) -> list[Proposed]:
    """The most frequent, each id once."""
    kept: dict[str, Proposed] = {}
    for one in sorted(found, key=lambda one: (-one.count, one.name)):
        if one.id:
            kept.setdefault(one.id, one)
    return list(kept.values())[:MOST]


def _plain(heading: str) -> str:
    words = heading.strip(" .:").split()
    return " ".join(words).capitalize() if words else ""


def _tells(heading: str) -> bool:
    return 0 < len(heading.split()) <= LONGEST_HEADING and bool(tokens(heading))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
