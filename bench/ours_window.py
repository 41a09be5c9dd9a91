"""Our side of the comparisons in the real window: frames, manual steps, contour lines."""

import sys
from time import perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView

from bench.peers.serve import Arrays, Options, Prepared, Timed, serve
from bench.waiting import Painted, painted_by, pause, wait_for
from landscape_app.app import Explorer
from landscape_app.core.arrays import frozen
from landscape_app.core.landscape import Landscape, axis_plane
from landscape_app.core.models import MODELS
from landscape_app.session.map_picture import contour_lines
from landscape_app.views.contour_items import PathItem, contour_path

PACKAGES = ("landscape-app", "PySide6-Essentials", "pyqtgraph", "numpy")
#: Frames or steps that are measured at one request.
AT_A_TIME = 20


def application() -> QApplication:
    """Return the one application object, made as the program makes it."""
    made = QApplication.instance()
    if isinstance(made, QApplication):
        return made
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    made = QApplication([sys.argv[0]])
    made.setStyle("Fusion")
    return made


#: The windows that are open: their threads are ended before the process is.
OPEN: list["Window"] = []


class Window:
    """The program's window with a recorded run, at rest."""

    def __init__(self, size: tuple[int, int], recorded: int, experiment: Any = None) -> None:
        self._application = application()
        self.explorer = Explorer()
        OPEN.append(self)
        self.session, self.window = self.explorer.session, self.explorer.window
        self.window.resize(*size)
        self.window.show()
        self.window.arrange()
        self.window.activateWindow()
        if experiment is not None:
            self.session.open_experiment(experiment)
            wait_for(lambda: not self.session.snapshot.loading)
        if recorded:
            self.session.run_until(iteration=recorded)
            wait_for(lambda: self.session.snapshot.cursor == recorded)
        wait_for(self.at_rest)
        self.session.dismiss_notice()
        pause(1.0)
        self.panels = {
            name: getattr(self.window, name) for name in ("contour", "surface", "loss_curve", "gradients", "data_fit")
        }
        self.painted = Painted({name: painted_by(view) for name, view in self.panels.items()})

    def close_surface(self) -> None:
        """Close the surface, and what lies behind it and would come to the front."""
        surface = self.window.docks["surface"]
        for dock in (*self.window.tabifiedDockWidgets(surface), surface):
            dock.close()

    def at_rest(self) -> bool:
        """Whether nothing is being computed."""
        shown = self.session.snapshot
        return shown.landscape is not None and not (shown.landscape_busy or shown.playing or shown.waiting)

    def content(self) -> Arrays:
        """Return what all panels show, for a peer to show the same."""
        shown = self.session.snapshot
        landscape, timeline = shown.landscape, shown.timeline
        assert landscape is not None
        return {
            "x": landscape.x,
            "y": landscape.y,
            "map": landscape.loss,
            "path": timeline.path_on(shown.map_view.plane),
            "theta": timeline.theta[:],
            "loss": timeline.loss,
            "grad": timeline.grad[:],
            "X": shown.problem.data.X,
            "target": shown.problem.data.y,
            "pixels": np.array([self.window.width(), self.window.height()]),
        }

    def picture(self) -> tuple[str, ...]:
        """Return a note on what is measured."""
        drawn = "OpenGL" if self.window.surface.with_opengl else "the processor, without OpenGL"
        size = f"{self.window.width()} x {self.window.height()} pixels"
        return (f"{', '.join(self.panels)} all painted; {size}; surface by {drawn}",)


def frames(_: Arrays, options: Options) -> Prepared:
    """Show one recorded iteration after the other, as a run that is played does."""
    window = Window(tuple(options["size"]), options["recorded"])

    def work() -> Timed:
        seconds = []
        losses = []
        window.session.go_to(0)
        pause(0.1)
        for iteration in range(1, AT_A_TIME + 1):
            window.painted.begin()
            begin = perf_counter()
            window.session.go_to(iteration)
            window.painted.wait()
            seconds.append(perf_counter() - begin)
            losses.append(window.session.snapshot.timeline.loss[iteration])
        return Timed(seconds, losses)

    return Prepared(work, lambda losses: {"shown": np.array(losses)}, replaces=window.content(), notes=window.picture())


def manual_steps(_: Arrays, options: Options) -> Prepared:
    """Press the key of Step and wait for the pixels."""
    window = Window(tuple(options["size"]), options["recorded"])
    shortcut = window.explorer.menus.actions["step"].shortcut()
    key = shortcut[0]  # type: ignore[index]  # PySide6's stubs leave it out

    def work() -> Timed:
        # The same steps are recorded anew each time: the run is begun again and filled up to the same iteration.
        window.session.reset()
        wait_for(lambda: window.session.snapshot.cursor == 0 and window.at_rest())
        seconds, losses = [], []
        for iteration in range(1, AT_A_TIME + 1):
            window.painted.begin()
            begin = perf_counter()
            QTest.keyClick(window.window, key.key(), key.keyboardModifiers())
            wait_for(lambda: window.session.snapshot.cursor == iteration)  # noqa: B023 - called at once
            window.painted.wait()
            seconds.append(perf_counter() - begin)
            losses.append(window.session.snapshot.timeline.loss[iteration])
            pause(0.02)
        return Timed(seconds, losses)

    words = QKeySequence(shortcut).toString()
    return Prepared(
        work,
        lambda losses: {"shown": np.array(losses)},
        replaces=window.content(),
        notes=(*window.picture(), f"key {words}"),
    )


def contours(arrays: Arrays, options: Options) -> Prepared:
    """Make the lines as the map does, and draw them."""
    assert application() is not None
    model = MODELS["univariate"](1)
    plane = axis_plane(model.layout, ("w", "b"), np.zeros(2))
    x, y = frozen(arrays["x"]), frozen(arrays["y"])
    landscape = Landscape(plane, x, y, frozen(arrays["loss"]), final=True)
    scene = QGraphicsScene()
    view = QGraphicsView(scene)
    view.resize(*options["size"])
    view.setSceneRect(x[0], y[0], x[-1] - x[0], y[-1] - y[0])
    view.scale(options["size"][0] / (x[-1] - x[0]), options["size"][1] / (y[-1] - y[0]))
    item = PathItem("#ffffff", 1.0)
    scene.addItem(item)

    def work() -> Any:
        path = contour_path(contour_lines(landscape, arrays["levels"]))
        item.setPath(path)
        view.grab()
        return path

    def result(_: Any) -> Arrays:
        assert view.scene() is scene  # which must live as long as its view
        lengths = [
            contour_path(contour_lines(landscape, levels)).length() for levels in arrays["levels"][:, np.newaxis]
        ]
        return {"length": np.array(lengths)}

    return Prepared(work, result)


if __name__ == "__main__":
    serve({"frames": frames, "manual_steps": manual_steps, "contours": contours}, PACKAGES)
    for window in OPEN:
        window.explorer.shut_down()
