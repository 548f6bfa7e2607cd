"""One sub-query for each subject and aspect of a table."""

from dataclasses import replace

from ragbot.guide import Aspect, Guide, Subject
from ragbot.retrieval import Facet, Filters, Query
from ragbot.retrieval.symbols import symbols_in

PASSAGES_A_QUESTION = 30  # that quotes are chosen from, where no table is made


def cell_query(subject: Subject, aspect: Aspect, filters: Filters) -> Query:
    """What to look for about a subject and an aspect, among the passages that name the subject."""
    words = " ".join(word.rstrip("*") for word in aspect.words)
    return Query(
        text=f"{subject.name} {aspect.name.lower()}: {aspect.description}",
        words=f"{subject.name} {aspect.name} {words}",
        filters=filters,
        about=subject.id,
    )


def question_query(guide: Guide, text: str, subject: Subject | None, filters: Filters) -> Query:
    """The question itself, among the passages that name the subject, or among all.

    Each aspect that it names is a facet of each of its subjects; several subjects share the first
    places. For one subject the last parts of the programming names in it count as names as well:
    what is called the same there is likely the counterpart.
    """
    names = symbols_in(text, guide.names)
    asked = guide.subjects_in(text) if subject is None else (subject.id,)
    query = Query(
        text,
        text,
        filters,
        names=names,
        facets=_facets(guide, text, asked),
        sharing=asked if len(asked) > 1 else (),
    )
    if subject is None:
        return query
    last = (name.rsplit(".", 1)[-1] for name in names)
    names = tuple(dict.fromkeys((*names, *last)))
    return replace(query, names=names, about=subject.id)


def _facets(guide: Guide, text: str, subjects: tuple[str, ...]) -> tuple[Facet, ...]:
    aspects = [guide.aspect(name) for name in guide.aspects_in(text)]
    found = [guide.subject(name) for name in subjects]
    return tuple(
        Facet(subject.id, cell_query(subject, aspect, Filters()).text)
        for subject in found
        for aspect in aspects
        if subject and aspect
    )
