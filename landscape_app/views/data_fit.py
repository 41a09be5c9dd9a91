"""The data with the fit: a curve through the points of one feature, else predicted against actual."""

import numpy as np
from PySide6.QtCore import QElapsedTimer, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.session.problem import Problem
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.axis_names import axis_label
from landscape_app.views.data_fit_batch import BatchMarks
from landscape_app.views.data_fit_hand import DataHand
from landscape_app.views.data_fit_marks import ExampleMarks
from landscape_app.views.data_fit_sample import Sample, sample_of, shown_range
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import MINUS, format_number, nice_range, pen, truth_colour
from landscape_app.views.plotting_items import Curve, DashedCurve, Dots
from landscape_app.views.plotting_widgets import Legend, QuietPlot, TextLine

#: How strongly examples beside the batch are drawn, of 255.
BESIDE = 70
#: How near the mouse must be to a point to read it, in pixels.
REACH = 12.0

#: Milliseconds within which presses of the arrow keys go on from where the last one put the example.
NUDGE_REST = 500


class DataFitView(QWidget):
    """Points, the model at the cursor, the ground truth and the least-squares line where they exist."""

    #: The index of the example under the mouse, -1 for none.
    example_hovered = Signal(int)
    #: The index of the example that was clicked, -1 where there is none.
    example_requested = Signal(int)
    #: An example is to be elsewhere: its index, its feature (None: as it is), and its target.
    example_moved = Signal(int, object, object)
    #: An example is wanted: its feature and its target.
    example_added = Signal(float, float)
    #: The example with this index is to go.
    example_removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Snapshot | None = None
        self._palette = DARK
        self._sample: Sample | None = None
        self._shown: tuple[FloatArray, FloatArray] = (np.empty(0), np.empty(0))
        self._x_range = self._y_range = (0.0, 1.0)
        self._inside = True
        self._hovered = -1
        self.plot = QuietPlot(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.setAccessibleName(self.tr("Data and fit"))
        self.plot.setAccessibleDescription(
            self.tr(
                "The arrow keys pick an example, with Shift they move it, Delete takes it away, Insert adds one. "
                "With the mouse: drag an example, double-click where there is none."
            )
        )
        self.plot.tooltip = self.exact_text
        self.plot.hovered.connect(self._on_hovered)
        self.plot.left.connect(self._on_left)
        self.hand = DataHand(self.plot, self)
        self._taken = -1  # the example in the hand
        self.hand.taken.connect(self._on_taken)
        self.hand.dragged.connect(self._on_dragged)
        self.hand.let_go.connect(self._on_let_go)
        self.hand.put.connect(self._on_put)
        self.hand.deleted.connect(self._on_deleted)
        self.hand.stepped.connect(self._on_stepped)
        self.hand.nudged.connect(self._on_nudged)
        self.hand.inserted.connect(self._on_inserted)
        self._dots, self._ring = Dots(6.0), Dots(10.0)
        self._truth, self._optimum, self._fit = DashedCurve(), Curve(), Curve()
        for z, item in enumerate((self._dots, self._optimum, self._truth, self._fit, self._ring)):
            self.plot.add(item, z)
        self.batch = BatchMarks()
        self.plot.add(self.batch.dots, 0.5)
        self.marks = ExampleMarks()
        for item in self.marks.items:
            self.plot.add(item, 3.5)
        self._ring.hide()
        self._nudged: tuple[int, float, float] | None = None  # the example that keys move, and where they have put it
        self._nudging = QElapsedTimer()
        self.legend, self.readout = Legend(self), TextLine(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 2, 2)
        column.setSpacing(1)
        column.addWidget(self.legend)
        column.addWidget(self.readout)
        column.addWidget(self.plot, 1)

    # --- drawing ---

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.plot.set_palette(palette)
        self._colour_dots()
        self._ring.set_colour(palette.text)
        self.batch.set_palette(palette)
        self.marks.set_palette(palette)
        self._fit.set_look(palette.path, 2.0)
        self._optimum.set_look(palette.muted, 1.0)
        self._truth.set_pen(pen(truth_colour(palette), 1.0, Qt.PenStyle.DashLine))
        self._show_legend()
        self._show_readout()

    def render_snapshot(self, new: Snapshot) -> None:
        """Draw what differs from the snapshot drawn last."""
        old, self._drawn = self._drawn, new
        if old is not None and new.example != old.example and new.example != self._taken:
            self._taken = -1  # what was in the hand is gone, or other data are here
        if old is None or new.problem is not old.problem:
            self._draw_data(new.problem)
        elif (new.cursor == old.cursor and new.timeline is old.timeline) or np.array_equal(new.theta, old.theta):
            if new.shares is not old.shares or new.example != old.example or new.noise is not old.noise:
                self._draw_marks(new)
            return
        self._draw_fit(new)
        self._show_readout()

    def _draw_data(self, problem: Problem) -> None:
        """Draw what does not depend on the parameters."""
        sample = self._sample = sample_of(problem)
        self._forget_hover()
        x_label, y_label = axis_label(problem.data, 0), axis_label(problem.data, problem.data.n)
        if not sample.planar:
            actual = self.tr("actual {target}").format(target=y_label)
            x_label, y_label = actual, self.tr("predicted {target}").format(target=problem.data.target_name)
        for axis, label in ((self.plot.x_axis, x_label), (self.plot.y_axis, y_label)):
            if axis.labelText != label:
                axis.setLabel(label)
        # Points that stand still are kept as a picture; those that move would only be copied once more.
        still = Dots.CacheMode.DeviceCoordinateCache if sample.planar else Dots.CacheMode.NoCache
        self._dots.setCacheMode(still)
        self._colour_dots()
        self._fit.setVisible(sample.planar)
        self._optimum.setVisible(sample.planar and sample.optimum is not None)
        self._truth.setVisible(not sample.planar or sample.truth is not None)
        if not sample.planar:
            low, high = nice_range(*sample.span, 10)
            self._reach(low, high)
            self._truth.set_points(np.array([low, high]), np.array([low, high]))
            return
        self._reach(float(sample.line_x[0]), float(sample.line_x[-1]))
        self._show_points(sample.X[0], sample.y)
        if sample.optimum is not None:
            self._optimum.set_points(sample.line_x, sample.optimum)
        if sample.truth is not None:
            self._truth.set_points(sample.line_x, sample.truth)

    def _reach(self, low: float, high: float) -> None:
        """Show this part of the axis across; under a hand that drags, a view that grew would carry the point away."""
        if not self.hand.dragging:
            self._x_range = (low, high)

    def _draw_fit(self, new: Snapshot) -> None:
        """Draw what the parameters at the cursor predict."""
        sample, model = self._sample, new.problem.model
        assert sample is not None
        with np.errstate(all="ignore"):
            if sample.planar:
                predicted = model.predict(new.theta, sample.line_x[np.newaxis])[0]
            else:
                predicted = model.predict(new.theta, sample.X)[0]
        predicted = np.nan_to_num(predicted)
        if not self.hand.dragging:
            self._y_range = shown_range(sample.span, predicted)
        self.plot.set_limits(self._x_range, self._y_range)
        low, high = self._y_range
        # Far outside of the view Qt's coordinates overflow.
        drawn = np.clip(predicted, low - 10 * (high - low), high + 10 * (high - low))
        if sample.planar:
            self._fit.set_points(sample.line_x, drawn)
        else:
            self._show_points(sample.y, drawn)
        self._inside = bool(((predicted >= low) & (predicted <= high)).any())
        self._draw_marks(new)

    def _draw_marks(self, new: Snapshot) -> None:
        """Let the batch stand out, the examples that a gradient comes from, and the one that is picked."""
        assert self._sample is not None
        before = self.batch.shown
        self.batch.draw(new, self._sample.planar, self._y_range)
        if before != self.batch.shown:
            self._colour_dots()
        self.marks.draw(new, self._sample.planar, self._y_range)
        self._show_legend()

    def _show_points(self, x: FloatArray, y: FloatArray) -> None:
        self._shown = (x, y)
        self._dots.set_points(x, y)
        if self._hovered >= 0:
            self._ring.set_points(x[self._hovered : self._hovered + 1], y[self._hovered : self._hovered + 1])

    def _colour_dots(self) -> None:
        """Let many dots shine through, so that lines and density are seen, and all the more those beside a batch."""
        many = self._sample is not None and len(self._sample.indices) > 1_000
        strength = 90 if many else 210
        self._dots.set_colour(self._palette.data, min(strength, BESIDE) if self.batch.shown else strength)

    def _show_legend(self) -> None:
        sample, p = self._sample, self._palette
        if sample is None:
            return
        dashed = pen(truth_colour(p), 1.0, Qt.PenStyle.DashLine)
        dots = QPen(Qt.PenStyle.NoPen)
        dots.setColor(p.data)
        if not sample.planar:
            entries = [(self.tr("examples"), dots), (self.tr("predicted = actual"), dashed)]
        else:
            entries = [(self.tr("data"), dots), (self.tr("model"), pen(p.path, 2.0))]
            entries += [(self.tr("truth"), dashed)] if sample.truth is not None else []
            entries += [(self.tr("least squares"), pen(p.muted))] if sample.optimum is not None else []
        if self.batch.shown and self._drawn is not None and self._drawn.noise is not None:
            faint = QPen(dots)
            shade = QColor(p.data)
            shade.setAlpha(BESIDE)
            faint.setColor(shade)
            entries[0] = (entries[0][0], faint)
            size = len(self._drawn.noise.examples)
            entries.insert(1, (self.tr("batch of {0:,}").format(size) if size > 1 else self.tr("batch of one"), dots))
        entries += self._mark_entries(dots)
        self.legend.set_entries(entries, p)

    def _mark_entries(self, dots: QPen) -> list[tuple[str, QPen]]:
        """Return what stands for the examples that an open gradient comes from."""
        new = self._drawn
        if new is None or new.entry is None or new.shares is None:
            return []
        negative, _, positive = DIVERGING[self._palette.dark]
        adds, takes = QPen(dots), QPen(dots)
        adds.setColor(positive)
        takes.setColor(negative)
        return [("+", adds), (MINUS, takes)]

    # --- reading ---

    def _show_readout(self) -> None:
        """Write the hovered point, else how well the model fits and how much is shown."""
        new, sample = self._drawn, self._sample
        if new is None or sample is None:
            return
        self.readout.set_colour(self._palette.muted if self._hovered < 0 else self._palette.text)
        if self._hovered >= 0:
            digits = self._palette.digits_or(5)
            self.readout.set_text(" · ".join(f"{name} {format_number(v, digits)}" for name, v in self._point_numbers()))
            return
        parts = [self.tr("loss {loss}").format(loss=format_number(new.loss, self._palette.digits_or(5)))]
        if sample.variance > 0.0:
            parts.append(f"R² {format_number(1.0 - new.loss / sample.variance, self._palette.digits_or(3))}")
        if not self._inside:
            parts.append(self.tr("the fit is out of view"))
        if len(sample.indices) < sample.m:
            text = self.tr("{shown} of {m} shown")
            parts.append(text.format(shown=f"{len(sample.indices):,}", m=f"{sample.m:,}"))
        self.readout.set_text(" · ".join(parts))

    def _point_numbers(self) -> list[tuple[str, float]]:
        """Return the hovered example's numbers: x for one feature, y, the prediction, and its error."""
        new, sample = self._drawn, self._sample
        assert new is not None
        assert sample is not None
        x, y = sample.X[:, [self._hovered]], float(sample.y[self._hovered])
        predicted = float(new.problem.model.predict(new.theta, x)[0, 0])
        data = new.problem.data
        numbers = [(data.feature_names[0], float(x[0, 0]))] if sample.planar else []
        return [*numbers, (data.target_name, y), ("ŷ", predicted), ("ŷ − y", predicted - y)]

    def exact_text(self, _x: float, _y: float) -> str:
        """Return all digits of the hovered example, and all of its features."""
        if self._hovered < 0 or self._drawn is None or self._sample is None:
            return ""
        data, index = self._drawn.problem.data, int(self._sample.indices[self._hovered])
        features = zip(data.feature_names, data.X[:, index].tolist(), strict=True)
        lines = [self.tr("Example {index:,}").format(index=index + 1)]
        lines += [f"{name} = {value!r}" for name, value in list(features)[:20]]
        lines += [f"{name} = {value!r}" for name, value in self._point_numbers()[-3:]]
        drag = self.tr("Drag: move it.") if self._sample.planar else self.tr("Drag sideways: change its target.")
        return "\n".join(
            [*lines, self.tr("Click: its part of every gradient."), drag, self.tr("Delete: take it away.")]
        )

    @Slot(float, float)
    def _on_hovered(self, x: float, y: float) -> None:
        if self._sample is None:
            return
        px, py = self.plot.to_pixels(*self._shown)
        mx, my = self.plot.to_pixels(np.array([x]), np.array([y]))
        squared = (px - mx) ** 2 + (py - my) ** 2
        nearest = int(np.argmin(squared))
        self._hover(nearest if squared[nearest] <= REACH**2 else -1)

    # --- the data in the hand ---

    @Slot(float, float)
    def _on_taken(self, x: float, y: float) -> None:
        """Ask for the example that was clicked: one that stands out, else any that is drawn."""
        if self._sample is None or self._drawn is None:
            return
        self._taken = found = self._example_at(x, y)
        if found != (-1 if self._drawn.example is None else self._drawn.example):
            self.example_requested.emit(found)

    def _example_at(self, x: float, y: float) -> int:
        assert self._sample is not None
        mx, my = self.plot.to_pixels(np.array([x]), np.array([y]))
        found = -1
        for examples, points in ((self._sample.indices, self._shown), (self.marks.examples, self.marks.marked.T)):
            px, py = self.plot.to_pixels(*points)
            squared = (px - mx) ** 2 + (py - my) ** 2
            if squared.size and squared.min() <= REACH**2:
                found = int(examples[np.argmin(squared)])
        return found

    @Slot(float, float)
    def _on_dragged(self, x: float, y: float) -> None:
        """Move the example in the hand; where there are several features, its target alone."""
        if self._taken < 0 or self._sample is None:
            return
        if self._sample.planar:
            self.example_moved.emit(self._taken, x, y)
        else:
            self.example_moved.emit(self._taken, None, x)

    @Slot()
    def _on_let_go(self) -> None:
        """Let the view take in again what lies outside."""
        if self._drawn is not None:
            self._draw_data(self._drawn.problem)
            self._draw_fit(self._drawn)
            self._show_readout()

    @Slot(float, float)
    def _on_put(self, x: float, y: float) -> None:
        if self._sample is not None and self._sample.planar and self._example_at(x, y) < 0:
            self.example_added.emit(x, y)

    @Slot()
    def _on_inserted(self) -> None:
        if self._sample is not None and self._sample.planar:
            (x0, x1), (y0, y1) = self.plot.box.viewRange()
            self.example_added.emit(0.5 * (x0 + x1), 0.5 * (y0 + y1))

    @Slot()
    def _on_deleted(self) -> None:
        if self._drawn is not None and self._drawn.example is not None:
            self._taken = -1
            self.example_removed.emit(self._drawn.example)

    @Slot(int)
    def _on_stepped(self, by: int) -> None:
        """Pick the next example from left to right."""
        if self._sample is None or self._drawn is None:
            return
        order = self._sample.indices[np.argsort(self._shown[0], kind="stable")]
        here = np.flatnonzero(order == self._drawn.example) if self._drawn.example is not None else np.empty(0)
        place = int(here[0]) + by if len(here) else (0 if by > 0 else len(order) - 1)
        self.example_requested.emit(int(order[min(max(place, 0), len(order) - 1)]))

    @Slot(float, float)
    def _on_nudged(self, right: float, up: float) -> None:
        if self._sample is None or self._drawn is None or self._drawn.example is None:
            return
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        example, data = self._drawn.example, self._drawn.problem.data
        x, y = float(data.X[0, example]), float(data.y[0, example])
        if self._nudged is not None and self._nudged[0] == example and self._nudging.elapsed() < NUDGE_REST:
            x, y = self._nudged[1:]  # the data may not have come as far yet
        if self._sample.planar:
            x, y = x + right * (x1 - x0), y + up * (y1 - y0)
        else:
            y += (right + up) * (x1 - x0)
        self._nudged = (example, x, y)
        self._nudging.start()
        self.example_moved.emit(example, x if self._sample.planar else None, y)

    def _hover(self, shown: int) -> None:
        if shown == self._hovered or self._sample is None:
            return
        self._hovered = shown
        self._ring.setVisible(shown >= 0)
        if shown >= 0:
            self._ring.set_points(self._shown[0][shown : shown + 1], self._shown[1][shown : shown + 1])
        self._show_readout()
        self.example_hovered.emit(int(self._sample.indices[shown]) if shown >= 0 else -1)

    def _forget_hover(self) -> None:
        self._hovered = -1
        self._ring.hide()

    @Slot()
    def _on_left(self) -> None:
        self._hover(-1)
