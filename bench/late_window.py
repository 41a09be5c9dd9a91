"""How late the window's event loop is while maps compute, in the real window: ``python -m bench.late_window '{...}'``.

A timer is due every 5 ms; how late it comes is what a click or a key would have to wait. The ranges change ten times
a second meanwhile, as if somebody zoomed, so that a map of 512 x 512 nodes or more is always on its way.
"""

import json
import sys
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from bench.ours_window import Window
from bench.statistics import quantile
from bench.waiting import pause
from landscape_app.core.landscape import Landscape, Range
from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, PlaneConfig, StartConfig
from landscape_app.session.snapshot import Snapshot

#: Milliseconds between two ticks, and between two changes of the ranges; seconds of each phase.
TICK, ZOOM = 5, 100
REST, BUSY = 3.0, 12.0


class Clock(QObject):
    """Notes how late each tick of a timer comes, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._due = 0.0

    def start(self) -> None:
        """Begin anew."""
        self.late = []
        self._due = perf_counter() + TICK / 1000.0
        self._timer.start(TICK)

    @Slot()
    def _on_tick(self) -> None:
        now = perf_counter()
        self.late.append(max(0.0, now - self._due))
        self._due = now + TICK / 1000.0

    def stop(self) -> dict[str, float]:
        """Return median, 99th percentile and the largest, in milliseconds."""
        self._timer.stop()
        shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
        return {name: 1000.0 * quantile(self.late, share) for name, share in shares.items()} | {
            "ticks": float(len(self.late))
        }


class Zoom(QObject):
    """Changes the ranges all the time, and counts the landscapes that come."""

    def __init__(self, session: Session, x_range: Range, y_range: Range) -> None:
        super().__init__()
        self.turns = self.maps = 0
        self._session, self._ranges = session, (x_range, y_range)
        self._landscape: Landscape | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        session.snapshot_changed.connect(self._on_snapshot)
        self._timer.start(ZOOM)

    def stop(self) -> None:
        """Leave the ranges alone."""
        self._timer.stop()

    @Slot()
    def _on_tick(self) -> None:
        self.turns += 1
        factor = 1.0 + 0.3 * ((7 * self.turns) % 10) / 10.0
        self._session.set_ranges(*(_scaled(limits, factor) for limits in self._ranges))

    @Slot(object)
    def _on_snapshot(self, new: Snapshot) -> None:
        self.maps += new.landscape is not self._landscape
        self._landscape = new.landscape


def experiment(words: dict[str, Any]) -> Experiment:
    """Return the experiment whose map is drawn."""
    return Experiment(
        data=DataConfig(name=words["data"], examples=words["m"]),
        model=ModelConfig(name=words["model"], hidden=words["hidden"]),
        start=StartConfig(method="normal", seed=0),
        plane=PlaneConfig(kind=words["kind"], grid=words["grid"]),
    )


def lateness(words: dict[str, Any]) -> dict[str, Any]:
    """Measure at rest, then while the map is drawn again and again."""
    window = Window((1440, 900), 0, experiment(words))
    if not words["surface"]:
        window.close_surface()
    pause(1.0)
    clock = Clock()
    clock.start()
    pause(REST)
    at_rest = clock.stop()
    shown = window.session.snapshot.map_view
    zoom = Zoom(window.session, shown.x_range, shown.y_range)
    clock.start()
    pause(BUSY)
    zoom.stop()
    busy = clock.stop()
    window.explorer.shut_down()
    return {"rest": at_rest, "busy": busy, "zooms": zoom.turns, "maps": zoom.maps}


def _scaled(limits: tuple[float, float], factor: float) -> tuple[float, float]:
    middle, half = 0.5 * (limits[0] + limits[1]), 0.5 * (limits[1] - limits[0])
    return middle - factor * half, middle + factor * half


if __name__ == "__main__":
    sys.stdout.write(json.dumps(lateness(json.loads(sys.argv[1]))) + "\n")
