"""Graded quotes, found again in an index by document and words.

A file of judgements has one question a line: `question`, `quotes` and perhaps `id` and `split`.
Each quote has `grade` (0 to 3), `quote` and perhaps `doc` (the path of its document, without which
it is not found again), `heading`, `symbol`, `label`, `subject` (the one that it was judged for, or
null) and `deep` (whether it lay far behind in its ranking). What is found is laid among the
candidates that the index itself has for the question, so that ranks and cosines are those of real
use.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbot.encoder import Encoder
from ragbot.errors import JudgeError
from ragbot.foreign_json import JsonError, foreign_json
from ragbot.index.generation import Generation
from ragbot.judge import Asked
from ragbot.judge.candidates import Candidate, Gatherer
from ragbot.retrieval import Filters, Query
from ragbot.retrieval.plan import PASSAGES_A_QUESTION, question_query
from ragbot.retrieval.search import Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.understand.form import open_forms

GRADES = (0, 1, 2, 3)
UNGRADED = -1
DEEP = 100  # passages searched, so that a graded quote behind the first ones has its place too


@dataclass(frozen=True, slots=True)
class GradedQuote:
    """A quote as it stands in a file of judgements."""

    grade: int
    quote: str
    document: str
    heading: str
    label: str
    subject: str | None
    symbol: str = ""
    deep: bool = False


@dataclass(frozen=True, slots=True)
class GradedQuestion:
    """A question with its graded quotes; `split` says what they may be used for."""

    id: str
    text: str
    split: str
    quotes: tuple[GradedQuote, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a judge sees of one question, or of one side of it, and the grades to compare with.

    `grades` stand in the order of the candidates: those of the first passages found, most of them
    UNGRADED, then graded ones that lie elsewhere. `missing` quotes were not found in the index.
    """

    question: str
    split: str
    asked: Asked
    candidates: tuple[Candidate, ...]
    grades: tuple[int, ...]
    missing: int


def read(file: Path) -> list[GradedQuestion]:
    """The questions of a file of judgements, plain or gzip.

    Raises:
        JudgeError: it cannot be read, or a line is none of the kind.
    """
    try:
        content = file.read_bytes()
        text = gzip.decompress(content) if file.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise JudgeError(f"{file} cannot be read ({error})") from error
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(_question(foreign_json(line)))
        except (JsonError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise JudgeError(
                f"{file}, line {number}: no question with graded quotes ({error!r})"
            ) from error
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a statement stands, and what stands above it: its headings and its label."""

    passage: int
    ordinal: int
    above: tuple[str, str]


class Finder:
    """Finds graded quotes again in one generation."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self._generation = generation
        self._searcher = Searcher(generation)
        self._gatherer = Gatherer(generation)
        self._guide, self._encoder = generation.guide, encoder
        self._vectors = QueryVectors(encoder, generation.guide)
        self._forms = open_forms()
        self._documents: dict[str, list[str]] = {}
        for row in generation.library.read("SELECT id, path FROM documents ORDER BY ordinal"):
            self._documents.setdefault(row["path"], []).append(row["id"])
        self._places: dict[str, dict[str, list[_Place]]] = {}

    def sheets(self, question: GradedQuestion) -> Iterator[Sheet]:
        """One sheet a subject that quotes of a question were judged for, in order of the file."""
        text = " ".join(question.text.split())
        for name in dict.fromkeys(quote.subject for quote in question.quotes):
            quotes = [quote for quote in question.quotes if quote.subject == name]
            subject = self._generation.guide.subject(name) if name else None
            query = question_query(self._generation.guide, text, subject, Filters())
            yield self._sheet(question, query, name, quotes)

    def _sheet(
        self,
        question: GradedQuestion,
        query: Query,
        subject: str | None,
        quotes: Sequence[GradedQuote],
    ) -> Sheet:
        (encoded,) = self._vectors.of([query])
        (ranked,) = self._searcher.rank([encoded], DEEP)
        candidates = self._gatherer.candidates(ranked[:PASSAGES_A_QUESTION])
        at = {candidate.said: place for place, candidate in enumerate(candidates)}
        grades = [UNGRADED] * len(candidates)
        rank = {found.ordinal: place for place, found in enumerate(ranked)}
        places = [(quote, self._place(quote, rank)) for quote in quotes]
        wanted = {place.ordinal: quote for quote, place in places if place}
        passages = {place.passage for _, place in places if place}
        for found in self._gatherer.of_passages(sorted(passages), ranked):
            quote = wanted.get(found.ordinal)
            if quote is None:
                continue
            if found.said in at:
                grades[at[found.said]] = quote.grade
            else:
                at[found.said] = len(candidates)
                candidates.append(found)
                grades.append(quote.grade)
        missing = sum(place is None for _, place in places)
        read = self._forms.read(
            question.text, self._vectors.of_text(question.text), self._guide, self._encoder.weights
        )
        asked = Asked(
            text=query.text,
            vector=encoded.vector,
            words=self._generation.lexical.weights(query.text),
            subject=subject,
            names=query.names,
            forms=dict(read.forms),
            wants_code=read.wants_code,
        )
        return Sheet(question.id, question.split, asked, tuple(candidates), tuple(grades), missing)

    def _place(self, quote: GradedQuote, rank: Mapping[int, int]) -> _Place | None:
        """Where a quote's words stand: below the same headings first, then in the best passage."""
        if quote.document not in self._places:
            self._places[quote.document] = self._read(quote.document)
        above = (quote.heading, quote.label)
        return min(
            self._places[quote.document].get(_squeezed(quote.quote), ()),
            key=lambda p: (p.above != above, rank.get(p.passage, DEEP), p.ordinal),
            default=None,
        )

    def _read(self, path: str) -> dict[str, list[_Place]]:
        """Where each text stands in the documents with that path."""
        library = self._generation.library
        found: dict[str, list[_Place]] = {}
        for document in self._documents.get(path, ()):
            passages = library.passages_of(document)
            for passage, ordinal, statement, text, heading in library.statements_of(passages):
                place = _Place(passage, ordinal, (heading, statement.label))
                found.setdefault(_squeezed(text), []).append(place)
        return found


def _question(found: Mapping[str, Any]) -> GradedQuestion:
    question = _text(found, "question")
    quotes = tuple(_quote(quote) for quote in found["quotes"])
    name = str(found.get("id") or question)
    return GradedQuestion(name, question, str(found.get("split", "")), quotes)


def _quote(found: Mapping[str, Any]) -> GradedQuote:
    grade = found["grade"]
    if grade not in GRADES or isinstance(grade, bool):
        raise ValueError(f"grade {grade!r} is not one of 0, 1, 2, 3")
    return GradedQuote(
        grade=int(grade),
        quote=_text(found, "quote"),
        document=str(found.get("doc") or ""),
        heading=str(found.get("heading") or ""),
        label=str(found.get("label") or ""),
        subject=found.get("subject"),
        symbol=str(found.get("symbol") or ""),
        deep=bool(found.get("deep")),
    )


def _text(found: Mapping[str, Any], name: str) -> str:
    text = found[name]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} is empty or no text")
    return text


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()
