"""The window with the exact values of one array; it follows the cursor."""

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QGuiApplication, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHeaderView, QTableView, QVBoxLayout, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.views.backprop_values import Axis, Value, shape_text
from landscape_app.views.cell_texts import number_text
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.palette import Palette
from landscape_app.views.table_look import table_rules

Index = QModelIndex | QPersistentModelIndex
#: Of the window at first, in pixels.
WIDTH, HEIGHT = 460, 420


class ValueModel(QAbstractTableModel):
    """The entries of an array; examples, of which there are many, run down."""

    def __init__(self, value: Value, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: FloatArray = np.empty((0, 0))
        self._rows, self._columns, self._longest = Axis(""), Axis(""), ("", "")
        self.show_value(value)

    def show_value(self, value: Value) -> None:
        """Take other values; the selection stays if the shape does."""
        cells, rows, columns = value.matrix, value.rows, value.columns
        if columns.numbers is not None:
            cells, rows, columns = cells.T, columns, rows
        longest = (rows.longest(cells.shape[0]), columns.longest(cells.shape[1]))
        if cells.shape != self.cells.shape:
            self.beginResetModel()
            self.cells, self._rows, self._columns, self._longest = cells, rows, columns, longest
            self.endResetModel()
            return
        self.cells, self._rows, self._columns, self._longest = cells, rows, columns, longest
        if cells.size:
            self.dataChanged.emit(self.index(0, 0), self.index(cells.shape[0] - 1, cells.shape[1] - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, cells.shape[0] - 1)

    def longest_name(self, orientation: Qt.Orientation) -> str:
        """Return the longest name of a row or a column, as a rule."""
        return self._longest[orientation == Qt.Orientation.Horizontal]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return the number of rows."""
        return 0 if parent.isValid() else int(self.cells.shape[0])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return the number of columns."""
        return 0 if parent.isValid() else int(self.cells.shape[1])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return an entry: all its digits, so that it reads back as it is."""
        if role == Qt.ItemDataRole.DisplayRole:
            return number_text(float(self.cells[index.row(), index.column()]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what stands in a row or column."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self._columns if orientation == Qt.Orientation.Horizontal else self._rows).name(section) or " "


class NameHeader(QHeaderView):
    """A header whose size is known from its longest name: Qt would ask for hundreds of names at each layout."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        """Return room for any name."""
        model, metrics = self.model(), self.fontMetrics()
        longest = model.longest_name(self.orientation()) if isinstance(model, ValueModel) else ""
        return QSize(metrics.horizontalAdvance(longest) + 16, metrics.height() + 8)


class ValueTable(QTableView):
    """A table whose selected cells can be copied; where cells open, a double click or Return does it."""

    cell_opened = Signal(QModelIndex)

    def __init__(self, cells_open: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells_open = cells_open
        self.doubleClicked.connect(self.cell_opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or open the cell; else Return is the window's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif (
            self._cells_open and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid()
        ):
            self.cell_opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """Return the selected cells as lines with tabs, exact; the smallest rectangle around them."""
        indexes = self.selectedIndexes()
        if not indexes:
            return ""
        chosen = {(i.row(), i.column()): str(i.data()) for i in indexes}
        rows, columns = sorted({r for r, _ in chosen}), sorted({c for _, c in chosen})
        return "\n".join("\t".join(chosen.get((r, c), "") for c in columns) for r in rows)


class ValueDialog(QDialog):
    """Shows one array of the panel, named by its term and its place among the term's arrays."""

    #: The examples that an entry of the gradient comes from are to be shown.
    entry_requested = Signal(int)

    def __init__(self, name: str, place: int, value: Value, title: str, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.set_palette(palette)  # before there is anything that would have to be styled twice
        self.name, self.place = name, place
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        self.about = muted_label()
        self.table = ValueTable(value.start is not None, self)
        self._set_up_table(value, title)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setIcon(QIcon())  # the style's own is black on any background
        describe(close, self.tr("Close"), self.tr("Close the table (Esc)"))
        self.buttons.rejected.connect(self.reject)
        for widget in (self.about, self.table, self.buttons):
            layout.addWidget(widget)
        self.setWindowTitle(title)
        self.resize(WIDTH, HEIGHT)
        self.model = ValueModel(value, self)
        self.show_value(value, 0)
        self.table.setModel(self.model)

    def _set_up_table(self, value: Value, title: str) -> None:
        tip = self.tr("The exact values. Ctrl+C copies the cells that are selected.")
        if value.start is not None:
            tip += "\n" + self.tr("Double click or Return: the examples that an entry comes from.")
        describe(self.table, title, tip)
        self.table.cell_opened.connect(self._on_cell_opened)
        metrics = QFontMetrics(self.font())
        across, down = NameHeader(Qt.Orientation.Horizontal), NameHeader(Qt.Orientation.Vertical)
        across.setDefaultSectionSize(metrics.horizontalAdvance("−0.12345678901234567e-10") + 8)
        down.setDefaultSectionSize(metrics.height() + 6)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.setHorizontalHeader(across)
        self.table.setVerticalHeader(down)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self.setStyleSheet(table_rules(palette))

    @Slot(object, int)
    def show_value(self, value: Value, iteration: int) -> None:
        """Show the values of another moment."""
        self._value = value
        self.model.show_value(value)
        text = self.tr("Iteration {0:,} · {1}").format(iteration, shape_text(value.shape))
        if value.array.shape and value.shape[-1] > value.array.shape[-1]:
            text += self.tr(" · the first {0:,} examples").format(value.array.shape[-1])
        elif value.columns.numbers is not None:
            text += self.tr(" · one row an example")
        self.about.setText(text)

    @Slot(QModelIndex)
    def _on_cell_opened(self, cell: QModelIndex) -> None:
        entry = self._value.entry(cell.row(), cell.column())
        if entry is not None:
            self.entry_requested.emit(entry)
