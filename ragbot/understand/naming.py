"""What tells whether a text means a programming name: its signs, in figures."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ragbot.lexical.name_words import number, stemmed, words
from ragbot.understand.lexicon import Lexicon, Match
from ragbot.understand.written import Written

LEAST_COVERED = 0.55  # share of a name, by weight, that a text must hold of it
MOST = 60  # names looked at
MOST_LEFT_OUT = 6

_MARKED = re.compile(r"[a-z0-9]_|_[a-z0-9]|[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z]\d[a-z]")
_ENCLOSED = frozenset("(`\"'\u201c\u201d\u2018\u2019")
_DOTTED = re.compile(r"(?:\.\w+)*\.")
_PATH = re.compile(r"[\w.]*\.")
_WRITTEN_BEFORE = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*\.$")
_CUT = re.compile(r"_?")

SIGNS = (
    "covered",  # share of the name, by weight, that the text holds
    "missed",  # weight of its words that it does not hold
    "worst",  # worth of the word held worst
    "dense",  # share of the words from the first to the last of it that are its own
    "pieces",  # how many words of the text it takes
    "weight",  # their weight in the corpus
    "share",  # their share of the weight of all words of the text
    "rest",  # the weight of the others
    "exact",  # spelt the same but for case and what parts words
    "case",  # spelt the same
    "coded",  # written like code
    "called",  # a bracket or a quotation mark behind it
    "plain",  # one plain word, by how common that is
    "several",  # a name of several words
    "path_beside",  # weight of a word of its path that stands beside it
    "path_before",  # share of the dotted parts before it that are of its path
    "owned",  # the dotted part before it is of its subject
    "foreign",  # ... of another
    "named",  # its subject is named
    "near",  # its subject is the one named nearest
    "target",  # how likely its subject is the one in which a counterpart is asked for
    "aside",  # how far the parts of its path are those of second names
    "old",  # deprecated
    "member",  # a member of a class
    "depth",
    "left_out",  # parts of its path that the text does not write in front of it
    "class",
    "numbers",  # it has a number that the text lacks
    "cut_before",  # the text goes on before it in the same word
    "cut_behind",
    "longer",  # how many more words another name takes here that the text holds whole
    "whole",  # the text holds it whole
)
_PLACE = {name: at for at, name in enumerate(SIGNS)}
_CLEAREST = ("covered", "exact", "owned", "case", "near")
Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a text may name at `[start, end)`, which is the pieces `[first, behind)`."""

    entry: int
    start: int
    end: int
    first: int
    behind: int
    spelling: str


