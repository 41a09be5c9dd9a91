"""What stands under the map: which point the mouse is at, and the loss there."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import evaluate_grid
from landscape_app.session.map_picture import map_picture
from landscape_app.views import contour_readout
from landscape_app.views.contour_readout import REACH, Readout, interpolated, nearest_point
from landscape_app.views.plotting import MINUS, format_number
from tests.landscapes import X, Y, landscape_of, tilted
from tests.views.moments import moment


@pytest.fixture
def readout(qtbot: QtBot) -> Readout:
    widget = Readout()
    qtbot.addWidget(widget)
    return widget


def test_that_the_grid_answers_exactly_at_its_nodes() -> None:
    landscape = tilted()
    for j, x in enumerate(X):
        for i, y in enumerate(Y):
            assert interpolated(landscape, x, y) == pytest.approx(landscape.loss[i, j], rel=1e-14)


@pytest.mark.parametrize(("x", "y"), [(1.25, 0.1), (4.9, 0.05), (2.0, 0.75), (3.3, 0.99), (5.0, 1.0)])
def test_that_between_nodes_each_coordinate_counts_as_its_own(x: float, y: float) -> None:
    assert interpolated(tilted(), x, y) == pytest.approx(1.0 + x + 10.0 * y)
    saddle = landscape_of(lambda a, b: 50.0 + a - 10.0 * b + 3.0 * a * b)
    assert interpolated(saddle, x, y) == pytest.approx(50.0 + x - 10.0 * y + 3.0 * x * y)


@pytest.mark.parametrize(("x", "y"), [(0.99, 0.5), (5.01, 0.5), (3.0, -0.01), (3.0, 1.01)])
def test_that_the_grid_knows_nothing_beyond_its_border(x: float, y: float) -> None:
    assert np.isnan(interpolated(tilted(), x, y))


def test_that_the_nearest_point_is_the_nearest_on_the_screen() -> None:
    pixel = (1.0, 0.01)  # wide units to the right, small ones upwards
    points = np.array([(0.0, 0.0), (100.0, 0.0), (103.0, 0.02)])
    assert nearest_point(points, 0.0, 0.05, pixel) == 0  # 5 pixels above
    assert nearest_point(points, 5.0, 0.0, pixel) == 0  # 5 pixels to the right
    assert nearest_point(points, 0.0, 0.5, pixel) is None  # 50 pixels above
    assert nearest_point(points, 103.0, 0.0, pixel) == 2  # 2 pixels from this one, 3 from the other
    assert nearest_point(points, 100.0, 0.02, pixel) == 1


def test_that_a_point_is_out_of_reach_beyond_seven_pixels() -> None:
    points = np.array([(1.0, 1.0)])
    assert nearest_point(points, 1.0 + 0.1 * (REACH - 0.1), 1.0, (0.1, 0.1)) == 0
    assert nearest_point(points, 1.0 + 0.1 * (REACH + 0.1), 1.0, (0.1, 0.1)) is None


def test_that_a_recorded_point_is_told_with_its_own_values(readout: Readout) -> None:
    snapshot = moment()
    readout.follow(snapshot)
    x, y = snapshot.timeline.theta[9]
    readout.show_at(x + 2e-4, y - 3e-4, (1e-4, 1e-4))
    text = readout.text()
    assert "iteration 9:" in text
    assert f"w = {format_number(x, 5)}" in text
    assert f"b = {format_number(y, 5)}" in text
    assert format_number(float(snapshot.timeline.loss[9]), 7) in text


def test_that_any_other_place_has_its_exact_loss(readout: Readout) -> None:
    snapshot = moment()
    readout.follow(snapshot)
    readout.show_at(3.5, -7.25, (1e-4, 1e-4))
    loss = float(np.mean((3.5 * snapshot.problem.data.X - 7.25 - snapshot.problem.data.y) ** 2))
    assert "iteration" not in readout.text()
    assert "w = 3.50" in readout.text()
    assert f"b = {MINUS}7.25" in readout.text()
    assert f"L = <b>{format_number(loss, 7)}</b>" in readout.text()


def test_that_the_grid_answers_where_the_data_are_many(readout: Readout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contour_readout, "EXACT_WORK", 0)
    snapshot = moment()
    readout.follow(snapshot)
    readout.show_at(2.5, 0.75, (1e-4, 1e-4))
    assert "<b>…</b>" in readout.text()
    readout.follow(replace(snapshot, picture=map_picture(tilted())))
    assert "<b>11.00 (from the grid)</b>" in readout.text()  # 1 + 2.5 + 7.5


def test_that_the_grid_and_the_model_agree() -> None:
    snapshot = moment()
    problem = snapshot.problem
    landscape = evaluate_grid(problem.model, problem.data, snapshot.map_view.plane, (-1.0, 2.0), (0.0, 4.0), 257)
    exact = problem.model.loss(np.array([1.3, 0.4]), problem.data.X, problem.data.y)
    assert interpolated(landscape, 1.3, 0.4) == pytest.approx(exact, rel=1e-3)


def test_that_without_the_mouse_the_symbols_are_explained(readout: Readout) -> None:
    snapshot = moment()
    readout.follow(snapshot)
    assert all(word in readout.text() for word in ("start", "now", "−∇L", "optimum", "truth"))
    readout.show_at(0.0, 0.0, (1e-4, 1e-4))
    assert "start" not in readout.text()
    readout.leave()
    assert "start" in readout.text()
    readout.follow(moment("two-layer-sigmoid"))
    assert "optimum" not in readout.text()
    assert "truth" not in readout.text()
