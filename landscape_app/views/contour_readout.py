"""What the mouse points at on the map, in exact numbers; else what the symbols mean."""

from math import isfinite

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Plane
from landscape_app.session.marked_points import loss_of, marked_points
from landscape_app.session.off_plane import off_plane, plane_loss
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, scaled_font

#: The mouse is at a recorded point if it is within so many pixels of it.
REACH = 7.0


#: Arrows to what lies beyond the map's edges: rows from the upper edge down, from the left edge to the right.
AWAY = ("↖↑↗", "← →", "↙↓↘")


class Readout(QLabel):
    """Two lines under the map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readout")
        self.setFont(scaled_font(self.font(), 0.92))
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(2 * self.fontMetrics().lineSpacing())  # the map must not jump with what is said
        self.setAccessibleName(self.tr("Values under the mouse"))
        self._snapshot: Snapshot | None = None
        self._note = ""
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

    def set_note(self, note: str) -> None:
        """Say this, too, while the mouse points at nothing."""
        if note != self._note:
            self._note = note
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
            ("●", self._look.path, self._now(snapshot)),
            ("➝", "", self.tr("−∇L")),
            ("★", "", self.tr("optimum") if snapshot.problem.optimum is not None else ""),
            ("◆", gold, self.tr("truth") if snapshot.problem.truth is not None else ""),
            ("▲", self._look.path, self.tr("best") if snapshot.map_view.plane.frame.kind == "three-points" else ""),
        ]
        entries = [entry for entry in entries if entry[2]]
        # Where there is no room the plainest signs go first; the tooltip explains them all.
        for dispensable in ("➝", "○"):
            if (
                self.fontMetrics().horizontalAdvance("   ".join(f"{s} {word}" for s, _, word in entries))
                > self.width() - 8
            ):
                entries = [entry for entry in entries if entry[0] != dispensable]
        parts = [f'<span style="color:{c}">{s}</span> {word}' if c else f"{s} {word}" for s, c, word in entries]
        self.setToolTip(
            self.tr(
                "○ where the run starts   ● where it is at the cursor   ➝ downhill: against the gradient, "
                "longer where it is steeper   ★ the least-squares optimum   ◆ what the data were generated with   "
                "▲ the best point recorded. Open symbols, and the path, are drawn at the slice's nearest point: "
                "point at them to see how far off they lie, the slice's loss there, and the gap between both losses."
            )
        )
        return "&nbsp; ".join(parts) + (f"<br>{self._note}" if self._note else "")

    def _now(self, snapshot: Snapshot) -> str:
        """Return the word for the present point, and where it is if that is beyond the map's edges."""
        view = snapshot.map_view
        with np.errstate(all="ignore"):  # a run that diverges goes as far as numbers go
            place = view.plane.project(snapshot.theta)
        sides = [side_of(float(at), limits) for at, limits in zip(place, (view.x_range, view.y_range), strict=True)]
        if sides == [0, 0]:
            return self.tr("now")
        return self.tr("now (outside {0})").format(AWAY[1 - sides[1]][1 + sides[0]])

    def _values(self, snapshot: Snapshot) -> str:
        assert self._place is not None
        x, y, pixel = self._place
        plane, digits = snapshot.map_view.plane, self._look.digits_or(7)
        marked = marked_points(snapshot)
        near = nearest_point(np.array([(point.x, point.y) for point in marked]).reshape(-1, 2), x, y, pixel)
        if near is not None:
            point = marked[near]
            names = {"truth": self.tr("truth"), "optimum": self.tr("optimum"), "best": self.tr("best")}
            loss = loss_of(point, snapshot)
            told = format_number(loss, digits) if isfinite(loss) else "…"
            if point.iteration is not None:
                head = self.tr("{0}, iteration {1:,}: L = {2}").format(
                    names[point.kind], point.iteration, f"<b>{told}</b>"
                )
            else:
                head = self.tr("{0}: L = {1}").format(names[point.kind], f"<b>{told}</b>")
            return f"{head}<br>{self._where(snapshot, point.theta, loss)}"
        iteration = nearest_point(snapshot.timeline.path_on(plane), x, y, pixel)
        if iteration is not None:
            loss = float(snapshot.timeline.loss[iteration])
            head = self.tr("iteration {0:,}: L = {1}").format(iteration, f"<b>{format_number(loss, digits)}</b>")
            return f"{head}<br>{self._where(snapshot, snapshot.timeline.theta[iteration], loss)}"
        return self.tr("L = {0}").format(f"<b>{self._loss(snapshot, x, y)}</b>") + f"<br>{self._at(plane, x, y)}"

    def _where(self, snapshot: Snapshot, theta: FloatArray, loss: float) -> str:
        """Say where a point lies in the slice; or beside it how far away, and what the slice's loss is there."""
        plane = snapshot.map_view.plane
        beside = off_plane(snapshot.problem, plane, theta, loss, snapshot.landscape)
        if beside is None:
            return self._at(plane, *map(float, plane.project(theta)))
        digits = self._look.digits_or(3)  # three numbers in a line as wide as a small map
        away = format_number(beside.distance, digits)
        if not isfinite(beside.below.value):
            return self.tr("{0} off the slice").format(away)
        about = "" if beside.below.exact else "≈ "
        below = about + format_number(beside.below.value, digits)
        if not isfinite(beside.gap):
            return self.tr("{0} off · slice {1}").format(away, below)
        gap = about + format_number(beside.gap, digits, signed=True)
        return self.tr("{0} off · slice {1} · gap {2}").format(away, below, gap)

    def _at(self, plane: Plane, x: float, y: float) -> str:
        digits = self._look.digits_or(5)
        across, up = format_number(x, digits), format_number(y, digits)
        if plane.frame.by_parameters is None:  # long names would leave no room for the numbers
            return self.tr("at ({0}, {1})").format(across, up)
        return self.tr("{0} = {1}, {2} = {3}").format(plane.x_name, across, plane.y_name, up)

    def _loss(self, snapshot: Snapshot, x: float, y: float) -> str:
        found = plane_loss(snapshot.problem, snapshot.map_view.plane, x, y, snapshot.landscape)
        if found.exact:
            return format_number(found.value, self._look.digits_or(7))
        if not isfinite(found.value):
            return "…"
        digits = min(4, self._look.digits_or(4))  # more would not be true
        return self.tr("{0} (from the grid)").format(format_number(found.value, digits))


def nearest_point(points: FloatArray, x: float, y: float, pixel: tuple[float, float]) -> int | None:
    """Return the index of the recorded point nearest to (x, y) on the screen, None if none is in reach."""
    if not len(points):
        return None
    distance = ((points[:, 0] - x) / pixel[0]) ** 2 + ((points[:, 1] - y) / pixel[1]) ** 2
    index = int(np.argmin(distance))
    return index if distance[index] <= REACH**2 else None


def side_of(value: float, limits: tuple[float, float]) -> int:
    """Return −1 below the limits, 1 above them, else 0."""
    return int(value > limits[1]) - int(value < limits[0])
