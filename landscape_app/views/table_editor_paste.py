"""Cells from the clipboard: text with tabs becomes edits of a grid, and the other way round."""

import csv
import io
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from PySide6.QtCore import QCoreApplication

from landscape_app.core.errors import DataError
from landscape_app.views.cell_texts import number_texts
from landscape_app.views.table_editor_grid import (
    Cells,
    Edit,
    Grid,
    GridColumn,
    InsertColumn,
    InsertRows,
    PutCells,
    ReplaceColumn,
    blank,
)
from landscape_app.views.table_editor_model import cell_text
from landscape_app.views.table_editor_numbers import (
    NoNumberError,
    Sign,
    decimal_sign,
    is_missing,
    number_under,
    pasted_numbers,
)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TableEditor", text)


@dataclass(frozen=True, slots=True)
class Pasted:
    """A block of cells, by column; ``doubtful`` is a number that may be one of two, else empty."""

    columns: tuple[tuple[str, ...], ...]
    sign: Sign | None
    doubtful: str

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0])


def read_block(text: str, has_points: bool = False) -> Pasted:
    """Return the cells of a text from a spreadsheet; ``has_points`` says that its points are decimal ones.

    Raises
    ------
    DataError
        If there is nothing in it, or if its numbers have decimal points here and decimal commas there.
    """
    try:
        lines = list(csv.reader(io.StringIO(text.rstrip("\r\n"), newline=""), delimiter="\t"))
    except csv.Error as error:
        raise DataError(
            _tr("What was copied can't be split into cells ({0}): copy less of it.").format(error)
        ) from error
    width = max(map(len, lines), default=0)
    if width == 0 or not text.strip():
        raise DataError(_tr("There is no text to paste: copy cells in a spreadsheet first."))
    if any(len(line) < width for line in lines):
        lines = [line + [""] * (width - len(line)) for line in lines]
    columns = tuple(zip(*lines, strict=True))
    if has_points:
        return Pasted(columns, ".", "")
    try:
        sign, doubtful = decimal_sign(chain.from_iterable(columns))
    except NoNumberError as error:
        raise DataError(
            _tr("The numbers {0} have different decimal signs, so nothing was pasted: make them alike first.").format(
                error
            )
        ) from error
    return Pasted(columns, sign, doubtful)


def paste_edits(grid: Grid, pasted: Pasted, row: int, section: int, sign: Sign) -> list[Edit]:
    """Return the edits that put a block at a place of ``grid``, which grows where it has to.

    A first line of words over numbers gives names to the columns if there is nothing in them yet. A column
    with nothing in it takes words, too.

    Raises
    ------
    DataError
        If a word would come into a column of numbers.
    """
    columns, names = pasted.columns, None
    if row == 0 and _has_names(grid, pasted, section, sign):
        names = tuple(column[0].strip() for column in columns)
        columns = tuple(column[1:] for column in columns)
    rows = np.arange(row, row + len(columns[0]))
    edits: list[Edit] = []
    size = max(grid.rows, int(rows[-1]) + 1)
    if size > grid.rows:
        edits.append(InsertRows(np.arange(grid.rows, size)))
    taken = {column.name for column in grid.columns}
    for offset, texts in enumerate(columns):
        at = section + offset
        old = grid.columns[at] if at < len(grid.columns) else None
        cells = _cells(texts, old, sign, names is not None)
        name = None if names is None else _free_name(names[offset], taken - ({old.name} if old else set()))
        if name is not None:
            taken.add(name)
        is_words = cells.dtype == object
        if old is None:
            new = blank(size, is_words)
            new[rows] = cells
            edits.append(InsertColumn(at, GridColumn(name or _free_name(f"x{at + 1}", taken), new)))
            taken.add(edits[-1].column.name)  # type: ignore[attr-defined]
        elif old.is_words != is_words:
            new = blank(size, is_words)
            new[rows] = cells
            edits.append(ReplaceColumn(at, replace(old, cells=new, name=name or old.name)))
        else:
            if name is not None and name != old.name:
                # The column as it is after the rows were added: blank, or there would be no names.
                edits.append(ReplaceColumn(at, replace(old, cells=blank(size, is_words), name=name)))
            edits.append(PutCells(at, rows, cells))
    return edits


def _has_names(grid: Grid, pasted: Pasted, section: int, sign: Sign) -> bool:
    """Whether the first line holds the names of the columns, which have nothing in them yet."""
    there = grid.columns[section : section + len(pasted.columns)]
    if pasted.rows < 2 or any(column.filled().any() for column in there):
        return False
    heads = [column[0] for column in pasted.columns]
    if any(is_missing(head) or number_under(head, sign) is not None for head in heads):
        return False
    below = [column[1:] for column in pasted.columns]
    return any(not isinstance(pasted_numbers(texts, sign), int) for texts in below)


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free


def _cells(texts: tuple[str, ...], old: GridColumn | None, sign: Sign, has_names: bool) -> Cells:
    """Return a column's cells: numbers if it can be, words where there may be words."""
    if old is not None and old.is_words:
        return _words(texts)
    values = pasted_numbers(texts, sign)
    if not isinstance(values, int):
        return values
    if old is None or not old.filled().any():
        return _words(texts)
    raise DataError(
        _tr("Line {0} holds '{1}', but column '{2}' holds numbers, so nothing was pasted: correct it first.").format(
            values + 1 + has_names, texts[values].strip()[:40], old.name
        )
    )


def _words(texts: tuple[str, ...]) -> Cells:
    cells = blank(len(texts), words=True)
    cells[:] = [text.strip() or None for text in texts]
    return cells


def copied_text(grid: Grid, rows: range, sections: range) -> str:
    """Return a block of a grid as a spreadsheet takes it: tabs between cells, every number exact."""
    blocks = [grid.columns[at].cells[rows.start : rows.stop] for at in sections]
    columns = [map(cell_text, block) if block.dtype == object else number_texts(block) for block in blocks]
    target = io.StringIO()
    csv.writer(target, delimiter="\t", lineterminator="\n").writerows(zip(*columns, strict=True))
    return target.getvalue()
