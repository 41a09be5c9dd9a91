"""What stands under the map: which point the mouse is at, and the loss there."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import evaluate_grid
from landscape_app.session import off_plane
from landscape_app.session.map_picture import map_picture
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour_readout import REACH, Readout, nearest_point
from landscape_app.views.plotting import MINUS, format_number
from tests.landscapes import tilted
from tests.views.moments import held, moment, three_points


@pytest.fixture
def readout(qtbot: QtBot) -> Readout:
    widget = Readout()
    qtbot.addWidget(widget)
    return widget


def place(snapshot: Snapshot, theta: FloatArray) -> tuple[float, float]:
    """Return where parameters lie on the map."""
    x, y = snapshot.map_view.plane.project(theta)
    return float(x), float(y)


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
    monkeypatch.setattr(off_plane, "EXACT_WORK", 0)
    snapshot = moment()
    readout.follow(snapshot)
    readout.show_at(2.5, 0.75, (1e-4, 1e-4))
    assert "<b>…</b>" in readout.text()
    landscape = replace(tilted(), plane=snapshot.map_view.plane)
    readout.follow(replace(snapshot, picture=map_picture(landscape)))
    assert "<b>11.00 (from the grid)</b>" in readout.text()  # 1 + 2.5 + 7.5


def test_that_a_point_beside_the_slice_is_told_with_distance_and_gap(readout: Readout) -> None:
    snapshot = held(moment("two-layer-sigmoid", cursor=20), 3)
    readout.follow(snapshot)
    theta = snapshot.timeline.theta[15]
    readout.show_at(*place(snapshot, theta), (1e-4, 1e-4))
    below = snapshot.timeline.theta[3].copy()
    below[:2] = theta[:2]
    problem, loss = snapshot.problem, float(snapshot.timeline.loss[15])
    under = problem.model.loss(below, problem.data.X, problem.data.y)
    text = readout.text()
    assert f"iteration 15: L = <b>{format_number(loss, 7)}</b>" in text
    away, gap = format_number(float(np.linalg.norm(theta - below)), 3), format_number(loss - under, 3, signed=True)
    assert text.endswith(f"<br>{away} off · slice {format_number(under, 3)} · gap {gap}")
    readout.show_at(*place(snapshot, snapshot.timeline.theta[3]), (1e-4, 1e-4))
    assert "off" not in readout.text()


def test_that_what_is_read_off_the_grid_is_called_about(readout: Readout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(off_plane, "EXACT_WORK", 0)
    snapshot = held(moment("two-layer-sigmoid", cursor=20), 3)
    plane, problem = snapshot.map_view.plane, snapshot.problem
    x, y = place(snapshot, snapshot.timeline.theta[15])
    readout.follow(snapshot)
    readout.show_at(x, y, (1e-4, 1e-4))
    assert readout.text().endswith("off the slice")
    landscape = evaluate_grid(problem.model, problem.data, plane, (x - 1.0, x + 1.0), (y - 1.0, y + 1.0), 33)
    readout.follow(replace(snapshot, picture=map_picture(landscape)))
    assert f" off · slice ≈ {format_number(landscape.loss_at(x, y), 3)} · gap ≈ " in readout.text()


def test_that_marks_are_told_by_name(readout: Readout) -> None:
    snapshot = moment()
    readout.follow(snapshot)
    problem = snapshot.problem
    assert problem.optimum is not None
    readout.show_at(*place(snapshot, problem.optimum.theta), (1e-4, 1e-4))
    assert f"optimum: L = <b>{format_number(problem.optimum.loss, 7)}</b>" in readout.text()
    assert f"w = {format_number(problem.optimum.theta[0], 5)}" in readout.text()
    assert problem.truth is not None
    readout.show_at(*place(snapshot, problem.truth), (1e-4, 1e-4))
    loss = problem.model.loss(problem.truth, problem.data.X, problem.data.y)
    assert f"truth: L = <b>{format_number(loss, 7)}</b>" in readout.text()


def test_that_the_best_of_three_points_is_told_with_its_iteration(readout: Readout) -> None:
    snapshot = three_points(moment("two-layer-sigmoid", cursor=20))
    best = int(np.argmin(snapshot.timeline.loss))
    readout.follow(snapshot)
    assert "best" in readout.text()
    readout.show_at(*place(snapshot, snapshot.timeline.theta[best]), (1e-4, 1e-4))
    loss = format_number(float(snapshot.timeline.loss[best]), 7)
    assert f"best, iteration {best}: L = <b>{loss}</b>" in readout.text()
    assert "at (" in readout.text()


def test_that_two_lines_fit_whatever_is_said(readout: Readout) -> None:
    readout.follow(moment())
    height = readout.height()
    readout.show_at(0.3, 0.4, (1e-4, 1e-4))
    assert readout.text().count("<br>") == 1
    assert readout.height() == height >= 2 * readout.fontMetrics().height()


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


@pytest.mark.parametrize(
    ("x", "y", "word"),
    [
        (0.5, 0.5, "now"),
        (1.0, 0.0, "now"),  # on the edge it is still seen
        (1.01, 0.5, "now (outside →)"),
        (-3.0, 0.5, "now (outside ←)"),
        (0.5, 2.0, "now (outside ↑)"),
        (0.5, -2.0, "now (outside ↓)"),
        (-1.0, -2.0, "now (outside ↙)"),
        (1e200, 1e200, "now (outside ↗)"),
        (-7.0, 7.0, "now (outside ↖)"),
        (7.0, -7.0, "now (outside ↘)"),
    ],
)
def test_that_the_legend_says_where_the_point_is_beyond_the_map(
    readout: Readout, x: float, y: float, word: str
) -> None:
    shown = moment()
    view = replace(shown.map_view, x_range=(0.0, 1.0), y_range=(0.0, 1.0))
    timeline = moment(theta=np.array([x, y])).timeline
    readout.resize(500, 30)
    readout.follow(replace(shown, map_view=view, timeline=timeline, cursor=0))
    entries = readout.text().split("&nbsp; ")
    assert entries[1].split("</span> ")[1] == word
