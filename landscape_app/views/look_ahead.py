"""The window for looking far ahead: where gradient descent will be, without the steps in between."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from landscape_app.core.arrays import length
from landscape_app.core.descent import ClosedForm
from landscape_app.session.ahead import Ahead, ahead, descent_from, why_not_ahead
from landscape_app.session.sentences import stable_rate
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import Section, closing_buttons, describe, muted_label
from landscape_app.views.number_field import NumberField
from landscape_app.views.plotting import format_number

#: Iterations that one can look ahead: beyond, powers are no longer whole numbers in double precision.
FARTHEST = 10**15
#: Parameters named one by one.
NAMED = 6
#: Of the window at first, in pixels.
WIDTH = 420


class LookAheadDialog(QDialog):
    """Shows the moment so many iterations after the cursor, and offers to start from there."""

    #: Start from this theta (size,).
    start_requested = Signal(object)

    def __init__(self, snapshot: Snapshot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Look ahead"))
        self._shown: Snapshot | None = None
        self._descent: ClosedForm | None = None
        self._found: Ahead | None = None
        about = muted_label(
            self.tr(
                "On the loss of a regression every step of gradient descent is known in closed form, without those "
                "before it. Nothing in between is recorded."
            )
        )
        self.section = Section(self.tr("After"))
        self.count = NumberField(1_000_000, low=0, high=FARTHEST, step=1, factor=10.0, whole=True)
        self.section.add_row(
            self.tr("Iterations from here"), self.count, self.tr("How many iterations after the one at the cursor")
        )
        self.outcome = Section(self.tr("There"))
        self.iteration, self.loss, self.slope, self.distance, self.theta = (QLabel() for _ in range(5))
        for text, label, tip in (
            (self.tr("Iteration"), self.iteration, self.tr("Counted from the start of the run")),
            (self.tr("Loss"), self.loss, self.tr("Over all the data")),
            ("‖∇L‖", self.slope, self.tr("Norm of the gradient")),
            (self.tr("Distance to the optimum"), self.distance, self.tr("In the space of all parameters")),
            (self.tr("Parameters"), self.theta, self.tr("Their values, rounded to six digits")),
        ):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.outcome.add_row(text, label, tip)
        self.remark = muted_label()
        self.start_button = QPushButton(self.tr("Start from there"))
        describe(self.start_button, self.tr("Start from there"), self.tr("Make this point the start of a new run"))
        self.buttons = closing_buttons(
            self,
            self.tr("Close"),
            self.tr("Leave everything as it is (Esc)"),
            self.start_button,
            QDialogButtonBox.ButtonRole.ActionRole,
        )
        self.start_button.clicked.connect(self._on_start)
        self.count.edited.connect(self._on_count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(10)
        for widget in (about, self.section, self.outcome, self.remark):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.resize(WIDTH, 300)
        self.render_snapshot(snapshot)

    @Slot(object)
    def render_snapshot(self, new: Snapshot) -> None:
        """Look ahead from the cursor of ``new``."""
        old, self._shown = self._shown, new
        if (
            old is not None
            and (old.problem, old.settings, old.cursor) == (new.problem, new.settings, new.cursor)
            and old.experiment.run == new.experiment.run
            and np.array_equal(old.theta, new.theta)
        ):
            return
        self._descent = None if why_not_ahead(new) else descent_from(new)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as what there is to show: only now are the fonts known."""
        super().showEvent(event)
        self._grow()

    def _grow(self) -> None:
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _look(self) -> None:
        """Compute the moment ahead, and show it or say why there is none."""
        shown = self._shown
        assert shown is not None
        found = None if self._descent is None else ahead(self._descent, shown.cursor, int(self.count.value))
        self._found = found if found is not None and found.finite else None
        self.start_button.setEnabled(self._found is not None)
        self.outcome.setVisible(self._found is not None)
        self.remark.setText(self._remark(shown, found))
        self.remark.setVisible(bool(self.remark.text()))
        if self._found is not None:
            self._show_moment(shown, self._found)
        self._grow()

    def _remark(self, shown: Snapshot, found: Ahead | None) -> str:
        if found is None:
            return why_not_ahead(shown)
        if found.finite:
            return ""
        limit = stable_rate(shown.problem, shown.settings)
        text = self.tr("By then the steps have grown beyond all numbers: the learning rate must be below {0}.")
        return text.format("?" if limit is None else format_number(limit, 3))

    def _show_moment(self, shown: Snapshot, found: Ahead) -> None:
        names = shown.problem.model.layout.scalar_names
        values = [
            f"{name} = {format_number(value, 6)}"
            for name, value in zip(names[:NAMED], found.theta.tolist(), strict=False)
        ]
        self.iteration.setText(f"{found.iteration:,}")
        self.loss.setText(format_number(found.loss, 7))
        self.slope.setText(format_number(found.slope, 4))
        self.theta.setText("\n".join(values + (["…"] if len(names) > NAMED else [])))
        optimum = shown.problem.optimum
        self.outcome.form.setRowVisible(self.distance, optimum is not None)
        if optimum is not None:
            self.distance.setText(format_number(length(found.theta - optimum.theta), 4))

    @Slot(float)
    def _on_count(self, count: float) -> None:
        self._look()

    @Slot()
    def _on_start(self) -> None:
        if self._found is not None:
            self.start_requested.emit(self._found.theta)
        self.accept()
