"""The map as a whole: every colour in its place, and a mouse that moves what it points at."""

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import Frame, loss_scale
from landscape_app.session.map_picture import map_picture
from landscape_app.session.map_view import MapView
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.contour import ContourView
from landscape_app.views.palette import DARK
from tests.landscapes import X, Y, log_tilted, tilted
from tests.views.moments import moment
from tests.views.test_contour_items import points_of

SHIFT = Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ContourView:
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)  # else moves close in time are left out
    widget = ContourView()
    qtbot.addWidget(widget)
    widget.resize(420, 360)
    widget.set_palette(DARK)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def show(view: ContourView, snapshot: Snapshot) -> None:
    """Draw the snapshot, and let the widgets around the map find their room."""
    view.render_snapshot(snapshot)
    QApplication.processEvents()


def seen(snapshot: Snapshot, x_range: tuple[float, float], y_range: tuple[float, float]) -> Snapshot:
    """Return the snapshot with this part of the plane on the map."""
    return replace(snapshot, map_view=MapView(snapshot.map_view.plane, x_range, y_range))


def over_the_tilted() -> Snapshot:
    """A moment in front of the 3 x 5 landscape, all of whose half cells can be seen."""
    return seen(replace(moment(), picture=map_picture(tilted())), (0.0, 6.0), (-0.5, 1.5))


def place(view: ContourView, x: float, y: float) -> QPoint:
    """Where a point of the plane lies on the plot's viewport."""
    return view.plot.mapFromScene(view.box.mapViewToScene(QPointF(x, y)))


def pixel(view: ContourView) -> tuple[float, float]:
    """A pixel's size in data units."""
    across, up = view.box.viewPixelSize()
    return abs(across), abs(up)


def tip_on_screen(view: ContourView, snapshot: Snapshot) -> tuple[float, float]:
    """From the arrow's tail to its tip in pixels, to the right and upwards."""
    offset = (points_of(view.arrow.path()) - snapshot.map_view.plane.project(snapshot.theta)) / pixel(view)
    tip = offset[np.argmax(np.hypot(*offset.T))]
    return float(tip[0]), float(tip[1])


def drag(
    view: ContourView, qtbot: QtBot, button: Qt.MouseButton, begin: QPoint, end: QPoint, key: Qt.KeyboardModifier
) -> None:
    """Press, move in a few steps, release."""
    viewport = view.plot.viewport()
    QTest.mousePress(viewport, button, key, begin)
    for i in range(1, 6):
        at = begin + (end - begin) * i / 5
        move(view, at, button, key)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, button, key, end)


def move(view: ContourView, at: QPoint, button: Qt.MouseButton, key: Qt.KeyboardModifier) -> None:
    """Move the mouse with a button and a key held, which QTest's own moves can't."""
    viewport = view.plot.viewport()
    local, everywhere = QPointF(at), QPointF(viewport.mapToGlobal(at))
    event = QMouseEvent(QEvent.Type.MouseMove, local, everywhere, Qt.MouseButton.NoButton, button, key)
    QApplication.sendEvent(viewport, event)


