"""Small helpers for forms: names for screen readers, labelled rows, titled sections."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


def describe(widget: QWidget, name: str, tip: str) -> None:
    """Give ``widget`` its accessible name and its tooltip."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(tip)
    widget.setToolTip(tip)


def muted_label(text: str = "") -> QLabel:
    """Return a word-wrapped label for remarks."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def closing_buttons(
    dialog: QDialog, close: str, tip: str, other: QPushButton, role: QDialogButtonBox.ButtonRole
) -> QDialogButtonBox:
    """Return a row with a button named ``close`` that closes ``dialog``, and an ``other`` one."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.addButton(other, role)
    button = buttons.button(QDialogButtonBox.StandardButton.Close)
    describe(button, close, tip)
    button.setIcon(QIcon())  # the style's own is black on any background
    # Return in a field means that the field is done, not that a button was meant.
    for one in (button, other):
        one.setAutoDefault(False)
    buttons.rejected.connect(dialog.reject)
    return buttons


def tab_through(widgets: Sequence[QWidget]) -> None:
    """Let Tab go from each widget to the next: those made later would come last."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


class Section(QFrame):
    """A titled box with a form of labelled rows."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("section")
        self.title = QLabel(title.upper())
        self.title.setObjectName("title")
        self.setAccessibleName(title)
        self.form = QFormLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setHorizontalSpacing(8)
        self.form.setVerticalSpacing(4)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(10, 6, 10, 8)
        self.box.setSpacing(5)
        self.box.addWidget(self.title)
        self.box.addLayout(self.form)

    def add_row(self, text: str, field: QWidget, tip: str, at: int | None = None) -> None:
        """Add ``field`` with a label that leads to it, at the end or as row ``at``."""
        label = QLabel(text)
        label.setBuddy(field)
        label.setToolTip(tip)
        describe(field, text, tip)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, field.sizePolicy().verticalPolicy())
        self.form.insertRow(self.form.rowCount() if at is None else at, label, field)

    def add_wide(self, name: str, field: QWidget, tip: str) -> None:
        """Add ``field`` over the whole width; the section's title says what it is."""
        describe(field, name, tip)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, field.sizePolicy().verticalPolicy())
        self.form.addRow(field)

    def clear_rows(self, first: int = 0) -> None:
        """Remove the form's rows from ``first`` on."""
        while self.form.rowCount() > first:
            self.form.removeRow(self.form.rowCount() - 1)
