"""Hard negatives: passages that the encoder takes for an answer and that are none."""

import numpy as np

from ragbot.adapt.neighbours import Neighbours
from ragbot.adapt.recipe import Recipe, Rows
from ragbot.encoder import Vectors

AT_ONCE = 512  # questions whose similarities are held in memory together


def mine(
    questions: Vectors, texts: Vectors, answers: Rows, neighbours: Neighbours, recipe: Recipe
) -> list[Rows]:
    """The rows of each question's candidate negatives, nearest first, at most `recipe.depth`.

    Left out are the passage itself, its neighbours, everything else of its document, and the first
    `recipe.skipped` of what remains: a passage so near may answer the question too without being
    labelled (Qu et al. 2021, "RocketQA", section 3.3, found most of the top ones to be positives).

    Args:
        questions: shape (questions, dimension), of unit length.
        texts: shape (texts, dimension), of unit length, in the rows of `neighbours`.
        answers: the row of each question's own passage.
        neighbours: which texts overlap.
        recipe: how many to skip and to keep.
    """
    found = []
    for start in range(0, len(questions), AT_ONCE):
        scores = questions[start : start + AT_ONCE] @ texts.T
        for line, answer in zip(scores, answers[start : start + AT_ONCE], strict=True):
            own = neighbours.of(int(answer)) | neighbours.same_document(int(answer))
            reach = min(len(line), recipe.skipped + recipe.depth + len(own))
            nearest = np.argpartition(-line, reach - 1)[:reach]
            nearest = nearest[np.lexsort((nearest, -line[nearest]))]
            others = nearest[~np.isin(nearest, list(own))]
            found.append(others[recipe.skipped : recipe.skipped + recipe.depth])
    return found
