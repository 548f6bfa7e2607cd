"""An assistant whose answers are known beforehand, for what a real index seldom says on demand."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from ragbot.assistant import Turn
from ragbot.errors import NotFoundError, QuestionError
from ragbot.guide import Aspect, Guide, Subject
from ragbot.retrieval import Filters
from ragbot.types import (
    Address,
    Age,
    Agreement,
    Answer,
    Authority,
    BlockKind,
    Cell,
    CellStatus,
    Check,
    Citation,
    Claim,
    Column,
    Conflict,
    Coverage,
    DisagreementKind,
    Document,
    Evidence,
    Hit,
    Mark,
    MarkKind,
    Passage,
    Question,
    QuestionKind,
    Refusal,
    Row,
    Side,
    Source,
    Summary,
    SummaryStatus,
)
from ragbot.understand.suggestions import Suggestion

from .written import DOCUMENTS, HOSTILE, SOURCES

NAMES = {"kestrel": "Kestrel", "osprey": "Osprey", "heron": "Heron"}
ASPECTS = {"speed": "Speed", "learning": "Learning curve"}
QUOTES = {
    "verdict": ("bird-review", "For a tool on one machine we would take Kestrel; where many people "
                "write at once, Osprey is the safer choice.", BlockKind.PROSE, ""),
    "what": ("kestrel-manual", "🦅 Kestrel is an embedded database 🪶 one file for all data.",
             BlockKind.PROSE, ""),
    "read": ("kestrel-manual", "Kestrel answers a point read in 4 microseconds on a laptop.",
             BlockKind.PROSE, ""),
    "minutes": ("bird-review", "ten minutes", BlockKind.TABLE_ROW,
                "Time to the first query | Kestrel"),
    "afternoon": ("bird-review", "Osprey needed an afternoon before the first query ran, most of "
                  "it spent in its configuration.", BlockKind.PROSE, ""),
    "writes": ("osprey-at-scale", "Osprey sustains 40,000 writes per second on three machines.",
               BlockKind.PROSE, ""),
    "hostile": ("osprey-at-scale", f"Osprey escapes {HOSTILE} in its console.",
                BlockKind.PROSE, ""),
    "code": ("kestrel-manual", 'import kestrel\n\nwith kestrel.open("birds.db") as db:\n'
             '    db.put("falcon", b"fast")\n    print(db.get("falcon"))', BlockKind.CODE, ""),
}  # fmt: skip
ELSEWHERE = tuple(
    Address("bird-mirror", f"Copy {i} of the review", url, f"{i}.md", "2023", "undated", "")
    for i, url in enumerate(
        ["https://mirror.example/review", "javascript:alert(1)", *["unknown"] * 5]
    )
)
NO_FILTERS = Filters()
REFUSAL = "The documents say nothing about the weather on Mars."


MANIFEST = SimpleNamespace(
    name="20260101-000000",
    built="2026-01-01T00:00:00+00:00",
    counts=SimpleNamespace(documents=len(DOCUMENTS), passages=9, statements=20),
    encoder=SimpleNamespace(name="none"),
)


class ScriptedLibrary:
    """The documents of `written`, one passage each."""

    def __init__(self) -> None:
        self._documents = {document.id: document for document in DOCUMENTS}

    def sources(self) -> tuple[Source, ...]:
        """Every source."""
        return SOURCES

    def source_counts(self) -> dict[str, tuple[int, int]]:
        """One document and one passage a source."""
        return {source.id: (1, 1) for source in SOURCES}

    def document(self, name: str) -> Document:
        """The document of an id."""
        if name not in self._documents:
            raise NotFoundError(f"there is no document {name!r} in this index")
        return self._documents[name]

    def passage(self, name: str) -> Passage:
        """The passage of an id, which is its document's with a p in front."""
        if name.removeprefix("p-") not in self._documents:
            raise NotFoundError(f"there is no passage {name!r} in this index")
        document = self._documents[name.removeprefix("p-")]
        end = len(document.text)
        return Passage(name, document.id, 0, end, (), "", document.text, "", document.subjects)

    def surroundings(self, name: str) -> tuple[Passage | None, Passage | None]:
        """Nothing before, the review after."""
        return None, self.passage("p-bird-review")


