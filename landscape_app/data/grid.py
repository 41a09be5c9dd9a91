"""Rows of values with a header somewhere: what sheets and pasted cells have in common."""

from collections.abc import Sequence
from typing import Any

from landscape_app.core.errors import DataError
from landscape_app.data.columns import check_usable, place_of
from landscape_app.data.numbers import is_missing, plain_number
from landscape_app.data.reading import Doubt, FileStamp, Kind, Reading
from landscape_app.data.table import Table
from landscape_app.data.text_header import LONGEST_UNIT, is_counting
from landscape_app.data.text_layout import SHOWN
from landscape_app.data.value_columns import cell_text, value_column
from landscape_app.data.wording import counted, shortened

Row = tuple[Any, ...]


class Grid:
    """Rows of equal length, the first of them row number ``first``: names, perhaps units, and values below."""

    def __init__(self, title: str, rows: Sequence[Row], first: int, reading: Reading) -> None:
        self.title, self._reading = title, reading
        self.doubts: tuple[Doubt, ...] = ()
        self.notes: tuple[str, ...] = ()
        if not rows:
            raise DataError(f"'{title}' is empty: it needs a row with the names of the columns and rows of numbers.")
        width = len(rows[0])
        self.has_header = self._is_header(rows, first) if reading.header is None else reading.header
        numbered = tuple(f"column {position}" for position in range(1, width + 1))
        self.units: tuple[str, ...] = ("",) * width
        self.names, self.rows, self.first = numbered, rows, first
        if self.has_header:
            names = zip(rows[0], numbered, strict=True)
            self.names = tuple(cell_text(value).strip() or number for value, number in names)
            self.rows, self.first = rows[1:], first + 1
            units = _units(self.rows, width)
            if units:
                self.units, self.rows, self.first = units, self.rows[1:], self.first + 1
                self.notes = (f"Row {first + 1} was read as units: {', '.join(unit for unit in units if unit)}.",)
        if not self.rows:
            raise DataError(f"'{title}' has a header but no rows below it: add rows of numbers.")

    def _is_header(self, rows: Sequence[Row], first: int) -> bool:
        numeric = [_is_number(value) for value in rows[0]]
        if not any(numeric):
            return True
        is_data = all(number or _is_gap(value) for number, value in zip(numeric, rows[0], strict=True))
        texts = [[cell_text(value) for value in row] for row in rows[:SHOWN]]
        if len(rows) > 1 and not (is_data and not is_counting(texts[0], texts[1:])):
            shown = ", ".join(shortened(text) for text in texts[0][:4]) + (", …" if len(texts[0]) > 4 else "")
            self.doubts = (Doubt("header", f"row {first} ({shown}) may hold names or values", ("yes", "no")),)
        return not is_data

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The first rows as they are shown."""
        return tuple(tuple(cell_text(value) for value in row) for row in self.rows[:SHOWN])

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What each column seems to hold."""
        given = dict(self._reading.kinds)
        seen = kinds_of(self.rows[:SHOWN], len(self.names))
        return tuple(given.get(name, kind) for name, kind in zip(self.names, seen, strict=True))

    def table(self, stamp: FileStamp | None) -> Table:
        """Return the whole table.

        Raises
        ------
        DataError
            If it has no target or no feature, or a value that can't be used.
        """
        where = place_of("row", self.first)
        made = [
            value_column(self.title, name, [row[position] for row in self.rows], self._reading, where, unit)
            for position, (name, unit) in enumerate(zip(self.names, self.units, strict=True))
        ]
        columns = tuple(column for column, _ in made)
        check_usable(self.title, columns)
        notes = [*self.notes, *(note for _, note in made if note)]
        if self._reading.rows is not None and len(self.rows) == self._reading.rows:
            notes.append(f"Only the first {counted(len(self.rows), 'row')} were read.")
        return Table(self.title, columns, len(self.rows), notes=tuple(notes), stamp=stamp)


def kinds_of(rows: Sequence[Row], width: int) -> list[Kind]:
    """Return what most values of each column are."""
    kinds: list[Kind] = []
    for position in range(width):
        present = [row[position] for row in rows if not _is_gap(row[position])]
        numbers = sum(map(_is_number, present))
        kinds.append("number" if not present or numbers > len(present) / 2 else "words")
    return kinds


def _units(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    if len(rows) < 2 or any(_is_number(value) for value in rows[0]):
        return ()
    kinds = kinds_of(rows[1:SHOWN], width)
    first = [cell_text(value).strip() for value in rows[0]]
    words = [text for text, kind in zip(first, kinds, strict=True) if kind == "number" and not is_missing(text)]
    if not words or any(len(word) > LONGEST_UNIT for word in words):
        return ()
    return tuple("" if is_missing(text) else text.strip("[]() ") for text in first)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool | int | float):
        return True
    return isinstance(value, str) and plain_number(value) == plain_number(value)


def _is_gap(value: Any) -> bool:
    return value is None or (isinstance(value, str) and is_missing(value))
