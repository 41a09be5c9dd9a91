"""The table view of the editor: cells that are typed into, heads that are renamed."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from landscape_app.views.table_editor_model import GridModel

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CellDelegate(QStyledItemDelegate):
    """Edits a cell as text. ``entered`` follows Return if the text was taken."""

    entered = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._taken = True

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """Return a plain field."""
        field = QLineEdit(parent)
        field.setFrame(False)
        field.setAlignment(Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole)))
        return field

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Begin with what is there."""
        assert isinstance(editor, QLineEdit)
        editor.setText(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model: object, index: QModelIndex | QPersistentModelIndex) -> None:
        """Hand over the text; the model may refuse it."""
        assert isinstance(editor, QLineEdit)
        assert isinstance(model, GridModel)
        self._taken = model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Let Return go on to the next row."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _ENTER:
            assert isinstance(editor, QWidget)
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
            if self._taken:
                self.entered.emit()
            return True
        return super().eventFilter(editor, event)


class GridView(QTableView):
    """A table like that of a spreadsheet: Return goes down and adds a row at the end."""

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid_model = model
        self.setModel(model)
        self.heads = RenameHeader(model, self)
        self.setHorizontalHeader(self.heads)
        self.delegate = CellDelegate(self)
        self.delegate.entered.connect(self.go_down)
        self.setItemDelegate(self.delegate)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setTabKeyNavigation(False)  # Tab leads out of the table; while typing it goes to the next cell
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        vertical = self.verticalHeader()
        vertical.setDefaultSectionSize(self.fontMetrics().height() + 8)
        vertical.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        self._at = (0, 0)

    def _on_about_to_reset(self) -> None:
        current = self.currentIndex()
        self._at = (current.row(), current.column())

    def _on_reset(self) -> None:
        self.go_to(*self._at)

    def go_to(self, row: int, section: int) -> None:
        """Make a cell the one at hand, or the one nearest to it if there is none."""
        rows, sections = self._grid_model.rowCount(), self._grid_model.columnCount()
        if rows and sections:
            place = self._grid_model.index(min(max(row, 0), rows - 1), min(max(section, 0), sections - 1))
            # The view's own method would toggle or extend the selection while Ctrl or Shift is held.
            self.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def go_down(self) -> None:
        """Go to the next row; after the last one add another."""
        current = self.currentIndex()
        if not current.isValid():
            return
        if current.row() + 1 >= self._grid_model.rowCount():
            self._grid_model.insert_rows(self._grid_model.rowCount(), 1)
        self.go_to(current.row() + 1, current.column())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Return from closing the dialog."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in _ENTER and plain and self.state() != QAbstractItemView.State.EditingState:
            self.go_down()
            return
        super().keyPressEvent(event)


class RenameHeader(QHeaderView):
    """Column heads with a field to rename them, opened by a double click."""

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model = model
        self._section = -1
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        # Room for a number with all its digits, whatever the font.
        self.setDefaultSectionSize(self.fontMetrics().horizontalAdvance("−0.12345678901234567e−12") - 10)
        self.setMinimumSectionSize(48)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.field = QLineEdit(self.viewport())
        self.field.setAccessibleName(self.tr("Name of the column"))
        self.field.hide()
        self.field.installEventFilter(self)
        self.field.editingFinished.connect(self._on_finished)
        self.sectionDoubleClicked.connect(self.edit_name)
        model.modelAboutToBeReset.connect(self._close)

    def edit_name(self, section: int) -> None:
        """Let the user type another name of a column."""
        self._section = section
        self.field.setGeometry(
            self.sectionViewportPosition(section), 0, max(self.sectionSize(section), 96), self.height()
        )
        self.field.setText(self._model.grid.columns[section].name)
        self.field.selectAll()
        self.field.show()
        self.field.setFocus()

    def _on_finished(self) -> None:
        section, text = self._section, self.field.text()
        if section >= 0:
            self._close()
            self._model.rename(section, text)

    def _close(self) -> None:
        self._section = -1
        if self.field.isVisible():
            had_focus = self.field.hasFocus()
            self.field.hide()
            table = self.parent()
            if had_focus and isinstance(table, QWidget):
                table.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the old name on Escape, and Return for the field alone."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
            if event.key() in _ENTER:
                self._on_finished()
                return True
        return super().eventFilter(watched, event)
