"""The one story: a question becomes an answer. Read this module first.

    understand   what is asked, of whom, in what form              understand/question.py
    find         passages of each side and row, their statements   answer/find.py, retrieval/
    judge        how likely each answers, or helps                 judge/
    refuse       when the corpus does not speak of it              answer/refuse.py
    pick         the best that says something new                  answer/pick.py
    prove        each quote against its document                   answer/prove.py, verify.py
    compose      the lead, then only what was asked                answer/compose.py, table.py
                 names beside their counterparts                   answer/equivalence/
    weigh        disagreements, old and undated, who else agrees   answer/weigher.py, conflicts/
    summarise    where there is a language model: in fewer words   answer/generate/

Only the question and its sub-queries are encoded; statements have their vectors since the build.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Self

from ragbot.answer import refuse
from ragbot.answer.citations import Numbering
from ragbot.answer.compose import Composer
from ragbot.answer.coverage import coverage, gaps
from ragbot.answer.equivalence.beside import Equivalents, settled
from ragbot.answer.find import PoolFinder
from ragbot.answer.generate import open_writer
from ragbot.answer.nearest import Refuser
from ragbot.answer.parts import Parts
from ragbot.answer.persons import points_to_person, with_person
from ragbot.answer.prove import Prover
from ragbot.answer.steps import Procedures
from ragbot.answer.weigher import Weigher
from ragbot.encoder import Encoder, open_encoder
from ragbot.errors import QuestionError
from ragbot.guide import Guide
from ragbot.index.content import blamed
from ragbot.index.generation import Generation
from ragbot.index.serving import kept_encoder, must_fit, without_graph
from ragbot.judge.judges import open_judge
from ragbot.limits import check_cells, checked_text
from ragbot.retrieval import Filters
from ragbot.retrieval.known import KnownNames
from ragbot.retrieval.plan import PASSAGES_A_QUESTION, question_query
from ragbot.retrieval.search import Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.settings import Settings
from ragbot.stages import stage, staged
from ragbot.types import Answer, Hit, Question, Summary
from ragbot.understand.followup import Turn
from ragbot.understand.named import named_question
from ragbot.understand.question import QuestionReader
from ragbot.understand.suggestions import Suggestion, suggestions
from ragbot.understand.vocabulary import Vocabulary

__all__ = ["Assistant", "Filters", "Turn"]


class Assistant:
    """Answers questions from one generation of an index; safe to share between threads."""

    @blamed
    def __init__(self, generation: Generation, encoder: Encoder, settings: Settings) -> None:
        """Take an open generation and the encoder that it was built with.

        Raises:
            IndexDamagedError: the generation was built with other weights.
            ConfigError: the settings name a language model that cannot be used.
        """
        must_fit(generation, encoder.name, encoder.weights)
        self.generation = generation
        self.encoder = encoder
        self._settings = settings
        self._known = KnownNames.of(generation)
        self._searcher = Searcher(generation)
        self._vectors = QueryVectors(encoder, generation.guide)
        vocabulary = Vocabulary.of(generation, encoder)
        self._reader = QuestionReader(vocabulary, self._vectors, encoder.weights)
        judge = open_judge(generation, settings)
        finder = PoolFinder(generation, self._searcher, self._vectors, judge)
        self._refuser = Refuser(generation, self._searcher, finder)
        self._composer = Composer(generation.guide, finder, Procedures(generation, finder))
        self._resolver = vocabulary.resolver
        self.equivalents = Equivalents(generation, self._vectors, finder, self._resolver)
        self._weigher = Weigher(generation, finder)
        self._writer = open_writer(settings, encoder, generation.guide)

    @classmethod
    def open(
        cls,
        settings: Settings,
        encoder: Encoder | None = None,
        before: Self | None = None,
        generation: Generation | None = None,
    ) -> Self:
        """Over the live generation, or one that is open; the encoder of `before` serves again.

        Raises:
            IndexMissingError, IndexDamagedError: there is no index that fits the encoder.
            EncoderError: the encoder does not load.
            ConfigError: the settings name a language model that cannot be used.
        """
        generation = generation or Generation.open(settings.index)
        encoder = encoder or kept_encoder(generation, settings, before.encoder if before else None)
        return cls(generation, encoder or open_encoder(without_graph(settings)), settings)

    @property
    def guide(self) -> Guide:
        """The subjects and aspects of the index."""
        return self.generation.guide

    @blamed
    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = Filters()
    ) -> Answer:
        """Answer a question.

        Raises:
            QuestionError: the question is empty, it or what comes with it is too long, or a filter
                names what the index does not know.
        """
        return self._answer(self._understood(question, history), filters)

    @blamed
    def compare(
        self,
        subjects: Sequence[str],
        aspects: Sequence[str] = (),
        filters: Filters = Filters(),
    ) -> Answer:
        """Compare subjects on aspects, both by id, name or alias.

        Without aspects they are compared on those that the sources say most about.

        Raises:
            QuestionError: there are fewer than two subjects, too many cells, or an unknown name.
        """
        return self._answer(named_question(self.guide, subjects, aspects), filters, named=True)

    def summaries(self, answer: Answer) -> Iterator[Summary]:
        """An answer's summary by the language model, if there is one; the last is final."""
        if self._writer:
            with staged("model"):
                yield from self._writer.write(answer)

    def summarised(self, answer: Answer) -> Answer:
        """An answer with its summary, where there is a language model; this waits for it."""
        *_, last = (None, *self.summaries(answer))
        return replace(answer, summary=last)

    @blamed
    def search(self, query: str, limit: int = 10, filters: Filters = Filters()) -> tuple[Hit, ...]:
        """The passages nearest to a query, best first.

        Raises:
            QuestionError: the query is empty, it or a list of the filters is too long, or a filter
                names what the index does not know.
        """
        text = self._checked(query)
        asked = question_query(self.guide, text, None, self._known.checked(filters))
        return self._searcher.hits(self._searcher.rank(self._vectors.of([asked]), limit)[0])

    @blamed
    def names(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """The documented names that a text begins or may mean, likeliest first.

        Raises:
            QuestionError: the text is empty or too long.
        """
        asked = self._checked(text)
        return suggestions(asked, self._resolver.readings(asked), self._resolver.documents, limit)

    def self_contained(self, question: str, history: Sequence[Turn]) -> str:
        """The question with what it leaves to the history put in words."""
        return self._reader.self_contained(self._with_person(question, history), history)

    def signals(
        self, question: str, history: Sequence[Turn] = ()
    ) -> tuple[Question, refuse.Signals]:
        """A question as understood, and what its refusal is decided on."""
        understood = self._understood(question, history)
        asked = question_query(self.guide, understood.standalone, None, Filters())
        encoded = self._vectors.of([asked])
        ranked = self._searcher.rank(encoded, PASSAGES_A_QUESTION)[0]
        return understood, self._refuser.signals(understood, ranked, encoded[0].vector)

    def _understood(self, question: str, history: Sequence[Turn]) -> Question:
        text = self._checked(question)
        return replace(self._reader.read(self._with_person(text, history), history), text=text)

    def _with_person(self, text: str, history: Sequence[Turn]) -> str:
        """The question of the person whom the answer before names, where it leaves that open."""
        asked = [place for place, turn in enumerate(history) if turn.role == "user"]
        if asked and points_to_person(text):
            with suppress(QuestionError):  # that one is told where it matters
                last = history[asked[-1]].content
                before = self._reader.self_contained(last, history[: asked[-1]])
                return with_person(text, self.ask(before), self.guide)
        return text

    @stage("compose")
    def _answer(self, question: Question, filters: Filters, *, named: bool = False) -> Answer:
        """The answer to a question as understood; one put by names is never off the subject."""
        check_cells(len(question.columns), len(question.rows))
        filters = self._known.checked(filters)
        encoded = self._vectors.of([question_query(self.guide, question.standalone, None, filters)])
        vector = encoded[0].vector
        ranked = self._searcher.rank(encoded, PASSAGES_A_QUESTION)[0]
        numbering = Numbering(self.generation.library)
        left = self._searcher.selection(filters)
        beside = self.equivalents.side_by_side(question, ranked, numbering, left)
        question = settled(question, beside, self.guide)
        refused = None if named or beside else self._refuser.refused(question, ranked, vector)
        if refused is not None:
            return self._refuser.refusal(question, refused, filters)
        sections = self._composer.sections(question, beside, Prover(self.guide, numbering), filters)
        question = replace(question, rows=sections.rows)
        parts = Parts(sections.lead, sections.cells, sections.findings, steps=sections.steps)
        parts = self._weigher.weighed(question, parts, numbering, left)
        said = [
            *parts.lead,
            *(claim for one in beside for claim in one.claims()),
            *parts.steps,
            *(claim for cell in parts.cells for claim in cell.claims),
            *parts.findings,
        ]
        if not said:
            return self._refuser.refusal(question, refuse.NOTHING_SAID, filters)
        numbering.add(said)
        numbering.add_sides(parts.conflicts)
        citations = numbering.all()
        return Answer(
            question=question,
            lead=parts.lead,
            lead_note=sections.lead_note,
            cells=parts.cells,
            findings=parts.findings,
            citations=citations,
            coverage=coverage(parts.cells, citations, numbering.documents()),
            refusal=None,
            generation=self.generation.name,
            conflicts=parts.conflicts,
            side_by_side=beside,
            steps=parts.steps,
            gaps=gaps(question, said, self.guide, numbering.document),
        )

    def _checked(self, text: str) -> str:
        return checked_text(text, self._settings.max_question_chars)
