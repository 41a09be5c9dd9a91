"""What the batch sees, drawn over the map and in the data view."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import evaluate_grid
from landscape_app.session.map_picture import map_picture
from landscape_app.session.noise import Noise, noise_at_once, noise_steps, noise_wish
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour import ContourView
from landscape_app.views.data_fit import BESIDE, DataFitView
from landscape_app.views.palette import DARK, LIGHT
from tests.views.moments import made_data, moment


def watched(size: int = 6, cursor: int = 5, n: int = 1, ghost: bool = True) -> Snapshot:
    """Return a moment with all that is known of its batch."""
    shown = moment("univariate" if n == 1 else "multivariate", made_data(n), batch_size=size, cursor=cursor)
    view, problem = shown.map_view, shown.problem
    grid = evaluate_grid(problem.model, problem.data, view.plane, view.x_range, view.y_range, 65)
    shown = replace(shown, picture=map_picture(grid))
    wish = noise_wish(shown, view, shown.picture, ghost)
    assert wish is not None
    known: Noise = noise_at_once(wish)
    for found in noise_steps(wish, known):
        known = found or known
    return replace(shown, noise=known)


@pytest.fixture
def view(qtbot: QtBot) -> ContourView:
    made = ContourView()
    qtbot.addWidget(made)
    made.resize(420, 380)
    made.set_palette(DARK)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def fit(qtbot: QtBot) -> DataFitView:
    made = DataFitView()
    qtbot.addWidget(made)
    made.resize(420, 320)
    made.set_palette(DARK)
    made.show()
    qtbot.waitExposed(made)
    return made


def press(view: ContourView) -> None:
    QTest.mouseClick(view.ghost_button, Qt.MouseButton.LeftButton)


def direction(view: ContourView, path: object) -> FloatArray:
    """Return where an arrow's shaft leads, as a unit vector in pixels."""
    tail, tip = path.elementAt(0), path.elementAt(1)  # type: ignore[attr-defined]
    pixel = np.abs(view.box.viewPixelSize())
    move = np.array([tip.x - tail.x, tip.y - tail.y]) / pixel
    return np.asarray(move / np.hypot(*move))


def test_that_the_button_is_there_in_batches_alone_and_asks_for_the_ghost(view: ContourView, qtbot: QtBot) -> None:
    view.render_snapshot(moment())
    assert not view.ghost_button.isVisible()
    view.render_snapshot(watched())
    assert view.ghost_button.isVisible()
    assert not any(item.isVisible() for item in view.ghost.items)
    with qtbot.waitSignal(view.ghost_watched) as asked:
        press(view)
    assert asked.args == [True]
    assert all(item.isVisible() for item in view.ghost.items)
    assert view.ghost_legend.isVisible()
    with qtbot.waitSignal(view.ghost_watched) as asked:
        press(view)
    assert asked.args == [False]
    assert not any(item.isVisible() for item in view.ghost.items)
    assert not view.ghost_legend.isVisible()


def test_that_the_lines_are_the_batchs_and_go_with_it(view: ContourView) -> None:
    shown = watched()
    view.render_snapshot(shown)
    press(view)
    assert shown.noise is not None
    assert shown.noise.lines is not None
    path = view.ghost.lines.path()
    assert path.elementCount() == len(shown.noise.lines.corners)
    drawn = np.array([(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())])
    np.testing.assert_allclose(drawn, shown.noise.lines.corners)
    view.render_snapshot(replace(shown, cursor=6, noise=None))  # the next batch is not known yet
    assert not view.ghost.lines.isVisible()
    view.render_snapshot(watched(cursor=6))
    assert view.ghost.lines.isVisible()
    assert view.ghost.lines.path() != path
    view.render_snapshot(moment())
    assert not any(item.isVisible() for item in view.ghost.items)
    assert not view.ghost_button.isVisible()


def test_that_the_white_arrow_is_all_the_datas_and_the_other_one_the_batchs(view: ContourView) -> None:
    shown = watched(size=1)
    view.render_snapshot(shown)

    def downhill(grad: FloatArray) -> FloatArray:
        pixel = np.abs(view.box.viewPixelSize())  # the legend takes some of the map's height
        return np.asarray(-grad / pixel / np.hypot(*(grad / pixel)))

    assert shown.noise is not None
    assert shown.noise.full_grad is not None
    np.testing.assert_allclose(direction(view, view.arrow.path()), downhill(shown.grad), atol=1e-6)
    press(view)
    np.testing.assert_allclose(direction(view, view.arrow.path()), downhill(shown.noise.full_grad), atol=1e-6)
    np.testing.assert_allclose(direction(view, view.ghost.arrow.path()), downhill(shown.grad), atol=1e-6)
    press(view)
    np.testing.assert_allclose(direction(view, view.arrow.path()), downhill(shown.grad), atol=1e-6)


