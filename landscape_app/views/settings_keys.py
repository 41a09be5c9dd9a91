"""The settings' second page: every action of the menus with its key, to be changed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from landscape_app.preferences import Preferences
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.keys import Keys, key_text, native_text

#: Columns of the table.
ACTION, MENU, KEY = 0, 1, 2


class KeysPage(QWidget):
    """Shows the keys in force; a key pressed in the field below becomes that of the chosen row."""

    change_requested = Signal(object)

    def __init__(self, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._chosen: dict[str, str] = {}
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search for an action or a key"))
        self.search.setClearButtonEnabled(True)
        describe(self.search, self.tr("Search"), self.tr("Show only the actions and keys that contain this text"))
        self.table = self._make_table()
        self.label = QLabel()
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.standard_button = QPushButton(self.tr("Standard key"))
        self.none_button = QPushButton(self.tr("No key"))
        self.all_button = QPushButton(self.tr("All standard keys"))
        self.message = muted_label()
        self._lay_out()
        self.search.textChanged.connect(self._on_search)
        self.table.currentCellChanged.connect(self._on_row)
        self.table.cellActivated.connect(self._on_activated)
        self.edit.keySequenceChanged.connect(self._on_key)
        self.edit.editingFinished.connect(self._show_row)
        self.standard_button.clicked.connect(self._on_standard)
        self.none_button.clicked.connect(self._on_none)
        self.all_button.clicked.connect(self._on_all)
        self.table.setCurrentCell(0, ACTION)

    def _make_table(self) -> QTableWidget:
        rows = self._keys.rows
        table = QTableWidget(len(rows), 3)
        table.setObjectName("keys_table")
        table.setHorizontalHeaderLabels([self.tr("Action"), self.tr("Menu"), self.tr("Key")])
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(round(1.6 * table.fontMetrics().height()))
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)  # Tab leaves the table, the arrows go through it
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for row, entry in enumerate(rows):
            for column, text in ((ACTION, entry.title), (MENU, entry.menus), (KEY, "")):
                table.setItem(row, column, QTableWidgetItem(text))
        table.setColumnWidth(ACTION, 240)
        table.setColumnWidth(MENU, 150)
        describe(table, self.tr("Keys"), self.tr("Choose an action; Return leads to the field for its key"))
        return table

    def _lay_out(self) -> None:
        self.label.setBuddy(self.edit)
        describe(self.edit, self.tr("Key of the chosen action"), self.tr("Click here and press the key it is to have"))
        describe(self.standard_button, self.tr("Standard key"), self.tr("Give this action its standard key back"))
        describe(self.none_button, self.tr("No key"), self.tr("Take the key from this action; the menu still has it"))
        describe(self.all_button, self.tr("All standard keys"), self.tr("Give all actions their standard keys back"))
        for button in (self.standard_button, self.none_button, self.all_button):
            button.setAutoDefault(False)
        self.message.setMinimumHeight(2 * self.message.fontMetrics().height())
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        line = QHBoxLayout()
        line.addWidget(self.edit, 1)
        for button in (self.standard_button, self.none_button, self.all_button):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 6)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.label)
        column.addLayout(line)
        column.addWidget(self.message)

    # -- showing --------------------------------------------------------------------------------------------

    def show_preferences(self, preferences: Preferences) -> None:
        """Show the keys in force; emits nothing."""
        self._chosen = dict(preferences.keys)
        for row, entry in enumerate(self._keys.rows):
            item = self.table.item(row, KEY)
            assert item is not None
            key = self._keys.key_of(entry.name)
            item.setText(native_text(key))
            changed = key != self._keys.standard[entry.name]
            font = item.font()
            font.setBold(changed)
            item.setFont(font)
            standard = native_text(self._keys.standard[entry.name]) or self.tr("none")
            item.setToolTip(self.tr("Standard key: {0}").format(standard) if changed else "")
        self._show_row()
        self._say("")

    def _show_row(self) -> None:
        """Show the chosen row's key in the field."""
        row = self.table.currentRow()
        for widget in (self.edit, self.standard_button, self.none_button):
            widget.setEnabled(row >= 0)
        if row < 0:
            self.label.setText("")
            return
        entry = self._keys.rows[row]
        key = self._keys.key_of(entry.name)
        self.label.setText(self.tr("&Key of “{0}”:").format(entry.title.replace("&", "&&")))
        self.standard_button.setEnabled(key != self._keys.standard[entry.name])
        self.none_button.setEnabled(bool(key))
        self.all_button.setEnabled(bool(self._chosen))
        self.edit.blockSignals(True)  # else showing a key would ask for it again
        self.edit.setKeySequence(QKeySequence.fromString(key))
        self.edit.blockSignals(False)

    def _say(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setObjectName("warning" if sentence else "muted")
        self.message.style().polish(self.message)

    def _on_search(self, text: str) -> None:
        wanted = text.casefold().strip()
        for row in range(self.table.rowCount()):
            items = [self.table.item(row, column) for column in (ACTION, MENU, KEY)]
            found = any(item is not None and wanted in item.text().casefold() for item in items)
            self.table.setRowHidden(row, not found)

    def _on_row(self) -> None:
        self._show_row()
        self._say("")

    def _on_activated(self) -> None:
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- intents --------------------------------------------------------------------------------------------

    def _ask_for(self, key: str) -> None:
        """Ask for a key for the chosen row, or say why it can't have that one."""
        entry = self._keys.rows[self.table.currentRow()]
        refusal = self._keys.refusal(entry.name, key)
        if refusal:
            self._show_row()
            self._say(refusal)
        elif key != self._keys.key_of(entry.name):
            self.change_requested.emit({"keys": self._keys.chosen_with(entry.name, key, self._chosen)})

    def _on_key(self, key: QKeySequence) -> None:
        if not key.isEmpty():  # the field is emptied before each key that is pressed
            self._ask_for(key_text(key))

    def _on_standard(self) -> None:
        self._ask_for(self._keys.standard[self._keys.rows[self.table.currentRow()].name])

    def _on_none(self) -> None:
        self._ask_for("")

    def _on_all(self) -> None:
        self.change_requested.emit({"keys": {}})
