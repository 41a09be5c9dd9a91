"""A grid for a table view: every change is a command that can be taken back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from landscape_app.core.arrays import IntArray
from landscape_app.views.cell_texts import number_text
from landscape_app.views.table_editor_grid import (
    Edit,
    Grid,
    GridColumn,
    InsertColumn,
    InsertRows,
    PutCells,
    RemoveColumn,
    RemoveRows,
    ReplaceColumn,
    blank,
)
from landscape_app.views.table_editor_numbers import DoubtfulNumberError, NoNumberError, number_under, typed_number

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def cell_text(value: object) -> str:
    """Return a cell as it is written: the shortest text that reads back the same, nothing for a missing one."""
    if value is None:
        return ""
    return number_text(float(value)) if isinstance(value, float) else str(value)


class GridModel(QAbstractTableModel):
    """Shows and changes a grid. ``edited`` follows every change, ``refused`` says why one was not made."""

    edited = Signal()
    refused = Signal(str)

    def __init__(self, grid: Grid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid = grid
        self.undo_stack = QUndoStack(self)

    # -- commands -------------------------------------------------------------------------------------------

    def push(self, title: str, edits: Sequence[Edit]) -> None:
        """Make ``edits`` as one command."""
        self.undo_stack.push(_Command(title, self, list(edits)))

    def apply(self, edits: Sequence[Edit]) -> list[Edit]:
        """Make ``edits``, and tell the view; return those that take them back, in their order."""
        resizes = any(not isinstance(edit, PutCells | ReplaceColumn) for edit in edits)
        if resizes:
            self.beginResetModel()
        inverse = [edit.apply(self.grid) for edit in edits]
        if resizes:
            self.endResetModel()
        else:
            self._tell(edits)
        self.edited.emit()
        return inverse[::-1]

    def _tell(self, edits: Sequence[Edit]) -> None:
        for edit in edits:
            if isinstance(edit, PutCells) and edit.rows.size:
                first, last = int(edit.rows.min()), int(edit.rows.max())
                self.dataChanged.emit(self.index(first, edit.column), self.index(last, edit.column))
            elif isinstance(edit, ReplaceColumn):
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, edit.at, edit.at)
                self.dataChanged.emit(self.index(0, edit.at), self.index(self.grid.rows - 1, edit.at))

    def insert_rows(self, at: int, count: int) -> None:
        """Insert blank rows before row ``at``."""
        self.push(self.tr("Add rows"), [InsertRows(np.arange(at, at + count))])

    def remove_rows(self, rows: IntArray) -> None:
        """Remove rows (k,)."""
        if rows.size:
            self.push(self.tr("Remove rows"), [RemoveRows(np.unique(rows))])

    def insert_column(self, at: int, words: bool = False) -> None:
        """Insert a blank column before column ``at``."""
        column = GridColumn(self.grid.new_name(), blank(self.grid.rows, words))
        self.push(self.tr("Add column"), [InsertColumn(at, column)])

    def remove_columns(self, sections: Sequence[int]) -> None:
        """Remove columns; at least one stays."""
        chosen = sorted(set(sections), reverse=True)
        if len(chosen) >= len(self.grid.columns):
            self.refused.emit(self.tr("At least one column stays: clear its cells instead."))
        elif chosen:
            self.push(self.tr("Remove columns"), [RemoveColumn(at) for at in chosen])

    def rename(self, section: int, name: str) -> bool:
        """Give a column another name; False if it can't have this one."""
        name, column = name.strip(), self.grid.columns[section]
        if name == column.name:
            return True
        if not name:
            self.refused.emit(self.tr("A column needs a name: '{0}' was kept.").format(column.name))
            return False
        if any(name == other.name for other in self.grid.columns):
            self.refused.emit(self.tr("There is a column '{0}' already: choose another name.").format(name))
            return False
        self.push(self.tr("Rename column"), [ReplaceColumn(section, replace(column, name=name))])
        return True

    def set_words(self, section: int, words: bool) -> bool:
        """Let a column hold words, or numbers; False if it holds words that are no numbers."""
        column = self.grid.columns[section]
        if words == column.is_words:
            return True
        cells = blank(self.grid.rows, words)
        for row in np.flatnonzero(column.filled()).tolist():
            if words:
                cells[row] = cell_text(column.cells[row])
                continue
            value = number_under(column.cells[row], ".")
            if value is None:
                self.refused.emit(
                    self.tr("Row {0} of '{1}' holds '{2}', which is no number: change it first.").format(
                        row + 1, column.name, column.cells[row][:40]
                    )
                )
                return False
            cells[row] = value
        self.push(self.tr("Change column"), [ReplaceColumn(section, replace(column, cells=cells))])
        return True

    def clear(self, cells: dict[int, IntArray]) -> None:
        """Let cells, rows (k,) by column, be missing."""
        edits: list[Edit] = []
        for section, rows in cells.items():
            column = self.grid.columns[section]
            filled = rows[column.filled()[rows]]
            if filled.size:
                edits.append(PutCells(section, filled, blank(filled.size, column.is_words)))
        if edits:
            self.push(self.tr("Clear cells"), edits)

    # -- Qt's side ------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many rows there are."""
        return 0 if parent.isValid() else self.grid.rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.grid.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let every cell be edited."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text and side."""
        if not index.isValid():
            return None
        column = self.grid.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return cell_text(column.cells[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column.is_words else _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cell_text(column.cells[index.row()]) or self.tr("missing")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's name and unit, or a row's number."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        column = self.grid.columns[section]
        title = f"{column.name} ({column.unit})" if column.unit else column.name
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            kind = self.tr("words") if column.is_words else self.tr("numbers")
            return self.tr("{0}: {1}; double click to rename").format(title, kind)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed into a cell; refuse what is no number where one is needed."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        row, section, text = index.row(), index.column(), str(value)
        column = self.grid.columns[section]
        if text == cell_text(column.cells[row]):
            return True
        cells = blank(1, column.is_words)
        if column.is_words:
            cells[0] = text.strip() or None
        else:
            try:
                cells[0] = typed_number(text)
            except (NoNumberError, DoubtfulNumberError) as error:
                self.refused.emit(self._refusal(error, row, column))
                return False
        self.push(self.tr("Type"), [PutCells(section, np.array([row]), cells)])
        return True

    def _refusal(self, error: NoNumberError | DoubtfulNumberError, row: int, column: GridColumn) -> str:
        text = str(error).strip()[:40]
        if isinstance(error, DoubtfulNumberError):
            return self.tr("'{0}' may be {1} or {2}: type the one that you mean (row {3} of '{4}' was kept).").format(
                text, cell_text(number_under(text, ",")), cell_text(number_under(text, ".")), row + 1, column.name
            )
        return self.tr("'{0}' is no number: row {1} of '{2}' was kept.").format(text, row + 1, column.name)


class _Command(QUndoCommand):
    """Edits of a grid; holds those to make next, forward or back."""

    def __init__(self, title: str, model: GridModel, edits: list[Edit]) -> None:
        super().__init__(title)
        self._model, self._edits = model, edits

    def redo(self) -> None:
        """Make the edits."""
        self._edits = self._model.apply(self._edits)

    undo = redo
