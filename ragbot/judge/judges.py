"""Judges statements by what was learnt: signals of all, and a cross-encoder's word on the best."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragbot.errors import JudgeError
from ragbot.guide import Guide
from ragbot.index.generation import Generation
from ragbot.judge import READ, Asked, Judge, Judged
from ragbot.judge.blend import BLEND_FILE, GRADES, PACKAGED, Blend, Shares, probability
from ragbot.judge.candidates import Candidate
from ragbot.judge.cross_encoder import PACKAGED_SCORER, PairScorer, open_scorer
from ragbot.judge.signals import SignalReader
from ragbot.judge.wording import statement_text
from ragbot.latest import Latest
from ragbot.settings import Settings
from ragbot.stages import stage

_log = logging.getLogger("ragbot")

KEPT = 4096  # of the latest logits: places of one answer share many of their candidates


class LearntJudge:
    """Weighs signals, and with a scorer its logits of the most promising; shared by threads."""

    def __init__(self, guide: Guide, blend: Blend, scorer: PairScorer | None = None) -> None:
        """Take what was learnt, and a scorer, of which the blend need not have learnt."""
        self._signals = SignalReader(guide)
        self._blend = blend
        self._scorer = scorer if blend.joint else None
        self._latest = Latest[tuple[str, int], float]("judgements", KEPT)

    @property
    def name(self) -> str:
        """What it is called, with the hashes of what it has learnt."""
        name = f"signals {self._blend.sha256[:12]}"
        scorer = self._scorer
        return f"{name}, {scorer.name} {scorer.sha256[:12]}" if scorer else name

    @stage("judge")
    def judge(
        self, asked: Asked, candidates: Sequence[Candidate], most: int = READ
    ) -> list[Judged]:
        """The candidates, in their order, each with its probabilities.

        A cross-encoder reads at most `most` of them; the others have what their signals say.
        """
        logits = self._blend.alone(self._signals.read(asked, candidates))
        if self._scorer and self._blend.joint and most and len(candidates):
            order = np.lexsort((np.arange(len(candidates)), -logits["helps"]))[:most]
            read = self._logits(self._scorer, asked.text, [candidates[place] for place in order])
            if self._scorer.sha256 != self._blend.joint.scorer:
                read = self._blend.joint.brought(read)
            alone = {grade: logits[grade][order] for grade in GRADES}
            for grade, found in self._blend.joint.logits(alone, read).items():
                logits[grade][order] = found
        helps, answers = (probability(logits[grade]) for grade in GRADES)
        return [
            Judged(candidate, float(answer), float(helping))
            for candidate, answer, helping in zip(candidates, answers, helps, strict=True)
        ]

    def _logits(self, scorer: PairScorer, question: str, candidates: Sequence[Candidate]) -> Shares:
        """The scorer's logits; those of the latest questions are known already."""
        known = self._latest.known((question, c.ordinal) for c in candidates)
        new = [c for c in candidates if (question, c.ordinal) not in known]
        texts = [statement_text(c.heading, c.symbol, c.statement.label, c.quote) for c in new]
        fresh = zip(new, scorer.scores(question, texts).tolist(), strict=True) if new else ()
        found = {(question, candidate.ordinal): logit for candidate, logit in fresh}
        self._latest.keep(found)
        found |= known
        return np.array([found[question, c.ordinal] for c in candidates], np.float64)


def open_judge(generation: Generation, settings: Settings) -> Judge:
    """The judge that the settings name, for one generation; errors as of `learnt_judge`."""
    return learnt_judge(generation.guide, settings)


def learnt_judge(guide: Guide, settings: Settings) -> LearntJudge:
    """The judge that the settings name.

    A folder may hold a blend of its own, learnt with its cross-encoder; the logits of one that the
    blend was not learnt with are brought to the scale of those that it was.

    Where the packaged cross-encoder does not load here, signals alone judge, with a warning.

    Raises:
        JudgeError: its data are missing or damaged.
    """
    named = settings.judge
    has_blend = named not in ("packaged", "none") and (Path(named) / BLEND_FILE).is_file()
    blend = Blend.read(Path(named) if has_blend else PACKAGED)
    # As long as no cross-encoder is packaged, the signals alone are what is.
    lacking = named == "packaged" and not (blend.joint and PACKAGED_SCORER.is_dir())
    try:
        scorer = None if lacking else open_scorer(named)
    except JudgeError as error:
        if named != "packaged":
            raise
        _log.warning("%s; signals alone judge instead", error)
        scorer = None
    return LearntJudge(guide, blend, scorer)
