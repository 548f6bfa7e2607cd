"""Dates as documents tell them: real ones only, as they are written."""

import re
from datetime import date

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])")
_EARLIEST, _LATEST = 1400, 2200  # years; other numbers of four digits are something else


def real_date(text: str) -> str:
    """The ISO date, of any precision, that a text begins with; "" where there is no such day.

    Of a time with a zone it is the day as it is written, which is the day there.
    """
    match = _ISO.match(text.strip())
    if match is None or not _EARLIEST <= int(match[1]) <= _LATEST:
        return ""
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return match[0]
