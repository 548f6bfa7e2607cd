"""Which symbols of a subject are the counterparts of another's, by what was learnt on pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.answer.equivalence.correspondences import Correspondences
from ragbot.answer.equivalence.pair_model import PAIR_SIGNS, SURE_SIGNS, Rows, open_pairs
from ragbot.answer.equivalence.reference import Reference, same_name
from ragbot.encoder import Vectors
from ragbot.guide import Guide
from ragbot.retrieval.selection import ALL, Selection
from ragbot.understand.resolver import Readings

NEAREST = 100  # symbols looked at for their vectors, with the question's and without
ALIKE = 60  # ... for their names
RELATING = ("name", "summary", "head", "usage", "company", "translated", "parameters", "written")
BESIDE = 20  # ... for what stands beside them in listings


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A symbol by its number, with how likely it does the same as the one asked about."""

    entry: int
    probability: float
    is_direct: bool


@dataclass(frozen=True)
class Search:
    """One search for counterparts: `one` is the symbol asked about, read as likely as `read`.

    `subjects` are those to look in, the first of them the one asked for; `written` tells for
    symbols how likely the question names them, `words` are the stems that it writes, and `told`
    says how much it tells beside the name, 0 to 1. Only symbols whose first passage is `left` are
    found.
    """

    one: int
    read: float
    subjects: Sequence[str]
    vector: Vectors
    written: Mapping[int, float]
    words: frozenset[str]
    told: float
    left: Selection = ALL

    @classmethod
    def of(
        cls,
        one: int,
        subjects: Sequence[str],
        vector: Vectors,
        readings: Readings,
        reference: Reference,
    ) -> "Search":
        """The search that a question's readings ask for."""
        written: dict[int, float] = {}
        read = rest = 0.0
        for each in readings.all:
            at = reference.number(each.document.id)
            if at is None:
                continue
            written[at] = each.probability
            if at == one:
                read, rest = each.probability, each.rest
        return cls(one, read, subjects, vector, written, readings.words, rest / (1 + rest))


def wider(guide: Guide, subject: str) -> tuple[str, ...]:
    """A subject and those whose programming names it holds under a prefix of its own."""
    prefixes = {s.id: s.symbols for s in guide.subjects}
    return subject, *(
        other.id
        for other in guide.subjects
        if other.id != subject
        and any(
            inner.startswith(outer) and inner != outer
            for inner in other.symbols
            for outer in prefixes.get(subject, ())
        )
    )


def counterparts(search: Search, reference: Reference, limit: int) -> list[Counterpart]:
    """The best counterparts, best first; two forms of one thing count as one."""
    model = open_pairs()
    pool = shortlist(search, reference)
    if not pool:
        return []
    rows = signs(search, pool, reference, model.correspondences)
    scores = with_telling(rows, search.told) @ model.weights
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    order = [int(at) for at in np.argsort(-scores, kind="stable")]
    sure = sure_signs(search, rows, scores, order)
    likely = 1 / (1 + np.exp(-float(sure @ model.sure + model.bias)))
    is_direct = bool(likely >= model.least) and _are_related(rows[order[0]])
    found = [Counterpart(pool[order[0]], float(likely), is_direct)]
    further = [at for at in order[1:] if shares[at] >= model.further * shares[order[0]]]
    for at in dict.fromkeys((*_inside(rows, scores, order, search.told), *further)):
        is_form = any(_are_forms(pool[at], other.entry, reference) for other in found)
        if not is_form and len(found) < limit:
            found.append(Counterpart(pool[at], float(likely * shares[at]), is_direct=False))
    return found


def _are_related(row: Rows) -> bool:
    """Whether anything ties a symbol to the one asked about; of few the best may have nothing."""
    return any(row[PAIR_SIGNS.index(sign)] > 0 for sign in RELATING)


def _inside(rows: Rows, scores: Rows, order: Sequence[int], told: float) -> list[int]:
    """The symbol of a subject inside the one asked for that would be best if it were of that."""
    nested = rows[:, PAIR_SIGNS.index("nested")]
    at = PAIR_SIGNS.index("nested")
    weights = open_pairs().weights
    alone = scores - nested * (weights[at] + told * weights[at + len(PAIR_SIGNS)])
    best = int(np.argmax(alone))
    return [best] if nested[best] and best != order[0] else []


