"""Draws the statements of a question that are worth a grade: the best, and some that are not."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ragbot.adapt.finding import Asking
from ragbot.answer.find import Place
from ragbot.answer.instructions import addresses_a_model
from ragbot.judge import Judged
from ragbot.judge.candidates import Candidate
from ragbot.retrieval import Vector
from ragbot.types import Column

BEST = 30  # by the judge: what is drawn lies behind them
SIDES = 4  # of a comparison of more, drawn as well


@dataclass(frozen=True, slots=True)
class Plan:
    """How many statements of a pool are taken: by the judge, by cosine, by rank, and drawn."""

    judged: int
    near: int = 0
    ranked: int = 0
    drawn: int = 0


ALONE, COMPARED = Plan(7, 2, 1, 2), Plan(4, 1, 0, 1)  # of the question as a whole
OF_TWO, OF_MORE = Plan(4), Plan(3)  # of a side


@dataclass(frozen=True, slots=True)
class Drawn:
    """A statement to be graded, and where it stands.

    `side` is what it was found for, None for the question as a whole; `deep`: it was drawn from
    behind the best.
    """

    candidate: Candidate
    path: str
    title: str
    side: Column | None
    deep: bool


def drawn(asking: Asking, text: str, seed: int = 0) -> list[Drawn]:
    """The statements of a question to be graded, no two with the same words, in a drawn order.

    The same question, index and seed give the same ones.
    """
    question = asking.reader.read(text)
    number = int(hashlib.sha256(text.encode()).hexdigest()[:16], 16)
    dice = np.random.default_rng([seed, 4, number])
    sides = _sides(question.columns, dice)
    pools = asking.pools(question, [Place(), *(Place(column=side) for side in sides)])
    vector = asking.vectors.of_text(question.standalone)
    words: set[str] = set()
    found: list[Drawn] = []
    for pool in pools:
        shown = [
            one
            for one in pool.judged
            if question.asks_about_orders or not _gives_orders(one.candidate)
        ]
        plan = _plan(pool.place, len(sides))
        for candidate, deep in _taken(shown, plan, vector, dice, words):
            document = asking.library.document(candidate.document)
            found.append(Drawn(candidate, document.path, document.title, pool.place.column, deep))
    return [found[place] for place in dice.permutation(len(found))]


def _sides(columns: Sequence[Column], dice: np.random.Generator) -> list[Column]:
    """The sides that are searched for, in their order; none where nothing is compared."""
    if len(columns) < 2:
        return []
    chosen = dice.permutation(len(columns))[:SIDES]
    return [columns[place] for place in sorted(chosen)]


def _plan(place: Place, sides: int) -> Plan:
    if place.column is None:
        return COMPARED if sides else ALONE
    return OF_TWO if sides == 2 else OF_MORE


def _taken(
    judged: Sequence[Judged],
    plan: Plan,
    vector: Vector,
    dice: np.random.Generator,
    words: set[str],
) -> Iterator[tuple[Candidate, bool]]:
    """The candidates of a pool that are taken, and whether each was drawn from behind the best.

    None says what is among `words`, to which theirs are added.
    """
    best = [one.candidate for one in sorted(judged, key=lambda one: -one.helps - one.answers)]
    behind = best[BEST:]
    orders = (
        (best, plan.judged),
        (sorted(best, key=lambda one: -float(one.vector @ vector)), plan.near),
        (sorted(best, key=lambda one: one.rank), plan.ranked),
        ([behind[place] for place in dice.permutation(len(behind))], plan.drawn),
    )
    for number, (order, count) in enumerate(orders):
        for candidate in _new(order, count, words):
            yield candidate, number == len(orders) - 1


def _new(order: Iterable[Candidate], count: int, words: set[str]) -> Iterator[Candidate]:
    """The first candidates of an order that say what nobody said."""
    for candidate in order:
        if count < 1:
            return
        said = " ".join(candidate.quote.split()).casefold()
        if said not in words:
            words.add(said)
            count -= 1
            yield candidate


def _gives_orders(candidate: Candidate) -> bool:
    """Whether what stands above a statement speaks to a machine; quotes that do are not found."""
    return addresses_a_model(f"{candidate.heading}\n{candidate.symbol}")
