"""Only days that there are."""

import pytest

from ragbot.readers.dates import real_date


@pytest.mark.parametrize(
    ("told", "date"),
    [
        ("2026-02-28", "2026-02-28"),
        (" 2026-02 ", "2026-02"),
        ("2026", "2026"),
        ("2026-02-28T23:30:00-08:00", "2026-02-28"),
        ("2026-02-28 04:00:00 +0900", "2026-02-28"),
        ("2024-02-29", "2024-02-29"),
        ("2026-02-29", ""),
        ("2031-13-45", ""),
        ("2031-00", ""),
        ("1767225600", ""),
        ("20260228", ""),
        ("0007-01-01", ""),
        ("2026-1-2", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_date_is_real(told, date) -> None:
    assert real_date(told) == date
