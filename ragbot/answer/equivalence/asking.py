"""Whether a question asks for the counterpart of a programming name."""

import re
from collections.abc import Collection

from ragbot.retrieval.symbols import symbols_in

BARE_WORDS = 4  # "lib.open in Other"

# Words that ask for a counterpart, whatever else is asked.
_SURE = re.compile(
    r"\b(?:equivalents?|equivalence|counterparts?|analog(?:s|ue|ues|ous)?|correspond(?:s|ing)?|"
    r"(?:the )?same as|similar (?:\w+ )?to|version of|called in)\b",
    re.IGNORECASE,
)
# Words that do where a programming name is given and no aspect.
_LIKELY = re.compile(
    r"\b(?:differen(?:t|ce|ces|tly)|differs?|discrepanc(?:y|ies)|vs\.?|versus|compared?|like|"
    r"instead of|alternatives?|replace(?:ment|s)?|translate|transfer|convert|port|what is|what's|"
    r"how (?:do|to|can)|in place of)\b",
    re.IGNORECASE,
)


def asks_for_counterpart(text: str, plain: Collection[str], *, names_aspect: bool) -> bool:
    """Whether a question about two or more subjects asks for a name's counterpart.

    `plain` are the names of subjects, in lower case, which are no programming names.
    """
    if _SURE.search(text):
        return True
    is_likely = _LIKELY.search(text) or len(text.split()) <= BARE_WORDS
    return bool(not names_aspect and is_likely and symbols_in(text, plain))
