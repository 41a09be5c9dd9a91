"""The preview's table: the first rows, and below them what the column at hand holds."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QTableView, QVBoxLayout, QWidget

from landscape_app.data.reading import Kind, Survey
from landscape_app.data.table import Table
from landscape_app.views.elided import ElidedLabel
from landscape_app.views.forms import describe
from landscape_app.views.palette import Palette
from landscape_app.views.plotting import scaled_font
from landscape_app.views.preview_cells import CellsModel
from landscape_app.views.preview_header import ColumnHeader
from landscape_app.views.preview_words import kind_title

_KINDS: tuple[Kind, Kind] = ("number", "words")


class TablePane(QWidget):
    """Shows cells and columns; ``kind_changed`` tells a column's name and what it is said to hold."""

    kind_changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = 0
        self._fitted: tuple[str, ...] = ()
        self.cells = CellsModel(self)
        self.view = QTableView()
        self.view.setModel(self.cells)
        self.header = ColumnHeader(self.cells, self.view)
        self.view.setHorizontalHeader(self.header)
        self.header.kind_clicked.connect(self._on_kind_clicked)
        self.header.sectionPressed.connect(self._on_section)
        self._set_up_view()
        self.kind_label = QLabel()
        self.kind_box = QComboBox()
        for kind in _KINDS:
            self.kind_box.addItem(kind_title(kind), kind)
        self.kind_box.activated.connect(self._on_kind_box)
        self.kind_label.setBuddy(self.kind_box)
        describe(
            self.kind_box,
            self.tr("What the column holds"),
            self.tr("Numbers: other cells then count as missing. Words: each becomes a column of 0 and 1"),
        )
        self.column_line = ElidedLabel()
        self.column_line.setObjectName("muted")
        below = QHBoxLayout()
        below.addWidget(self.kind_label)
        below.addWidget(self.kind_box)
        below.addSpacing(6)
        below.addWidget(self.column_line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)
        self._show_column()

    def _set_up_view(self) -> None:
        view = self.view
        view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        view.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)  # Tab leads out of the table
        view.setCornerButtonEnabled(False)
        describe(view, self.tr("First rows"), self.tr("The first rows as they stand in the file"))
        view.selectionModel().currentChanged.connect(self._on_current)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self.cells.set_palette(palette)
        self.header.set_palette(palette)
        self.view.setFont(scaled_font(self.font(), 1.0))
        self.view.viewport().update()

    # -- showing --------------------------------------------------------------------------------------------

    def show_survey(self, survey: Survey) -> None:
        """Show the beginning of a file."""
        self.cells.show_survey(survey)
        self._after_reset()

    def show_table(self, table: Table) -> None:
        """Add what is known once all was read."""
        self.cells.show_table(table)
        self._after_reset()

    def _after_reset(self) -> None:
        """Bring the column at hand back, and fit the widths to other columns."""
        if self._fitted != self.cells.names:
            self._fitted = self.cells.names
            self.header.fit_sections()
        self.header.updateGeometry()
        self._section = min(max(0, self._section), max(0, self.cells.columnCount() - 1))
        if self.cells.rowCount() and self.cells.columnCount():
            index = self.cells.index(0, self._section)
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._show_column()

    def _show_column(self) -> None:
        there = self._section < self.cells.columnCount()
        for widget in (self.kind_label, self.kind_box, self.column_line):
            widget.setVisible(there)
        if not there:
            return
        name = self.cells.names[self._section]
        shown = self.kind_label.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 180)
        self.kind_label.setText(self.tr("Column '{0}' holds").format(shown))
        self.kind_label.setToolTip(name)
        self.kind_box.setCurrentIndex(self.kind_box.findData(self.cells.kinds[self._section]))
        sentence = self.cells.sentence(self._section)
        title = f"{name} ({unit}): " if (unit := self.cells.unit(self._section)) else f"{name}: "
        self.column_line.setText(sentence.removeprefix(title) if sentence.startswith(title) else "")
        self.column_line.setToolTip(sentence)

    # -- events ---------------------------------------------------------------------------------------------

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._section = current.column()
            self._show_column()
            self.header.viewport().update()

    def _on_section(self, section: int) -> None:
        if self.cells.rowCount():
            row = max(0, self.view.currentIndex().row())
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.view.selectionModel().setCurrentIndex(self.cells.index(row, section), flag)

    def _set_kind(self, section: int, kind: Kind) -> None:
        if self.cells.kinds[section] != kind:
            self.kind_changed.emit(self.cells.names[section], kind)

    def _on_kind_box(self) -> None:
        if self._section < self.cells.columnCount():
            self._set_kind(self._section, self.kind_box.currentData())

    def _on_kind_clicked(self, section: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for kind in _KINDS:
            action = QAction(kind_title(kind), menu)
            action.setCheckable(True)
            action.setChecked(self.cells.kinds[section] == kind)
            action.setData((section, kind))
            group.addAction(action)
            menu.addAction(action)
        menu.triggered.connect(self._on_kind_action)
        menu.popup(place)

    def _on_kind_action(self, action: QAction) -> None:
        section, kind = action.data()
        self._set_kind(section, kind)
