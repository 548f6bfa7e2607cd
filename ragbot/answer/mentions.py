"""How a text names subjects: in a row with others, or only as what another is like."""

import re

from ragbot.guide import Guide

# What stands between names in a row, and the word that joins the last of them.
_IN_A_ROW = re.compile(r"[\s,]*(and|or|vs\.?|versus|&|/)?[\s,]*", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:(?:^|[.;:]\s*|\b(?:just|much|is|are|looks?|works?|quite) )like|"
    r"\b(?:unlike|than|similar(?:ly)? to|compared (?:to|with)|as opposed to)) (?:the )?$",
    re.IGNORECASE,
)


def in_rows(text: str, guide: Guide) -> frozenset[str]:
    """Ids of the subjects that a text names only in a row ("A, B and C"), as if one."""
    listed, alone = set[str](), set[str]()
    for row, is_joined in _rows(text, guide):
        (listed if is_joined and len(set(row)) > 1 else alone).update(row)
    return frozenset(listed - alone)


def _rows(text: str, guide: Guide) -> list[tuple[list[str], bool]]:
    """The mentions of a text, each row of them together, and whether a word joins that."""
    rows: list[tuple[list[str], bool]] = []
    end = 0
    for start, stop, name in guide.mentions(text):
        between = _IN_A_ROW.fullmatch(text, end, start) if rows else None
        if between:
            row, is_joined = rows[-1]
            rows[-1] = ([*row, name], is_joined or bool(between[1]))
        else:
            rows.append(([name], False))
        end = stop
    return rows


def aside(text: str, guide: Guide) -> frozenset[str]:
    """Ids of the subjects that a text names only as what another is like, or compared with."""
    found: dict[str, bool] = {}
    for start, _, name in guide.mentions(text):
        found[name] = found.get(name, True) and bool(_ASIDE.search(text, 0, start))
    return frozenset(name for name, is_aside in found.items() if is_aside)
