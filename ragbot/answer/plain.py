"""An answer as plain text, for files, pipes and places without a screen."""

from collections.abc import Iterator, Sequence

from ragbot.answer import plain_beside
from ragbot.answer.agreement import in_words as in_words_of
from ragbot.answer.conflicts.voices import last_date
from ragbot.answer.generate.wording import summary_lines
from ragbot.types import (
    Age,
    Answer,
    BlockKind,
    Cell,
    CellStatus,
    Citation,
    Cited,
    Claim,
    Conflict,
    DisagreementKind,
    Fact,
    FactKind,
    Question,
    Refusal,
    Side,
)

NO_SOURCE = "no source says"
NOTHING_FURTHER = "only what is said above"
NEAR_MISS = "What follows comes nearest; it is no answer."
PLACES = 3  # where a text stands besides its own address, by name; the rest are counted


def as_text(answer: Answer) -> str:
    """The answer in words and lines, with its numbered citations at the end."""
    return "\n".join(_lines(answer))


def dated(citation: Citation) -> str:
    """When a citation's document was last known to change, and for which version."""
    if citation.updated != "undated":
        date = f"updated {citation.updated}"
    elif citation.published != "undated":
        date = citation.published
    else:
        date = "undated"
    return f"{date}, version {citation.version}" if citation.version else date


def standing(citation: Citation) -> str:
    """What its document says of the standing of what is quoted ("deprecated since 2.0, beta")."""
    return ", ".join(dict.fromkeys(map(in_words, citation.facts)))


def in_words(fact: Fact) -> str:
    """A fact as a reader would put it."""
    match fact.kind:
        case FactKind.EXPERIMENTAL:
            return fact.detail or "experimental"
        case FactKind.NOT_RECOMMENDED:
            return f"not recommended {fact.detail}".strip()
        case FactKind.VERSION_ADDED:
            return f"added in {fact.detail}" if fact.detail else "added later"
        case FactKind.VERSION_CHANGED:
            return f"changed in {fact.detail}" if fact.detail else "changed"
    return f"{fact.kind.value} {fact.detail}".strip()


def elsewhere(citation: Citation) -> str:
    """Where else the text stands, the first places by name ("; also at A, B and 3 more")."""
    places = [a.path if a.url == "unknown" else a.url for a in citation.also_at]
    named = list(dict.fromkeys(place for place in places if place != citation.place))
    if not named:
        return ""
    more = f" and {len(named) - PLACES:,} more" if len(named) > PLACES else ""
    return f"; also at {', '.join(named[:PLACES])}{more}"


def understood(question: Question) -> Iterator[str]:
    """In what words a question was understood, and what was read into its names, if anything."""
    if question.standalone != question.text:
        yield f"Understood as: {question.standalone}"
    if question.readings:
        yield f"{'; '.join(question.readings)}."


def unknown(answer: Answer) -> Iterator[str]:
    """What a question names and no source is about; a refusal says so itself."""
    if answer.question.unknown and not answer.refusal:
        yield f"No source here is about {', '.join(answer.question.unknown)}."


def _lines(answer: Answer) -> Iterator[str]:
    question = answer.question
    yield from understood(question)
    yield from unknown(answer)
    if answer.refusal:
        yield from _refused(answer.refusal)
        return
    cited = answer.cited()
    names = {column.id: column.name for column in question.columns}
    if answer.lead_note:
        yield answer.lead_note
    for claim, side in sides(answer):
        yield f"{side}: {_claim(claim, cited)}" if side else _claim(claim, cited)
    yield from answer.gaps
    yield from summary_lines(answer, cited)
    for beside in answer.side_by_side:
        yield from plain_beside.lines(beside, names, cited)
    for row in question.rows:
        yield f"\n{row.name}"
        for cell in answer.cells:
            if cell.aspect == row.id:
                said = " / ".join(_claim(claim, cited) for claim in cell.claims)
                yield f"  {names[cell.subject]}: {said or silence(cell)}"
    yield from steps_in_order(answer.steps, cited)
    yield from (_claim(claim, cited) for claim in answer.findings)
    for conflict in answer.conflicts:
        yield from conflict_lines(conflict, cited)
    yield ""
    yield from (_source(citation) for citation in answer.citations)


