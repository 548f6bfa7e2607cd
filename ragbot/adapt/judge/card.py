"""The card of a judge: what it was learnt from, how, and how well it orders quotes."""

from dataclasses import dataclass

from ragbot.adapt.judge.judgements import FOLDS, JudgementsFile, grades
from ragbot.adapt.judge.recipe import JudgeRecipe
from ragbot.adapt.judge.scoring import Order
from ragbot.adapt.judge.training import JudgeLearnt

POOLED = {
    "cls": "the first token's state",
    "mean": "the mean of all states",
    "both": "the first token's state beside the mean of all",
}


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """How quotes are ordered: held out, and set aside for checking.

    `agreement` is the mean rank correlation, over held-out questions, of full and eight-bit
    weights; the quotes set aside are scored by eight-bit ones.
    """

    full: Order
    eight_bits: Order
    agreement: float
    check: Order


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """Everything that a card tells."""

    name: str
    encoder: str
    data: JudgementsFile
    recipe: JudgeRecipe
    seed: int
    device: str
    precision: str
    learnt: JudgeLearnt
    figures: JudgeFigures
    sha256: dict[str, str]
    licence: str
    date: str
    first: str = ""


def judge_card(facts: JudgeFacts) -> str:
    """The card as Markdown."""
    recipe, learnt, figures, data = facts.recipe, facts.learnt, facts.figures, facts.data
    spread = ", ".join(f"{grade}: {count:,}" for grade, count in grades(data.lessons).items())
    gains = " / ".join(f"{gain:g}" for gain in recipe.gains)
    weights = " / ".join(f"{weight:g}" for weight in recipe.weights)
    rows = (
        (f"held out, {figures.full.questions} questions, full weights", figures.full),
        ("held out, eight bits", figures.eight_bits),
        (f"set aside, {figures.check.questions} questions, eight bits", figures.check),
    )
    files = ", ".join(f"{name} {value}" for name, value in sorted(facts.sha256.items()))
    lines = [
        f"# {facts.name}",
        "",
        f"A cross-encoder of question and statement, learnt with `ragbot adapt --judge` on "
        f"{facts.date} from {facts.encoder}. Use it with `RAGBOT_JUDGE` set to this folder.",
        "",
        f"- **sha256** of its files: {files}; a tokenizer that is not here is the packaged "
        "encoder's.",
        f"- **Data**: {data.name}, sha256 {data.sha256}; {len(data.lessons):,} questions learnt "
        f"from with {sum(grades(data.lessons).values()):,} quotes (by grade {spread}); "
        f"{len(data.held_out):,} held out (one in {FOLDS}, by the hash of their id), of which the "
        f"best epoch was chosen; {len(data.check):,} set aside for checking, only scored.",
        *([f"- **Before that**: {facts.first}"] if facts.first else []),
        f"- **Recipe**: at most {recipe.window} tokens a pair; {POOLED[recipe.pooling]}, and one "
        f"linear output; embeddings and {recipe.frozen} of the layers frozen; no dropout. "
        f"{recipe.questions} questions a step with all quotes graded 2 or 3, up to "
        f"{recipe.drawn[0]} and {recipe.drawn[1]} graded 0 and 1, drawn anew each epoch, and "
        f"{recipe.strangers} of another question. Loss: softmax over a question's quotes against "
        f"gains {gains} of the grades, and proportional odds of the three limits, weighed "
        f"{weights}. AdamW {recipe.rate:g} (head {recipe.head_rate:g}), {recipe.warm_up:.0%} "
        f"warm-up and linear decay over {recipe.epochs} epochs or {recipe.minutes:g} minutes, "
        f"seed {facts.seed}, {facts.device} in {facts.precision}; {learnt.steps:,} steps in "
        f"{learnt.seconds / 60:.0f} minutes, best after epoch {learnt.epoch} of "
        f"{len(learnt.history)}.",
        "- **Form**: an ONNX graph of eight-bit weights and embeddings, one pair a call; rank "
        f"correlation with the full weights {figures.agreement:.3f} in the mean of the held-out "
        "questions.",
        f"- **Licence**: {facts.licence}",
        "",
        "Questions counted have a quote graded 2 or 3. Held-out figures chose the epoch, so they "
        "flatter it a little.",
        "",
        "| | nDCG@5 | first quote graded 2 or 3 | of the first three |",
        "|---|---|---|---|",
        *(f"| {name} | {one.ndcg:.3f} | {one.first:.3f} | {one.three:.3f} |" for name, one in rows),
        "",
        "| after epoch | held out, nDCG@5 |",
        "|---|---|",
        *(f"| {epoch} | {score:.3f} |" for epoch, score in enumerate(learnt.history, start=1)),
        "",
    ]
    return "\n".join(lines)
