"""Which passages repeat another: their words stand in it whole and in one piece.

Between passages that nearly agree, the rest is what matters: "2 to 8" and "2 to 16" GPUs, the same
paragraph for another device. So no word may differ; the voice may only say a little more.
"""

SHARE = 0.9  # of the longer passage's words, at least, that the shorter has
FEW_WORDS = 20  # a shorter passage says what its heading makes of it


def same_passage(voice: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a passage, given by its words without headings, says nothing that its voice does not.

    What the other says beyond the voice would never be quoted: then it is none of its repeats.
    """
    if len(other) < max(FEW_WORDS, SHARE * len(voice)):
        return False
    return any(
        voice[start : start + len(other)] == other for start in range(len(voice) - len(other) + 1)
    )
