"""What documentation sites put around the text: buttons, licence notices, decorative images."""

import re

_BUTTON = re.compile(
    r"(?:view|run|open|try|edit|launch|download|see|get)\b[^.:;|]{0,12}?\b(?:on|in|the|as|with|source|"
    r"tf|jupyter|this)\b[^.:;|]{0,12}?"
    r"(?:[a-z][\w-]*\.(?:org|io|dev|ai)|colab(?:oratory)?|github|kaggle|binder|notebook|"
    r"hub models?|hugging ?face|qwiklabs|vertex ai(?: workbench)?|colab enterprise|model)"
    r"(?:\s+(?:lab|source))?"
    r"|download notebook|github source|view source|colab logo|github logo",
    re.IGNORECASE,
)
_BUTTON_REST = re.compile(r"[^\w]+")
_COPYRIGHT = re.compile(
    r"^#*\s*copyright\s+(?:\(c\)\s*|©\s*)?(?:19|20)\d\d\b.{0,80}$", re.IGNORECASE
)
_LICENCE = re.compile(
    r"^\W*(?:@title\s+)?(?:licensed under the|mit license|apache license|"
    r"copyright\s+(?:\(c\)\s*|©\s*)?(?:19|20)\d\d)",
    re.IGNORECASE,
)
_LICENCE_BODY = re.compile(
    r"without warrant(?:y|ies)|permission is hereby granted|licensed under the apache|"
    r"redistribution and use in source",
    re.IGNORECASE,
)
_FEWEST_PARTS, _MOST_WORDS = 4, 12
_FILE_NAME = re.compile(r"^\S*[\w)-]\.(?:png|jpe?g|gif|svg|webp|ico|bmp|pdf|mp4)$", re.IGNORECASE)
_DECORATIVE = re.compile(
    r"^(?:png|jpe?g|gif|svg|image|img|figure|drawing|alt[ _-]?text|screen ?shot|logo|icon)?$",
    re.IGNORECASE,
)


def is_button_row(text: str) -> bool:
    """Whether the text is nothing but links such as "Run in Google Colab"."""
    if len(text) > 250 or not _BUTTON.search(text):
        return False
    return not _BUTTON_REST.sub("", _BUTTON.sub("", text))


def is_navigation_row(text: str) -> bool:
    """Whether the text names the parts of a series, "Start || Middle || End", and nothing else."""
    parts = [part.split() for part in text.split("||")]
    return len(parts) >= _FEWEST_PARTS and all(0 < len(part) <= _MOST_WORDS for part in parts)


def is_licence_notice(text: str) -> bool:
    """Whether a notebook cell is a copyright line or a licence header rather than content."""
    text = text.strip()
    if _COPYRIGHT.match(text):
        return True
    return bool(_LICENCE.match(text) and _LICENCE_BODY.search(text))


def alt_words(alt: str) -> str:
    """The alternative text of an image, "" where it is a file name or says nothing."""
    alt = alt.strip()
    return "" if _FILE_NAME.match(alt) or _DECORATIVE.match(alt) else alt
