"""What presents a thing as current that another source says to be on its way out."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ragbot.answer.conflicts.assertions import Assertion
from ragbot.answer.conflicts.known import Known, Told
from ragbot.index.generation import Generation
from ragbot.retrieval import Vector
from ragbot.types import ON_ITS_WAY_OUT, BlockKind

PASSAGES = 300  # that name a thing and are looked at
ITEM_WORDS = 5  # an item of so many words that begins with the thing lists it as supported

_QUOTES = (
    'SELECT s.ordinal, s.start, s."end", s.kind, s.label, s.subjects, s.facts, d.id, '
    'substr(d.text, s.start + 1, s."end" - s.start) AS quote FROM statements s '
    "JOIN passages p ON p.ordinal = s.passage JOIN documents d ON d.ordinal = p.document "
    "WHERE s.kind != ? AND s.passage IN (SELECT value FROM json_each(?)) ORDER BY s.ordinal"
)
_DOUBT = re.compile(
    r"deprecat|legacy|no longer|replac|supersed|remov|unmaintain|discontinu|obsolete|migrat|"
    r"not be available|end of life|instead of|in favou?r|\bnot\b|\bno\b|\bold(?:er)?\b|\bprior\b|"
    r"\bbefore\b|\buntil\b|\bunlike\b|\bbut\b|\?$",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"deprecat|no longer|superseded|discontinued|not recommended|not be available|final release|"
    r"maintenance mode|end of life|obsolete",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Presented:
    """A statement that presents a thing; `listed`: it is a short item of a list."""

    told: Told
    vector: Vector
    listed: bool


class Presenting:
    """Finds, for each thing on its way out, what presents it; what was found is kept."""

    def __init__(self, generation: Generation, known: Known) -> None:
        self._generation = generation
        self._known = known
        self._found: dict[tuple[str, str], tuple[Presented, ...]] = {}

    def of(self, thing: Assertion, subject: str) -> tuple[Presented, ...]:
        """The statements of a subject that present a thing as what one uses, by ordinal."""
        key = (thing.about, subject)
        if key not in self._found:
            self._found[key] = tuple(self._search(thing, subject))
        return self._found[key]

    def _search(self, thing: Assertion, subject: str) -> list[Presented]:
        name = naming(thing)
        scores = self._generation.lexical.scores(" ".join(thing.words))
        order = np.lexsort((np.arange(len(scores)), -scores))[:PASSAGES]
        passages = json.dumps([int(row) for row in order if scores[row] > 0])
        rows = self._generation.library.read(_QUOTES, BlockKind.CODE, passages)
        aware = {
            row["id"] for row in rows if _AGAINST.search(row["quote"]) and name.search(row["quote"])
        }
        found = []
        for row in rows:
            kind, document, quote = BlockKind(row["kind"]), row["id"], row["quote"]
            listed = _short(kind, quote)
            if (
                subject not in json.loads(row["subjects"])
                or (document in aware and not listed)
                or ON_ITS_WAY_OUT & set(json.loads(row["facts"]))
                or not presents(thing, kind, row["label"], quote)
            ):
                continue
            span = document, row["start"], row["end"]
            told = Told(row["ordinal"], span, quote, thing, self._known.voices[document])
            vector = self._generation.statement_vectors[row["ordinal"]].astype(np.float32)
            found.append(Presented(told, vector, listed))
        return found


def presents(thing: Assertion, kind: BlockKind, label: str, quote: str) -> bool:
    """Whether a statement presents a thing as what one uses, with no word against it."""
    if _DOUBT.search(f"{label} {quote}"):
        return False
    sentence, name = _patterns(next(iter(thing.values)), thing.words)
    return bool(name.match(quote) if _short(kind, quote) else sentence.search(quote))


def names(thing: Assertion, text: str) -> bool:
    """Whether a text names a thing, also where it sets it apart ("Nest Script", NestScript)."""
    return bool(naming(thing).search(text) or _set_apart(thing.words).search(text))


@lru_cache(maxsize=1024)
def _set_apart(words: tuple[str, ...]) -> re.Pattern[str]:
    letters = r"[\s_-]*".join(map(re.escape, re.sub(r"[\s_-]+", "", "".join(words))))
    return re.compile(rf"(?<!\w){letters}s?(?!\w)", re.IGNORECASE)


def naming(thing: Assertion) -> re.Pattern[str]:
    """How a thing is named in a text."""
    return _patterns(next(iter(thing.values)), thing.words)[1]


def _short(kind: BlockKind, quote: str) -> bool:
    return kind is BlockKind.LIST_ITEM and len(quote.split()) <= ITEM_WORDS


@lru_cache(maxsize=1024)
def _patterns(thing: str, words: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a thing is presented in a sentence, and how it is named."""
    name = _named(thing, words)
    listed = rf"(?:[\w.+#/ -]+, (?:and |or )?)*(?:[\w.+#/ -]+ (?:and|or) )?{name}"
    if " for " in thing:  # "Name for X": what supports X is meant, not all that is said of X
        said = rf"\b(?i:supports?|bindings? (?:for|in)|available (?:in|for)) {listed}"
    else:
        said = (
            rf"{name}(?: \w+)? (?i:is (?:an?|the|currently|recommended)|provides?|allows?|offers?|"
            rf"enables?|lets|makes|supports?)\b|"
            rf"\b(?i:us(?:e|es|ing)|via|through|with|on|supports?|recommend\w*|called|by)"
            rf" (?:the |an? )?{listed}|{name} support\b"
        )
    return re.compile(said), re.compile(name)


def _named(thing: str, words: tuple[str, ...]) -> str:
    if re.search(r"[._]", thing) and " " not in thing:
        parts = thing.split(".")
        whole = re.escape(thing)
        if len(parts) > 3:
            whole += "|" + re.escape(".".join(parts[:-1]))
        return rf"(?<![\w.])(?:{whole})(?!\.?\w)"
    joint = r"[\s/_-]+"
    said = joint.join(re.escape(word.removesuffix("s")) + "s?" for word in words)
    return rf"(?<![\w.-])(?i:{said})(?![\w.]*\d)(?!-?\w|\.\w)"
