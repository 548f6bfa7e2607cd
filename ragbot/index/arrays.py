"""What is known of passages and statements of a library by their ordinals."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ragbot.index import rows
from ragbot.index.library import Library


def statement_starts(library: Library) -> npt.NDArray[np.int64]:
    """Where the statements of each passage begin and the last end, shape (passages + 1,)."""
    counts = np.zeros(library.passages + 1, dtype=np.int64)
    for row in library.read("SELECT passage, COUNT(*) FROM statements GROUP BY passage"):
        counts[row[0] + 1] = row[1]
    return np.cumsum(counts)


def passage_lengths(library: Library) -> npt.NDArray[np.float32]:
    """Characters of each passage, shape (passages,)."""
    found = library.read('SELECT "end" - start FROM passages ORDER BY ordinal')
    return np.array([row[0] for row in found], dtype=np.float32)


def statement_quotes(library: Library, ordinals: Sequence[int]) -> dict[int, str]:
    """The words of some statements by their ordinals."""
    marks = ",".join("?" * len(ordinals))
    found = library.read(f"{rows.STATEMENTS} WHERE s.ordinal IN ({marks})", *ordinals)
    return {row["ordinal"]: row["quote"] for row in found}
