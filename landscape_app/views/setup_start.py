"""Where the descent starts: typed, clicked, zeros, or drawn from a seed."""

from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from landscape_app.core.arrays import FloatArray
from landscape_app.session.config import StartConfig
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import Section, describe, muted_label, tab_through
from landscape_app.views.number_field import NumberField, parse_number
from landscape_app.views.palette import DARK, Palette

#: Digits of a start that was set by the mouse; a field that has the focus shows them all.
SHOWN_DIGITS = 6
#: Models with so few parameters get a field for each; larger ones a table to open.
FIELDS = 4


class StartSection(Section):
    """Shows the start of the run and emits another as soon as one is chosen."""

    start_edited = Signal(object)
    theta_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Start"), parent)
        self._drawn: Snapshot | None = None
        self._look = DARK
        self._names: tuple[str, ...] = ()
        self.fields: list[NumberField] = []
        self.method = QComboBox()
        for text, value in (
            (self.tr("typed or clicked"), "values"),
            (self.tr("zeros"), "zeros"),
            (self.tr("normal, N(0, 1)"), "normal"),
            (self.tr("Xavier"), "xavier"),
        ):
            self.method.addItem(text, value)
        describe(self.method, self.tr("Start"), self.tr("How the parameters start; or click and drag on the map"))
        self.method.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.random_button = QPushButton(self.tr("Random"))
        describe(self.random_button, self.tr("Random start"), self.tr("Draw another start (Ctrl+N)"))
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.method, 1)
        line.addWidget(self.random_button)
        self.form.addRow(line)
        self.seed = NumberField(0, low=0, high=2**31, step=1, whole=True)
        self.add_row(self.tr("Seed"), self.seed, self.tr("The same seed draws the same start"))
        self.table_button = QPushButton(self.tr("Type values…"))
        describe(self.table_button, self.tr("Type values"), self.tr("Open a table with the start of every parameter"))
        self.box.addWidget(self.table_button)
        self.method.activated.connect(self._on_method)
        self.seed.edited.connect(self._on_seed)
        self.random_button.clicked.connect(self.randomise)
        self.table_button.clicked.connect(self.open_table)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look: here only its number of digits."""
        self._look = palette
        for field in self.fields:
            field.set_digits(palette.digits_or(SHOWN_DIGITS))

    def render_snapshot(self, new: Snapshot) -> None:
        """Show how and where the run starts."""
        old, self._drawn = self._drawn, new
        if (
            old is not None
            and old.wanted.start is new.wanted.start
            and old.problem is new.problem
            and old.timeline is new.timeline
        ):
            return
        start = new.wanted.start
        names = new.problem.model.layout.scalar_names
        if names != self._names:
            self._rebuild(names)
        self.method.setCurrentIndex(self.method.findData(start.method))
        self.seed.set_value(start.seed)
        self.form.setRowVisible(self.seed, start.method in ("normal", "xavier"))
        for field, value in zip(self.fields, new.timeline.theta[0], strict=False):
            field.set_value(float(value))

    def _rebuild(self, names: tuple[str, ...]) -> None:
        self._names = names
        self.clear_rows(2)
        self.fields = []
        few = len(names) <= FIELDS
        self.table_button.setVisible(not few)
        for name in names if few else ():
            field = NumberField(step=0.1)
            field.set_digits(self._look.digits_or(SHOWN_DIGITS))
            field.edited.connect(self._on_typed)
            self.fields.append(field)
            self.add_row(name, field, self.tr("Where {0} starts").format(name))
        tab_through((self.method, self.random_button, self.seed, *self.fields, self.table_button))

    def _on_method(self) -> None:
        assert self._drawn is not None
        method = self.method.currentData()
        if method == "values":
            self.theta_edited.emit(self._drawn.timeline.theta[0])
        else:
            self.start_edited.emit(StartConfig(method=method, seed=self._drawn.wanted.start.seed))

    def _on_seed(self, seed: float) -> None:
        self.start_edited.emit(StartConfig(method=self._method(), seed=int(seed)))

    def randomise(self) -> None:
        """Draw with the next seed."""
        if self._drawn is not None:
            self.start_edited.emit(StartConfig(method=self._method(), seed=self._drawn.wanted.start.seed + 1))

    def _method(self) -> Any:
        """Return the way of drawing: the one chosen, else the one that suits the model."""
        assert self._drawn is not None
        method = self._drawn.wanted.start.method
        if method in ("normal", "xavier"):
            return method
        return "xavier" if self._drawn.problem.model.has_hidden else "normal"

    def _on_typed(self) -> None:
        self.theta_edited.emit(np.array([field.value for field in self.fields]))

    def open_table(self) -> None:
        """Let the user type every parameter's start."""
        if self._drawn is None:
            return
        dialog = StartDialog(self._names, self._drawn.timeline.theta[0], self)
        dialog.accepted.connect(self._on_table_accepted)
        dialog.open()
        self._dialog = dialog

    def _on_table_accepted(self) -> None:
        self.theta_edited.emit(self._dialog.theta())


class StartDialog(QDialog):
    """A table of all parameters; what is no number is marked and keeps the dialog open."""

    def __init__(self, names: tuple[str, ...], theta: FloatArray, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Start of every parameter"))
        self._names = names
        self.table = QTableWidget(len(names), 2)
        self.table.setObjectName("start_table")
        self.table.setHorizontalHeaderLabels([self.tr("parameter"), self.tr("start")])
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        describe(self.table, self.tr("Start of every parameter"), self.tr("Type a number in the right column"))
        for row, (name, value) in enumerate(zip(names, theta, strict=True)):
            label = QTableWidgetItem(name)
            label.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.table.setItem(row, 0, label)
            self.table.setItem(row, 1, QTableWidgetItem(repr(float(value))))
        self.message = muted_label()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.table, self.message, self.buttons):
            layout.addWidget(widget)
        self.resize(320, 420)

    def theta(self) -> FloatArray:
        """Return the values in the table (size,)."""
        return np.array([self._typed(row) for row in range(self.table.rowCount())], dtype=np.float64)

    def _typed(self, row: int) -> float | None:
        item = self.table.item(row, 1)
        return None if item is None else parse_number(item.text())

    def accept(self) -> None:
        """Close if every value is a number; else say which is not."""
        for row in range(self.table.rowCount()):
            if self._typed(row) is None:
                self.message.setText(self.tr("The start of {0} is not a number.").format(self._names[row]))
                self.table.setCurrentCell(row, 1)
                return
        super().accept()
