"""One sub-query for each subject and aspect of a table."""

from dataclasses import replace

from ragbot.guide import Aspect, Subject
from ragbot.retrieval import Filters, Query


def cell_query(subject: Subject, aspect: Aspect, filters: Filters) -> Query:
    """What to look for about a subject and an aspect, among the passages that name the subject."""
    words = " ".join(word.rstrip("*") for word in aspect.words)
    return Query(
        text=f"{subject.name} {aspect.name.lower()}: {aspect.description}",
        words=f"{subject.name} {aspect.name} {words}",
        filters=replace(filters, subjects=(subject.id,)),
    )


def question_query(text: str, subject: Subject | None, filters: Filters) -> Query:
    """The question itself, among the passages that name the subject, or among all."""
    if subject is None:
        return Query(text, text, filters)
    return Query(text, text, replace(filters, subjects=(subject.id,)))