class ScriptedAssistant:
    """Chooses among written answers by a word of the question; `asked` keeps what it was given."""

    def __init__(self, delay: float = 0, summary: Summary | None = None) -> None:
        self.asked: list[tuple[str, tuple[Turn, ...], Filters]] = []
        self.guide = Guide(
            subjects=tuple(
                Subject(id=key, name=name, aliases=(key[:3],)) for key, name in NAMES.items()
            ),
            aspects=tuple(
                Aspect(id=key, name=name, description="Written for a test.", words=(key,))
                for key, name in ASPECTS.items()
            ),
        )
        self.generation = SimpleNamespace(
            name="20260101-000000", library=ScriptedLibrary(), manifest=MANIFEST
        )
        self.delay = delay
        self.summary = summary

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = NO_FILTERS
    ) -> Answer:
        """The written answer that fits."""
        self.asked.append((question, tuple(history), filters))
        time.sleep(self.delay)
        text = question.strip().lower()
        if not text:
            raise QuestionError("the question is empty; ask something")
        if "break" in text:
            raise ZeroDivisionError("a secret of the inside")
        if "mars" in text:
            return self._refusal(question)
        if "disagree" in text:
            return _disputed(self._comparison(question, history))
        if "open" in text or "script" in text:
            return self._findings(question, ("what", "code", "hostile"))
        return self._comparison(question, history)

    def names(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """One name, whatever is asked."""
        if not text.strip():
            raise QuestionError("the question is empty; ask something")
        return (Suggestion("kestrel.read", "kestrel", "kestrel", text, 0, len(text), 0.5),)[:limit]

    def compare(
        self,
        subjects: Sequence[str],
        aspects: Sequence[str] = (),
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """The comparison, for subjects that are known."""
        for name in subjects:
            if name not in NAMES:
                known = ", ".join(NAMES)
                raise QuestionError(f"there is no subject {name!r}; the subjects are {known}")
        return self._comparison(f"compare {', '.join(subjects)}", ())

    def summaries(self, answer: Answer) -> Iterator[Summary]:
        """The written summaries, for the answers that quote the review."""
        if self.summary and answer.lead:
            yield Summary("written", SummaryStatus.WRITING, "It is being written.")
            yield self.summary

    def summarised(self, answer: Answer) -> Answer:
        """The answer with the last of its summaries."""
        return replace(answer, summary=[None, *self.summaries(answer)][-1])

    def search(self, query: str, limit: int = 10, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        """One passage a document."""
        passages = [self.generation.library.passage(f"p-{d.id}") for d in DOCUMENTS]
        return tuple(Hit(p, 1 / (n + 60), n, 0.5, None, None) for n, p in enumerate(passages, 1))[
            :limit
        ]

    def _comparison(self, question: str, history: Sequence[Turn]) -> Answer:
        filled: dict[tuple[str, str], tuple[str, ...]] = {
            ("speed", "kestrel"): ("read",),
            ("speed", "osprey"): ("writes",),
            ("learning", "kestrel"): ("minutes",),
            ("learning", "osprey"): ("afternoon", "hostile"),
        }
        cells = tuple(
            Cell(
                subject,
                aspect,
                CellStatus.SUPPORTED if (aspect, subject) in filled else CellStatus.NO_EVIDENCE,
                tuple(_claim(key, subject, aspect) for key in filled.get((aspect, subject), ())),
            )
            for aspect in ASPECTS
            for subject in NAMES
        )
        standalone = f"{question} (of Kestrel, Osprey and Heron)" if history else question
        asked = _question(question, standalone, QuestionKind.COMPARISON, ("Merlin",))
        lead = (_claim("verdict", None, None),)
        cited = ("verdict", "read", "writes", "minutes", "afternoon", "hostile")
        coverage = Coverage(6, 4, 3, 61)
        citations = _citations(cited)
        return Answer(asked, lead, cells, (), citations, coverage, None, self.generation.name)

    def _findings(self, question: str, keys: tuple[str, ...]) -> Answer:
        asked = _question(question, question, QuestionKind.SINGLE)
        findings = tuple(_claim(key, None, None) for key in keys)
        coverage = Coverage(0, 0, 2, 30)
        return Answer(
            asked, (), (), findings, _citations(keys), coverage, None, self.generation.name
        )

    def _refusal(self, question: str) -> Answer:
        asked = _question(question, question, QuestionKind.SINGLE)
        refusal = Refusal(REFUSAL, _citations(("what", "writes")))
        coverage = Coverage(0, 0, 0, 0)
        return Answer(asked, (), (), (), (), coverage, refusal, self.generation.name)


def _disputed(answer: Answer) -> Answer:
    """An answer whose review and manual contradict each other, with an old claim marked."""
    sides = (
        Side((_evidence("read"), _evidence("what")), Authority.OFFICIAL, "2025-03-02", Age.NEWER),
        Side((_evidence("minutes"),), Authority.INDEPENDENT, "2022-07", Age.OLDER),
    )
    why = "it is official and newer"
    kind = DisagreementKind.NUMBER
    conflict = Conflict("kestrel", "Kestrel", "speed", kind, "the number of users", sides, 0, why)
    (marked,) = (
        replace(
            claim,
            marks=(Mark(MarkKind.OLD, "of 2017"),),
            agreement=Agreement(((Authority.OFFICIAL, 2), (Authority.INDEPENDENT, 1))),
        )
        for claim in answer.lead
    )
    cells = (replace(answer.cells[0], status=CellStatus.DISAGREE), *answer.cells[1:])
    citations = _citations(("verdict", "read", "writes", "minutes", "afternoon", "hostile", "what"))
    return replace(answer, lead=(marked,), cells=cells, conflicts=(conflict,), citations=citations)


def _question(
    text: str, standalone: str, kind: QuestionKind, unknown: tuple[str, ...] = ()
) -> Question:
    compared = kind is QuestionKind.COMPARISON
    columns = tuple(Column(key, name) for key, name in NAMES.items()) if compared else ()
    rows = tuple(Row(key, name) for key, name in ASPECTS.items()) if compared else ()
    return Question(text, standalone, kind, columns, rows, unknown)


def _evidence(key: str) -> Evidence:
    document_id, quote, kind, label = QUOTES[key]
    text = next(document.text for document in DOCUMENTS if document.id == document_id)
    start = text.index(quote)
    subjects = tuple(subject for subject, name in NAMES.items() if name in quote)
    return Evidence(
        quote, start, start + len(quote), document_id, f"p-{document_id}", kind, label, subjects, 1
    )


def _claim(key: str, subject: str | None, aspect: str | None) -> Claim:
    evidence = _evidence(key)
    checks = (Check("quote", True, "the quote is in the document"),)
    return Claim(evidence.quote, subject, aspect, (evidence,), checks)


def _citations(keys: Sequence[str]) -> tuple[Citation, ...]:
    made: list[Any] = []
    for number, key in enumerate(keys, 1):
        evidence = _evidence(key)
        source = next(
            s for s, d in zip(SOURCES, DOCUMENTS, strict=True) if d.id == evidence.document_id
        )
        document = next(d for d in DOCUMENTS if d.id == evidence.document_id)
        section = next(s for s in document.sections if s.start <= evidence.start < s.end)
        made.append(
            Citation(
                number, evidence, document.title, section.heading_path, source.url, source.id,
                source.publisher, source.author, source.authority, source.kind, source.published,
                source.updated, source.version, source.licence,
                also_at=ELSEWHERE if document.id == "bird-review" else (),
            )
        )  # fmt: skip
    return tuple(made)


SUMMARY = Summary(
    "written",
    SummaryStatus.WRITTEN,
    "Put in words by written: 2 of 3 sentences; 1 left out, as no quote bears them out.",
    (
        replace(_claim("read", "kestrel", None), text="Kestrel answers a point read in 4 µs."),
        replace(_claim("afternoon", "osprey", "learning"), text="Osprey needed an afternoon."),
    ),
    ("number",),
)
