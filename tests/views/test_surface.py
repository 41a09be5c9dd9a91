"""The 3D view, drawn by OpenGL and painted without: the same tests for both."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QToolButton
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray, frozen
from landscape_app.core.landscape import Landscape, evaluate_grid, loss_scale
from landscape_app.session.config import (
    DataConfig,
    Experiment,
    ModelConfig,
    PlaneConfig,
    RunConfig,
    default_experiment,
)
from landscape_app.session.map_picture import map_picture
from landscape_app.session.map_view import map_view_at
from landscape_app.session.prepare import prepare
from landscape_app.session.records import StepBatch, StepRecord, Timeline
from landscape_app.session.settings import base_settings
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import first_record, next_step
from landscape_app.views import surface
from landscape_app.views.palette import DARK, LIGHT, Palette
from landscape_app.views.surface import SurfaceView
from landscape_app.views.surface_box import Box, Heights
from landscape_app.views.surface_camera import Camera
from landscape_app.views.surface_markers import markers
from landscape_app.views.surface_mesh import AMBIENT, Mesh, surface_mesh
from landscape_app.views.surface_path import Path, path_in_box

Pixels = npt.NDArray[np.uint8]
FROM_ABOVE = Camera(elevation=90.0)


@pytest.fixture(params=[pytest.param("opengl", marks=pytest.mark.gl), "painted"], autouse=True)
def drawn_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LANDSCAPE_SURFACE", "painted" if request.param == "painted" else "")
    return str(request.param)


@pytest.fixture(scope="module")
def moment() -> Snapshot:
    """The default experiment after 20 steps."""
    return moment_of(default_experiment())


def moment_of(experiment: Experiment) -> Snapshot:
    """Return ``experiment`` after 20 steps, on a map of 65 x 65 nodes."""
    prepared = prepare(experiment)
    records = [first_record(prepared.run, prepared.timeline.theta[0])]
    for _ in range(20):
        following = next_step(prepared.run, records[-1])
        assert isinstance(following, StepRecord)
        records.append(following)
    timeline = Timeline.starting_with(StepBatch.of(records))
    shown = map_view_at(experiment, prepared.problem, timeline, 20, None)
    landscape = evaluate_grid(
        prepared.problem.model, prepared.problem.data, shown.plane, shown.x_range, shown.y_range, 65
    )
    settings = base_settings(experiment.run)
    return Snapshot(experiment, experiment, settings, prepared.problem, timeline, 20, shown, map_picture(landscape))


def landscape_of(moment: Snapshot, **changes: Any) -> Landscape:
    assert moment.landscape is not None
    return replace(moment.landscape, **changes)


def pixels_of(image: QImage) -> Pixels:
    """Return red, green and blue (height, width, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def is_coloured(pixels: Pixels, colour: str, tolerance: int = 24) -> npt.NDArray[np.bool_]:
    wanted = QColor(colour)
    return np.all(np.abs(pixels.astype(int) - [wanted.red(), wanted.green(), wanted.blue()]) <= tolerance, axis=-1)


def share_of_surface(view: SurfaceView) -> float:
    """Return which part of the picture is neither background, text nor path: saturated, but not red."""
    pixels = pixels_of(view.grab_image()).astype(int)
    red = pixels[..., 0] - pixels[..., 1:].max(axis=-1) > 60
    return float(((np.ptp(pixels, axis=-1) > 60) & ~red).mean())


def shown_view(qtbot: QtBot, moment: Snapshot, palette: Palette = DARK, camera: Camera | None = None) -> SurfaceView:
    view = SurfaceView()
    qtbot.addWidget(view)
    view.resize(520, 420)
    view.set_palette(palette)
    view.show()
    qtbot.waitExposed(view)
    wait_until_decided(qtbot, view)
    view.render_snapshot(moment)
    if camera is not None:
        view.orbit(camera.azimuth - view.camera.azimuth, camera.elevation - view.camera.elevation)
    return view


def wait_until_decided(qtbot: QtBot, view: SurfaceView) -> None:
    qtbot.waitUntil(lambda: view.with_opengl or bool(view.problem), timeout=15_000)
    painted = os.environ["LANDSCAPE_SURFACE"] == "painted"
    assert view.with_opengl is not painted, view.problem


def canvas_of(view: SurfaceView) -> Any:
    canvas = view.focusProxy()
    assert canvas is not None
    return canvas


def seen_at(view: SurfaceView, points: FloatArray) -> npt.NDArray[np.int64]:
    """Return the pixels (k, 2) at which points (k, 3) of the box are seen."""
    ratio = view.devicePixelRatioF()
    return np.floor(canvas_of(view).seen_at(points) * ratio).astype(np.int64)


def button(view: SurfaceView, text: str) -> QToolButton:
    return next(each for each in view.findChildren(QToolButton) if each.text() == text)


# --- the picture -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_the_surface_is_seen_on_the_panels_colour(qtbot: QtBot, moment: Snapshot, palette: Palette) -> None:
    view = shown_view(qtbot, moment, palette)
    assert share_of_surface(view) > 0.15
    assert is_coloured(pixels_of(view.grab_image())[5:40, 5:40], palette.panel, 2).all()


def test_that_the_surface_has_the_maps_colours_up_to_the_shade(
    qtbot: QtBot, moment: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    meshes: list[Mesh] = []

    def kept_mesh(*given: Any) -> Mesh:
        meshes.append(surface_mesh(*given))
        return meshes[-1]

    monkeypatch.setattr(surface, "surface_mesh", kept_mesh)
    view = shown_view(qtbot, replace(moment, cursor=0), camera=FROM_ABOVE)
    picture = pixels_of(view.grab_image()).astype(float)
    vertices = meshes[-1].vertices.reshape(65, 65, 3)[5:-5:3, 5:-5:3].reshape(-1, 3)
    x, y = seen_at(view, vertices.astype(np.float64)).T
    landscape = landscape_of(moment)
    table = canvas_of(view).colours.astype(float)
    fraction = loss_scale(landscape.loss).fraction(landscape.loss)[5:-5:3, 5:-5:3].ravel()
    unshaded = table[np.rint(255 * fraction).astype(int)]
    seen = picture[y, x]
    shade = (seen * unshaded).sum(axis=1) / (unshaded**2).sum(axis=1)
    # The markers stand in front of a few of these nodes.
    agrees = (np.abs(seen - shade[:, np.newaxis] * unshaded).max(axis=1) < 10.0) & (shade < 1.03)
    agrees &= shade > AMBIENT - 0.03
    assert agrees.mean() > 0.97


def test_that_the_path_is_seen_where_it_was_walked(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment, camera=FROM_ABOVE)
    red = is_coloured(pixels_of(view.grab_image()), DARK.path, 30)
    landscape = landscape_of(moment)
    xy = landscape.plane.project(moment.timeline.theta[:21])
    low, high = np.array([landscape.x[0], landscape.y[0]]), np.array([landscape.x[-1], landscape.y[-1]])
    fraction = np.log(moment.timeline.loss[:21] / landscape.loss.min())
    fraction /= np.log(landscape.loss.max() / landscape.loss.min())
    places = np.column_stack((2 * (xy - low) / (high - low) - 1, (2 * fraction - 1) * 0.62))
    columns, rows = seen_at(view, places).T
    found = [red[row - 2 : row + 3, column - 2 : column + 3].any() for row, column in zip(rows, columns, strict=True)]
    assert np.mean(found) > 0.9


def test_that_the_path_ends_at_the_cursor(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    whole = is_coloured(pixels_of(view.grab_image()), DARK.path, 30).sum()
    view.render_snapshot(replace(moment, cursor=3))
    assert 0 < is_coloured(pixels_of(view.grab_image()), DARK.path, 30).sum() < 0.7 * whole


def test_that_names_and_numbers_are_in_the_picture_and_in_a_picture_of_the_whole_window(
    qtbot: QtBot, moment: Snapshot
) -> None:
    view = shown_view(qtbot, moment)
    for image in (view.grab_image(), view.grab().toImage()):
        pixels = pixels_of(image)
        for text in canvas_of(view)._lettering[1].texts:
            left, top = round(text.x - 0.5 * text.width), round(text.y - 0.5 * text.height)
            part = pixels[top : top + round(text.height), left : left + round(text.width)]
            assert is_coloured(part, DARK.text if text.is_name else DARK.muted, 40).any(), text.text


def test_that_losses_that_are_not_finite_leave_a_hole(qtbot: QtBot, moment: Snapshot) -> None:
    loss = moment.landscape.loss.copy() if moment.landscape is not None else np.empty(0)
    loss[50:60, 45:60], loss[5:15, 5:15] = np.inf, np.nan
    view = shown_view(
        qtbot, replace(moment, picture=map_picture(landscape_of(moment, loss=frozen(loss)))), camera=FROM_ABOVE
    )
    pixels = pixels_of(view.grab_image())
    centres = np.array([[52.0 / 32.0 - 1.0, 54.5 / 32.0 - 1.0, 0.0], [9.5 / 32.0 - 1.0, 9.5 / 32.0 - 1.0, 0.0]])
    for column, row in seen_at(view, centres):
        assert is_coloured(pixels[row - 2 : row + 3, column - 2 : column + 3], DARK.panel, 3).all()
    assert share_of_surface(view) > 0.1


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 2.5], ids=["nan", "inf", "zero", "flat"])
def test_that_a_landscape_without_any_relief_can_be_shown(qtbot: QtBot, moment: Snapshot, value: float) -> None:
    flat = landscape_of(moment, loss=frozen(np.full((65, 65), value)))
    view = shown_view(qtbot, replace(moment, picture=map_picture(flat)))
    assert (share_of_surface(view) > 0.1) == bool(np.isfinite(value))
    assert view.grab_image().size() == view.size()


def test_that_without_a_landscape_the_last_one_is_gone(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    view.render_snapshot(replace(moment, picture=None, landscape_busy=True))
    assert share_of_surface(view) == 0.0
    view.render_snapshot(moment)
    assert share_of_surface(view) > 0.15


def test_that_a_slice_is_said_to_be_one(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    assert not any("Slice" in label.text() for label in view.findChildren(QLabel) if label.isVisible())
    view.render_snapshot(moment_of(network()))
    assert any("Slice" in label.text() for label in view.findChildren(QLabel) if label.isVisible())


def network(**plane: Any) -> Experiment:
    return Experiment(
        data=DataConfig(name="sine"),
        model=ModelConfig(name="two-layer-sigmoid", hidden=2),
        run=RunConfig(optimizer="adam", hyper={"learning_rate": 0.1}),
        plane=PlaneConfig(**plane),
    )


def test_that_a_point_off_the_slice_stands_over_the_surface_s_own_point() -> None:
    live = moment_of(network())
    assert live.landscape is not None
    box = Box(live.landscape.x_range, live.landscape.y_range, Heights(loss_scale(live.landscape.loss), True))
    assert not any(marker.foot for marker in markers(live, live.map_view.plane, box, None))
    held = moment_of(network(through=3))
    plane = held.map_view.plane
    wide = Box((-99.0, 99.0), (-99.0, 99.0), Heights(loss_scale(np.array([1e-6, 1e6])), True))
    assert [(m.kind, m.foot is None) for m in markers(held, plane, wide, None)] == [("start", True), ("current", False)]
    current = markers(held, plane, box, None)[-1]
    assert current.foot is not None
    assert current.foot[:2] == pytest.approx(current.place[:2])
    below = plane.at(*plane.project(held.theta))
    loss = held.problem.model.loss(below, held.problem.data.X, held.problem.data.y)
    assert current.foot[2] == pytest.approx(float(box.up(np.array([loss]))[0]))
    assert current.place[2] == pytest.approx(float(box.up(np.array([held.loss]))[0]))


# --- what is drawn anew, and when ------------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """The sizes of all surfaces and the lengths of all paths that are made."""
    counts: dict[str, list[int]] = {"surfaces": [], "paths": []}

    def counted_mesh(*given: Any) -> Mesh:
        made = surface_mesh(*given)
        counts["surfaces"].append(len(made.vertices))
        return made

    def counted_path(theta: FloatArray, *given: Any) -> Path:
        counts["paths"].append(len(theta))
        return path_in_box(theta, *given)

    monkeypatch.setattr(surface, "surface_mesh", counted_mesh)
    monkeypatch.setattr(surface, "path_in_box", counted_path)
    return counts


def test_that_only_what_changed_is_drawn_anew(qtbot: QtBot, moment: Snapshot, drawn: dict[str, list[int]]) -> None:
    view = shown_view(qtbot, moment)
    assert (len(drawn["surfaces"]), drawn["paths"]) == (1, [21])
    view.render_snapshot(replace(moment, waiting=1))
    view.render_snapshot(replace(moment, playing=True))
    assert (len(drawn["surfaces"]), drawn["paths"]) == (1, [21])
    view.render_snapshot(replace(moment, cursor=4))
    assert (len(drawn["surfaces"]), drawn["paths"]) == (1, [21, 5])
    view.render_snapshot(replace(moment, cursor=4, picture=map_picture(landscape_of(moment))))
    assert (len(drawn["surfaces"]), drawn["paths"]) == (2, [21, 5, 5])


def test_that_fewer_nodes_are_drawn_while_something_moves(
    qtbot: QtBot, moment: Snapshot, drawn: dict[str, list[int]], drawn_by: str
) -> None:
    assert moment.landscape is not None
    nodes = [frozen(np.linspace(axis[0], axis[-1], 513)) for axis in (moment.landscape.x, moment.landscape.y)]
    losses = frozen(np.add.outer(nodes[1] ** 2, nodes[0] ** 2) + 0.1)
    fine = map_picture(landscape_of(moment, x=nodes[0], y=nodes[1], loss=losses))
    view = shown_view(qtbot, replace(moment, picture=fine))
    view.render_snapshot(replace(moment, picture=fine, playing=True))
    view.render_snapshot(replace(moment, picture=fine, playing=True, cursor=2))
    view.render_snapshot(replace(moment, picture=fine, landscape_busy=True))
    view.render_snapshot(replace(moment, picture=fine))
    # Without OpenGL a coarse one is kept beside each fine one, for while it is turned.
    painted = [129**2, 65**2, 65**2, 129**2, 65**2]
    assert drawn["surfaces"] == ([257**2, 129**2, 257**2] if drawn_by == "opengl" else painted)


def test_that_a_hidden_view_is_drawn_only_when_it_is_shown(
    qtbot: QtBot, moment: Snapshot, drawn: dict[str, list[int]]
) -> None:
    view = shown_view(qtbot, moment)
    view.hide()
    for cursor in range(10):
        view.render_snapshot(replace(moment, cursor=cursor))
    assert drawn["paths"] == [21]
    view.show()
    assert drawn["paths"] == [21, 10]


# --- mouse, keys, buttons --------------------------------------------------------------------------------------------


def test_that_dragging_turns_the_surface(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    before, picture = view.camera, view.grab_image()
    canvas = canvas_of(view)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(canvas, QPoint(240, 210))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(240, 210))
    after = view.camera
    assert after.azimuth < before.azimuth  # the front follows the mouse to the right
    assert after.elevation > before.elevation
    assert view.grab_image() != picture
    QTest.mouseMove(canvas, QPoint(300, 300))
    assert view.camera == after


def test_that_the_wheel_zooms(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    small = share_of_surface(view)
    canvas = canvas_of(view)
    middle = QPointF(canvas.rect().center())
    for _ in range(3):
        turned = QWheelEvent(
            middle,
            QPointF(canvas.mapToGlobal(canvas.rect().center())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, turned)
    assert view.camera.zoom > 1.3
    assert share_of_surface(view) > 1.2 * small


KEYS: list[tuple[Qt.Key, Callable[[Camera], bool]]] = [
    (Qt.Key.Key_Left, lambda camera: camera.azimuth < Camera().azimuth),
    (Qt.Key.Key_Right, lambda camera: camera.azimuth > Camera().azimuth),
    (Qt.Key.Key_Up, lambda camera: camera.elevation > Camera().elevation),
    (Qt.Key.Key_Down, lambda camera: camera.elevation < Camera().elevation),
    (Qt.Key.Key_Plus, lambda camera: camera.zoom > 1.0),
    (Qt.Key.Key_Minus, lambda camera: camera.zoom < 1.0),
]


def test_that_keys_turn_zoom_and_reset(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    for key, has_moved in KEYS:
        for reset in (Qt.Key.Key_Home, Qt.Key.Key_0):
            QTest.keyClick(canvas_of(view), key)
            assert has_moved(view.camera), key
            QTest.keyClick(canvas_of(view), reset)
            assert view.camera == Camera()


def test_that_other_keys_are_left_to_the_window(qtbot: QtBot, moment: Snapshot) -> None:
    pressed: list[int] = []

    class Window(QMainWindow):
        def keyPressEvent(self, event: Any) -> None:
            pressed.append(event.key())

    window = Window()
    qtbot.addWidget(window)
    view = SurfaceView()
    window.setCentralWidget(view)
    window.show()
    QTest.keyClick(canvas_of(view), Qt.Key.Key_Space)
    QTest.keyClick(canvas_of(view), Qt.Key.Key_Left)
    nameless = QKeyEvent(QEvent.Type.KeyPress, 0x0ABCDEF1, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas_of(view), nameless)
    assert pressed == [Qt.Key.Key_Space, 0x0ABCDEF1]


def test_that_the_buttons_have_names_tips_and_an_order(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    log, reset = button(view, "Log height"), button(view, "Reset view")
    for each in (log, reset):
        assert each.accessibleName()
        assert each.toolTip()
        assert each.isVisible()
    assert canvas_of(view).accessibleName()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    order = [QApplication.focusWidget()]
    for _ in range(2):
        assert order[-1] is not None
        QTest.keyClick(order[-1], Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget())
    assert order == [canvas_of(view), log, reset]


def test_that_log_height_is_switched_by_its_button(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    spy = QSignalSpy(view.log_height_changed)
    logarithmic = view.grab_image()
    log = button(view, "Log height")
    QTest.mouseClick(log, Qt.MouseButton.LeftButton)
    assert not view.log_height
    assert view.grab_image() != logarithmic
    view.set_log_height(True)
    assert log.isChecked()
    assert view.grab_image() == logarithmic
    assert [spy.at(i) for i in range(spy.count())] == [[False], [True]]


def test_that_reset_view_looks_from_where_it_began(qtbot: QtBot, moment: Snapshot) -> None:
    view = shown_view(qtbot, moment)
    view.orbit(70.0, 20.0)
    view.zoom(1.7)
    assert view.camera != Camera()
    QTest.mouseClick(button(view, "Reset view"), Qt.MouseButton.LeftButton)
    assert view.camera == Camera()


# --- contexts --------------------------------------------------------------------------------------------------------


def test_that_the_surface_survives_that_its_dock_is_floated_and_put_back(qtbot: QtBot, moment: Snapshot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.setCentralWidget(QLabel("middle"))
    dock = QDockWidget("Surface", window)
    view = SurfaceView()
    view.setMinimumSize(400, 350)
    dock.setWidget(view)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    qtbot.waitExposed(window)
    view.render_snapshot(moment)
    assert share_of_surface(view) > 0.1
    for floating in (True, False, True, False):
        dock.setFloating(floating)
        qtbot.wait(50)
        assert share_of_surface(view) > 0.1
        view.render_snapshot(replace(moment, picture=map_picture(landscape_of(moment))))
        assert share_of_surface(view) > 0.1
        assert is_coloured(pixels_of(view.grab_image()), DARK.path, 30).any()


def test_that_two_views_draw_side_by_side_and_one_after_the_other(qtbot: QtBot, moment: Snapshot) -> None:
    one, other = shown_view(qtbot, moment), shown_view(qtbot, moment, LIGHT)
    assert share_of_surface(one) > 0.15
    assert share_of_surface(other) > 0.15
    other.close()
    one.orbit(5.0, 0.0)
    assert share_of_surface(one) > 0.15
