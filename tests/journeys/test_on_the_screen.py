"""What reaches the real screen: the surface, whatever is done to its panel, and curves without traces."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.dialogs import TextDialog

pytestmark = pytest.mark.gl


def on_screen(explorer: Explorer) -> np.ndarray:
    """The surface's pixels (height, width, 3) as the screen shows them."""
    return pixels(from_screen(explorer.window.surface))


def from_screen(widget: QWidget) -> QImage:
    corner = widget.mapToGlobal(QPoint(0, 0))
    return widget.screen().grabWindow(0, corner.x(), corner.y(), widget.width(), widget.height()).toImage()


def pixels(picture: QImage) -> np.ndarray:
    picture = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return rows[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3).astype(int)


def shows_a_surface(explorer: Explorer) -> bool:
    """Whether a good part of the picture has the green and blue of the colour map."""
    red, green, blue = np.moveaxis(on_screen(explorer), -1, 0)
    coloured = (np.maximum(green, blue) - np.minimum(np.minimum(red, green), blue)) > 40
    return float(coloured.mean()) > 0.1


def test_that_the_surface_is_seen_docked_floating_and_docked_again(explorer: Explorer, qtbot: QtBot) -> None:
    dock = explorer.window.docks["surface"]
    qtbot.waitUntil(lambda: shows_a_surface(explorer), timeout=10_000)
    dock.setFloating(True)
    dock.resize(500, 400)
    qtbot.waitUntil(lambda: shows_a_surface(explorer), timeout=10_000)
    explorer.window.reset_layout()
    qtbot.waitUntil(lambda: not dock.isFloating() and shows_a_surface(explorer), timeout=10_000)
    dock.close()
    dock.show()
    qtbot.waitUntil(lambda: shows_a_surface(explorer), timeout=10_000)


def test_that_the_surface_changes_with_the_landscape(explorer: Explorer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: shows_a_surface(explorer), timeout=10_000)
    before = on_screen(explorer)
    explorer.session.set_ranges((1.0, 1.2), (2.0, 4.0))
    qtbot.waitUntil(lambda: bool(np.abs(on_screen(explorer) - before).max() > 60), timeout=10_000)
    explorer.menus.actions["look_light"].trigger()
    qtbot.waitUntil(lambda: bool(on_screen(explorer)[4, 4].min() > 200), timeout=10_000)


def test_that_a_moved_cursor_leaves_no_trace(explorer: Explorer, qtbot: QtBot) -> None:
    session = explorer.session
    session.run_until(iteration=37)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 37)
    session.go_to(14)
    session.dismiss_notice()
    qtbot.wait(300)
    for view in (explorer.window.loss_curve.plot, explorer.window.contour.plot):
        fresh = pixels(view.grab().toImage())  # painted from nothing
        assert (np.abs(pixels(from_screen(view)) - fresh).max(axis=2) > 90).mean() < 1e-3


def test_that_a_closed_dialog_leaves_no_trace(explorer: Explorer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: explorer.session.snapshot.landscape is not None)
    window = explorer.window
    qtbot.wait(500)
    explorer.menus.actions["keys"].trigger()
    dialog = window.findChild(TextDialog)
    dialog.move(window.pos() + QPoint(450, 250))
    qtbot.wait(500)
    dialog.reject()
    qtbot.wait(500)
    for view in (window.loss_curve.plot, window.contour.plot, window.data_fit.plot):
        fresh = pixels(view.grab().toImage())
        assert (np.abs(pixels(from_screen(view)) - fresh).max(axis=2) > 90).mean() < 1e-3


def test_that_a_run_goes_on_when_the_context_is_lost_and_the_dock_is_floated(explorer: Explorer, qtbot: QtBot) -> None:
    session, surface, dock = explorer.session, explorer.window.surface, explorer.window.docks["surface"]
    qtbot.waitUntil(lambda: surface.with_opengl and shows_a_surface(explorer), timeout=15_000)
    session.play()
    qtbot.waitUntil(lambda: session.snapshot.cursor > 3, timeout=10_000)
    dock.setFloating(True)
    dock.resize(500, 400)
    for still_by_opengl in (True, False):  # made anew once, then painted
        renderer: Any = surface._canvas.drawing.renderer
        renderer._surface.destroy()
        surface.orbit(20.0, 5.0)
        walked, camera = session.snapshot.cursor, surface.camera
        qtbot.waitUntil(lambda: surface.with_opengl is still_by_opengl, timeout=5_000)  # noqa: B023 - at once
        qtbot.waitUntil(lambda: session.snapshot.cursor > walked + 3, timeout=10_000)  # noqa: B023 - at once
        qtbot.waitUntil(lambda: shows_a_surface(explorer), timeout=10_000)
        assert surface.camera == camera
    assert "OpenGL" in surface.problem
    explorer.window.reset_layout()
    qtbot.waitUntil(lambda: not dock.isFloating() and shows_a_surface(explorer), timeout=10_000)
    session.pause()
    qtbot.waitUntil(lambda: not session.snapshot.playing)


@pytest.fixture
def without_opengl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_SURFACE", "painted")


@pytest.mark.usefixtures("without_opengl")
class TestWithoutOpenGL:
    """What a surface that is painted shows; the fixture of a class comes before that of the window."""

    def test_that_it_is_seen_docked_floating_and_after_a_step(self, explorer: Explorer, qtbot: QtBot) -> None:
        dock = explorer.window.docks["surface"]
        qtbot.waitUntil(lambda: shows_a_surface(explorer), timeout=10_000)
        assert not explorer.window.surface.with_opengl
        dock.setFloating(True)
        dock.resize(500, 400)
        qtbot.waitUntil(lambda: shows_a_surface(explorer), timeout=10_000)
        before = on_screen(explorer)
        explorer.session.run_until(iteration=5)
        qtbot.waitUntil(lambda: bool(np.abs(on_screen(explorer) - before).max() > 60), timeout=10_000)
        explorer.window.reset_layout()
        qtbot.waitUntil(lambda: not dock.isFloating() and shows_a_surface(explorer), timeout=10_000)
