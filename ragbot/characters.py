"""Characters that are not seen: without width, or turning the direction of what is around them."""

import re
import unicodedata

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# Joiners mean something in the scripts and pictures that are made of parts, and there only.
_JOINER = re.compile(
    r"(?<![\u0600-\u109f\u1780-\u18af])[\u200c]"
    r"|(?<=[\x00-\u05ff])\u200d|\u200d(?=[\x00-\u05ff])"
)


def whole(text: str) -> str:
    """The text with `?` for each half of a character (a lone surrogate): no file can hold one."""
    return text.encode("utf-8", "replace").decode()


def seen(text: str) -> str:
    """The text as it is seen, its letters composed (NFC): no controls, but tabs and line feeds.

    Soft hyphens, zero-width marks and marks of direction go, which split words for who compares
    them and turn around what stands beside them on a page or a terminal. Half a character is one
    that should be there: `?` stands for it.
    """
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _JOINER.sub("", _UNSEEN.sub("", whole(text))))
