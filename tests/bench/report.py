"""Figures as a table on the screen, and as Markdown, JSON and a plot in bench/results."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .figures import Figure

COLUMNS = ("part", "figure", "ragbot", "beside it, same run", "ratio", "goal", "")
ROW, BAR, LEFT, WIDTH = 34, 11, 330, 420  # of the plot, in pixels
OURS, OTHER = "#2563eb", "#9ca3af"


def rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """The cells of the table, one row a figure."""
    found = []
    for figure in figures:
        ratio = figure.ratio if figure.than else None
        verdict = {None: "", True: "reached", False: "missed"}[figure.reached]
        beside = f"{_said(figure.beside, figure.unit)} ({figure.than})" if figure.than else ""
        cells = (_said(figure.value, figure.unit), beside, f"{ratio:.2f}" if ratio else "")
        found.append((figure.part, figure.name, *cells, figure.goal, verdict))
    return found


def tell(figure: Figure) -> None:
    """One figure on stderr, as soon as it is known."""
    Console(stderr=True).print("  ".join(filter(None, rows([figure])[0])), highlight=False)


def complain(error: Exception) -> None:
    Console(stderr=True).print(f"error: {error}", highlight=False, markup=False)


def show(figures: Sequence[Figure], title: str) -> None:
    table = Table(*COLUMNS, title=title)
    for row in rows(figures):
        table.add_row(*row)
    Console(width=150).print(table)


def write(figures: Sequence[Figure], title: str, folder: Path) -> None:
    """bench.md, bench.json and bench.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"| {' | '.join(row)} |" for row in (COLUMNS, ["---"] * len(COLUMNS), *rows(figures))]
    note = "Written by `make bench`. Compare within this run only: machines differ and are shared."
    text = "\n".join([f"# {title}", "", note, "", *lines, ""])
    (folder / "bench.md").write_text(text, encoding="utf-8")
    content = {"title": title, "figures": [asdict(figure) for figure in figures]}
    (folder / "bench.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "bench.svg").write_text(plot(figures, title), encoding="utf-8")


def plot(figures: Sequence[Figure], title: str) -> str:
    """An SVG of bars: each figure of ours over what stands beside it, the longer of both full."""
    pairs = [figure for figure in figures if figure.than and figure.beside]
    height = 64 + ROW * len(pairs)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 130}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="12" y="22" font-size="15" font-weight="600">{escape(title)}</text>',
        f'<text x="12" y="42"><tspan fill="{OURS}">■</tspan> ragbot '
        f'<tspan fill="{OTHER}">■</tspan> the libraries by themselves, in the same run</text>',
    ]
    for place, figure in enumerate(pairs):
        top = 56 + ROW * place
        start = f'<text x="{LEFT - 8}" text-anchor="end"'
        beside = escape(f"{figure.part}; {figure.than}")
        parts += [
            f'{start} y="{top + BAR + 3}">{escape(figure.name)}</text>',
            f'{start} y="{top + 2 * BAR + 3}" font-size="10" fill="#6b7280">{beside}</text>',
        ]
        longest = max(figure.value, figure.beside or 0.0) or 1.0
        for line, (value, colour) in enumerate(((figure.value, OURS), (figure.beside, OTHER))):
            width, at = WIDTH * (value or 0.0) / longest, top + line * (BAR + 1)
            parts.append(
                f'<rect x="{LEFT}" y="{at}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
            )
            parts.append(
                f'<text x="{LEFT + width + 5:.1f}" y="{at + BAR - 2}" font-size="10">'
                f"{escape(_said(value, figure.unit))}</text>"
            )
    return "\n".join([*parts, "</svg>", ""])


def _said(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{number}{unit}" if unit.startswith("/") else f"{number} {unit}".rstrip()
