"""The rivals' losses beside that of the run in hand, drawn where that has spent as much."""

import numpy as np
import pyqtgraph as pg

from landscape_app.core.arrays import FloatArray
from landscape_app.session.race import Lane, Race, RaceAxis
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting_items import DashedCurve
from landscape_app.views.plotting_widgets import QuietPlot
from landscape_app.views.race_look import FADED, panel_pen

#: More points than twice this of a lane are drawn as the smallest and the largest of each bucket.
MOST_POINTS = 300


class RaceCurves:
    """A curve for each rival that is shown; ``isolated`` is the lane that alone is drawn strongly."""

    def __init__(self, plot: QuietPlot) -> None:
        self._plot = plot
        self._palette = DARK
        self._race: Race | None = None
        self.curves: list[DashedCurve] = []
        self._lines: list[tuple[FloatArray, FloatArray] | None] = []
        self.isolated = -1

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self._dress()

    def take(self, new: Snapshot) -> bool:
        """Take the race of a snapshot; return whether it is another one than the last."""
        if new.race is self._race:
            return False
        self._race = new.race
        rivals = () if new.race is None else new.race.lanes[1:]
        while len(self.curves) < len(rivals):
            curve = DashedCurve()
            self._plot.add(curve, 1.5)
            self.curves.append(curve)
        axis = None if new.race is None else RaceAxis(new.race)
        self._lines = [] if axis is None else [_line(axis, lane) for lane in rivals]
        self._dress()
        return True

    @property
    def extremes(self) -> tuple[float, float, float] | None:
        """The last place on the axis, the smallest loss, and the largest at a start, of what is drawn."""
        lines = [line for line in self._lines if line is not None and len(line[0])]
        if not lines:
            return None
        return (
            max(float(x[-1]) for x, _ in lines),
            min(float(y.min()) for _, y in lines),
            max(float(y[0]) for _, y in lines),
        )

    def draw(self, low: float, high: float, logarithmic: bool) -> None:
        """Draw the curves on an axis from ``low`` to ``high``, as losses; what lies far beyond is cut off."""
        for number, curve in enumerate(self.curves):
            line = self._lines[number] if number < len(self._lines) else None
            curve.setVisible(line is not None)
            if line is None:
                continue
            x, y = line
            with np.errstate(all="ignore"):
                shown = np.log10(np.clip(y, low, high * 1e3)) if logarithmic else np.clip(y, low, high * 3.0)
            curve.take_path(pg.functions.arrayToQPath(x, shown, connect="all"))

    def isolate(self, lane: int) -> None:
        """Fade all lanes but this one; -1 fades none."""
        self.isolated = lane
        self._dress()

    def _dress(self) -> None:
        rivals = () if self._race is None else self._race.lanes[1:]
        for number, (curve, lane) in enumerate(zip(self.curves, rivals, strict=False), start=1):
            assert lane.config is not None
            faded = self.isolated >= 0 and self.isolated != number
            curve.set_pen(panel_pen(lane.config.look, self._palette, alpha=FADED if faded else 255))


def _line(axis: RaceAxis, lane: Lane) -> tuple[FloatArray, FloatArray] | None:
    """Return x and y of a lane's curve up to the clock, thinned; None if it is not drawn."""
    if not lane.visible or lane.timeline is None or lane.schedule is None:
        return None
    y = lane.timeline.loss[: lane.at + 1]
    every = -(-len(y) // MOST_POINTS)
    starts = np.arange(0, len(y), every)
    x = axis.places(lane, starts)
    if every == 1:
        return x, y
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return np.repeat(x, 2), np.column_stack((high, low)).ravel()
