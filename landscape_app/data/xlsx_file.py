"""Workbooks (XLSX) become a Survey or a Table: the values, not the formulas, of one sheet."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from landscape_app.core.errors import DataError
from landscape_app.data.grid import Grid, Row
from landscape_app.data.reading import Doubt, Progress, Reading, Survey
from landscape_app.data.source import Source
from landscape_app.data.table import Table
from landscape_app.data.text_file import raise_doubts
from landscape_app.data.text_layout import SHOWN
from landscape_app.data.wording import listed

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

#: A workbook that unpacks to more bytes than this is not opened.
MOST_BYTES = 2 << 30
#: Rows that are read between two signs of progress.
ROWS = 500


def survey_xlsx(source: Source, reading: Reading) -> Survey:
    """Look at the first rows of a sheet."""
    with _sheets(source) as book:
        parts, doubts = _parts(book, reading)
        sheet = book[parts[0] if reading.part is None else _known(source.title, reading.part, parts)]
        first, rows = _rows(sheet, SHOWN + 2, None)
        grid = Grid(source.title, rows, first, reading)
        return Survey(
            title=source.title,
            form="xlsx",
            reading=reading.model_copy(update={"part": sheet.title, "header": grid.has_header}),
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
        parts, doubts = _parts(book, reading)
        raise_doubts(source.title, doubts)
        sheet = book[parts[0] if reading.part is None else _known(source.title, reading.part, parts)]
        limit = None if reading.rows is None else reading.rows + 2  # with a header and units
        first, rows = _rows(sheet, limit, progress)
    grid = Grid(source.title, rows, first, reading)
    raise_doubts(source.title, grid.doubts)
    if reading.rows is not None:
        grid.rows = grid.rows[: reading.rows]
    return grid.table(source.stamp)


def _known(title: str, part: str, parts: tuple[str, ...]) -> str:
    if part not in parts:
        raise DataError(f"'{title}' has no sheet called '{part}' with a table: it has {listed(parts)}.")
    return part


@contextmanager
def _sheets(source: Source) -> Iterator[dict[str, "ReadOnlyWorksheet"]]:
    """Open a workbook without reading it."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    with source.opened() as file:
        try:
            with zipfile.ZipFile(file) as archive:
                size = sum(info.file_size for info in archive.infolist())
            if size > MOST_BYTES:
                raise DataError(
                    f"'{source.title}' unpacks to {size / 2**30:.1f} GB: save the sheet as CSV, which is read piece by "
                    "piece."
                )
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                yield {sheet.title: sheet for sheet in book.worksheets}
            finally:
                book.close()
        except (zipfile.BadZipFile, InvalidFileException, KeyError, EOFError, ValueError, SyntaxError) as error:
            raise DataError(
                f"'{source.title}' is not a whole workbook: open it in a spreadsheet program and save it as XLSX again."
            ) from error


def _parts(book: dict[str, Any], reading: Reading) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """Return the sheets that hold a table, and the question which one, if there are several."""
    parts = tuple(name for name, sheet in book.items() if _holds_table(sheet))
    if not parts:
        raise DataError("The workbook has no sheet with a table: it needs two columns and two rows at least.")
    if len(parts) > 1 and reading.part is None:
        return parts, (Doubt("part", f"it has {len(parts)} sheets with tables", parts),)
    return parts, ()


def _holds_table(sheet: Any) -> bool:
    _, rows = _rows(sheet, 3, None)
    return len(rows) >= 2 and len(rows[0]) >= 2


def _rows(sheet: Any, limit: int | None, progress: Progress | None) -> tuple[int, list[Row]]:
    """Return the number of the first row that isn't empty, and the rows from there, without empty edges."""
    first, rows, total = 0, list[Row](), sheet.max_row or 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if progress is not None and number % ROWS == 0 and total:
            progress(min(1.0, number / total))
        if any(value is not None for value in row):
            first = first or number
        if first:
            rows.append(row)
        if limit is not None and len(rows) >= limit:
            break
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    used = [
        p for p in range(max(map(len, rows), default=0)) if any(p < len(row) and row[p] is not None for row in rows)
    ]
    if not used:
        return first, []
    begin, end = used[0], used[-1] + 1
    return first, [tuple(islice((*row, *(None,) * end), begin, end)) for row in rows]
