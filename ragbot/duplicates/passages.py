"""Which passages repeat another: their words stand in it whole and in one piece.

Between passages that nearly agree, the rest is what matters: "2 to 8" and "2 to 16" GPUs, the same
paragraph for another device. So no word may differ; one may only begin or end a little earlier.
"""

SHARE = 0.9  # of the longer passage's words, at least, that the shorter has
FEW_WORDS = 20  # a shorter passage says what its heading makes of it


def same_passage(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two passages, given by their words without headings, say the same."""
    short, long = sorted((one, other), key=len)
    if len(short) < max(FEW_WORDS, SHARE * len(long)):
        return False
    return any(
        long[start : start + len(short)] == short for start in range(len(long) - len(short) + 1)
    )