def _refused(refusal: Refusal) -> Iterator[str]:
    yield refusal.reason
    if refusal.near_miss and refusal.nearest:
        yield NEAR_MISS
    for near in refusal.nearest:
        said_by = f"{near.title}, {near.publisher}, {dated(near)}"
        yield f"Nearest: {_quote(near)} ({said_by}) {near.place}"


def sides(answer: Answer) -> list[tuple[Claim, str]]:
    """Each claim of the lead with the name of its side, "" where all are of one."""
    names = {column.id: column.name for column in answer.question.columns}
    several = len({claim.subject for claim in answer.lead}) > 1
    return [(claim, names.get(claim.subject or "", "") if several else "") for claim in answer.lead]


def silence(cell: Cell) -> str:
    """What stands in a cell without quotes."""
    return NO_SOURCE if cell.status is CellStatus.NO_EVIDENCE else NOTHING_FURTHER


def steps_in_order(steps: Sequence[Claim], cited: Cited) -> Iterator[str]:
    """Steps under the headings that they stand under, code as it is."""
    label = ""
    for place, claim in enumerate(steps):
        first = claim.evidence[0]
        citation = cited[first.span]
        if not place:
            yield f"In order, from {' > '.join(dict.fromkeys((citation.title, *citation.section)))}"
        if first.kind is BlockKind.CODE:
            yield from (f"    {line}" for line in first.quote.splitlines())
            yield f"    [{citation.number}]"
        elif first.label and first.label == label:
            yield f"“{claim.text}” [{citation.number}]"
        else:
            yield _claim(claim, cited)
        label = first.label
    if steps:
        yield ""


def _claim(claim: Claim, cited: Cited) -> str:
    found = [cited[e.span] for e in claim.evidence]
    said = " ".join(f"{_quote(citation)} [{citation.number}]" for citation in found)
    told = notes(claim, cited)
    return f"{said} ({told})" if told else said


def notes(claim: Claim, cited: Cited) -> str:
    """What to know of a claim: its standing, marks, and who else says it; "" for nothing."""
    found = [standing(cited[e.span]) for e in claim.evidence]
    found += [*(mark.text for mark in claim.marks), in_words_of(claim.agreement)]
    return "; ".join(dict.fromkeys(filter(None, found)))


def disputed(conflict: Conflict) -> str:
    """What a disagreement is about ("Sources disagree on Name: the number of users")."""
    if conflict.kind is DisagreementKind.STATUS:
        return f"{conflict.name}: {conflict.about}, which one source calls deprecated"
    return f"Sources disagree on {conflict.name}: {conflict.about}"


def side_in_words(side: Side) -> str:
    """Who speaks on a side and when ("newer, official, 2026-07-30")."""
    date = "" if side.date == "undated" else side.date
    age = "" if side.age is Age.DATED else side.age.value
    return ", ".join(filter(None, (age.replace("same", "same date"), side.authority.value, date)))


def conflict_lines(conflict: Conflict, cited: Cited) -> Iterator[str]:
    """A disagreement in lines: what it is about, its sides, and what was made of it."""
    yield f"\n{disputed(conflict)}"
    for place, side in enumerate(conflict.sides):
        found = [cited[e.span] for e in side.evidence]
        said = " / ".join(_of_side(citation, side) for citation in found)
        followed = "; this answer follows it" if conflict.follows == place else ""
        yield f"  {side_in_words(side)}{followed}: {said}"
    outcome = "followed because" if conflict.follows is not None else "left open:"
    yield f"  ({outcome} {conflict.why})"


def _of_side(citation: Citation, side: Side) -> str:
    """A quote of a side, with who says it and when where that is not what the side is named by."""
    voice = citation.authority, last_date(citation.published, citation.updated)
    own = "" if voice == (side.authority, side.date) else f" ({voice[0].value}, {voice[1]})"
    return f"{_quote(citation)} [{citation.number}]{own}"


def _quote(citation: Citation) -> str:
    label = citation.evidence.label
    return f"{label}: “{citation.evidence.quote}”" if label else f"“{citation.evidence.quote}”"


def _source(citation: Citation) -> str:
    digest = ", digest" if citation.kind == "digest" else ""
    marks = f"; {told}" if (told := standing(citation)) else ""
    return (
        f"[{citation.number}] {citation.title} ({citation.publisher}, {citation.authority}"
        f"{digest}, {dated(citation)}{marks}) {citation.place}{elsewhere(citation)}"
    )
