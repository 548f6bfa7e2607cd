"""Where disagreements are looked for: in each cell of an answer, and about its question."""

from collections.abc import Sequence

from ragbot.answer.conflicts import asking
from ragbot.answer.conflicts.asking import Asked
from ragbot.guide import Aspect, Subject
from ragbot.index.generation import Generation
from ragbot.retrieval import Filters, Vector
from ragbot.retrieval.plan import cell_query
from ragbot.retrieval.vectors import QueryVectors
from ragbot.types import Cell, Claim, Evidence, Question
from ragbot.understand.question import QUESTION_ROW

_NONE: frozenset[str] = frozenset()


class Looker:
    """Says what to look for in the answers of one generation."""

    def __init__(self, generation: Generation, vectors: QueryVectors) -> None:
        self._guide = generation.guide
        self._lexical = generation.lexical
        self._vectors = vectors

    def looked_at(
        self,
        question: Question,
        vector: Vector,
        cells: Sequence[Cell],
        findings: Sequence[Claim],
    ) -> list[tuple[str | None, Asked]]:
        """What is asked about each cell, with its row, and by the question itself (None).

        `vector` is that of the question; the cells of an aspect have their own. An aspect that the
        question does not name asks for none but the disagreements of what its cells quote.
        """
        text = question.standalone
        words = asking.telling_words(text, self._guide, self._lexical)
        rare = asking.telling_words(text, self._guide, self._lexical, asking.RARE)
        named = self._guide.aspects_in(text)
        asked: list[tuple[str | None, Asked]] = []
        for cell in cells:
            aspect, subject = self._guide.aspect(cell.aspect), self._guide.subject(cell.subject)
            shown = _quotes(cell.claims)
            if cell.aspect == QUESTION_ROW or aspect is None or subject is None:
                one = Asked(cell.subject, vector, words, text, shown, rare)
            elif aspect.id not in named:
                one = Asked(cell.subject, vector, _NONE, "", shown, is_question=False)
            else:
                one = self._of_cell(subject, aspect, shown)
            asked.append((cell.aspect, one))
        if findings or not cells or words:
            shown = _quotes(findings)
            quoted = dict.fromkeys(name for quote in shown for name in quote.subjects[:1])
            asked += [
                (None, Asked(subject, vector, words, text, shown, rare))
                for subject in [column.id for column in question.columns] or quoted
            ]
        return asked

    def _of_cell(self, subject: Subject, aspect: Aspect, shown: tuple[Evidence, ...]) -> Asked:
        (query,) = self._vectors.of([cell_query(subject, aspect, Filters())])
        names = (word.rstrip("*") for word in aspect.words)
        text = " ".join((aspect.name, *(name for name in names if name.isalpha())))
        return Asked(subject.id, query.vector, _NONE, text, shown, is_question=False)


def _quotes(claims: Sequence[Claim]) -> tuple[Evidence, ...]:
    return tuple(evidence for claim in claims for evidence in claim.evidence)
