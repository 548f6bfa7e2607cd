"""The gaps as a page of HTML with bars, which needs nothing else to be opened."""

from collections.abc import Sequence
from html import escape
from typing import Final

from api.feedback.gaps import Gaps, Hole

_BARS: Final = 25
_ROW: Final = 22  # pixels
_WIDTH: Final = 420
_KINDS: Final = (
    ("refused", "#b3452c"),
    ("voted_down", "#d9a441"),
    ("empty", "#5b7fa6"),
)
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #ddd;vertical-align:top}svg text{font:13px system-ui,sans-serif}"
)


def page(gaps: Gaps) -> str:
    """The page."""
    rows = "".join(
        f"<tr><td>{group.count}</td><td>{group.refused}</td><td>{group.voted_down}</td>"
        f"<td>{'<br>'.join(escape(question) for question in group.questions)}</td></tr>"
        for group in gaps.groups
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>What the documents leave open</title><style>{_STYLE}</style></head><body>"
        "<h1>What the documents leave open</h1>"
        f"<p>{gaps.open:,} of {gaps.answers:,} answers that were kept left something open.</p>"
        f"<h2>By subject and aspect</h2>{_bars(gaps.holes)}"
        "<h2>By question</h2><table><tr><th>asked</th><th>refused</th><th>voted down</th>"
        f"<th>questions that lie near each other</th></tr>{rows}</table></body></html>"
    )


def _bars(holes: Sequence[Hole]) -> str:
    shown = holes[:_BARS]
    if not shown:
        return "<p>Nothing.</p>"
    most = max(hole.weight for hole in shown)
    parts = []
    for row, hole in enumerate(shown):
        y = row * _ROW
        name = ", ".join(filter(None, (hole.subject or "no subject", hole.aspect)))
        parts.append(f'<text x="240" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        x = 250.0
        for kind, colour in _KINDS:
            count = getattr(hole, kind)
            width = _WIDTH * count / most
            title = f"<title>{kind.replace('_', ' ')}: {count}</title>"
            parts.append(
                f'<rect x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="16" fill="{colour}">'
                f"{title}</rect>"
            )
            x += width
        parts.append(f'<text x="{x + 6:.1f}" y="{y + 15}">{hole.weight}</text>')
    key = " ".join(
        f'<tspan fill="{colour}">■ {kind.replace("_", " ")}</tspan>' for kind, colour in _KINDS
    )
    height = len(shown) * _ROW + 30
    return (
        f'<svg width="720" height="{height}" role="img" aria-label="bars">{"".join(parts)}'
        f'<text x="250" y="{height - 8}">{key}</text></svg>'
    )
