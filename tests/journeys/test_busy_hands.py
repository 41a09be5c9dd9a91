"""Dragging, zooming and changing axes while a run plays: what is drawn always belongs to what is said of it."""

import re
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.core.landscape import Plane
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, PlaneConfig, RunConfig, StartConfig
from landscape_app.session.snapshot import Snapshot

Settle = Callable[[], None]
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def network(examples: int) -> Experiment:
    return Experiment(
        data=DataConfig(name="sine", examples=examples),
        model=ModelConfig(name="two-layer-sigmoid", hidden=4),
        start=StartConfig(method="normal", seed=2),
        run=RunConfig(optimizer="adam", hyper={"learning_rate": 0.05}, iterations=40),
        plane=PlaneConfig(grid=65),
    )


class Judge:
    """Looks at the window after each snapshot."""

    def __init__(self, explorer: Explorer) -> None:
        self.contour = explorer.window.contour
        self.planes: list[Plane] = []
        self.wrong: list[str] = []

    def look(self, shown: Snapshot) -> None:
        """Note what does not belong together: axes, picture, and what is said of the slice."""
        landscape = shown.landscape
        names = [self.contour.axes[side].labelText for side in ("bottom", "left")]
        if names != [shown.map_view.plane.x_name, shown.map_view.plane.y_name]:
            self.wrong.append(f"axes {names}")
        if self.contour.image.isVisible() != (landscape is not None):
            self.wrong.append("a picture without a landscape, or none with one")
        if landscape is None:
            return
        if [landscape.plane.x_name, landscape.plane.y_name] != names:
            self.wrong.append(f"{landscape.plane.x_name}, {landscape.plane.y_name} under {names}")
        rect = self.contour.image.mapRectToParent(self.contour.image.boundingRect())
        if not np.isclose(rect.center().x(), 0.5 * sum(landscape.x_range)):
            self.wrong.append("the picture lies elsewhere")
        said = re.match(r"slice at iteration ([\d,]+)", self.contour.plane_bar.slice_label.text())
        if said is not None:
            at = int(said[1].replace(",", ""))
            if at > shown.timeline.last or landscape.plane.distance(shown.timeline.theta[at]) > 1e-12:
                self.wrong.append(f"the slice drawn is not that of iteration {at}")
        self.planes.append(landscape.plane)


def wheel(viewport: object, at: QPoint, delta: int) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, NO_KEY,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)  # type: ignore[arg-type]


def drag_start(explorer: Explorer, qtbot: QtBot) -> None:
    """Carry the start across the map in a few moves."""
    contour = explorer.window.contour
    viewport = contour.plot.viewport()
    view = explorer.session.snapshot
    x, y = view.map_view.plane.project(view.timeline.theta[0])
    begin = contour.plot.mapFromScene(contour.box.mapViewToScene(QPointF(float(x), float(y))))
    QTest.mousePress(viewport, LEFT, NO_KEY, begin)
    for i in range(1, 7):
        at = QPointF(begin + QPoint(6 * i, -4 * i))
        move = QMouseEvent(QEvent.Type.MouseMove, at, at, Qt.MouseButton.NoButton, LEFT, NO_KEY)
        QApplication.sendEvent(viewport, move)
        qtbot.wait(20)
    QTest.mouseRelease(viewport, LEFT, NO_KEY, begin + QPoint(36, -24))


def test_that_busy_hands_never_see_a_map_of_something_else(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    window, session = explorer.window, explorer.session
    session.open_experiment(network(20_000))
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == 20_000)
    settle()
    judge = Judge(explorer)
    session.snapshot_changed.connect(judge.look)
    viewport = window.contour.plot.viewport()
    middle = viewport.rect().center()
    QTest.keyClick(window, Qt.Key.Key_Space)  # play
    qtbot.waitUntil(lambda: session.snapshot.playing)
    for axes in (("W1[0,0]", "b2"), ("b1[2]", "w2[1]")):
        for delta in (120, 120, -120, -240):
            wheel(viewport, middle, delta)
            qtbot.wait(40)
        bar = window.contour.plane_bar
        for combo, name in zip((bar.x_axis, bar.y_axis), axes, strict=True):
            combo.setFocus()
            combo.setCurrentIndex(combo.findText(name))
            combo.activated.emit(combo.currentIndex())
            qtbot.wait(30)
        drag_start(explorer, qtbot)
        QTest.keyClick(window, Qt.Key.Key_Space)
        qtbot.wait(30)
        if not session.snapshot.playing:
            QTest.keyClick(window, Qt.Key.Key_Space)
        qtbot.wait(100)
    session.pause()
    settle()
    assert judge.wrong == []
    assert len({id(plane) for plane in judge.planes}) > 5
    assert window.contour.plane_bar.slice_label.text() == f"slice at iteration {session.snapshot.cursor:,}"
