"""The names by which passages can be filtered: what an index does not know is said, not ignored."""

from typing import Self

from ragbot.errors import QuestionError
from ragbot.index.generation import Generation
from ragbot.limits import shown, those_known
from ragbot.retrieval import Filters


class KnownNames:
    """The ids of the subjects and sources of one generation."""

    def __init__(self, subjects: frozenset[str], sources: frozenset[str]) -> None:
        self._known = {"subject": subjects, "source": sources}

    @classmethod
    def of(cls, generation: Generation) -> Self:
        """Those of its guide and of its passages: a source may be about what no guide compares."""
        subjects = {subject.id for subject in generation.guide.subjects}
        for passage in generation.passages:
            subjects.update(passage.subjects, passage.document_subjects)
        sources = {source.id for source in generation.library.sources()}
        return cls(frozenset(subjects), frozenset(sources))

    def checked(self, filters: Filters) -> Filters:
        """The filters, shorn of what is said twice.

        Raises:
            QuestionError: a list is too long, or one of its names is not known.
        """
        filters = filters.within_limits()
        for what, names in (("subject", filters.subjects), ("source", filters.sources)):
            for name in names:
                if name not in self._known[what]:
                    told = f"the index knows no {what} {shown(name)!r}"
                    raise QuestionError(f"{told}; {those_known(name, self._known[what])}")
        return filters