def shortlist(search: Search, reference: Reference) -> list[int]:
    """The symbols nearest by their vectors or company, those with a like name, those written."""
    one, mine = search.one, set(reference.symbols[search.one].subjects)
    pool = [
        at
        for at in reference.of_subjects(search.subjects)
        if not mine & set(reference.symbols[at].subjects) and reference.is_left(at, search.left)
    ]
    if not pool:
        return []
    rows = np.array(pool, dtype=np.int64)
    asked = reference.heads[rows] @ search.vector
    near = reference.heads[rows] @ reference.heads[one]
    near += reference.summaries[rows] @ reference.summaries[one]
    near += reference.uses[rows] @ reference.uses[one]
    chosen: set[int] = set()
    for worth in (asked + near, near):
        chosen |= {pool[int(at)] for at in np.argsort(-worth, kind="stable")[:NEAREST]}
    company = reference.company(one)[np.array(pool, dtype=np.int64)]
    chosen |= {pool[int(at)] for at in np.argsort(-company, kind="stable")[:BESIDE]}
    inside = set(pool)
    alike = [(-sum(its), at) for at, its in reference.alike(one).items() if at in inside]
    chosen |= {at for _, at in sorted(alike)[:ALIKE]}
    return sorted(chosen | (inside & search.written.keys()))


def with_telling(rows: Rows, told: float) -> Rows:
    """The signs beside themselves by how much a question tells: shape (pool, 2 * PAIR_SIGNS)."""
    return np.hstack([rows, rows * told])


def signs(
    search: Search, pool: Sequence[int], reference: Reference, known: Correspondences
) -> Rows:
    """Shape (pool, PAIR_SIGNS): how each symbol is related to the one asked about."""
    one = search.one
    rows = np.array(pool, dtype=np.int64)
    symbols = [reference.symbols[at] for at in pool]
    likeness = [reference.alike(one).get(at, (0.0, 0.0)) for at in pool]
    name = np.array([sum(its) / 2 for its in likeness])
    summaries, heads = reference.summaries[rows], reference.heads[rows]
    own = reference.dimensions(one)
    mine, *theirs = reference.given([one, *pool])
    words = reference.words(one)
    columns = {
        "name": name,
        "name_squared": name**2,
        "same_name": [same_name(its) for its in likeness],
        "of_other": [its[0] for its in likeness],
        "summary": summaries @ reference.summaries[one],
        "head": heads @ reference.heads[one],
        "usage": reference.uses[rows] @ reference.uses[one],
        "company": reference.company(one)[rows],
        "hub_summary": reference.hubs[rows, 0],
        "hub_head": reference.hubs[rows, 1],
        "translated": [known.worth(words, reference.words(at), reference.count) for at in pool],
        "parameters": [_namesakes(mine, given) for given in theirs],
        "question_summary": summaries @ search.vector,
        "question_head": heads @ search.vector,
        "written": [search.written.get(at, 0.0) for at in pool],
        "path_written": [
            sum(reference.weight(word) for word in set(reference.paths[at]) & search.words)
            for at in pool
        ],
        "read_name": name * search.read,
        "used": reference.used[rows],
        "both_classes": reference.is_class[rows] == reference.is_class[one],
        "both_members": [reference.members[at] and reference.members[one] for at in pool],
        "member": [reference.members[at] for at in pool],
        "dimensions": [
            bool(own and numbers and own != numbers) for numbers in map(reference.dimensions, pool)
        ],
        "depth": [max(0, symbol.name.count(".") - 1) for symbol in symbols],
        "aside": [reference.asides[at] for at in pool],
        "old": [symbol.is_old for symbol in symbols],
        "nested": [search.subjects[0] not in symbol.subjects for symbol in symbols],
    }
    return np.stack([np.asarray(columns[n], dtype=np.float64) for n in PAIR_SIGNS], axis=1)


def sure_signs(search: Search, rows: Rows, scores: Rows, order: Sequence[int]) -> Rows:
    """Shape (SURE_SIGNS,): what tells whether the best by its score does the same."""
    best = rows[order[0]]
    place = {name: at for at, name in enumerate(PAIR_SIGNS)}
    top = float(scores[order[0]])
    rest = float(np.log(np.exp(scores - top).sum()))
    margin = top - float(scores[order[1]]) if len(order) > 1 else 0.0
    values = {
        "score": top,
        "share": -rest,
        "margin": margin,
        "head": best[place["head"]],
        "summary": best[place["summary"]],
        "company": best[place["company"]],
        "translated": best[place["translated"]],
        "told": search.told,
        "name": best[place["name"]],
        "written": best[place["written"]],
        "read": search.read,
    }
    return np.array([values[name] for name in SURE_SIGNS], dtype=np.float64)


def _are_forms(one: int, other: int, reference: Reference) -> bool:
    """Whether two symbols of one subject do the same in two forms (a class and its function)."""
    return same_name(reference.alike(one).get(other, (0.0, 0.0)))


def _namesakes(mine: frozenset[object], theirs: frozenset[object]) -> float:
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))
