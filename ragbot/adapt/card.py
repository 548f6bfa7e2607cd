"""The card of an adapter: what it was learnt from, how, and what it changes."""

from dataclasses import dataclass

from ragbot.adapt.pairs import PairsFile, kinds
from ragbot.adapt.recipe import Recipe
from ragbot.adapt.scoring import Score
from ragbot.adapt.strength import ALLOWED_LOSS, TOLERANCE, Strength
from ragbot.adapt.training import Learnt


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a card tells."""

    name: str
    encoder: str
    data: PairsFile
    texts: int
    held_out: int
    held_out_texts: int
    recipe: Recipe
    rank: int
    seed: int
    device: str
    precision: str
    learnt: Learnt
    before: Score
    strength: Strength
    licence: str
    date: str


def card(facts: Facts) -> str:
    """The card as Markdown."""
    recipe, learnt, strength = facts.recipe, facts.learnt, facts.strength
    negatives = (
        f"the other passages of the batch and {recipe.negatives} a question mined by the encoder "
        f"itself, from the first {recipe.depth} after skipping {recipe.skipped} and everything of "
        "the same document"
        if recipe.negatives
        else "the other passages of the batch"
    )
    spread = ", ".join(f"{kind} {count:,}" for kind, count in kinds(facts.data.pairs).items())
    lines = [
        f"# {facts.name}",
        "",
        f"A LoRA adapter (PEFT format, rank {facts.rank}, float16) for {facts.encoder}, learnt "
        f"with `ragbot adapt` on {facts.date}. Use it with `RAGBOT_ADAPTER` set to this folder; "
        "an index is built for one adapter, so build anew.",
        "",
        f"- **Data**: {facts.data.name}, sha256 {facts.data.sha256}; {len(facts.data.pairs):,} "
        f"questions on {facts.texts:,} passages ({facts.data.repeated:,} repeated lines left out)"
        + (f"; {spread}." if spread else "."),
        f"- **Held out**: {facts.held_out:,} of the questions with their {facts.held_out_texts:,} "
        "passages, split by document; all scores below are on them.",
        f"- **Recipe** ({recipe.name}): contrastive loss, cosines times {recipe.sharpness:g}, "
        f"against {negatives}; {recipe.batch} questions a batch, passages cut to "
        f"{recipe.window} tokens, AdamW {recipe.rate:g} with {recipe.warm_up:.0%} warm-up "
        f"and linear decay, seed {facts.seed}, {facts.device} in {facts.precision}; best after "
        f"epoch {learnt.epoch} of {len(learnt.history)} (at most {recipe.epochs}), "
        f"{learnt.steps:,} steps.",
        f"- **Scale**: {strength.scale:g} of what was learnt, the least whose held-out MRR@10 is "
        f"within {TOLERANCE:g} of the best"
        + (
            f" and that loses at most {ALLOWED_LOSS:g} nDCG@10 on each guard."
            if strength.guarded
            else "."
        ),
        f"- **Drift**: cosines among general sentences change by {strength.drift:.3f} in the mean.",
        f"- **Licence**: {facts.licence}",
        "",
        "| | without | with |",
        "|---|---|---|",
        f"| held out, MRR@10 | {facts.before.mrr:.3f} | {strength.score.mrr:.3f} |",
        f"| held out, recall@10 | {facts.before.recall:.3f} | {strength.score.recall:.3f} |",
        *(
            f"| {guard.name}, nDCG@10 | {guard.before:.3f} | {guard.after:.3f} |"
            for guard in strength.guarded
        ),
        "",
        "| scale | held out, MRR@10 | held out, recall@10 |",
        "|---|---|---|",
        *(f"| {scale:g} | {one.mrr:.3f} | {one.recall:.3f} |" for scale, one in strength.tried),
        "",
    ]
    return "\n".join(lines)
