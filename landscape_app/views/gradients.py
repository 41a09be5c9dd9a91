"""The gradients: every parameter's value, gradient, last increment and history; large blocks as heat maps."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.models.parameters import Layout
from landscape_app.session.picks import example_part
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.gradients_heat import BlockCard
from landscape_app.views.gradients_history import History
from landscape_app.views.gradients_norm import Norms
from landscape_app.views.gradients_rows import Part, Reading, ScalarRow
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import time_end
from landscape_app.views.plotting_series import Envelope, same_beginning

#: Models with more scalars than this are shown as heat maps.
MOST_ROWS = 12
#: Width that a history keeps beside numbers of many digits.
LEAST_PLOT = 110
#: Buckets of a history: a small plot is rarely wider.
BUCKETS = 128


class GradientsView(QWidget):
    """The norm on top; below it a row a scalar, or heat maps with one scalar spelled out."""

    cursor_requested = Signal(int)
    #: The examples that a scalar's gradient comes from are to be shown.
    entry_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Snapshot | None = None
        self._palette = DARK
        self._norms = Norms()
        self._norm_line, self._lines = Envelope(BUCKETS), Envelope(BUCKETS)
        self._selected_line = (-1, Envelope(BUCKETS))
        self.rows: list[ScalarRow] = []
        self._row_scalars: list[int] = []
        self.cards: list[BlockCard] = []
        self.selected = -1
        self._parts: FloatArray | None = None  # of the picked example in all gradients
        self.norm_row = ScalarRow("‖∇L‖", log=True, parent=self)
        self.norm_row.readout.note = self.tr("Norm of the gradient: zero at a minimum. Its history is logarithmic.")
        self.norm_row.cursor_requested.connect(self.cursor_requested)
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self.scroll_area = QScrollArea(self)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setWidget(self._body)
        self.scroll_area.setAccessibleName(self.tr("Parameters"))
        self.scroll_area.verticalScrollBar().rangeChanged.connect(self._on_scroll_range_changed)
        self.scroll_area.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 2, 4)
        column.setSpacing(2)
        column.addWidget(self.norm_row)
        column.addWidget(self.scroll_area, 1)
        column.addWidget(self._selection_panel())
        self.setAccessibleName(self.tr("Gradients"))
        self.setMinimumWidth(230)

    def _selection_panel(self) -> QWidget:
        self.selection = QWidget(self)
        self.selected_row = ScalarRow("", parent=self.selection)
        self.selected_row.setFixedHeight(self.selected_row.sizeHint().height())
        self.selected_row.cursor_requested.connect(self.cursor_requested)
        self.selected_row.opened.connect(self._on_selected_opened)
        self._let_open(self.selected_row)
        self._hint = QLabel(self.tr("Point at a cell"), self.selection)
        self._hint.setObjectName("muted")
        self.largest_button = QPushButton(self.tr("Largest"), self.selection)
        self.largest_button.setToolTip(self.tr("Select the scalar with the largest gradient at the cursor"))
        self.largest_button.setAccessibleName(self.tr("Select the largest gradient"))
        self.largest_button.clicked.connect(self._on_largest_clicked)
        self.open_button = QPushButton(self.tr("Examples"), self.selection)
        self.open_button.setToolTip(self.tr("Show the examples that this scalar's gradient comes from"))
        self.open_button.setAccessibleName(self.tr("Examples of this gradient"))
        self.open_button.clicked.connect(self._on_selected_opened)
        head = QHBoxLayout()
        head.setContentsMargins(8, 2, 6, 0)
        head.addWidget(self._hint, 1)
        head.addWidget(self.open_button)
        head.addWidget(self.largest_button)
        column = QVBoxLayout(self.selection)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.selected_row)
        self.selection.hide()
        return self.selection

    # --- drawing ---

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        other_digits = palette.digits != self._palette.digits
        self._palette = palette
        parts: list[ScalarRow | BlockCard] = [self.norm_row, self.selected_row, *self.rows, *self.cards]
        for part in parts:
            part.set_palette(palette)
        if other_digits:
            self._choose_labels()

    def render_snapshot(self, new: Snapshot) -> None:
        """Draw what differs from the snapshot drawn last."""
        old, self._drawn = self._drawn, new
        layout = new.problem.model.layout
        fresh = old is None or old.problem.model.layout != layout
        if fresh:
            self._build(layout)
        if fresh or old is None or new.problem is not old.problem:
            self._write_notes()
            self.selected = -1
        if fresh or old is None or new.timeline is not old.timeline:
            self._take_history(new, None if fresh else old)
        elif (new.cursor, new.example, new.entry) == (old.cursor, old.example, old.entry) and (
            new.example is None or new.noise is old.noise  # a batch that has come tells whether the example is in it
        ):
            return
        if new.entry is not None and (old is None or new.entry != old.entry):
            self.selected = new.entry
        self._show_moment(new)
        if fresh or old is None or new.example != old.example:
            self._choose_labels()

    def _build(self, layout: Layout) -> None:
        """Make the rows or cards that a model needs."""
        for part in (*self.rows, *self.cards):
            self._column.removeWidget(part)
            part.hide()
            part.deleteLater()
        as_rows = layout.size <= MOST_ROWS
        blocks = [b for b in layout.blocks if as_rows or b.size == 1]
        self._row_scalars = [i for b in blocks for i in range(b.start, b.stop)]
        self.rows = [ScalarRow(layout.scalar_names[i], parent=self._body) for i in self._row_scalars]
        self.cards = [] if as_rows else [BlockCard(b, self._body) for b in layout.blocks if b.size > 1]
        for card in self.cards:
            card.scalar_hovered.connect(self.select)
            card.scalar_opened.connect(self.entry_requested)
        for row in self.rows:
            row.cursor_requested.connect(self.cursor_requested)
            row.opened.connect(self._on_row_opened)
            self._let_open(row)
            row.plot.set_name(self.tr("∂L/∂{name}").format(name=row.plot.name))
        parts: list[ScalarRow | BlockCard] = [*self.cards, *self.rows]
        for position, part in enumerate(parts):
            part.set_palette(self._palette)
            # Rows share what room there is, up to their largest height; cards have theirs.
            self._column.insertWidget(position, part, 100 if as_rows else 0)
            part.show()
        self.selected_row.readout.longest_name = max(layout.scalar_names, key=len)
        self.selection.setVisible(not as_rows)
        self.scroll_area.verticalScrollBar().setValue(0)

    def _hint_for(self, scalar: int) -> str:
        note, hint = self._note(scalar), self.tr("Double click: the examples that its gradient comes from (№ is one).")
        return f"{note}\n{hint}" if note else hint

    def _note(self, scalar: int) -> str:
        """Return what a scalar stands for: the feature that it weighs, the unit that it belongs to."""
        if self._drawn is None:
            return ""
        problem = self._drawn.problem
        names = problem.data.feature_names
        block = next(b for b in problem.model.layout.blocks if scalar < b.stop)
        unit, feature = divmod(scalar - block.start, len(names))
        notes = {
            "w": self.tr("Weight of {feature}").format(feature=names[feature]),
            "b": self.tr("Bias"),
            "W1": self.tr("Weight of {feature} in hidden unit {unit}").format(feature=names[feature], unit=unit),
            "b1": self.tr("Bias of hidden unit {unit}").format(unit=scalar - block.start),
            "w2": self.tr("Weight of hidden unit {unit} in the output").format(unit=scalar - block.start),
            "b2": self.tr("Bias of the output"),
        }
        return notes.get(block.name, "")

    def _write_notes(self) -> None:
        """Say in the tooltips what each scalar stands for."""
        for row, scalar in zip(self.rows, self._row_scalars, strict=True):
            row.readout.note = self._hint_for(scalar)

    def _take_history(self, new: Snapshot, old: Snapshot | None) -> None:
        """Read what is new of the timeline into the small plots."""
        timeline = new.timeline
        if old is None or not same_beginning(old.timeline, timeline):
            for kept in (self._norms, self._norm_line, self._lines, self._selected_line[1]):
                kept.clear()
        grad = timeline.grad
        self._norms.extend(grad)
        self._norm_line.extend(self._norms.values)
        end = time_end(timeline.last)
        self.norm_row.plot.set_history(History(*self._norm_line.points(), self._norms.values, end))
        if not self.rows:
            return
        self._lines.extend(grad, self._row_scalars if self.cards else None)
        x, y = self._lines.points()
        for i, (row, scalar) in enumerate(zip(self.rows, self._row_scalars, strict=True)):
            row.plot.set_history(History(x, y[:, i], grad.column(scalar), end))

    def _show_moment(self, new: Snapshot) -> None:
        """Show the numbers and the cursor line at the cursor."""
        theta, grad, increment = new.theta, new.grad, new.increment
        parts = self._parts = example_part(new)
        norm = float(self._norms.values[new.cursor])
        self.norm_row.readout.set_readings((Reading("‖∇L‖", "‖∇L‖", norm, signed=False),))
        self.norm_row.plot.set_cursor(new.cursor)
        names = new.problem.model.layout.scalar_names
        for row, i in zip(self.rows, self._row_scalars, strict=True):
            part = self._part(new, parts, i)
            row.show_scalar(names[i], float(theta[i]), float(grad[i]), float(increment[i]), part)
            row.plot.set_cursor(new.cursor)
        for card in self.cards:
            if new.example is None:
                card.show_moment(theta, grad)
            else:
                card.show_moment(theta, parts, new.example + 1)
        if self.cards:
            self.select(self.selected if self.selected >= 0 else int(np.argmax(np.abs(grad))))

    @Slot(int)
    def select(self, scalar: int) -> None:
        """Spell out a scalar, given by its place in the flat vector, with its history."""
        drawn = self._drawn
        if drawn is None or not self.cards:
            return
        self.selected = scalar
        name = drawn.problem.model.layout.scalar_names[scalar]
        value, gradient, increment = (float(v[scalar]) for v in (drawn.theta, drawn.grad, drawn.increment))
        part = self._part(drawn, self._parts, scalar)
        self.selected_row.show_scalar(name, value, gradient, increment, part)
        self.selected_row.setFixedHeight(self.selected_row.sizeHint().height())
        self.selected_row.readout.note = self._hint_for(scalar)
        self.selected_row.plot.set_name(f"∂L/∂{name}")
        history = drawn.timeline.grad.column(scalar)
        if scalar != self._selected_line[0]:
            self._selected_line = (scalar, Envelope(BUCKETS))
        _, line = self._selected_line
        line.extend(history)
        self.selected_row.plot.set_history(History(*line.points(), history, time_end(drawn.timeline.last)))
        self.selected_row.plot.set_cursor(drawn.cursor)
        for card in self.cards:
            card.set_selected(scalar)

    @staticmethod
    def _part(shown: Snapshot, parts: FloatArray | None, scalar: int) -> Part | None:
        """Return the picked example's part of a gradient; None if no example is picked."""
        if shown.example is None:
            return None
        return Part(shown.example + 1, None if parts is None else float(parts[scalar]))

    def _let_open(self, row: ScalarRow) -> None:
        """Give a row its menu."""
        action = QAction(self.tr("Show the examples that it comes from"), row)
        action.triggered.connect(row.opened)
        row.addAction(action)
        row.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    @Slot()
    def _on_row_opened(self) -> None:
        self.entry_requested.emit(self._row_scalars[self.rows.index(self.sender())])  # type: ignore[arg-type]

    @Slot()
    def _on_selected_opened(self) -> None:
        if self.selected >= 0:
            self.entry_requested.emit(self.selected)

    @Slot()
    def _on_largest_clicked(self) -> None:
        if self._drawn is not None:
            self.select(int(np.argmax(np.abs(self._drawn.grad))))

    # --- widths ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose labels that leave room for the plots."""
        super().resizeEvent(event)
        self._choose_labels()

    @Slot(int, int)
    def _on_scroll_range_changed(self, _low: int, high: int) -> None:
        """Let all plots end at the same place, beside a scroll bar or not."""
        margin = 2 + (self.scroll_area.verticalScrollBar().sizeHint().width() if high > 0 else 0)
        for row in (self.norm_row, self.selected_row):
            row.set_right_margin(margin)

    def _choose_labels(self) -> None:
        """Use long labels only where the plot still gets more than half, and give all plots the same left edge."""
        rows = [self.norm_row, *self.rows] + ([self.selected_row] if self.cards else [])
        full = max(row.readout.width_needed(compact=False) for row in rows)
        compact = full > 0.5 * self.width()
        narrow = max(row.readout.width_needed(compact=True) for row in rows)
        width = narrow if compact else full
        # Many digits need room; the histories keep some, too.
        self.setMinimumWidth(230 if self._palette.digits is None else max(230, narrow + LEAST_PLOT))
        for row in rows:
            row.readout.set_compact(compact)
            if row.readout.width() != width or row.readout.minimumWidth() != width:
                row.readout.setFixedWidth(width)
