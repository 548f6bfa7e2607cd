"""Which items of a list are nested in which."""

from ragbot.types import BlockKind, Document
from ragbot.unspaced import count_words


def end_with_nested(document: Document, number: int, most: int) -> int:
    """Where the item that is block `number` ends with the items nested in it.

    Its own end where it has none, or has more than `most` words with them.
    """
    block = document.blocks[number]
    end = block.end
    for below in document.blocks[number + 1 : number + 1 + most]:
        if below.kind is not BlockKind.LIST_ITEM or below.depth <= block.depth:
            break
        end = below.end
        if count_words(document.text[block.start : end]) > most:
            return block.end
    return end
