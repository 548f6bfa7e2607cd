"""What makes a symbol the counterpart of another, in figures."""

import numpy as np

from ragbot.answer.equivalence.names import dimensions, similarity
from ragbot.answer.equivalence.reference import Entry, Reference
from ragbot.encoder import Vectors

# Fitted on 444 pairs out of training questions whose answer is a symbol's document (log-likelihood
# of the answer among all symbols of the subject), but the last six, which those pairs would bend:
# their answers are drawn evenly from the references, seldom what people use, and never of another
# subject's reference, and the encoder has seen the questions (docs/log.md, 2026-11-20).
WEIGHTS = {
    "name": 1.2,  # likeness of the last parts of the names
    "place": 1.0,  # likeness of the modules
    "summary": 5.8,  # cosine of the first sentences
    "head": 9.0,  # cosine of the first passages
    "parameters": 2.2,  # share of the parameters that have a namesake
    "member": -1.4,  # a member of a class
    "dimensions": -4.7,  # both names hold numbers, and other ones
    "depth": -0.1,  # for each part of the name beyond two
    "aside": -2.0,  # deprecated, experimental, of an old version
    "nested": -1.5,  # of a subject whose names the one asked for holds
    "usage": 3.0,  # cosine of what guides say where they name it
    "used": 0.4,  # logarithm of how often they do
    "question_summary": 2.0,  # cosine of the question and the first sentence
    "question_head": 4.0,  # cosine of the question and the first passage
}
_VALUES = np.array(list(WEIGHTS.values()), dtype=np.float32)


def scores(
    one: int, candidates: list[int], vector: Vectors, subject: str, reference: Reference
) -> Vectors:
    """How likely each candidate is the counterpart of one entry, for a question's vector."""
    found: Vectors = features(one, candidates, vector, subject, reference) @ _VALUES
    return found


def features(
    one: int, candidates: list[int], vector: Vectors, subject: str, reference: Reference
) -> Vectors:
    """Shape (candidates, WEIGHTS): how each candidate is related to one entry and a question."""
    entry = reference.entries[one]
    others = [reference.entries[at] for at in candidates]
    rows = np.array(candidates, dtype=np.int64)
    summaries, heads = reference.summaries[rows], reference.heads[rows]
    columns = (
        [_name(entry, other, reference) for other in others],
        [similarity(entry.place, other.place, reference.weight) for other in others],
        summaries @ reference.summaries[one],
        heads @ reference.heads[one],
        [_parameters(entry, other) for other in others],
        [other.is_member for other in others],
        [_other_dimensions(entry, other) for other in others],
        [max(0, other.depth - 2) for other in others],
        [other.is_aside for other in others],
        [subject not in other.symbol.subjects for other in others],
        reference.uses[rows] @ reference.uses[one],
        reference.used[rows],
        summaries @ vector,
        heads @ vector,
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _name(one: Entry, other: Entry, reference: Reference) -> float:
    return max(similarity(a, b, reference.weight) for a in one.words for b in other.words)


def _other_dimensions(one: Entry, other: Entry) -> bool:
    mine, theirs = dimensions(one.words[0]), dimensions(other.words[0])
    return bool(mine and theirs and mine != theirs)


def _parameters(one: Entry, other: Entry) -> float:
    mine, theirs = set(one.given), set(other.given)
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))
