"""How strongly what was learnt is applied: as little as finds as much, and as costs nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragbot.adapt.scoring import Guard, Score, drift, ndcg
from ragbot.encoder import Encoder
from ragbot.errors import AdaptError
from ragbot.progress import Progress

SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
BELOW = (0.3, 0.2, 0.1)  # only where a guard asks for it
TOLERANCE = 0.005  # of MRR@10: what less does as well as more
ALLOWED_LOSS = 0.02  # of nDCG@10 on each guard

Opened = Callable[[float], Encoder]  # the encoder with the adapter at a scale; 0: without it
Scored = Callable[[Encoder], Score]


@dataclass(frozen=True, slots=True)
class Guarded:
    """nDCG@10 on a set of another field, without the adapter and with it."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Strength:
    """The scale that was chosen, and what it gives.

    `tried` holds the held-out score of each scale, strongest first; `guarded` the guards at the
    chosen one; `drift` how much cosines among general sentences change in the mean.
    """

    scale: float
    score: Score
    tried: tuple[tuple[float, Score], ...]
    guarded: tuple[Guarded, ...]
    drift: float


def choose(
    opened: Opened,
    scored: Scored,
    guards: Sequence[Guard],
    sentences: Sequence[str],
    progress: Progress,
) -> Strength:
    """The least scale whose held-out MRR@10 is within 0.005 of the best, lowered for the guards.

    Raises:
        AdaptError: even the least scale loses more than 0.02 of a guard's nDCG@10.
    """
    progress.stage("Choosing the scale", len(SCALES))
    scores: dict[float, Score] = {}
    for scale in SCALES:
        scores[scale] = scored(opened(scale))
        progress.advance(1)
    enough = max(score.mrr for score in scores.values()) - TOLERANCE
    wanted = min(scale for scale, score in scores.items() if score.mrr >= enough)
    plain = opened(0.0)
    before = [_watched(plain, guard, "without", progress) for guard in guards]
    for scale in (scale for scale in (*SCALES, *BELOW) if scale <= wanted):
        encoder = opened(scale)
        found: list[Guarded] = []
        for guard, value in zip(guards, before, strict=True):
            after = _watched(encoder, guard, f"at scale {scale}", progress)
            found.append(Guarded(guard.name, value, after))
            if value - after > ALLOWED_LOSS:
                break
        else:
            moved = drift(plain.encode_passages(sentences), encoder.encode_passages(sentences))
            score = scores.get(scale) or scored(encoder)
            return Strength(scale, score, tuple(scores.items()), tuple(found), moved)
    raise AdaptError(
        f"even at a scale of {BELOW[-1]} the adapter loses more than {ALLOWED_LOSS} nDCG@10 on "
        f"{found[-1].name} ({found[-1].before:.3f} to {found[-1].after:.3f}); nothing was written. "
        "Give more questions, or fewer epochs"
    )


def _watched(encoder: Encoder, guard: Guard, when: str, progress: Progress) -> float:
    progress.stage(f"Guard {guard.name} {when}", len(guard.texts))
    return ndcg(encoder, guard, progress.advance)
