"""The loss by iteration: over all the data, and over the batch where that differs."""

import math

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.records import Timeline
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.loss_curve_race import RaceCurves
from landscape_app.views.loss_curve_sharpness import SharpnessPlot
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, nice_log_range, nice_range, pen, time_end
from landscape_app.views.plotting_items import CursorLine, Curve, Dots
from landscape_app.views.plotting_series import Envelope, same_beginning
from landscape_app.views.plotting_widgets import Legend, QuietPlot, TextLine

#: The minimum is drawn only while the loss is within this factor of it: else it would squeeze the curve.
NEAR_MINIMUM = 1e3


class LossCurveView(QWidget):
    """Curve, cursor and minimum on a linear or logarithmic axis; a click or drag asks to move the cursor."""

    cursor_requested = Signal(int)
    #: The curve of the largest curvature is looked at, or not any more.
    sharpness_watched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Snapshot | None = None
        self._palette = DARK
        self._log = True
        self._line, self._batch_line = Envelope(1024), Envelope(1024)
        self._batches_differ = False
        self._hovered: int | None = None
        self._low_edge = 1.0
        self.plot = QuietPlot(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.setAccessibleName(self.tr("Loss by iteration"))
        self.plot.setAccessibleDescription(self.tr("The arrow keys, Home and End move the cursor."))
        self.plot.x_axis.setLabel(self.tr("iteration"))
        self.plot.tooltip = self.exact_text
        self.plot.hovered.connect(self._on_hovered)
        self.plot.left.connect(self._on_left)
        self.plot.pressed.connect(self._on_pressed)
        self.plot.key_moved.connect(self._on_key_moved)
        self._batch_curve, self._curve, self._minimum = Curve(), Curve(), CursorLine(angle=0)
        self._cursor_line, self._hover_line, self._marker = CursorLine(), CursorLine(), Dots(8.0)
        items = (self._batch_curve, self._minimum, self._curve, self._cursor_line, self._hover_line, self._marker)
        for z, item in enumerate(items):
            self.plot.add(item, z)
        self._hover_line.hide()
        self.race = RaceCurves(self.plot)
        self.legend, self.readout = Legend(self), TextLine(self)
        self.log_button = QToolButton(self)
        self.log_button.setText(self.tr("Log"))
        self.log_button.setCheckable(True)
        self.log_button.setChecked(True)
        self.log_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.log_button.setToolTip(self.tr("Show the loss on a logarithmic axis, or on a linear one"))
        self.log_button.setAccessibleName(self.tr("Logarithmic loss axis"))
        self.log_button.toggled.connect(self.set_log)
        self.sharpness_button = QToolButton(self)
        self.sharpness_button.setText("λmax")
        self.sharpness_button.setCheckable(True)
        for button in (self.log_button, self.sharpness_button):
            button.setObjectName("narrow")
        self.sharpness_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sharpness_button.setToolTip(
            self.tr("Show the largest curvature along the path, and where the rule begins to diverge")
        )
        self.sharpness_button.setAccessibleName(self.tr("Largest curvature by iteration"))
        self.sharpness = SharpnessPlot(self)
        self.sharpness.hide()
        self.sharpness_button.toggled.connect(self._on_sharpness)
        self.sharpness.plot.pressed.connect(self._on_pressed)
        self.sharpness.plot.key_moved.connect(self._on_key_moved)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.legend)
        words.addWidget(self.readout)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 6, 0)
        head.addLayout(words, 1)
        head.addWidget(self.sharpness_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.log_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 2, 2)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        column.addWidget(self.sharpness, 1)

    # --- drawing ---

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.plot.set_palette(palette)
        self._curve.set_look(palette.path, 2.0)
        self._batch_curve.set_look(palette.muted, 1.0)
        self._minimum.setPen(pen(palette.text, 1.0, Qt.PenStyle.DotLine))
        self._cursor_line.set_palette(palette)
        self._hover_line.setPen(pen(palette.text))
        self._marker.set_colour(palette.path)
        self.sharpness.set_palette(palette)
        self.race.set_palette(palette)
        self._show_readout()
        self._show_legend()

    @Slot(bool)
    def set_log(self, log: bool) -> None:
        """Choose the axis."""
        self._log = log
        self.log_button.setChecked(log)
        if self._drawn is not None:
            self._draw_curves(self._drawn)
            self._draw_cursor(self._drawn)

    def render_snapshot(self, new: Snapshot) -> None:
        """Draw what differs from the snapshot drawn last."""
        old, self._drawn = self._drawn, new
        if self.sharpness_button.isChecked():
            self.sharpness.render_snapshot(new)
        new_timeline = old is None or new.timeline is not old.timeline
        if new_timeline:
            self._take_history(new.timeline, None if old is None else old.timeline)
        raced = self.race.take(new)
        if old is None or new_timeline or raced or new.problem is not old.problem:
            self._draw_curves(new)
            self._draw_cursor(new)
        elif new.cursor != old.cursor:
            self._draw_cursor(new)

    def isolate(self, lane: int) -> None:
        """Fade all lanes of the race but this one, 0 the run in hand; -1 fades none."""
        self.race.isolate(lane)
        self._curve.setOpacity(0.25 if lane > 0 else 1.0)

    def _take_history(self, timeline: Timeline, old: Timeline | None) -> None:
        if old is None or not same_beginning(old, timeline):
            self._line.clear()
            self._batch_line.clear()
            self._batches_differ = False
        seen = self._line.length
        if not self._batches_differ:
            self._batches_differ = not np.array_equal(timeline.loss[seen:], timeline.batch_loss[seen:])
        self._line.extend(timeline.loss)
        self._batch_line.extend(timeline.batch_loss)
        self._hovered = None
        self._hover_line.hide()

    def _draw_curves(self, new: Snapshot) -> None:
        x, loss = self._line.points()
        batch = self._batch_line.points()[1] if self._batches_differ else loss
        self._choose_limits(new, loss, batch)
        self._curve.set_points(x, self._to_axis(loss))
        self._batch_curve.setVisible(self._batches_differ)
        if self._batches_differ:
            self._batch_curve.set_points(x, self._to_axis(batch))
        self.race.draw(self._low_edge if self._log else 0.0, float(loss.max()), self._log)
        optimum = new.problem.optimum
        edge = self._low_edge * (1 - 1e-9) if self._log else 0.0
        self._minimum.setVisible(optimum is not None and optimum.loss >= edge)
        if optimum is not None:
            self._minimum.setValue(float(self._to_axis(np.array([optimum.loss]))[0]))
        self._show_legend()

    def _choose_limits(self, new: Snapshot, loss: FloatArray, batch: FloatArray) -> None:
        """Show all losses, and batches up to a tenth below them: one lucky example would stretch a log axis."""
        optimum = new.problem.optimum
        low, high = float(loss.min()), float(max(loss.max(), batch.max()))
        low = min(low, max(float(batch.min()), low / 10.0))
        last, rivals = new.timeline.last, self.race.extremes
        if rivals is not None:
            last = max(last, round(rivals[0]))
            low, high = min(low, rivals[1]), max(high, rivals[2])
        if optimum is not None and (not self._log or optimum.loss * NEAR_MINIMUM > low):
            low = min(low, optimum.loss)
        end = time_end(last)
        x = (-0.015 * end, 1.015 * end)  # room for the marker at both ends
        self.plot.y_axis.set_log(self._log)
        if not self._log:
            self.plot.set_limits(x, nice_range(min(0.0, low), high, 8))
            return
        positive = np.concatenate((loss[loss > 0.0], [low] if low > 0.0 else []))
        ends = (float(positive.min()), max(high, float(positive.min()))) if positive.size else (0.1, 1.0)
        below, above = nice_log_range(*ends)
        self._low_edge = below
        self.plot.set_limits(x, (math.log10(below), math.log10(above)))

    def _to_axis(self, loss: FloatArray) -> FloatArray:
        """Return where losses stand on the axis; what a logarithm can't show stands at the lower edge."""
        return np.log10(np.maximum(loss, self._low_edge)) if self._log else loss

    def _draw_cursor(self, new: Snapshot) -> None:
        self._cursor_line.setValue(new.cursor)
        loss = new.timeline.loss[new.cursor : new.cursor + 1]
        self._marker.set_points(np.array([float(new.cursor)]), self._to_axis(loss))
        self._show_readout()

    def _show_legend(self) -> None:
        p = self._palette
        entries = [(self.tr("loss"), pen(p.path, 2.0))]
        if self._batches_differ:
            entries.append((self.tr("batch"), pen(p.muted)))
        if self._drawn is not None and self._drawn.problem.optimum is not None:
            entries.append((self.tr("least squares"), pen(p.text, 1.0, Qt.PenStyle.DotLine)))
        self.legend.set_entries(entries, p)

    # --- reading ---

    def _show_readout(self) -> None:
        """Write the numbers at the mouse, else at the cursor."""
        if self._drawn is None:
            return
        timeline, digits = self._drawn.timeline, self._palette.digits_or(4 if self._batches_differ else 5)
        iteration = self._drawn.cursor if self._hovered is None else self._hovered
        text = self.tr("iteration {iteration} · loss {loss}").format(
            iteration=iteration, loss=format_number(float(timeline.loss[iteration]), digits)
        )
        if self._batches_differ:
            batch = format_number(float(timeline.batch_loss[iteration]), digits)
            text += " · " + self.tr("batch {batch}").format(batch=batch)
        self.readout.set_text(text)
        self.readout.set_colour(self._palette.muted if self._hovered is None else self._palette.text)

    def _iteration_at(self, x: float) -> int:
        last = 0 if self._drawn is None else self._drawn.timeline.last
        return min(max(round(x), 0), last)

    def exact_text(self, x: float, _y: float) -> str:
        """Return the exact losses at the iteration nearest to ``x``."""
        if self._drawn is None:
            return ""
        i, timeline = self._iteration_at(x), self._drawn.timeline
        text = self.tr("Iteration {i}\nLoss {loss}\nBatch loss {batch}\nClick or drag to move the cursor.")
        return text.format(i=i, loss=repr(float(timeline.loss[i])), batch=repr(float(timeline.batch_loss[i])))

    @Slot(float, float)
    def _on_hovered(self, x: float, _y: float) -> None:
        self._hovered = self._iteration_at(x)
        self._hover_line.setValue(self._hovered)
        self._hover_line.show()
        self._show_readout()

    @Slot()
    def _on_left(self) -> None:
        self._hovered = None
        self._hover_line.hide()
        self._show_readout()

    @Slot(bool)
    def _on_sharpness(self, shown: bool) -> None:
        if shown and self._drawn is not None:
            self.sharpness.render_snapshot(self._drawn)
        self.sharpness.setVisible(shown)
        axis = self.plot.x_axis  # the plot below has the same
        axis.setVisible(not shown)
        axis.setHeight(axis.fixedHeight)
        self.sharpness_watched.emit(shown)

    @Slot(float, float)
    def _on_pressed(self, x: float, _y: float) -> None:
        if self._drawn is not None:
            self.cursor_requested.emit(self._iteration_at(x))

    @Slot(int)
    def _on_key_moved(self, by: int) -> None:
        if self._drawn is not None:
            self.cursor_requested.emit(min(max(self._drawn.cursor + by, 0), self._drawn.timeline.last))
