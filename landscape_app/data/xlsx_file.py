"""Workbooks (XLSX) become a Survey or a Table: the values, not the formulas, of one sheet."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from landscape_app.core.errors import DataError
from landscape_app.data.grid import Grid, Row
from landscape_app.data.reading import Doubt, Progress, Reading, Survey
from landscape_app.data.source import Source
from landscape_app.data.table import Table
from landscape_app.data.text_file import raise_doubts
from landscape_app.data.text_layout import SHOWN
from landscape_app.data.wording import listed

#: A workbook that unpacks to more bytes than this is not opened.
MOST_BYTES = 2 << 30
#: A sheet has no more rows than this; one that spreads over more cells is not read.
MOST_ROWS, MOST_CELLS = 1 << 20, 50_000_000
#: What openpyxl and what it is built on raise over files that are not as they should be.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, KeyError, IndexError, AttributeError, TypeError, ValueError, EOFError, SyntaxError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
#: Rows that are read between two signs of progress.
ROWS = 500


def survey_xlsx(source: Source, reading: Reading) -> Survey:
    """Look at the first rows of a sheet."""
    with _sheets(source) as book:
        parts, doubts = _parts(source.title, book, reading)
        sheet = book[parts[0] if reading.part is None else _known(source.title, reading.part, parts)]
        first, rows = _rows(source.title, sheet, SHOWN + 2, None)
        grid = Grid(source.title, rows, first, reading)
        return Survey(
            title=source.title,
            form="xlsx",
            reading=reading.model_copy(update={"part": sheet.sheet.title, "header": grid.has_header}),
            names=grid.names,
            units=grid.units,
            cells=grid.cells,
            kinds=grid.kinds,
            parts=parts,
            doubts=(*doubts, *grid.doubts),
            notes=grid.notes,
            whole=len(rows) < SHOWN + 2,
        )


def read_xlsx(source: Source, reading: Reading, progress: Progress | None) -> Table:
    """Read one sheet."""
    with _sheets(source) as book:
        parts, doubts = _parts(source.title, book, reading)
        raise_doubts(source.title, doubts)
        sheet = book[parts[0] if reading.part is None else _known(source.title, reading.part, parts)]
        limit = None if reading.rows is None else reading.rows + 2  # with a header and units
        first, rows = _rows(source.title, sheet, limit, progress)
    grid = Grid(source.title, rows, first, reading)
    raise_doubts(source.title, grid.doubts)
    if reading.rows is not None:
        grid.rows = grid.rows[: reading.rows]
    return grid.table(source.stamp)


def _known(title: str, part: str, parts: tuple[str, ...]) -> str:
    if part not in parts:
        raise DataError(f"'{title}' has no sheet called '{part}' with a table: it has {listed(parts)}.")
    return part


class _Sheet(NamedTuple):
    """A sheet and how many rows it says that it has: good for the progress only, since programs write it wrong."""

    sheet: Any  # a ReadOnlyWorksheet, whose types are wrong
    declared: int


@contextmanager
def _sheets(source: Source) -> Iterator[dict[str, "_Sheet"]]:
    """Open a workbook without reading it."""
    import openpyxl

    with source.opened() as file:
        with _whole(source.title):
            with zipfile.ZipFile(file) as archive:
                size = sum(info.file_size for info in archive.infolist())
            if size > MOST_BYTES:
                raise DataError(
                    f"'{source.title}' unpacks to {size / 2**30:.1f} GB: save the sheet as CSV, which is read piece by "
                    "piece."
                )
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            yield {sheet.title: _Sheet(sheet, sheet.max_row or 1) for sheet in book.worksheets}
        finally:
            book.close()


@contextmanager
def _whole(title: str) -> Iterator[None]:
    """Say in a sentence that a workbook is damaged, whatever openpyxl stumbles over; its warnings concern looks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            yield
        except _DAMAGED as error:
            raise DataError(
                f"'{title}' is not a whole workbook: open it in a spreadsheet program and save it as XLSX again."
            ) from error


def _parts(title: str, book: dict[str, _Sheet], reading: Reading) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """Return the sheets that hold a table, and the question which one, if there are several."""
    parts = tuple(name for name, sheet in book.items() if _holds_table(title, sheet))
    if not parts:
        raise DataError(f"'{title}' has no sheet with a table: it needs two columns and two rows at least.")
    if len(parts) > 1 and reading.part is None:
        return parts, (Doubt("part", f"it has {len(parts)} sheets with tables", parts),)
    return parts, ()


def _holds_table(title: str, sheet: _Sheet) -> bool:
    _, rows = _rows(title, sheet, 3, None)
    return len(rows) >= 2 and len(rows[0]) >= 2


def _rows(title: str, sheet: _Sheet, limit: int | None, progress: Progress | None) -> tuple[int, list[Row]]:
    """Return the number of the first row that isn't empty, and the rows from there, without empty edges."""
    first, rows, width = 0, list[Row](), 0
    sheet.sheet.reset_dimensions()
    with _whole(title):
        for number, row in enumerate(sheet.sheet.iter_rows(values_only=True), start=1):
            if progress is not None and number % ROWS == 0:
                progress(min(1.0, number / sheet.declared))
            used = next((p for p in range(len(row), 0, -1) if row[p - 1] is not None), 0)
            if used:
                first = first or number
                width = max(width, used)
            if first:
                rows.append(row[:used])
            if number > MOST_ROWS or width * len(rows) > MOST_CELLS:
                raise DataError(
                    f"The sheet '{sheet.sheet.title}' of '{title}' spreads over {number:,} rows and {width:,} columns: "
                    "delete stray cells far from the table, or save the sheet as CSV."
                )
            if limit is not None and len(rows) >= limit:
                break
    while rows and not rows[-1]:
        rows.pop()
    begin = min((p for row in rows for p in range(len(row)) if row[p] is not None), default=0)
    return first, [tuple(row[p] if p < len(row) else None for p in range(begin, width)) for row in rows]
