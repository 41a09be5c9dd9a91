"""What the mouse points at on the map, in exact numbers; else what the symbols mean."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Landscape
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, scaled_font

#: Multiplications for one loss that take well under 10 ms: beyond, the grid has to answer.
EXACT_WORK = 4_000_000
#: The mouse is at a recorded point if it is within so many pixels of it.
REACH = 7.0


def interpolated(landscape: Landscape, x: float, y: float) -> float:
    """Return the loss at (x, y) from the four nodes around it; NaN outside."""
    columns, rows = len(landscape.x), len(landscape.y)
    u = (x - landscape.x[0]) / (landscape.x[-1] - landscape.x[0]) * (columns - 1)
    v = (y - landscape.y[0]) / (landscape.y[-1] - landscape.y[0]) * (rows - 1)
    if not (0.0 <= u <= columns - 1 and 0.0 <= v <= rows - 1):
        return float("nan")
    j, i = min(int(u), columns - 2), min(int(v), rows - 2)
    du, dv = u - j, v - i
    z = landscape.loss[i : i + 2, j : j + 2]
    return float(np.array([1 - dv, dv]) @ z @ np.array([1 - du, du]))


class Readout(QLabel):
    """One line under the map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readout")
        self.setContentsMargins(10, 0, 8, 0)
        self.setFont(scaled_font(self.font(), 0.92))
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Values under the mouse"))
        self._snapshot: Snapshot | None = None
        self._place: tuple[float, float, tuple[float, float]] | None = None
        self._look = DARK
        self._mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._look = palette
        self._refresh()

    def follow(self, snapshot: Snapshot) -> None:
        """Take values from this snapshot from now on."""
        self._snapshot = snapshot
        self._refresh()

    def show_at(self, x: float, y: float, pixel: tuple[float, float]) -> None:
        """Show the values at (x, y); ``pixel`` is a pixel's size in data units."""
        self._place = (x, y, pixel)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        if self._place is None:
            self._refresh()

    def leave(self) -> None:
        """The mouse is elsewhere: show what the symbols mean."""
        self._place = None
        self._refresh()

    def _refresh(self) -> None:
        if self._snapshot is None:
            return
        self.setText(self._legend(self._snapshot) if self._place is None else self._values(self._snapshot))

    def _legend(self, snapshot: Snapshot) -> str:
        gold = self._look.truth if self._look.dark else self._look.warning
        entries = [
            ("○", "", self.tr("start")),
            ("●", self._look.path, self.tr("now")),
            ("➝", "", self.tr("−∇L")),
            ("★", "", self.tr("optimum") if snapshot.problem.optimum is not None else ""),
            ("◆", gold, self.tr("truth") if snapshot.problem.truth is not None else ""),
        ]
        entries = [entry for entry in entries if entry[2]]
        # Where there is no room the plainest signs go first; the tooltip explains them all.
        for dispensable in ("➝", "○"):
            if (
                self.fontMetrics().horizontalAdvance("   ".join(f"{s} {word}" for s, _, word in entries))
                > self.width() - 18
            ):
                entries = [entry for entry in entries if entry[0] != dispensable]
        parts = [f'<span style="color:{c}">{s}</span> {word}' if c else f"{s} {word}" for s, c, word in entries]
        self.setToolTip(
            self.tr(
                "○ where the run starts   ● where it is at the cursor   ➝ downhill: against the gradient, "
                "longer where it is steeper   ★ the least-squares optimum   ◆ what the data were generated with"
            )
        )
        return "&nbsp; ".join(parts)

    def _values(self, snapshot: Snapshot) -> str:
        assert self._place is not None
        x, y, pixel = self._place
        plane = snapshot.map_view.plane
        points = snapshot.timeline.path_on(plane)
        iteration = nearest_point(points, x, y, pixel)
        if iteration is not None:
            x, y = (float(c) for c in points[iteration])
            where = self.tr("iteration {0:,}: ").format(iteration)
            loss = format_number(float(snapshot.timeline.loss[iteration]), self._look.digits_or(7))
        else:
            where, loss = "", self._loss(snapshot, x, y)
        names, digits = (plane.x_name, plane.y_name), self._look.digits_or(5)
        return self.tr("L = {0} at {1}{2} = {3}, {4} = {5}").format(
            f"<b>{loss}</b>", where, names[0], format_number(x, digits), names[1], format_number(y, digits)
        )

    def _loss(self, snapshot: Snapshot, x: float, y: float) -> str:
        problem, plane = snapshot.problem, snapshot.map_view.plane
        if problem.data.m * problem.model.width <= EXACT_WORK:
            theta = plane.at(x, y)
            with np.errstate(all="ignore"):
                loss = problem.model.loss(theta, problem.data.X, problem.data.y)
            return format_number(loss, self._look.digits_or(7))
        if snapshot.landscape is None:
            return "…"
        digits = min(4, self._look.digits_or(4))  # more would not be true
        return self.tr("{0} (from the grid)").format(format_number(interpolated(snapshot.landscape, x, y), digits))


def nearest_point(points: FloatArray, x: float, y: float, pixel: tuple[float, float]) -> int | None:
    """Return the index of the recorded point nearest to (x, y) on the screen, None if none is in reach."""
    distance = ((points[:, 0] - x) / pixel[0]) ** 2 + ((points[:, 1] - y) / pixel[1]) ** 2
    index = int(np.argmin(distance))
    return index if distance[index] <= REACH**2 else None