def test_that_nothing_is_called_all_the_datas_until_it_is_known(view: ContourView) -> None:
    press(view)
    shown = watched(size=6)
    assert shown.noise is not None
    for noise, name in ((None, "batch"), (replace(shown.noise, full_grad=None), "batch of 6")):
        view.render_snapshot(replace(shown, cursor=6, noise=None))
        view.render_snapshot(replace(shown, noise=noise))
        pixel = np.abs(view.box.viewPixelSize())
        downhill = -shown.grad / pixel / np.hypot(*(shown.grad / pixel))
        np.testing.assert_allclose(direction(view, view.ghost.arrow.path()), downhill, atol=1e-6)
        assert view.ghost.arrow.isVisible()
        assert not view.arrow.isVisible()
        assert view.ghost_legend.isVisible()
        assert view.ghost_legend.accessibleName() == f"Legend: {name}"
        assert "white" not in view.ghost_legend.toolTip()
        assert "iteration 5" in view.ghost_legend.toolTip()
    view.render_snapshot(shown)
    assert view.arrow.isVisible()
    assert view.ghost_legend.accessibleName() == "Legend: batch of 6, all data"
    assert "white" in view.ghost_legend.toolTip()
    view.render_snapshot(moment())
    assert view.arrow.isVisible()
    assert not view.ghost.arrow.isVisible()
    assert not view.ghost_legend.isVisible()


@pytest.mark.parametrize("parts_first", [False, True])
def test_that_with_the_updates_parts_all_the_datas_arrow_stays_and_the_batchs_is_drawn_once(
    view: ContourView, parts_first: bool
) -> None:
    shown = watched(size=1)
    assert shown.noise is not None
    assert shown.noise.full_grad is not None
    view.render_snapshot(shown)
    buttons = [view.ghost_button, view.parts_button]
    for button in reversed(buttons) if parts_first else buttons:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "raw" in view.parts.drawn.names
    assert view.arrow.isVisible()
    pixel = np.abs(view.box.viewPixelSize())
    downhill = -shown.noise.full_grad / pixel / np.hypot(*(shown.noise.full_grad / pixel))
    np.testing.assert_allclose(direction(view, view.arrow.path()), downhill, atol=1e-6)
    assert not view.ghost.arrow.isVisible()  # the raw part lies where it would
    assert view.ghost.lines.isVisible()
    assert "white arrow" in view.ghost_legend.toolTip()
    assert "orange arrow" not in view.ghost_legend.toolTip()
    assert "−ηg" in view.ghost_legend.toolTip()
    view.render_snapshot(replace(shown, noise=replace(shown.noise, full_grad=None)))
    assert not view.arrow.isVisible()
    assert "white arrow" not in view.ghost_legend.toolTip()
    view.render_snapshot(shown)
    QTest.mouseClick(view.parts_button, Qt.MouseButton.LeftButton)
    assert view.ghost.arrow.isVisible()
    assert "orange arrow" in view.ghost_legend.toolTip()
    press(view)
    assert view.arrow.isVisible()
    np.testing.assert_allclose(
        direction(view, view.arrow.path()), -shown.grad / pixel / np.hypot(*(shown.grad / pixel)), atol=1e-2
    )


def test_that_the_legend_and_its_tooltip_say_what_is_what(view: ContourView) -> None:
    press(view)
    view.render_snapshot(watched(size=1))
    assert "batch of one" in view.ghost_legend.accessibleName()
    assert "all data" in view.ghost_legend.accessibleName()
    assert "iteration 5" in view.ghost_legend.toolTip()
    view.render_snapshot(watched(size=6))
    assert "batch of 6" in view.ghost_legend.accessibleName()
    shown = watched()
    assert shown.noise is not None
    view.render_snapshot(replace(shown, noise=replace(shown.noise, own_levels=True)))
    assert "losses of its own" in view.ghost_legend.toolTip()
    assert view.ghost_button.accessibleName()
    assert "(B)" in view.ghost_button.toolTip()


def test_that_the_batch_stands_out_in_the_data_view(fit: DataFitView) -> None:
    shown = watched(ghost=False)
    fit.render_snapshot(shown)
    assert shown.noise is not None
    data, batch = shown.problem.data, shown.noise.examples
    np.testing.assert_allclose(fit.batch.points, np.column_stack((data.X[0, batch], data.y[0, batch])))
    assert fit._dots._colour.alpha() == BESIDE
    assert "batch of 6" in fit.legend.accessibleName()
    other = watched(ghost=False, cursor=6)
    fit.render_snapshot(replace(shown, cursor=6, noise=other.noise))
    assert other.noise is not None
    np.testing.assert_allclose(fit.batch.points[:, 0], data.X[0, other.noise.examples])
    fit.render_snapshot(replace(shown, cursor=7, noise=None))
    assert not fit.batch.shown
    assert fit._dots._colour.alpha() > BESIDE
    assert "batch" not in fit.legend.accessibleName()
    fit.set_palette(LIGHT)


def test_that_the_batch_moves_with_the_predictions_of_several_features(fit: DataFitView) -> None:
    shown = watched(n=3, ghost=False)
    fit.render_snapshot(shown)
    assert shown.noise is not None
    X, y = shown.problem.data.examples(shown.noise.examples)
    predicted = shown.problem.model.predict(shown.theta, X)[0]
    np.testing.assert_allclose(fit.batch.points, np.column_stack((y[0], predicted)))
