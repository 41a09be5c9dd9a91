"""The buttons above the table editor, and the line below it that speaks and asks."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from landscape_app.views.forms import describe
from landscape_app.views.table_editor_model import cell_text
from landscape_app.views.table_editor_numbers import number_under


def plain_button(text: str, tip: str) -> QPushButton:
    """Return a button that Return does not press from elsewhere: it goes down in the table."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    describe(button, text, tip)
    return button


class EditorBar(QWidget):
    """Buttons for rows, columns, and undoing; ``kind`` is what the column at hand holds."""

    def __init__(self, stack: QUndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_row = plain_button(self.tr("Add row"), self.tr("Add a row below the one at hand"))
        self.remove_rows = plain_button(self.tr("Remove rows"), self.tr("Remove the rows that are selected"))
        self.add_column = plain_button(self.tr("Add column"), self.tr("Add a column after the one at hand"))
        self.remove_columns = plain_button(self.tr("Remove columns"), self.tr("Remove the columns that are selected"))
        self.rename = plain_button(self.tr("Rename column…"), self.tr("Change the name of the column at hand"))
        self.undo = plain_button(self.tr("Undo"), self.tr("Take the last change back (Ctrl+Z)"))
        self.redo = plain_button(self.tr("Redo"), self.tr("Make the change again (Ctrl+Y)"))
        self.undo.clicked.connect(stack.undo)
        self.redo.clicked.connect(stack.redo)
        for button, can_change in ((self.undo, stack.canUndoChanged), (self.redo, stack.canRedoChanged)):
            button.setEnabled(False)
            can_change.connect(button.setEnabled)
        label = QLabel(self.tr("Column holds"))
        self.kind = QComboBox()
        self.kind.addItem(self.tr("numbers"), False)
        self.kind.addItem(self.tr("words"), True)
        label.setBuddy(self.kind)
        describe(
            self.kind, self.tr("What the column holds"), self.tr("Whether the column at hand holds numbers or words")
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.add_row, self.remove_rows, self.add_column, self.remove_columns, self.rename):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(label)
        layout.addWidget(self.kind)
        layout.addStretch(1)
        layout.addWidget(self.undo)
        layout.addWidget(self.redo)


class MessageLine(QWidget):
    """Says a sentence, or asks which sign is the decimal one: ``answered`` tells "." or ","."""

    answered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setObjectName("muted")
        tip = self.tr("Paste the numbers like this")
        self.point_button, self.comma_button = plain_button("", tip), plain_button("", tip)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.label, 1)
        for button in (self.point_button, self.comma_button):
            button.clicked.connect(self._on_answer)
            layout.addWidget(button)
        self.say("")

    def text(self) -> str:
        """Return the sentence shown."""
        return self.label.text()

    def say(self, text: str, kind: str = "muted") -> None:
        """Show a sentence, muted, or as a ``kind`` of "warning" or "error"; a question is given up."""
        self.point_button.hide()
        self.comma_button.hide()
        self.label.setText(text)
        if self.label.objectName() != kind:
            self.label.setObjectName(kind)
            self.label.style().polish(self.label)

    def ask(self, doubtful: str) -> None:
        """Ask what a number means that has one value with a decimal point, and another with a decimal comma."""
        self.say(self.tr("What does '{0}' mean in what was copied?").format(doubtful), "warning")
        for button, value in (
            (self.point_button, number_under(doubtful, ".")),
            (self.comma_button, number_under(doubtful, ",")),
        ):
            meaning = self._meaning(value)
            button.setText(meaning)
            button.setAccessibleName(self.tr("{0} means: {1}").format(doubtful, meaning))
            button.show()
        self.point_button.setFocus()

    def _meaning(self, value: float | None) -> str:
        """Return a number so that nobody takes its point for another sign."""
        if value is None or value == np.floor(value):
            return cell_text(value)
        low, high = (cell_text(float(bound)) for bound in (np.floor(value), np.ceil(value)))
        return self.tr("a number between {0} and {1}").format(low, high)

    def _on_answer(self) -> None:
        self.answered.emit("." if self.sender() is self.point_button else ",")
