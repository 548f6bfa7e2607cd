"""What is compared, and on what: subjects and aspects of subjects.toml, found in texts."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragbot import toml_file
from ragbot.errors import ConfigError

_SYMBOL = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)+")

# A name without a letter or digit would be found everywhere in a text.
Name = Annotated[str, Field(pattern=r"\w")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: Name


class Subject(_Entry):
    """One thing that is compared; `symbols` are prefixes of its programming names."""

    aliases: tuple[Name, ...] = ()
    symbols: tuple[Name, ...] = ()


class Aspect(_Entry):
    """One thing that subjects are compared on; a word ending in `*` stands for a stem."""

    description: str = Field(min_length=1)
    words: tuple[Name, ...] = ()


class _All(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[Name, ...] = ()
    general: tuple[Name, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    all: _All = _All()
    subject: tuple[Subject, ...] = ()
    aspect: tuple[Aspect, ...] = ()


@dataclass(frozen=True)
class Guide:
    """The subjects and aspects of one corpus; `text` is the file it was made from."""

    subjects: tuple[Subject, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    all_words: tuple[str, ...] = ()
    general_words: tuple[str, ...] = ()
    text: str = field(default="", repr=False)

    def subjects_in(self, text: str) -> tuple[str, ...]:
        """Ids of the subjects that a text names, by name, alias or symbol, in order of mention."""
        return tuple(dict.fromkeys(name for _, _, name in self.mentions(text)))

    def mentions(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, subject id) of every mention in a text, in order, without overlaps."""
        found = []
        for match in self._pattern.finditer(text):
            word = match.group().lower()
            subject = self._names.get(_squeeze(word)) or self._owner(match.group())
            if subject:
                found.append((match.start(), match.end(), subject))
        return found

    def aspects_in(self, text: str) -> tuple[str, ...]:
        """Ids of the aspects whose words occur in a text, most words first, then file order."""
        counts = {aspect.id: self.aspect_words(aspect.id, text) for aspect in self.aspects}
        named = [name for name, count in counts.items() if count]
        return tuple(sorted(named, key=lambda name: -counts[name]))

    def aspect_words(self, aspect: str, text: str) -> int:
        """How many different words of an aspect occur in a text."""
        found = self._aspect_patterns[aspect].finditer(text)
        return len({_squeeze(match.group().lower()) for match in found})

    def aspect_spans(self, aspect: str, text: str) -> list[tuple[int, int]]:
        """(start, end) of every word of an aspect in a text."""
        return [match.span() for match in self._aspect_patterns[aspect].finditer(text)]

    def asks_for_all(self, text: str) -> bool:
        """Whether a question means every subject without naming one ("which framework ...")."""
        return bool(self._all_pattern and self._all_pattern.search(text))

    def general_spans(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of every word in a text that speaks of the whole field."""
        pattern = self._general_pattern
        return [match.span() for match in pattern.finditer(text)] if pattern else []

    def subject(self, name: str) -> Subject | None:
        """The subject with that id, name or alias, whatever its case."""
        found = self._names.get(_squeeze(name.lower()))
        return next((subject for subject in self.subjects if subject.id == found), None)

    def name_of(self, subject: str) -> str:
        """The name of a subject as shown; what is no subject is called what it is called."""
        found = self.subject(subject)
        return found.name if found else subject

    def aspect(self, name: str) -> Aspect | None:
        """The aspect with that id or name, else the one with that word."""
        wanted = name.lower()
        for aspect in self.aspects:
            if wanted in (aspect.id, aspect.name.lower()):
                return aspect
        return next((aspect for aspect in self.aspects if wanted in aspect.words), None)

    @property
    def names(self) -> Collection[str]:
        """Every id, name and alias of the subjects, in lower case."""
        return self._names.keys()

    def _owner(self, symbol: str) -> str | None:
        prefixes = [prefix for prefix in self._symbols if symbol.startswith(prefix)]
        return self._symbols[max(prefixes, key=len)] if prefixes else None

    @cached_property
    def _names(self) -> dict[str, str]:
        return {
            _squeeze(name.lower()): subject.id
            for subject in self.subjects
            for name in (subject.id, subject.name, *subject.aliases)
        }

    @cached_property
    def _symbols(self) -> dict[str, str]:
        return {prefix: subject.id for subject in self.subjects for prefix in subject.symbols}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = sorted(self._names, key=len, reverse=True)
        plain = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
        # A symbol first, so that `tf.keras.layers` is one mention; a name may not go on as one.
        named = rf"|(?<![\w.\-])(?i:{plain})(?![\w]|\.\w)" if names else ""
        return re.compile(_SYMBOL.pattern + named)

    @cached_property
    def _aspect_patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {aspect.id: _words_pattern((aspect.name, *aspect.words)) for aspect in self.aspects}

    @cached_property
    def _all_pattern(self) -> re.Pattern[str] | None:
        return _words_pattern(self.all_words) if self.all_words else None

    @cached_property
    def _general_pattern(self) -> re.Pattern[str] | None:
        words = (*self.all_words, *self.general_words)
        return _words_pattern(words) if words else None


def load(path: Path) -> Guide:
    """Read a subjects.toml.

    Raises:
        ConfigError: it is missing, no TOML, or says something that has no meaning here.
    """
    try:
        return parse(toml_file.read_text(path), str(path))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error


def parse(text: str, name: str = "subjects.toml") -> Guide:
    """Make a Guide of the text of a subjects.toml; `name` is what errors call it."""
    try:
        file = _File.model_validate(toml_file.parse(text, name))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{name}: {where}: {first['msg'].lower()}") from error
    for kind, entries in (("subject", file.subject), ("aspect", file.aspect)):
        twice = _first_twice(entry.id for entry in entries)
        if twice:
            raise ConfigError(f"{name}: two [[{kind}]] entries have the id {twice!r}")
    return Guide(file.subject, file.aspect, file.all.words, file.all.general, text)


def _first_twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _words_pattern(words: Iterable[str]) -> re.Pattern[str]:
    parts = []
    for word in sorted({word.lower() for word in words}, key=lambda word: (-len(word), word)):
        stem, star = (word[:-1], r"\w*") if word.endswith("*") else (word, "")
        body = r"[\s\-]+".join(map(re.escape, re.split(r"[\s\-]+", stem)))
        parts.append(rf"{body}{star}")
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
