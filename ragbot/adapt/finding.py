"""Finds the statements of a question as an answer to it would, for what is learnt or graded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from ragbot.adapt.blend import opened
from ragbot.answer.find import Place, Pool, PoolFinder
from ragbot.index.library import Library
from ragbot.index.serving import must_fit
from ragbot.judge import Judged
from ragbot.judge.judges import open_judge
from ragbot.retrieval import Filters
from ragbot.retrieval.search import Searcher
from ragbot.retrieval.vectors import QueryVectors
from ragbot.settings import Settings
from ragbot.types import Question
from ragbot.understand.question import QuestionReader
from ragbot.understand.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Asking:
    """Reads a question and finds its statements, as an answer to it would."""

    reader: QuestionReader
    finder: PoolFinder
    vectors: QueryVectors
    library: Library

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Over the live index of the settings.

        Raises:
            IndexMissingError, IndexDamagedError: there is no index that fits the encoder.
            EncoderError, JudgeError: the encoder or the judge does not load.
        """
        generation, encoder = opened(settings)
        must_fit(generation, encoder.name, encoder.weights)
        vectors = QueryVectors(encoder, generation.guide)
        reader = QuestionReader(Vocabulary.of(generation, encoder), vectors, encoder.weights)
        judge = open_judge(generation, settings)
        finder = PoolFinder(generation, Searcher(generation), vectors, judge)
        return cls(reader, finder, vectors, generation.library)

    def judged(self, question: str) -> tuple[Judged, ...]:
        """The statements found for a question as a whole, each with its probabilities."""
        (pool,) = self.pools(self.reader.read(question), [Place()])
        return pool.judged

    def pools(self, question: Question, places: Sequence[Place]) -> tuple[Pool, ...]:
        """What is found for each place of a question that was read, judged."""
        return self.finder.pools(question, places, Filters())
