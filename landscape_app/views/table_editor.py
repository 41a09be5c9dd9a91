"""A dialog in which a table is typed, pasted, and edited."""

import numpy as np
from PySide6.QtCore import QByteArray, QMimeData, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from landscape_app.core.arrays import IntArray
from landscape_app.core.errors import DataError
from landscape_app.data.table import Table
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.palette import Palette
from landscape_app.views.plotting import scaled_font
from landscape_app.views.table_editor_bar import EditorBar, MessageLine, plain_button
from landscape_app.views.table_editor_grid import Grid
from landscape_app.views.table_editor_model import GridModel
from landscape_app.views.table_editor_numbers import Sign
from landscape_app.views.table_editor_paste import Pasted, copied_text, paste_edits, read_block
from landscape_app.views.table_editor_view import GridView
from landscape_app.views.table_look import table_rules

#: Marks what was copied here: its points are decimal ones, without asking.
_OWN_FORMAT = "application/x-landscape-cells"


class TableEditor(QDialog):
    """Starts from a table, or with blank columns x and y; once accepted, ``table`` is what was made of it.

    Columns whose words were not kept when they were read can't be edited, and are left out; a note says so.
    """

    def __init__(self, table: Table | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Type data") if table is None else self.tr("Edit {0}").format(table.title))
        grid = Grid.empty() if table is None else Grid.of(table)
        left_out = [] if table is None else [n for n in table.names if n not in {c.name for c in grid.columns}]
        self.model = GridModel(grid if grid.columns else Grid.empty(), self)
        self._waiting: Pasted | None = None
        self._warned = False
        self.view = GridView(self.model)
        describe(
            self.view,
            self.tr("Values"),
            self.tr("Type into a cell; copy and paste as in a spreadsheet; double click on a name to change it"),
        )
        self.view.setToolTip("")  # it would lie over the cells
        self.bar = EditorBar(self.model.undo_stack)
        self.message = MessageLine()
        self.message.answered.connect(self._on_answered)
        self._make_actions()
        self._connect_bar()
        self._lay_out()
        self.model.edited.connect(self._on_edited)
        self.model.refused.connect(self._refuse)
        self.view.selectionModel().currentChanged.connect(self._show_column)
        self._on_edited()
        if left_out:
            names = ", ".join(f"'{name}'" for name in left_out)
            self.message.say(
                self.tr("Left out, because they hold neither numbers nor words that repeat: {0}.").format(names)
            )
        self.resize(self.sizeHint())
        self.view.go_to(0, 0)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- parts ----------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        stack = self.model.undo_stack
        for name, key, slot in (
            (self.tr("Copy"), QKeySequence.StandardKey.Copy, self.copy),
            (self.tr("Cut"), QKeySequence.StandardKey.Cut, self.cut),
            (self.tr("Paste"), QKeySequence.StandardKey.Paste, self.paste),
            (self.tr("Clear"), QKeySequence(Qt.Key.Key_Delete), self.clear),
            (self.tr("Clear"), QKeySequence(Qt.Key.Key_Backspace), self.clear),
        ):
            action = QAction(name, self.view)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            self.view.addAction(action)
        for keys, slot in ((("Ctrl+Z",), stack.undo), (("Ctrl+Y", "Ctrl+Shift+Z"), stack.redo)):
            action = QAction(self)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.triggered.connect(slot)
            self.addAction(action)

    def _connect_bar(self) -> None:
        bar = self.bar
        bar.add_row.clicked.connect(self._on_add_row)
        bar.remove_rows.clicked.connect(self._on_remove_rows)
        bar.add_column.clicked.connect(self._on_add_column)
        bar.remove_columns.clicked.connect(self._on_remove_columns)
        bar.rename.clicked.connect(self._on_rename)
        bar.kind.activated.connect(self._on_kind)

    def _lay_out(self) -> None:
        self.state = muted_label()
        self.cancel_button = plain_button(self.tr("Cancel"), self.tr("Close, and keep the data as they were"))
        self.cancel_button.clicked.connect(self.reject)
        self.ok_button = plain_button(self.tr("Use these values"), self.tr("Use the table as data (Ctrl+Return)"))
        self.ok_button.setObjectName("primary")
        self.ok_button.clicked.connect(self.accept)
        bottom = QHBoxLayout()
        bottom.addWidget(self.state, 1)
        bottom.addWidget(self.cancel_button)
        bottom.addWidget(self.ok_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.message)
        layout.addLayout(bottom)

    def sizeHint(self) -> QSize:
        """Leave room for some columns, and for the buttons above them."""
        room = self.screen().availableGeometry()
        least = super().sizeHint().width()
        return QSize(max(least, min(900, int(room.width() * 0.8))), min(720, int(room.height() * 0.85)))

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self.setStyleSheet(table_rules(palette))
        self.view.setFont(scaled_font(self.font(), 1.0))

    # -- showing --------------------------------------------------------------------------------------------

    def _refuse(self, sentence: str) -> None:
        self._waiting = None
        self.message.say(sentence, "error")

    def _on_edited(self) -> None:
        grid = self.model.grid
        self._waiting, self._warned = None, False
        self.message.say("")
        rows, fits = int(np.count_nonzero(grid.filled_rows())), grid.can_be_learned()
        self.ok_button.setEnabled(fits)
        self.state.setText(
            (self.tr("{0} row, {1} columns") if rows == 1 else self.tr("{0} rows, {1} columns")).format(
                f"{rows:,}", len(grid.columns)
            )
            if fits
            else self.tr("Type two columns of numbers, with both numbers in at least two rows.")
        )
        self._show_column()

    def _show_column(self) -> None:
        section = self.view.currentIndex().column()
        there = 0 <= section < len(self.model.grid.columns)
        if there:
            self.bar.kind.setCurrentIndex(self.bar.kind.findData(self.model.grid.columns[section].is_words))
        for widget in (self.bar.kind, self.bar.rename, self.bar.remove_columns, self.bar.remove_rows):
            widget.setEnabled(there)

    # -- rows and columns -----------------------------------------------------------------------------------

    def selected(self) -> dict[int, IntArray]:
        """Return the selected rows (k,) by column."""
        cells: dict[int, list[IntArray]] = {}
        for block in self.view.selectionModel().selection().toList():
            rows = np.arange(block.top(), block.bottom() + 1)
            for section in range(block.left(), block.right() + 1):
                cells.setdefault(section, []).append(rows)
        return {
            section: rows[0] if len(rows) == 1 else np.unique(np.concatenate(rows))
            for section, rows in sorted(cells.items())
        }

    def _on_add_row(self) -> None:
        row = self.view.currentIndex().row() + 1 or self.model.rowCount()
        self.model.insert_rows(row, 1)
        self.view.go_to(row, self.view.currentIndex().column())
        self.view.setFocus()

    def _on_remove_rows(self) -> None:
        chosen = self.selected()
        rows = np.unique(np.concatenate(list(chosen.values()))) if chosen else np.zeros(0, dtype=np.int64)
        if rows.size >= self.model.rowCount():
            self._refuse(self.tr("At least one row stays: clear its cells instead."))
            return
        self.model.remove_rows(rows)
        self.view.setFocus()

    def _on_add_column(self) -> None:
        at = self.view.currentIndex().column() + 1 or self.model.columnCount()
        self.model.insert_column(at)
        self.view.go_to(self.view.currentIndex().row(), at)
        self.view.setFocus()

    def _on_remove_columns(self) -> None:
        self.model.remove_columns(list(self.selected()))
        self.view.setFocus()

    def _on_rename(self) -> None:
        section = self.view.currentIndex().column()
        if section >= 0:
            self.view.scrollTo(self.view.currentIndex())
            self.view.heads.edit_name(section)

    def _on_kind(self) -> None:
        section = self.view.currentIndex().column()
        if section >= 0 and not self.model.set_words(section, self.bar.kind.currentData()):
            self._show_column()

    # -- clipboard ------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the selected cells, with those between them, as text with tabs."""
        chosen = self.selected()
        if not chosen:
            return
        first = min(int(rows[0]) for rows in chosen.values())
        last = max(int(rows[-1]) for rows in chosen.values())
        text = copied_text(self.model.grid, range(first, last + 1), range(min(chosen), max(chosen) + 1))
        mime = QMimeData()
        mime.setText(text)
        mime.setData(_OWN_FORMAT, QByteArray(b"1"))
        QGuiApplication.clipboard().setMimeData(mime)

    def cut(self) -> None:
        """Copy the selected cells and clear them."""
        self.copy()
        self.clear()

    def clear(self) -> None:
        """Let the selected cells be missing."""
        self.model.clear(self.selected())

    def paste(self) -> None:
        """Put the clipboard's cells where the cursor is; ask if its numbers can be read in two ways."""
        mime = QGuiApplication.clipboard().mimeData()
        is_own = mime.hasFormat(_OWN_FORMAT)
        try:
            pasted = read_block(mime.text(), is_own)
        except DataError as error:
            self._refuse(str(error))
            return
        if not pasted.doubtful:
            self._paste(pasted, pasted.sign or ".")
            return
        self._waiting = pasted
        self.message.ask(pasted.doubtful)

    def _on_answered(self, sign: str) -> None:
        pasted = self._waiting
        if pasted is not None:
            self._paste(pasted, "." if sign == "." else ",")
            self.view.setFocus()

    def _paste(self, pasted: Pasted, sign: Sign) -> None:
        chosen = self.selected()  # a selected block is filled from its corner, as spreadsheets do
        row = min((int(rows[0]) for rows in chosen.values()), default=max(0, self.view.currentIndex().row()))
        section = min(chosen, default=max(0, self.view.currentIndex().column()))
        try:
            edits = paste_edits(self.model.grid, pasted, row, section, sign)
        except DataError as error:
            self._refuse(str(error))
            return
        self.model.push(self.tr("Paste"), edits)

    # -- the result -----------------------------------------------------------------------------------------

    def table(self) -> EmbeddedTable:
        """Return the table as it is, without rows that are wholly blank."""
        return self.model.grid.embedded()

    def accept(self) -> None:
        """Close if something can be learned from the table."""
        if self.model.grid.can_be_learned():
            super().accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Ctrl+Return from everywhere, and with Escape; what was typed is not lost at the first one."""
        if event.key() == Qt.Key.Key_Escape and not self.model.undo_stack.isClean() and not self._warned:
            self._refuse(self.tr("Press Escape once more to close without the changes."))
            self._warned = True
            return
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.ok_button.click()
            return
        super().keyPressEvent(event)
