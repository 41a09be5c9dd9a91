"""The first rows of a table as they stand in the file, and a summary of each column."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor

from landscape_app.data.reading import Kind, Survey
from landscape_app.data.table import Column, Table
from landscape_app.views.cell_texts import number_texts
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.preview_summary import Summary, summary_of
from landscape_app.views.preview_words import column_sentence

#: Of a table without a survey so many rows are shown.
MOST_ROWS = 200
#: Longer cells are cut where they are shown; their tooltip has more.
_LONGEST = 80
_LONGEST_TIP = 1000
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class CellsModel(QAbstractTableModel):
    """Shows a survey, and after the table was read what is missing in it and what each column looks like.

    Summaries are made one at a time when the event loop is idle, those asked for first: a table of a hundred
    long columns opens as quickly as a small one.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.units: tuple[str, ...] = ()
        self.kinds: tuple[Kind, ...] = ()
        self._cells: tuple[tuple[str, ...], ...] = ()
        self._table: Table | None = None
        self._columns: dict[str, Column] = {}
        self._summaries: dict[int, Summary | None] = {}
        self._wanted: list[int] = []
        self._tint = QColor(DARK.warning)
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._summarise_one)
        self.set_palette(DARK)

    def set_palette(self, palette: Palette) -> None:
        """Take the tint of missing cells."""
        self._tint = QColor(palette.warning)
        self._tint.setAlpha(46)

    def show_survey(self, survey: Survey) -> None:
        """Show the beginning of a file; nothing is known of the rest yet."""
        self.beginResetModel()
        self._forget_table()
        self.names, self.units, self.kinds, self._cells = survey.names, survey.units, survey.kinds, survey.cells
        self.endResetModel()

    def show_table(self, table: Table) -> None:
        """Add what is known once all was read; without a survey of the same columns show the table's first rows."""
        self.beginResetModel()
        self._forget_table()
        self._table = table
        self._columns = {column.name: column for column in table.columns}
        if self.names != table.names:
            self.names, self._cells = table.names, _first_cells(table)
        self.units = tuple(column.unit for column in table.columns)
        self.kinds = tuple("number" if column.values is not None else "words" for column in table.columns)
        self.endResetModel()

    def _forget_table(self) -> None:
        self._table, self._columns, self._summaries, self._wanted = None, {}, {}, []
        self._idle.stop()

    # -- columns --------------------------------------------------------------------------------------------

    def column(self, section: int) -> Column | None:
        """Return the column as it was read; None before that."""
        return self._columns.get(self.names[section])

    def unit(self, section: int) -> str:
        """Return the column's unit, empty if it has none."""
        return self.units[section] if section < len(self.units) else ""

    def summary(self, section: int) -> Summary | None:
        """Return a column's summary if it is there; else it is made soon, and ``headerDataChanged`` tells."""
        if section not in self._summaries and self.column(section) is not None and section not in self._wanted:
            self._wanted.append(section)
            self._idle.start()
        return self._summaries.get(section)

    def summary_now(self, section: int) -> Summary | None:
        """Return a column's summary, made at once if it has to be."""
        column = self.column(section)
        if section not in self._summaries and column is not None:
            self._summaries[section] = summary_of(column)
        return self._summaries.get(section)

    def sentence(self, section: int) -> str:
        """Return one line on a column."""
        column = self.column(section)
        obstacle = "" if column is None else column.obstacle
        return column_sentence(self.names[section], self.unit(section), self.summary_now(section), obstacle)

    def _summarise_one(self) -> None:
        if not self._wanted:
            self._idle.stop()
            return
        section = self._wanted.pop(0)
        self.summary_now(section)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, section, section)

    # -- Qt's side ------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.names)

    def is_missing(self, row: int, section: int) -> bool:
        """Whether a cell counts as missing: as it was read, or by being blank before that."""
        column = self.column(section)
        if column is not None and column.values is not None and row < column.values.size:
            return bool(np.isnan(column.values[row]))
        if column is not None and column.codes is not None and row < column.codes.size:
            return bool(column.codes[row] < 0)
        return not self._text(row, section).strip()

    def _text(self, row: int, section: int) -> str:
        cells = self._cells[row]
        return cells[section] if section < len(cells) else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, its side, its tint."""
        if not index.isValid():
            return None
        row, section = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            text = self._text(row, section)
            return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.kinds[section] == "number" else _LEFT
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._tint if self.is_missing(row, section) else None
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            text = self._text(row, section)[:_LONGEST_TIP]
            if self.is_missing(row, section):
                return self.tr("'{0}' counts as missing").format(text) if text.strip() else self.tr("missing")
            return text
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's name, and what there is to say of it."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.names[section]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self.sentence(section)
        return None


def _first_cells(table: Table) -> tuple[tuple[str, ...], ...]:
    columns = [_column_cells(column, min(table.rows, MOST_ROWS)) for column in table.columns]
    return tuple(zip(*columns, strict=True))


def _column_cells(column: Column, rows: int) -> list[str]:
    if column.values is not None:
        return number_texts(column.values[:rows])
    if column.codes is not None:
        return [column.categories[code] if code >= 0 else "" for code in column.codes[:rows].tolist()]
    return [""] * rows