class NameSigns:
    """Gives the candidates of a text with their signs; safe to share between threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        documents = lexicon.documents
        self.paths = [_path(one.names[0]) for one in documents]
        self._seconds = _seconds([one.names for one in documents])
        self.asides = [self._aside(one.names[0]) for one in documents]
        self.members = [is_member(one.names[0]) for one in documents]

    def candidates(self, one: Written) -> tuple[list[Candidate], Rows]:
        """The documents that a text may name, and a row of SIGNS for each."""
        best: dict[int, tuple[tuple[float, ...], Candidate, list[float]]] = {}
        numbers = {number(piece.text) for piece in one.pieces}
        found = self.lexicon.matches(one.text, one.pieces, LEAST_COVERED)
        weighed = [(match.covered * self._weight(one, match), match) for match in found]
        weighed.sort(key=lambda entry: -entry[0])
        for _, match in weighed[:MOST]:
            places = match.places
            common = self._of_name(one, match, places, numbers)
            for entry, spelling in self.lexicon.entries(match.name):
                made = Candidate(
                    entry,
                    one.pieces[places[0]].start,
                    one.pieces[places[-1]].end,
                    places[0],
                    places[-1] + 1,
                    spelling,
                )
                row = self._of_entry(one, made, dict(common))
                key = tuple(row[_PLACE[sign]] for sign in _CLEAREST)
                if entry not in best or key > best[entry][0]:
                    best[entry] = (key, made, row)
        chosen = [made for _, made, _ in best.values()]
        rows = np.array([row for _, _, row in best.values()], dtype=np.float64)
        rows = rows.reshape(-1, len(SIGNS))
        _compare(chosen, rows)
        return chosen, rows

    def _weight(self, one: Written, match: Match) -> float:
        return float(sum(one.weights[at] for at in match.places) ** 0.5)

    def _of_name(
        self, one: Written, match: Match, places: Sequence[int], numbers: Collection[str]
    ) -> dict[str, float]:
        """The signs that all documents of a name share."""
        name = self.lexicon.names[match.name]
        first, behind = places[0], places[-1] + 1
        start, end = one.pieces[first].start, one.pieces[behind - 1].end
        weight = sum(one.weights[at] for at in places)
        worst = min(worth for worth, _, _ in match.found.values())
        spelt = one.text[start:end]
        exact = "".join(words(spelt)) == "".join(name)
        is_code = bool(_MARKED.search(spelt)) or one.text[start - 1 : start] == "."
        between = one.pieces[first - 1].end if first else -1
        then = one.pieces[behind].start if behind < len(one.pieces) else -1
        return {
            "covered": match.covered,
            "missed": sum(
                self.lexicon.weight(stemmed(word))
                for at, word in enumerate(name)
                if at not in match.found
            ),
            "worst": worst,
            "dense": weight / (sum(one.weights[first:behind]) or 1.0),
            "pieces": len(places),
            "weight": weight,
            "share": weight / (sum(one.weights) or 1.0),
            "rest": sum(one.weights) - weight,
            "exact": exact,
            "coded": is_code and exact,
            "called": one.text[end : end + 1] in _ENCLOSED and end < len(one.text),
            "plain": (1 - one.weights[first]) * (len(places) == 1 and not is_code),
            "several": len(name) > 1,
            "numbers": any(number(word) not in ("", *numbers) for word in name),
            "cut_before": between >= 0 and bool(_CUT.fullmatch(one.text, between, start)),
            "cut_behind": then >= 0 and bool(_CUT.fullmatch(one.text, end, then)),
            "whole": match.covered >= 0.9 and worst > 0.8,
        }

    def _of_entry(self, one: Written, made: Candidate, signs: dict[str, float]) -> list[float]:
        document = self.lexicon.documents[made.entry]
        subject, path = document.subjects[0], self.paths[made.entry]
        beside = {
            one.pieces[at].stem for at in (made.first - 1, made.behind) if 0 <= at < len(one.pieces)
        }
        before = {
            piece.stem
            for piece in one.pieces[: made.first]
            if _PATH.fullmatch(one.text, piece.end, made.start)
        }
        owner = next(
            (s for _, end, s in one.mentions if _DOTTED.fullmatch(one.text, end, made.start)), ""
        )
        gaps = [(min(abs(made.start - b), abs(a - made.end)), s) for a, b, s in one.mentions]
        signs |= {
            "case": made.spelling == one.text[made.start : made.end],
            "path_beside": max(
                (self.lexicon.weight(word) for word in path if word in beside), default=0.0
            ),
            "path_before": sum(word in before for word in path) / (len(before) or 1),
            "owned": owner == subject,
            "foreign": bool(owner) and owner != subject,
            "named": subject in one.subjects,
            "near": bool(gaps) and min(gaps)[1] == subject,
            "target": one.targets.get(subject, 0.0),
            "aside": self.asides[made.entry],
            "old": document.is_old,
            "member": self.members[made.entry],
            "depth": document.names[0].count("."),
            "left_out": _left_out(one.text, made, document.names),
            "class": made.spelling[:1].isupper(),
            "longer": 0.0,
        }
        return [float(signs[name]) for name in SIGNS]

    def _aside(self, name: str) -> float:
        return max((self._seconds.get(part, 0.0) for part in name.split(".")[:-1]), default=0.0)


def _left_out(text: str, made: Candidate, names: Sequence[str]) -> int:
    """How many parts of a name a text leaves out; MOST_LEFT_OUT where it writes other ones.

    The first part that it writes may be a nickname.
    """
    before = _WRITTEN_BEFORE.search(text, 0, made.start)
    spelt = f"{before[0] if before else ''}{made.spelling}".lower()
    forms = (spelt, spelt.partition(".")[2]) if "." in spelt else (spelt,)
    left = [
        name.count(".") - spelt.count(".")
        for name in names
        for form in forms
        if form and f".{name.lower()}".endswith(f".{form}")
    ]
    return max(0, min(left, default=MOST_LEFT_OUT))


def is_member(name: str) -> bool:
    """Whether a name is, by its form, that of a member of a class."""
    parts = name.split(".")
    return len(parts) > 1 and parts[-2][:1].isupper()


def _path(name: str) -> tuple[str, ...]:
    """The stems of the words between the first and the last part of a name."""
    return tuple(stemmed(word) for part in name.split(".")[1:-1] for word in words(part))


def _seconds(names: Sequence[Sequence[str]]) -> dict[str, float]:
    """For each part of a path how many of the names that have it are second names."""
    seconds: dict[str, int] = {}
    total: dict[str, int] = {}
    for document in names:
        for at, name in enumerate(document):
            for part in set(name.split(".")[:-1]):
                total[part] = total.get(part, 0) + 1
                seconds[part] = seconds.get(part, 0) + (at > 0)
    return {part: seconds[part] / count for part, count in total.items()}


def _compare(chosen: Sequence[Candidate], rows: Rows) -> None:
    """Tell of each candidate how much longer a name is that the text holds whole in its place."""
    whole = [one for one, row in zip(chosen, rows, strict=True) if row[_PLACE["whole"]]]
    spans = {(one.first, one.behind) for one in whole}
    for one, row in zip(chosen, rows, strict=True):
        size = one.behind - one.first
        row[_PLACE["longer"]] = max(
            (b - a - size for a, b in spans if a <= one.first and one.behind <= b), default=0
        )
