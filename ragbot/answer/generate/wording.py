"""A summary as plain text: its sentences with their numbers, and what became of it."""

from collections.abc import Iterator

from ragbot.types import Answer, Cited, Claim


def summary_lines(answer: Answer, cited: Cited) -> Iterator[str]:
    """The lines of an answer's summary; none where there is no summary."""
    summary = answer.summary
    if summary is None:
        return
    overall = [sentence(c, cited) for c in summary.sentences if c.aspect is None]
    if overall:
        yield " ".join(overall)
    names = {column.id: column.name for column in answer.question.columns}
    rows = {row.id: row.name for row in answer.question.rows}
    for claim in summary.sentences:
        if claim.aspect is not None and claim.subject is not None:
            place = f"{names[claim.subject]}, {rows[claim.aspect]}"
            yield f"{place}: {sentence(claim, cited)}"
    yield f"({summary.note})"


def sentence(claim: Claim, cited: Cited) -> str:
    """A sentence with the numbers of the quotes that it rests on."""
    numbers = dict.fromkeys(cited[e.span].number for e in claim.evidence)
    return f"{claim.text} {''.join(f'[{number}]' for number in numbers)}"
