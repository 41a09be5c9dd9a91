"""Columns of values that a program wrote: numbers, truth values, words, and what can't be used."""

import datetime
from collections.abc import Sequence
from typing import Any

from landscape_app.core.errors import DataError
from landscape_app.data.columns import CellColumn, Where
from landscape_app.data.numbers import plain_number
from landscape_app.data.reading import Kind, Reading
from landscape_app.data.table import Column


def cell_text(value: Any) -> str:
    """Return a value as it is shown: an empty text for a missing one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value)


def value_column(
    title: str, name: str, values: Sequence[Any], reading: Reading, where: Where, unit: str = ""
) -> tuple[Column, str]:
    """Return a column of Python's values and a note, often empty; truth values are 1 and 0, texts may spell numbers.

    Raises
    ------
    DataError
        If a number is infinite, or a value is a list or an object; with the row.
    """
    for row, value in enumerate(values):
        if isinstance(value, list | dict | tuple | set | bytes):
            kind = "an object" if isinstance(value, dict) else "bytes" if isinstance(value, bytes) else "a list"
            place = where(row, str(value)).partition(" holds ")[0]
            raise DataError(
                f"Column '{name}' of '{title}' has {kind} in {place}: a table needs a number or a word in each cell."
            )
    given = dict(reading.kinds).get(name)
    cells = [_cell(value) for value in values]
    column = _filled(name, cells, reading, given, unit, as_words=False)
    if column.must_be_read_again:
        column = _filled(name, cells, reading, given, unit, as_words=True)
    return column.column(title, where), column.note(where)


def _filled(
    name: str, cells: list[str], reading: Reading, kind: Kind | None, unit: str, *, as_words: bool
) -> CellColumn:
    column = CellColumn(
        name, "point", unit=unit, kind=kind, missing=reading.missing, as_words=as_words, parse=plain_number
    )
    column.add(cells)
    return column


def _cell(value: Any) -> str:
    """Return the text that spells a value exactly."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return repr(value)
    return cell_text(value)
