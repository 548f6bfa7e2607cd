"""Texts of our own by which engines are compared, for speed and for exactness."""

import numpy as np

from ragbot.encoder import Vectors

_SENTENCES = (
    "The snapshot is written to disk before the old one is removed.",
    "Call `open()` once; every later call returns the same handle.",
    "Version 3.2 reads rows twice as fast as version 2.9 did on the same server.",
    "| limit | 4,096 | entries a page |",
    "Is it free for a team of five, and what does support cost?",
    "Do not stop the process while a backup runs, or the log has to be replayed from its start.",
    "A plug-in may add its own checks; they run in the order in which they were registered.",
    "def restore(path, *, verify=True): reads what save() has written.",
    "Beginners tend to prefer the graphical editor, administrators the configuration file.",
    "It is deprecated since 2024 and will be removed in the release after the next.",
    "Memory grows with the number of open connections, about two megabytes for each of them.",
    "See the installation guide.",
)
LONG = 8  # sentences of a text about as long as a passage

SHORT_TEXTS = tuple(_SENTENCES)
LONG_TEXTS = tuple(
    " ".join(_SENTENCES[(at + i * (1 + at % 5)) % len(_SENTENCES)] for i in range(LONG + at % 4))
    for at in range(len(_SENTENCES))
)
TEXTS = (*SHORT_TEXTS, *LONG_TEXTS)

# A vector of eight-bit weights lies about 0.993 from that of full ones; where an engine gives less
# than this for one text, or on average, something is wrong with it on this machine.
LEAST_COSINE = 0.975
LEAST_MEAN_COSINE = 0.985


def disagreement(found: Vectors, exact: Vectors) -> str:
    """How far vectors of `TEXTS` are from the exact ones, in words; "" where near enough."""
    cosines = np.sum(found * exact, axis=1)
    least, mean = float(cosines.min()), float(cosines.mean())
    if least >= LEAST_COSINE and mean >= LEAST_MEAN_COSINE:  # a NaN is not
        return ""
    return f"its vectors are off: cosine {mean:.3f} on average, at least {least:.3f}"
