"""What a question names beside its subjects, resolved before anything is searched.

A programming name means a document whose name ends in all its parts, whatever its case. The name
of a subject in front of it, or a prefix of the guide's, says whose it is and may be left out. A
part of a longer name is no match, and what belongs to one subject is never read as another's.
What is not written like code is read by the resolver, by what it has learnt (resolver.py).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ragbot.lexical.name_words import last
from ragbot.retrieval.symbols import symbol_spans
from ragbot.types import CounterpartRequest, Object, ObjectKind
from ragbot.understand.capitals import has_capitals
from ragbot.understand.language import pattern
from ragbot.understand.names import NamedDocument
from ragbot.understand.resolver import Reading
from ragbot.understand.vocabulary import Vocabulary

UNSEEN = 0.999  # share of the largest idf: no passage holds the word
TELLING = 0.33  # from which a page that holds initials is likely about them ("GPU" has 0.29)

_PLAIN = re.compile(r"(?<![\w.`'\u2019-])[A-Za-z][A-Za-z0-9]+(?![\w'\u2019]|\.\w)")
_INITIALS = re.compile(r"[A-Z]{2,}\d*")
_HUMPS = re.compile(r"(?:[A-Z][a-z]+){2,}\w*")
_MARKED = re.compile(r"\w{2}[._]|[._]\w{2}")


class ObjectFinder:
    """Finds and resolves what questions name; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._guide = vocabulary.guide
        self._names = vocabulary.names
        self._weights = vocabulary.weights

    def find(self, text: str, request: CounterpartRequest | None = None) -> tuple[Object, ...]:
        """The products, programming names and initials in a self-contained question, in order.

        Where it asks for a counterpart, a name means what that is asked of.
        """
        found = [
            Object(text[start:end], start, end, ObjectKind.PRODUCT, p.name, "", p.subject)
            for start, end, p in self._guide.products_in(text)
        ]
        chosen = self._chosen(text, request)
        asked = [one for one in chosen if request and one.document.id == request.document]
        for one in asked:
            if _is_free(one.start, one.end, found):
                name = text[one.start : one.end]
                found.append(self._resolved(text, name, one.start, one.end, one.document))
        for start, end, name in symbol_spans(text, self._guide.names):
            if _is_free(start, end, found):
                found += self._marked(text, name, start, end)
        for one in chosen:
            if _is_free(one.start, one.end, found):
                found += self._read(text, one)
        for match in _PLAIN.finditer(text):
            if _is_free(*match.span(), found):
                found += self._plain(text, match[0], *match.span())
        return tuple(sorted(found, key=lambda one: one.start))

    def _chosen(self, text: str, request: CounterpartRequest | None) -> list[Reading]:
        """The readings of a text, each as that of a subject that it names, if it names some.

        What a counterpart is asked for of is of another.
        """
        resolver = self._vocabulary.resolver
        readings = resolver.readings(text)
        named = set(readings.named)
        chosen = []
        for one in readings.apart(resolver.least, first=request.document if request else ""):
            own = [
                other
                for other in readings.all
                if (other.start, other.end) == (one.start, one.end)
                and named & set(other.document.subjects)
            ]
            if not named or (request and one.document.id == request.document):
                chosen.append(one)
            elif own:
                chosen.append(own[0])
        return chosen

    def _read(self, text: str, one: Reading) -> Iterator[Object]:
        """What the resolver read, once for each subject of a row of them ("Name in A and B")."""
        name = text[one.start : one.end]
        ending = last(next(iter(one.document.names)))
        forms = self._names.ending(ending)
        row = [s for s in self._row(text, one.end) if any(s in form.subjects for form in forms)]
        if len(row) > 1:
            yield from self._of_each(forms, text, name, one.start, one.end)
        else:
            yield self._resolved(text, name, one.start, one.end, one.document)

    def unknown(self, objects: Sequence[Object]) -> tuple[str, ...]:
        """The names that say whose they are, and that nothing in the corpus holds.

        What says nothing of that may be a name of the user's own program; and beside a name that is
        found the question can be answered all the same.
        """
        symbols = [one for one in objects if one.kind is ObjectKind.SYMBOL]
        if any(one.is_resolved for one in symbols):
            return ()
        return tuple(dict.fromkeys(one.text for one in symbols if one.subject))

    def _marked(self, text: str, name: str, start: int, end: int) -> Iterator[Object]:
        """A word that looks like a programming name, or stands as code.

        One that only looks so (`GPUs`) is one where it has a document.
        """
        meant = self._document(text, name, start, end)
        if meant and not self._owner(name) and self._row(text, end):
            yield from self._of_each(self._names.ending(name), text, name, start, end)
            return
        if meant:
            yield self._resolved(text, name, start, end, meant)
            return
        held = name if self._is_held(name) else ""
        is_code = _MARKED.search(name) or text[end : end + 1] in ("(", "`")
        if is_code or (held and _HUMPS.fullmatch(name)):
            written = text[start:end]
            yield Object(written, start, end, ObjectKind.SYMBOL, held, "", self._owner(name))

    def _plain(self, text: str, word: str, start: int, end: int) -> Iterator[Object]:
        """A word that the resolver did not read, but that is a name by its capitals."""
        if word.lower() in self._guide.names:
            return
        if word.lower() not in self._names.lasts:
            yield from self._initials(word, start, end)
        elif has_capitals(text, word, start, self._vocabulary):
            named = set(self._subjects(text, word, start, end))
            fitting = [one for one in self._names.ending(word) if one.has_case(word)]
            found = [one for one in fitting if named & set(one.subjects)] or fitting
            if found:
                yield from self._of_each(found, text, word, start, end)

    def _initials(self, word: str, start: int, end: int) -> Iterator[Object]:
        """Initials that narrow a question down ("FSDP"): something that passages tell of."""
        weight = min(self._weights(word).values(), default=0.0)
        if _INITIALS.fullmatch(word) and weight >= TELLING:
            held = word if weight < UNSEEN else ""
            yield Object(word, start, end, ObjectKind.FEATURE, held)

    def _of_each(
        self, found: Sequence[NamedDocument], text: str, name: str, start: int, end: int
    ) -> Iterator[Object]:
        """A name once, or once for each subject of a row of them ("Name in A and B")."""
        row = self._row(text, end)
        owned = {s: [one for one in found if s in one.subjects] for s in row}
        for subject, own in owned.items():
            if own:
                meant = self._likeliest(own, name, text, start, end)
                yield replace(self._resolved(text, name, start, end, meant), subject=subject)
        if not any(owned.values()):
            meant = self._likeliest(found, name, text, start, end)
            yield self._resolved(text, name, start, end, meant)

    def _row(self, text: str, end: int) -> tuple[str, ...]:
        """The subjects that a name is said to be of; () where they are not several."""
        after = [one for one in self._guide.mentions(text) if one[0] >= end]
        row = after[:1]
        for one in after[1:]:
            if not pattern("joint").fullmatch(text, row[-1][1], one[0]):
                break
            row.append(one)
        subjects = tuple(dict.fromkeys(subject for _, _, subject in row))
        is_near = row and pattern("of_subjects").fullmatch(text, end, row[0][0])
        return subjects if is_near and len(subjects) > 1 else ()

    def _resolved(self, text: str, name: str, start: int, end: int, meant: NamedDocument) -> Object:
        """A name with its document."""
        subjects = self._subjects(text, name, start, end)
        own = [s for s in subjects if s in meant.subjects]
        only = {one.subjects for one in self._names.ending(name)} | {meant.subjects}
        subject = own[0] if own else meant.subjects[0] if len(only) == 1 else ""
        is_public = name.lower() in (one.lower() for one in meant.names)
        shown = next((one for one in meant.names if one.lower() == name.lower()), meant.names[0])
        read_as = "" if is_public else shown
        return Object(
            text[start:end], start, end, ObjectKind.SYMBOL, shown, meant.id, subject, read_as
        )

    def _document(self, text: str, name: str, start: int, end: int) -> NamedDocument | None:
        """The document of a name: whole, or without what says whose it is."""
        owner, parts = self._owner(name), name.split(".")
        for at in range(len(parts)):
            if at and not (owner and self._owner(".".join((*parts[:at], "")))):
                break
            ending = ".".join(parts[at:])
            found = [
                one for one in self._names.ending(ending) if not owner or owner in one.subjects
            ]
            if found:
                return self._likeliest(found, ending, text, start, end, name)
        return None

    def _likeliest(
        self,
        found: Sequence[NamedDocument],
        ending: str,
        text: str,
        start: int,
        end: int,
        name: str = "",
    ) -> NamedDocument:
        """The document that is meant: of the nearest subject, in the same case, least hidden."""
        subjects = self._subjects(text, name or ending, start, end)

        def unlikely(one: NamedDocument) -> tuple[int, bool, int, bool, str]:
            places = [at for at, subject in enumerate(subjects) if subject in one.subjects]
            fitting = one.ending(ending)
            return (
                min(places, default=len(subjects)),
                not one.has_case(ending),
                fitting[0].count("."),
                fitting[0] != one.names[0],
                one.names[0],
            )

        return min(found, key=unlikely)

    def _owner(self, name: str) -> str:
        """The subject that a dotted name says it is of, "" where it says none."""
        if "." not in name:
            return ""
        found = self._guide.subjects_in(f"{name}x" if name.endswith(".") else name)
        return found[0] if found else ""

    def _subjects(self, text: str, name: str, start: int, end: int) -> list[str]:
        """The subjects that a name may be of: as it says, then the nearest named first."""
        gaps: dict[str, int] = {}
        for a, b, subject in self._guide.mentions(text):
            gap = a - end if a >= end else start - b
            if gap >= 0:
                gaps[subject] = min(gap, gaps.get(subject, gap))
        owner = self._owner(name)
        nearest = sorted(gaps, key=gaps.__getitem__)
        return list(dict.fromkeys([*([owner] if owner else []), *nearest]))

    def _is_held(self, name: str) -> bool:
        """Whether a passage holds a name as it is written, or a documented name begins with it."""
        return self._weights(name).get(name.lower(), 1.0) < UNSEEN or self._names.begins(name)


def _is_free(start: int, end: int, found: Sequence[Object]) -> bool:
    return not any(start < one.end and one.start < end for one in found)
