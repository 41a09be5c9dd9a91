"""The quick way through a regular text with quotation marks: Arrow splits and converts; what is odd is left alone."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from landscape_app.data.columns import CellColumn
from landscape_app.data.numbers import is_number
from landscape_app.data.reading import Decimal, Progress, Reading
from landscape_app.data.source import Source
from landscape_app.data.text_encoding import NulByteError, utf8_segments
from landscape_app.data.text_layout import Layout
from landscape_app.data.text_quotes import is_well_quoted
from landscape_app.data.text_records import DELIMITERS

if TYPE_CHECKING:
    import pyarrow as pa

#: How a column is read: converted at once, cell by cell as numbers, or as words.
Mode = Literal["float", "cells", "words"]

#: Spellings of missing values that the quick ways are told of; others make them look at each cell.
MISSING_SPELLINGS = (
    "", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "-nan", "-NaN", "null", "NULL", "Null", "None", "none",
    "#N/A", "#NA", "<NA>", "-", "--", "?", ".",
)  # fmt: skip


def spellings(reading: Reading) -> list[str]:
    """Return what the quick ways are told of missing values: no numbers, which `CellColumn` compares by value."""
    return [*MISSING_SPELLINGS, *(word for word in reading.missing if not is_number(word))]


def told(progress: Progress | None, share: float) -> None:
    """Tell how much is done, if anyone asks; after each column, since odd ones take their time."""
    if progress is not None:
        progress(min(1.0, share))


class Irregular(Exception):  # noqa: N818 - not an error: the slow way says what it is
    """The text is not as regular as this needs. ``column`` holds cells that can't be converted, if that is why."""

    def __init__(self, column: int | None = None) -> None:
        super().__init__()
        self.column = column


def is_suitable(layout: Layout) -> bool:
    """Whether Arrow can split such a text at all."""
    return layout.how.delimiter != "blank" and not layout.how.comments


def fast_columns(
    source: Source,
    layout: Layout,
    reading: Reading,
    columns: Sequence[CellColumn],
    modes: Sequence[Mode],
    decimal: Decimal,
    prefix: int,
    progress: Progress | None,
) -> None:
    """Fill ``columns`` from the records of ``source``, which begin after ``prefix`` bytes of UTF-8.

    Raises
    ------
    Irregular
        If anything is not as expected.
    Stopped
        If ``progress`` raised it.
    """
    import pyarrow as pa
    from pyarrow import csv

    names = [f"f{position}" for position in range(layout.width)]
    types = {name: pa.float64() if mode == "float" else pa.string() for name, mode in zip(names, modes, strict=True)}
    convert = csv.ConvertOptions(
        column_types=types,
        null_values=spellings(reading),
        strings_can_be_null=False,
        decimal_point="," if decimal == "comma" else ".",
    )
    done, seen = 0, 0
    for segment in _segments(source, layout, prefix, progress):
        seen += len(segment)
        parse = csv.ParseOptions(delimiter=DELIMITERS[layout.how.delimiter], newlines_in_values=True, escape_char=False)
        if not is_well_quoted(segment, DELIMITERS[layout.how.delimiter].encode()):
            raise Irregular
        try:
            table = csv.read_csv(pa.BufferReader(segment), csv.ReadOptions(column_names=names), parse, convert)
        except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise Irregular(_column_in(str(error))) from error
        rows = table.num_rows if reading.rows is None else min(table.num_rows, reading.rows - done)
        _take(table, columns, modes, rows, partial(told, progress, seen / max(1, source.size)))
        done += rows
        if done == reading.rows:
            return


def _segments(source: Source, layout: Layout, prefix: int, progress: Progress | None) -> Iterator[bytes]:
    try:
        yield from utf8_segments(source, layout.encoding, prefix, progress)
    except (NulByteError, UnicodeError) as error:
        raise Irregular from error


def _take(
    table: "pa.Table", columns: Sequence[CellColumn], modes: Sequence[Mode], rows: int, tell: Callable[[], None]
) -> None:
    for position, (column, mode) in enumerate(zip(columns, modes, strict=True)):
        cells: Any = table.column(position)
        if mode == "float":
            values = cells.to_numpy()[:rows]
            column.note_infinite(values)
            column.add_numbers(values)
        else:
            column.add(cells.to_pylist()[:rows])
        tell()


def _column_in(message: str) -> int | None:
    found = re.match(r"In CSV column #(\d+)", message)
    return int(found[1]) if found else None
