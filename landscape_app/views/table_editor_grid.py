"""The values of a table that is being edited, and the edits, each of which knows what takes it back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from landscape_app.core.arrays import IntArray, frozen
from landscape_app.data.table import Table
from landscape_app.session.embedded import EmbeddedColumn, EmbeddedTable, Numbers

#: float64 with NaN for numbers, objects (str, or None) for words.
Cells = npt.NDArray[Any]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GridColumn:
    """One column: ``cells`` (rows,) are float64 with NaN where one is missing, or str with None."""

    name: str
    cells: Cells
    unit: str = ""

    @property
    def is_words(self) -> bool:
        """Whether it holds words."""
        return self.cells.dtype == object

    def filled(self) -> BoolArray:
        """Return where (rows,) there is a value."""
        there: BoolArray = self.cells.__ne__(None) if self.is_words else ~np.isnan(self.cells)
        return there


def blank(rows: int, words: bool = False) -> Cells:
    """Return ``rows`` cells without a value."""
    return np.full(rows, None, dtype=object) if words else np.full(rows, np.nan)


class Grid:
    """Columns of equal length; changed by edits only."""

    def __init__(self, columns: Iterable[GridColumn]) -> None:
        self.columns = list(columns)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].cells) if self.columns else 0

    @classmethod
    def of(cls, table: Table) -> "Grid":
        """Return the columns of ``table`` whose values were kept."""
        columns = []
        for column in table.columns:
            if column.values is not None:
                columns.append(GridColumn(column.name, column.values.copy(), column.unit))
            elif column.codes is not None:
                words = np.array([*column.categories, None], dtype=object)  # code -1 is the last: None
                columns.append(GridColumn(column.name, words[column.codes], column.unit))
        return cls(columns)

    @classmethod
    def empty(cls, rows: int = 10) -> "Grid":
        """Return x and y with nothing in them."""
        return cls([GridColumn("x", blank(rows)), GridColumn("y", blank(rows))])

    def filled_rows(self) -> BoolArray:
        """Return which rows (rows,) have a value in any column."""
        result = np.zeros(self.rows, dtype=np.bool_)
        for column in self.columns:
            result |= column.filled()
        return result

    def new_name(self) -> str:
        """Return a name that no column has."""
        names = {column.name for column in self.columns}
        number = len(self.columns) + 1
        while f"x{number}" in names:
            number += 1
        return f"x{number}"

    def can_be_learned(self) -> bool:
        """Whether two columns of numbers have values in at least two common rows."""
        filled = [column.filled() for column in self.columns if not column.is_words]
        return any(
            np.count_nonzero(first & second) >= 2 for i, first in enumerate(filled) for second in filled[i + 1 :]
        )

    def embedded(self) -> EmbeddedTable:
        """Return the table without rows that are wholly blank."""
        kept = self.filled_rows()
        return EmbeddedTable(columns=tuple(_embedded(column, column.cells[kept]) for column in self.columns))


def _embedded(column: GridColumn, cells: Cells) -> EmbeddedColumn:
    if column.is_words:
        return EmbeddedColumn(name=column.name, unit=column.unit, words=tuple(cells.tolist()))
    return EmbeddedColumn(name=column.name, unit=column.unit, numbers=Numbers(frozen(cells)))


# --- edits -----------------------------------------------------------------------------------------------------------


class Edit(Protocol):
    """One change of a grid."""

    def apply(self, grid: Grid) -> "Edit":
        """Change ``grid``; return the edit that takes it back."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PutCells:
    """Put ``cells`` (k,) into ``rows`` (k,) of a column."""

    column: int
    rows: IntArray
    cells: Cells

    def apply(self, grid: Grid) -> "Edit":
        """Change the cells."""
        cells = grid.columns[self.column].cells
        before = cells[self.rows]
        cells[self.rows] = self.cells
        return replace(self, cells=before)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InsertRows:
    """Insert rows so that they become ``rows`` (k,) in ascending order; ``cells`` (k,) by column, else blank."""

    rows: IntArray
    cells: tuple[Cells, ...] | None = None

    def apply(self, grid: Grid) -> "Edit":
        """Insert the rows."""
        size = grid.rows + self.rows.size
        old = np.ones(size, dtype=np.bool_)
        old[self.rows] = False
        for place, column in enumerate(grid.columns):
            cells = blank(size, column.is_words)
            cells[old] = column.cells
            if self.cells is not None:
                cells[self.rows] = self.cells[place]
            grid.columns[place] = replace(column, cells=cells)
        return RemoveRows(self.rows)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RemoveRows:
    """Remove ``rows`` (k,), in ascending order."""

    rows: IntArray

    def apply(self, grid: Grid) -> "Edit":
        """Remove the rows."""
        removed = tuple(column.cells[self.rows] for column in grid.columns)
        for place, column in enumerate(grid.columns):
            grid.columns[place] = replace(column, cells=np.delete(column.cells, self.rows))
        return InsertRows(self.rows, removed)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InsertColumn:
    """Insert ``column`` so that it becomes the one at ``at``."""

    at: int
    column: GridColumn

    def apply(self, grid: Grid) -> "Edit":
        """Insert the column."""
        grid.columns.insert(self.at, self.column)
        return RemoveColumn(self.at)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RemoveColumn:
    """Remove the column at ``at``."""

    at: int

    def apply(self, grid: Grid) -> "Edit":
        """Remove the column."""
        return InsertColumn(self.at, grid.columns.pop(self.at))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReplaceColumn:
    """Put ``column`` in the place of the one at ``at``."""

    at: int
    column: GridColumn

    def apply(self, grid: Grid) -> "Edit":
        """Exchange the columns."""
        before = grid.columns[self.at]
        grid.columns[self.at] = self.column
        return replace(self, column=before)
