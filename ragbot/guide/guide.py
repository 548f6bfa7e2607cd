"""What is compared, and on what: subjects and aspects of subjects.toml, found in texts."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ragbot.guide.entries import Aspect, Product, Subject

_SYMBOL = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)+")


@dataclass(frozen=True)
class Guide:
    """Subjects, products and aspects of one corpus; `text` is the file it was made from."""

    subjects: tuple[Subject, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    all_words: tuple[str, ...] = ()
    general_words: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    products: tuple[Product, ...] = ()

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

    def products_in(self, text: str) -> list[tuple[int, int, Product]]:
        """(start, end, product) of every product that a text names, in order."""
        pattern = self._product_pattern
        return [
            (match.start(), match.end(), self._products[_squeeze(match.group().lower())])
            for match in (pattern.finditer(text) if pattern else ())
        ]

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
        """Every id, name and alias of the subjects and products, in lower case."""
        return self._names.keys() | self._products.keys()

    def _owner(self, symbol: str) -> str | None:
        """The subject of a programming name: by its prefix, or the name that it begins with."""
        prefixes = [prefix for prefix in self._symbols if symbol.startswith(prefix)]
        if prefixes:
            return self._symbols[max(prefixes, key=len)]
        first, *rest = symbol.split(".")
        # `Name.Other` is likely another thing's name.
        return self._names.get(first.lower()) if first.islower() or len(rest) > 1 else None

    @cached_property
    def _names(self) -> dict[str, str]:
        owned = {name: p.subject for name, p in self._products.items() if p.subject}
        return owned | {
            _squeeze(name.lower()): subject.id
            for subject in self.subjects
            for name in (subject.id, subject.name, *subject.aliases)
        }

    @cached_property
    def _products(self) -> dict[str, Product]:
        return {
            _squeeze(name.lower()): product
            for product in self.products
            for name in (product.id, product.name, *product.aliases)
        }

    @cached_property
    def _product_pattern(self) -> re.Pattern[str] | None:
        return re.compile(_plain(self._products), re.IGNORECASE) if self._products else None

    @cached_property
    def _symbols(self) -> dict[str, str]:
        return {prefix: subject.id for subject in self.subjects for prefix in subject.symbols}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # A symbol first, so that `tf.keras.layers` is one mention.
        named = f"|(?i:{_plain(self._names)})" if self._names else ""
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


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _plain(names: Iterable[str]) -> str:
    """A pattern of some names, the longest first; a name may not go on as a programming name."""
    found = sorted(names, key=len, reverse=True)
    plain = "|".join(r"\s+".join(map(re.escape, name.split())) for name in found)
    return rf"(?<![\w.\-])(?:{plain})(?![\w]|\.\w)"


def _words_pattern(words: Iterable[str]) -> re.Pattern[str]:
    parts = []
    for word in sorted({word.lower() for word in words}, key=lambda word: (-len(word), word)):
        stem, star = (word[:-1], r"\w*") if word.endswith("*") else (word, "")
        body = r"[\s\-]+".join(map(re.escape, re.split(r"[\s\-]+", stem)))
        parts.append(rf"{body}{star}")
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
