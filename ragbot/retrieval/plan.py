"""One sub-query for each subject and aspect of a table."""

from dataclasses import replace

from ragbot.guide import Aspect, Guide, Subject
from ragbot.retrieval import Filters, Query
from ragbot.retrieval.symbols import symbols_in


def cell_query(subject: Subject, aspect: Aspect, filters: Filters) -> Query:
    """What to look for about a subject and an aspect, among the passages that name the subject."""
    words = " ".join(word.rstrip("*") for word in aspect.words)
    return Query(
        text=f"{subject.name} {aspect.name.lower()}: {aspect.description}",
        words=f"{subject.name} {aspect.name} {words}",
        filters=replace(filters, subjects=(subject.id,)),
    )


def question_query(guide: Guide, text: str, subject: Subject | None, filters: Filters) -> Query:
    """The question itself, among the passages that name the subject, or among all.

    For one subject the last parts of the programming names in it count as names as well: what is
    called the same there is likely the counterpart.
    """
    names = symbols_in(text, guide.names)
    if subject is None:
        return Query(text, text, filters, names)
    last = (name.rsplit(".", 1)[-1] for name in names)
    names = tuple(dict.fromkeys((*names, *last)))
    return Query(text, text, replace(filters, subjects=(subject.id,)), names)