def turn_wheel(view: ContourView, at: QPoint, delta: int) -> None:
    viewport = view.plot.viewport()
    event = QWheelEvent(
        QPointF(at),
        viewport.mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        NO_KEY,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def picture(view: ContourView) -> QImage:
    return view.plot.grab().toImage()


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_that_every_node_is_seen_in_its_colour_at_its_place(view: ContourView) -> None:
    show(view, over_the_tilted())
    for item in (view.lines, view.arrow, *view.path.items):
        item.hide()  # only the colours
    shown = picture(view)
    for x in X:
        for y in Y:
            share = np.log((1.0 + x + 10.0 * y) / 2.0) / np.log(8.0)
            wanted = colour_table()[int(share * 255.0)][:3].astype(int)
            colour = shown.pixelColor(place(view, x, y))
            found = np.array([colour.red(), colour.green(), colour.blue()])
            assert np.abs(found - wanted).max() <= 8, (x, y)


def test_that_the_colours_end_half_a_cell_beyond_the_outer_nodes(view: ContourView) -> None:
    show(view, over_the_tilted())
    for item in (view.lines, view.arrow, *view.path.items):
        item.hide()
    shown, background = picture(view), DARK.panel
    inside = [(0.6, 0.5), (5.4, 0.5), (3.0, -0.2), (3.0, 1.2)]
    outside = [(0.4, 0.5), (5.6, 0.5), (3.0, -0.3), (3.0, 1.3)]
    assert all(shown.pixelColor(place(view, *p)).name() != background for p in inside)
    assert all(shown.pixelColor(place(view, *p)).name() == background for p in outside)


def test_that_the_lines_lie_on_the_losses_of_the_scale(view: ContourView) -> None:
    landscape = log_tilted()
    show(view, replace(over_the_tilted(), picture=map_picture(landscape)))
    levels = np.log(loss_scale(landscape.loss).levels(16))
    height = points_of(view.lines.path()) @ (1.0, 7.0)
    assert np.abs(height[:, np.newaxis] - levels).min(axis=1).max() < 1e-9
    assert np.abs(height[:, np.newaxis] - levels).min(axis=0).max() < 1e-9  # each level has its line


def test_that_the_names_of_other_axes_stand_in_the_middle_again(view: ContourView) -> None:
    shown = moment("two-layer-sigmoid")
    view.render_snapshot(shown)
    base, u, v = np.random.default_rng(0).normal(size=(3, shown.theta.size))
    for names in (("u", "v"), ("towards the current point", "at right angles to it")):
        plane = Frame.along(base, u, v, names, "three-points").through(shown.theta)
        view.render_snapshot(replace(shown, map_view=replace(shown.map_view, plane=plane)))
        for axis in view.axes.values():
            middle = axis.label.mapRectToParent(axis.label.boundingRect()).center()
            expected = axis.rect().center()
            if axis.orientation == "bottom":
                assert abs(middle.x() - expected.x()) <= 2.0
            else:
                assert abs(middle.y() - expected.y()) <= 2.0


def test_that_without_a_landscape_there_are_neither_colours_nor_lines(view: ContourView) -> None:
    snapshot = over_the_tilted()
    show(view, snapshot)
    assert view.image.isVisible()
    show(view, replace(snapshot, picture=None))
    assert not view.image.isVisible()
    assert not view.lines.isVisible()


def test_that_greater_values_lie_to_the_right_and_above(view: ContourView) -> None:
    show(view, over_the_tilted())
    here = place(view, 2.0, 0.5)
    assert place(view, 3.0, 0.5).x() > here.x()
    assert place(view, 2.0, 1.0).y() < here.y()
    assert view.axes["bottom"].labelText == "w"
    assert view.axes["left"].labelText == "b"


@pytest.mark.parametrize("cursor", [0, 1, 14])
def test_that_the_arrow_points_down_the_gradient_from_the_current_point(view: ContourView, cursor: int) -> None:
    snapshot = moment(iterations=30, cursor=cursor)
    (w, b), (across, up) = snapshot.theta, (0.7, 4.0)  # an axis is much longer than the other
    snapshot = seen(snapshot, (w - across, w + across), (b - up, b + up))
    show(view, snapshot)
    tip = tip_on_screen(view, snapshot)
    downhill = -snapshot.grad / pixel(view)
    assert np.array(tip) / np.hypot(*tip) == pytest.approx(downhill / np.hypot(*downhill), abs=1e-6)
    assert view.arrow.isVisible()


def test_that_the_arrow_follows_the_gradient_along_directions_of_any_kind(view: ContourView) -> None:
    snapshot = moment("two-layer-sigmoid", cursor=14)
    base, u, v = np.random.default_rng(0).normal(size=(3, snapshot.theta.size))
    plane = Frame.along(3.0 * base, u, v, ("one", "other"), "random").through(snapshot.theta)
    x, y = plane.project(snapshot.theta)
    snapshot = replace(snapshot, map_view=replace(snapshot.map_view, plane=plane))
    snapshot = seen(snapshot, (x - 1.0, x + 1.0), (y - 1.0, y + 1.0))
    show(view, snapshot)
    tip = np.array(tip_on_screen(view, snapshot))
    # The coordinates of the gradient's nearest combination of both directions.
    along = np.linalg.lstsq(np.column_stack((u, v)), -snapshot.grad, rcond=None)[0] / pixel(view)
    assert tip / np.hypot(*tip) == pytest.approx(along / np.hypot(*along), abs=1e-6)


def test_that_the_arrow_is_longer_where_it_is_steeper(view: ContourView) -> None:
    steep = seen(moment("univariate", cursor=0), (-3.0, 3.0), (-3.0, 3.0))
    show(view, steep)
    long = np.hypot(*tip_on_screen(view, steep))
    flat = replace(steep, cursor=int(np.argmin(np.abs(steep.timeline.grad[:]).max(axis=1))))
    show(view, flat)
    short = np.hypot(*tip_on_screen(view, flat))
    assert 20.0 < short < long < 60.0


def test_that_the_arrow_keeps_its_size_when_the_map_is_zoomed(view: ContourView) -> None:
    snapshot = seen(moment(), (-3.0, 3.0), (-3.0, 3.0))
    show(view, snapshot)
    before = np.hypot(*tip_on_screen(view, snapshot))
    view.zoom_out()
    assert np.hypot(*tip_on_screen(view, snapshot)) == pytest.approx(before)


# --- what is asked for -----------------------------------------------------------------------------------------------


def test_that_a_click_asks_for_the_start_under_it(view: ContourView, qtbot: QtBot) -> None:
    show(view, over_the_tilted())
    with qtbot.waitSignal(view.start_requested) as asked:
        QTest.mouseClick(view.plot.viewport(), LEFT, NO_KEY, place(view, 4.5, -0.25))
    across, up = pixel(view)
    assert asked.args[0] == pytest.approx(4.5, abs=2 * across)
    assert asked.args[1] == pytest.approx(-0.25, abs=2 * up)


@pytest.mark.parametrize("button", [MIDDLE, RIGHT])
def test_that_a_click_of_another_button_asks_for_nothing(
    view: ContourView, qtbot: QtBot, button: Qt.MouseButton
) -> None:
    show(view, over_the_tilted())
    with qtbot.assertNotEmitted(view.start_requested, wait=100):
        QTest.mouseClick(view.plot.viewport(), button, NO_KEY, place(view, 4.5, -0.25))


def test_that_a_drag_carries_the_start_along(view: ContourView, qtbot: QtBot) -> None:
    show(view, over_the_tilted())
    asked: list[tuple[float, float]] = []
    view.start_requested.connect(lambda x, y: asked.append((x, y)))
    drag(view, qtbot, LEFT, place(view, 1.0, 1.0), place(view, 5.0, 0.0), NO_KEY)
    assert len(asked) >= 3
    assert asked[-1] == pytest.approx((5.0, 0.0), abs=3 * max(pixel(view)))
    assert (np.diff([x for x, _ in asked]) >= 0.0).all()
    assert view.box.viewRange()[0] == pytest.approx([0.0, 6.0])


@pytest.mark.parametrize(
    ("button", "key"), [(LEFT, SHIFT), (RIGHT, NO_KEY), (MIDDLE, NO_KEY)], ids=["shift", "right", "middle"]
)
def test_that_what_is_grabbed_stays_under_the_mouse(
    view: ContourView, qtbot: QtBot, button: Qt.MouseButton, key: Qt.KeyboardModifier
) -> None:
    show(view, over_the_tilted())
    begin, end = place(view, 2.0, 1.0), place(view, 4.0, 0.25)
    with (
        qtbot.assertNotEmitted(view.start_requested),
        qtbot.waitSignal(view.range_requested, timeout=5_000) as asked,
    ):
        drag(view, qtbot, button, begin, end, key)
    across, up = pixel(view)
    moved = place(view, 2.0, 1.0)
    assert (moved.x(), moved.y()) == pytest.approx((end.x(), end.y()), abs=2)
    # To the right and down: what comes into view lies to the left and above.
    assert asked.args[0] == pytest.approx((-2.0, 4.0), abs=3 * across)
    assert asked.args[1] == pytest.approx((0.25, 2.25), abs=3 * up)


@pytest.mark.parametrize("delta", [240, -240])
def test_that_the_wheel_zooms_around_the_mouse(view: ContourView, qtbot: QtBot, delta: int) -> None:
    show(view, over_the_tilted())
    at = place(view, 1.5, 1.0)
    with qtbot.waitSignal(view.range_requested, timeout=5_000) as asked:
        turn_wheel(view, at, delta)
    (x0, x1), (y0, y1) = asked.args
    assert (x1 - x0 < 6.0) == (y1 - y0 < 2.0) == (delta > 0)
    assert (place(view, 1.5, 1.0) - at).manhattanLength() <= 1  # places are rounded to pixels
    assert (1.5 - x0) / (x1 - x0) == pytest.approx(1.5 / 6.0, abs=0.02)
    assert (1.0 - y0) / (y1 - y0) == pytest.approx(1.5 / 2.0, abs=0.02)


def test_that_one_turn_of_the_wheel_asks_once(view: ContourView, qtbot: QtBot) -> None:
    show(view, over_the_tilted())
    asked: list[object] = []
    view.range_requested.connect(lambda x, y: asked.append((x, y)))
    for _ in range(8):
        turn_wheel(view, place(view, 3.0, 0.5), 120)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [tuple(tuple(side) for side in view.box.viewRange())]


def test_that_a_zoom_under_way_is_not_undone_by_a_snapshot(view: ContourView, qtbot: QtBot) -> None:
    snapshot = over_the_tilted()
    show(view, snapshot)
    with qtbot.waitSignal(view.range_requested, timeout=5_000):
        view.zoom_in()
        narrow = view.box.viewRange()
        show(view, seen(snapshot, (0.0, 5.0), (-0.5, 1.5)))
        assert view.box.viewRange() == narrow
    show(view, seen(snapshot, (0.0, 4.0), (-0.5, 1.5)))
    assert view.box.viewRange()[0] == pytest.approx([0.0, 4.0])


def test_that_the_buttons_zoom_and_reset(view: ContourView, qtbot: QtBot) -> None:
    show(view, over_the_tilted())
    button = {b.accessibleName(): b for b in view.findChildren(QToolButton)}
    with qtbot.waitSignal(view.range_requested, timeout=5_000) as asked:
        button["Zoom in"].click()
    assert asked.args[0] == pytest.approx((0.9, 5.1))
    assert asked.args[1] == pytest.approx((-0.2, 1.2))
    with qtbot.waitSignal(view.range_requested, timeout=5_000) as asked:
        button["Zoom out"].click()
    assert asked.args[0] == pytest.approx((0.0, 6.0))
    view.zoom_in()
    with qtbot.waitSignal(view.range_requested) as asked:
        button["Reset the map"].click()
    assert asked.args == [None, None]
    assert view.box.viewRange()[0] == pytest.approx([0.0, 6.0])
    with qtbot.assertNotEmitted(view.range_requested, wait=100):  # the zoom is forgotten
        pass


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ((0.01, 0.0), (0.06, 0.0)),
        ((-0.01, 0.0), (-0.06, 0.0)),
        ((0.0, 0.01), (0.0, 0.02)),
        ((0.0, -0.01), (0.0, -0.02)),
    ],
    ids=["right", "left", "up", "down"],
)
def test_that_a_nudge_moves_the_start_that_way(
    view: ContourView, qtbot: QtBot, step: tuple[float, float], wanted: tuple[float, float]
) -> None:
    snapshot = over_the_tilted()
    show(view, snapshot)
    with qtbot.waitSignal(view.start_requested) as asked:
        view.nudge(*step)
    assert np.array(asked.args) - snapshot.timeline.theta[0] == pytest.approx(wanted)


