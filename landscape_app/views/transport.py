"""Step, play, scrub: the controls of the timeline's cursor."""

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import describe
from landscape_app.views.number_field import NumberField

#: Pixels between two controls.
SPACING = 6
SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 200.0, 1000.0, math.inf)
DEFAULT_SPEED = 10.0


class Transport(QWidget):
    """Emits intents; shows where the cursor is and how far the record goes."""

    step_requested = Signal()
    back_requested = Signal()
    play_requested = Signal()
    pause_requested = Signal()
    cursor_requested = Signal(int)
    reset_requested = Signal()
    speed_requested = Signal(float)
    run_to_requested = Signal(int)
    run_until_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Snapshot | None = None
        self.first_button = self._button("|◀", self.tr("To the start (Home)"), self.tr("To the start"))
        self.back_button = self._button(self.tr("◀ Step"), self.tr("One iteration back (Left)"), self.tr("Step back"))
        self.play_button = self._button(self.tr("Play ▶"), self.tr("Play or pause (Space)"), self.tr("Play"))
        self.play_button.setObjectName("primary")
        self.play_button.setMinimumWidth(86)
        self.step_button = self._button(self.tr("Step ▶"), self.tr("One iteration on (Right)"), self.tr("Step forward"))
        self.last_button = self._button("▶|", self.tr("To the last recorded iteration (End)"), self.tr("To the end"))
        self.reset_button = self._button(
            self.tr("Reset"), self.tr("Back to the start, and forget the path (Ctrl+R)"), self.tr("Reset")
        )
        self.scrubber = QSlider(Qt.Orientation.Horizontal)
        describe(self.scrubber, self.tr("Timeline"), self.tr("Drag to any recorded iteration: all panels follow"))
        self.scrubber.setMinimumWidth(60)
        self.place = QLabel()
        describe(self.place, self.tr("Iteration"), self.tr("Iteration shown / last one recorded"))
        self.speed = QComboBox()
        for speed in SPEEDS:
            text = self.tr("at full speed") if math.isinf(speed) else self.tr("{0:g} steps/s").format(speed)
            self.speed.addItem(text, speed)
        self.speed.setCurrentIndex(SPEEDS.index(DEFAULT_SPEED))
        self.speed.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.speed.setMinimumContentsLength(9)
        describe(self.speed, self.tr("Speed"), self.tr("Speed of Play (slower: [, faster: ])"))
        self.goal = NumberField(100, low=1, high=10_000_000, step=10, whole=True)
        describe(self.goal, self.tr("Run to iteration"), self.tr("The iteration that Run goes to"))
        self.run_button = self._button(
            self.tr("Run"), self.tr("Run as fast as it goes to this iteration (Ctrl+G)"), self.tr("Run to iteration")
        )
        self.tolerance = NumberField(1e-3, low=1e-300, factor=10.0)
        describe(
            self.tolerance,
            self.tr("Gradient norm to fall below"),
            self.tr("The norm of the gradient below which the run stops; of batches that is the batch's gradient"),
        )
        self.converge_button = self._button(
            self.tr("Run"),
            self.tr("Run until the norm of the gradient, in batches the batch's, falls below this (Ctrl+T)"),
            self.tr("Run until the gradient is small"),
        )
        self._lay_out()
        self.first_button.clicked.connect(self._on_first)
        self.back_button.clicked.connect(self.back_requested)
        self.play_button.clicked.connect(self.toggle)
        self.step_button.clicked.connect(self.step_requested)
        self.last_button.clicked.connect(self._on_last)
        self.reset_button.clicked.connect(self.reset_requested)
        self.scrubber.valueChanged.connect(self.cursor_requested)
        self.speed.currentIndexChanged.connect(self._on_speed)
        self.run_button.clicked.connect(self.run_to_goal)
        self.converge_button.clicked.connect(self.run_to_tolerance)

    def _button(self, text: str, tip: str, name: str) -> QPushButton:
        button = QPushButton(text)
        describe(button, name, tip)
        # A click leaves the focus where it is, so that Space goes on to mean Play; Tab reaches every button.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(SPACING)
        second.setSpacing(SPACING)
        for end in (self.first_button, self.last_button):
            end.setFixedWidth(40)
        for button in (self.first_button, self.back_button, self.play_button, self.step_button, self.last_button):
            first.addWidget(button)
        first.addWidget(self.scrubber, 1)
        first.addWidget(self.place)
        to_label, below_label = QLabel(self.tr("to iteration")), QLabel(self.tr("until ‖∇L‖ <"))
        self._labels = (to_label, below_label)
        for label in self._labels:
            label.setObjectName("muted")
        second.addWidget(self.speed)
        second.addStretch(1)
        for widget in (to_label, self.goal, self.run_button):
            second.addWidget(widget)
        second.addStretch(1)
        for widget in (below_label, self.tolerance, self.converge_button):
            second.addWidget(widget)
        second.addStretch(1)
        second.addWidget(self.reset_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 8)
        layout.setSpacing(SPACING)
        layout.addLayout(first)
        layout.addLayout(second)

    def toggle(self) -> None:
        """Play, or pause if it plays."""
        if self._drawn is not None and self._drawn.playing:
            self.pause_requested.emit()
        else:
            self.play_requested.emit()

    def run_to_goal(self) -> None:
        """Run to the iteration in the field."""
        self.run_to_requested.emit(int(self.goal.value))

    def run_to_tolerance(self) -> None:
        """Run until the gradient's norm is below the field's value."""
        self.run_until_requested.emit(self.tolerance.value)

    # -- room -----------------------------------------------------------------------------------------------

    def _full_width(self) -> int:
        """Return the width that everything needs."""
        hidden = [label for label in self._labels if label.isHidden()]
        return super().minimumSizeHint().width() + sum(label.sizeHint().width() + SPACING for label in hidden)

    def minimumSizeHint(self) -> QSize:
        """Return what is needed without the labels, which go where there is no room: the tooltips say the same."""
        labels = sum(label.sizeHint().width() + SPACING for label in self._labels)
        return QSize(self._full_width() - labels, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the labels only where they have room."""
        super().resizeEvent(event)
        roomy = event.size().width() >= self._full_width()
        for label in self._labels:
            label.setVisible(roomy)

    def set_speed(self, speed: float) -> None:
        """Choose the offered speed that is nearest to ``speed`` (steps a second)."""
        nearest = min(SPEEDS, key=lambda offered: 0.0 if offered == speed else abs(offered - speed))
        self.speed.setCurrentIndex(SPEEDS.index(nearest))

    def change_speed(self, steps: int) -> None:
        """Choose the next faster or slower speed."""
        index = min(max(0, self.speed.currentIndex() + steps), self.speed.count() - 1)
        self.speed.setCurrentIndex(index)

    def _make_room(self, last: int) -> None:
        """Give the place as much room as it needs at most: text in a fixed size lays nothing out at each frame."""
        longest = self.tr("iteration {0:,} / {1:,}").format(last, last)
        widest = "".join("0" if character.isdigit() else character for character in longest)
        width = self.place.fontMetrics().horizontalAdvance(widest) + 4
        if width != self.place.width() or self.place.minimumWidth() != width:
            self.place.setFixedSize(width, self.place.fontMetrics().height() + 2)

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._drawn is not None:
            self._make_room(self._drawn.timeline.last)

    def _on_first(self) -> None:
        self.cursor_requested.emit(0)

    def _on_last(self) -> None:
        if self._drawn is not None:
            self.cursor_requested.emit(self._drawn.timeline.last)

    def _on_speed(self, index: int) -> None:
        self.speed_requested.emit(float(self.speed.itemData(index)))

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the cursor, the length of the record, and whether it plays."""
        old, self._drawn = self._drawn, new
        last = new.timeline.last
        if old is None or (old.cursor, old.timeline.last) != (new.cursor, last):
            self.scrubber.blockSignals(True)  # else showing the cursor would ask for it again
            self.scrubber.setMaximum(last)
            self.scrubber.setPageStep(max(1, last // 10))
            self.scrubber.setValue(new.cursor)
            self.scrubber.blockSignals(False)
            self._make_room(last)
            self.place.setText(self.tr("iteration {0:,} / {1:,}").format(new.cursor, last))
            self.back_button.setEnabled(new.cursor > 0)
            self.first_button.setEnabled(new.cursor > 0)
            self.last_button.setEnabled(new.cursor < last)
        if old is None or old.playing != new.playing:
            self.play_button.setText(self.tr("Pause ‖") if new.playing else self.tr("Play ▶"))
            self.play_button.setAccessibleName(self.tr("Pause") if new.playing else self.tr("Play"))
