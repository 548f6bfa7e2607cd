"""The card of a blend: what it was learnt from, how, and how well it does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragbot.judge.learning import FOLDS, Recipe
from ragbot.judge.measures import Order
from ragbot.judge.signals import SIGNALS


@dataclass(frozen=True, slots=True)
class BlendFigures:
    """How well quotes are ordered, unseen in folds and set aside.

    `errors` are those of the probabilities of helping and answering, in the folds, then set aside.
    """

    name: str
    unseen: Order
    check: Order
    errors: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BlendFacts:
    """Everything that a card tells."""

    data: str
    sha256: str
    questions: int
    quotes: int
    recipe: Recipe
    scorer: str
    figures: Sequence[BlendFigures]


def blend_card(facts: BlendFacts) -> str:
    """The card as Markdown."""
    return "\n".join(_lines(facts))


def _lines(facts: BlendFacts) -> Iterator[str]:
    recipe = facts.recipe
    yield from (
        "# The judge of statements",
        "",
        f"What {len(SIGNALS)} cheap signals of a question and a statement "
        "(`ragbot/judge/signals.py`) say about whether the statement helps (grade 2 or 3) and "
        "answers (grade 3): boosted trees, one set a grade, in `blend.json`, a plain file that "
        "names the signals by which it was learnt; its sha256 is in `SHA256SUMS`. Learnt with "
        "`python -m ragbot.adapt.blend`.",
        "",
        f"- **Data**: {facts.data}, sha256 {facts.sha256}; {facts.questions:,} questions with "
        f"{facts.quotes:,} quotes found in the index, graded by reading; those of the split "
        '"check" were not learnt from.',
        f"- **Recipe**: scikit-learn's histogram boosting, {recipe.rounds} rounds of at most "
        f"{recipe.leaves} leaves, rate {recipe.rate:g}, at least {recipe.least_leaf} rows a leaf, "
        f"ridge {recipe.ridge:g}, {recipe.share:g} of the signals a node, seed {recipe.seed}; each "
        f"row a second time, with weight {recipe.unfound:g}, without what the search says of its "
        "passage, so that statements that were not searched for are judged as well. Sums are "
        f"calibrated by a logistic model on {FOLDS} folds by question.",
    )
    if facts.scorer:
        yield (
            f"- **Cross-encoder**: {facts.scorer}; a logistic model over its logit and those of "
            "the trees, learnt on the fold of questions that it has not learnt from."
        )
    yield from (
        "- **Licence**: Apache-2.0; no words of the questions or quotes are in the file.",
        "",
        f"Over questions with a quote graded 2 or 3, ordered by the sum of both probabilities: "
        f"unseen in {FOLDS} folds by question / set aside (check).",
        "",
        "| | questions | nDCG@5 | first quote 2 or 3 | first three | an answer in the first three, "
        "where there is one | helps off by | answers off by |",
        "|---|---|---|---|---|---|---|---|",
        *map(_row, facts.figures),
        "",
    )


def _row(figures: BlendFigures) -> str:
    one, other, errors = figures.unseen, figures.check, figures.errors
    cells = [f"{one.questions} / {other.questions}"]
    cells += [
        f"{getattr(one, name):.3f} / {getattr(other, name):.3f}"
        for name in ("ndcg", "first", "first_three", "answered")
    ]
    cells += [f"{errors[i]:.3f} / {errors[i + 2]:.3f}" for i in (0, 1)]
    return f"| {figures.name} | " + " | ".join(cells) + " |"