def test_that_before_the_first_snapshot_nothing_is_nudged(view: ContourView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.start_requested):
        view.nudge(0.01, 0.0)


def test_that_each_axis_is_chosen_by_its_own_box(view: ContourView, qtbot: QtBot) -> None:
    snapshot = moment("two-layer-sigmoid")
    show(view, snapshot)
    names = snapshot.problem.model.layout.scalar_names
    assert (view.plane_bar.x_axis.currentText(), view.plane_bar.y_axis.currentText()) == names[:2]
    with qtbot.waitSignal(view.plane_bar.axes_requested) as asked:
        QTest.keyClick(view.plane_bar.y_axis, Qt.Key.Key_Down)
    assert asked.args == [names[0], names[2]]
    with qtbot.waitSignal(view.plane_bar.axes_requested) as asked:
        QTest.keyClick(view.plane_bar.x_axis, Qt.Key.Key_Down)
    assert asked.args == [names[1], names[2]]


def test_that_two_parameters_leave_no_choice_of_axes(view: ContourView) -> None:
    show(view, moment())
    assert not view.plane_bar.isVisible()
    show(view, moment("two-layer-sigmoid", cursor=7))
    assert view.plane_bar.isVisible()
    assert view.plane_bar.slice_label.text() == "slice at iteration 7"


def test_that_the_readout_tells_the_place_under_the_mouse(view: ContourView, qtbot: QtBot) -> None:
    show(view, over_the_tilted())
    at = place(view, 5.5, 1.25)
    move(view, at, Qt.MouseButton.NoButton, NO_KEY)
    qtbot.waitUntil(lambda: "w = " in view.readout.text())
    point = view.box.mapSceneToView(view.plot.mapToScene(at))
    text = view.readout.text()
    assert f"w = {point.x():.4f}"[:8] in text
    assert f"b = {point.y():.4f}"[:8] in text
    move(view, QPoint(2, view.plot.height() - 2), Qt.MouseButton.NoButton, NO_KEY)  # on the axes
    qtbot.waitUntil(lambda: "start" in view.readout.text())
