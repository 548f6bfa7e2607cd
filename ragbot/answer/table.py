"""The lead and the table of a comparison: one quote a side first, then what else is said."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from ragbot.answer.find import Place, Pool, PoolFinder
from ragbot.answer.pick import Pick, Picker
from ragbot.answer.sections import Sections, note, outright
from ragbot.guide import Guide
from ragbot.judge import Judged
from ragbot.limits import SEARCHES
from ragbot.retrieval import Filters
from ragbot.types import Cell, CellStatus, Claim, Column, Form, Question, Row
from ragbot.understand.question import QUESTION_ROW

ON_ONE_POINT = Row(QUESTION_ROW, "On your question")
FURTHER = 4  # quotes of a side below the lead, while there are words
A_CELL = 2  # quotes in a cell of a table with several rows
OVERVIEW_ROWS = 3  # aspects shown when the question names none


class Comparer:
    """Sets subjects side by side, of one generation; safe to share between threads."""

    def __init__(self, guide: Guide, finder: PoolFinder) -> None:
        self._guide = guide
        self._finder = finder

    def sections(self, question: Question, picker: Picker, filters: Filters) -> Sections:
        """A lead and a table: on what is asked, on the aspects named, or on those that tell."""
        rows, columns = question.rows, question.columns
        if not rows:
            return self._overview(question, picker, filters)
        named = all(row.id != QUESTION_ROW for row in rows)
        if named and len(rows) > 1 and question.form is Form.COMPARISON:
            places = [Place(), *(Place(column, row) for row in rows for column in columns)]
            whole, *cells = self._finder.pools(question, places, filters)
            return self._table(columns, rows, whole, cells, picker)
        # Who asks for a choice or for something of its own asks on one point, whatever it names.
        row = rows[0] if len(rows) == 1 else ON_ONE_POINT
        asked = replace(question, rows=(row,))
        places = [Place(), *(Place(column) for column in columns)]
        places += [Place(column, one) for one in rows if one != row for column in columns]
        places += [Place(column, row) for column in columns]
        whole, *found = self._finder.pools(asked, places, filters)
        cells = [_merged(Place(column, row), found) for column in columns]
        return self._on_one_point(columns, row, whole, cells, picker)

    def _on_one_point(
        self,
        columns: Sequence[Column],
        row: Row,
        whole: Pool,
        cells: Sequence[Pool],
        picker: Picker,
    ) -> Sections:
        """A lead of the sides, and what else they say in one row of a table."""
        lead = self._of_sides(whole, cells, picker)
        claims = picker.in_turn(cells, FURTHER)
        led = {pick.claim.subject for pick in lead} | self._compared(lead, columns)
        # An aspect that is asked for has its row, though the lead may say it all.
        shown = any(claims) or not lead or row.id != QUESTION_ROW
        made = [
            _cell(pool.place, found, is_led=pool.place.subject in led)
            for pool, found in zip(cells, claims, strict=True)
        ]
        return Sections(
            rows=(row,) if shown else (),
            lead=tuple(pick.claim for pick in lead),
            lead_note=note(lead),
            cells=tuple(made) if shown else (),
        )

    def _overview(self, question: Question, picker: Picker, filters: Filters) -> Sections:
        """An open comparison: the aspects on which the sources say most of every side.

        Only so many aspects of the guide are looked at, from the first, as make SEARCHES cells.
        """
        columns = question.columns
        most = max(1, SEARCHES // len(columns) - 1)
        rows = [Row(aspect.id, aspect.name) for aspect in self._guide.aspects[:most]]
        places = [Place(column) for column in columns]
        whole, *own = self._finder.pools(question, [Place(), *places], filters)
        places = [Place(column, row) for row in rows for column in columns]
        asked = replace(question, rows=tuple(rows))
        cells = self._finder.pools(asked, places, filters, at_a_glance=True)
        lead = self._of_sides(whole, own, picker)
        shown = _telling(rows, cells, len(columns), picker.least)
        places = [place for place in places if place.row in shown]
        kept = self._finder.pools(asked, places, filters)
        table = self._table(columns, shown, whole, kept, picker, lead)
        if any(cell.claims for cell in table.cells):
            return table
        further = picker.in_turn(own, FURTHER)
        return replace(table, rows=(), cells=(), findings=tuple(chain(*further)))

    def _table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row],
        whole: Pool,
        cells: Sequence[Pool],
        picker: Picker,
        lead: Sequence[Pick] = (),
    ) -> Sections:
        """Rows of aspects, each cell filled first; a lead where a quote compares the sides.

        A lead that does not answer outright would only stand above cells that do.
        """
        claims = picker.in_turn(cells, 1)
        comparing = replace(whole, judged=tuple(filter(outright, whole.judged)))
        lead = lead or self._comparing(comparing, columns, picker)
        if not lead and not any(claims) and (pick := picker.nearest(whole.judged, None, None)):
            lead = [pick]
        more = picker.in_turn(cells, (A_CELL if len(rows) > 1 else FURTHER) - 1)
        made = [
            _cell(pool.place, [*one, *two])
            for pool, one, two in zip(cells, claims, more, strict=True)
        ]
        return Sections(
            rows=tuple(rows),
            lead=tuple(pick.claim for pick in lead),
            lead_note=note(lead),
            cells=tuple(made),
        )

    def _of_sides(self, whole: Pool, sides: Sequence[Pool], picker: Picker) -> list[Pick]:
        """A quote that compares the sides, where that is the best there is; else one of each."""
        columns = [pool.place.column for pool in sides if pool.place.column]
        least = min((_best(pool.judged) for pool in sides), default=0.0)
        lead = self._comparing(whole, columns, picker, least)
        spoken = self._compared(lead, columns)
        silent = [pool for pool in sides if pool.place.subject not in spoken]
        for pool, picks in zip(silent, picker.picked_in_turn(silent, 1), strict=True):
            # A side is not silent as long as something comes near.
            near = None
            if not picks:
                near = picker.nearest(pool.judged, pool.place.subject, _row(pool.place))
            lead += [near] if near else picks
        return lead

    def _comparing(
        self, whole: Pool, columns: Sequence[Column], picker: Picker, least: float = 0.0
    ) -> list[Pick]:
        """The best quote that names two of the sides, if it helps as much as `least`."""
        both = [judged for judged in whole.judged if len(self._named(judged, columns)) > 1]
        pick = picker.best(both, None, None, max(least, picker.least))
        return [pick] if pick else []

    def _compared(self, lead: Sequence[Pick], columns: Sequence[Column]) -> set[str | None]:
        return {name for pick in lead for name in self._named(pick.judged, columns)}

    def _named(self, judged: Judged, columns: Sequence[Column]) -> set[str]:
        candidate = judged.candidate
        text = f"{candidate.statement.label} {candidate.quote}"
        return {column.id for column in columns} & set(self._guide.subjects_in(text))


def _merged(place: Place, pools: Sequence[Pool]) -> Pool:
    """What was found for a side by several searches, each statement as it was judged best."""
    best: dict[int, Judged] = {}
    for pool in pools:
        if pool.place.column != place.column:
            continue
        for judged in pool.judged:
            known = best.get(judged.candidate.ordinal)
            if known is None or judged.helps > known.helps:
                best[judged.candidate.ordinal] = judged
    return Pool(place, tuple(best.values()))


def _cell(place: Place, claims: Sequence[Claim], *, is_led: bool = False) -> Cell:
    """A cell; one without claims of its own is not silent where the lead speaks of its side."""
    status = CellStatus.SUPPORTED if claims or is_led else CellStatus.NO_EVIDENCE
    return Cell(place.subject or "", _row(place) or QUESTION_ROW, status, tuple(claims))


def _row(place: Place) -> str | None:
    return place.row.id if place.row else None


def _telling(
    rows: Sequence[Row], cells: Sequence[Pool], columns: int, least: float
) -> tuple[Row, ...]:
    """The rows on which the sources say most of every side, in the guide's order."""
    worth = {}
    for at, row in enumerate(rows):
        best = [_best(pool.judged) for pool in cells[at * columns : (at + 1) * columns]]
        if max(best) >= least:
            worth[row] = (min(best), max(best))
    kept = sorted(worth, key=lambda row: worth[row], reverse=True)[:OVERVIEW_ROWS]
    return tuple(row for row in rows if row in kept)


def _best(judged: Sequence[Judged]) -> float:
    return max((one.helps for one in judged), default=0.0)
