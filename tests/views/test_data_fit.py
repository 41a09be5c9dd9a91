from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.core.dataset import Dataset, standardised
from landscape_app.core.models import MODELS
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.axis_names import axis_label
from landscape_app.views.data_fit import DataFitView
from landscape_app.views.data_fit_sample import MOST_SHOWN, even_sample, most_shown, sample_of, shown_range
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.plotting import MINUS
from tests.views.moments import made_data, moment, number_in


@pytest.fixture
def view(qtbot: QtBot) -> DataFitView:
    widget = DataFitView()
    qtbot.addWidget(widget)
    widget.resize(340, 230)
    widget.set_palette(DARK)
    widget.show()
    return widget


def hover(view: DataFitView, x: float, y: float) -> None:
    QApplication.processEvents()  # names of axes take their room when they are laid out
    px, py = view.plot.to_pixels(np.array([x]), np.array([y]))
    place = QPoint(round(px[0]), round(py[0]))
    QTest.mouseMove(view.plot.viewport(), place + QPoint(30, 30))
    QTest.mouseMove(view.plot.viewport(), place)


def read_numbers(text: str) -> dict[str, float]:
    """Return the numbers of a readout by their names."""
    pairs = [part.rsplit(" ", 1) for part in text.split(" · ")]
    return {name: float(value.replace(MINUS, "-")) for name, value in pairs}


def test_that_loss_and_r_squared_are_the_timelines(view: DataFitView) -> None:
    snapshot = moment()
    view.render_snapshot(snapshot)
    numbers = read_numbers(view.readout.text())
    assert numbers["loss"] == pytest.approx(snapshot.loss, rel=5e-5)
    assert numbers["R²"] == pytest.approx(1.0 - snapshot.loss / snapshot.problem.data.y.var(), abs=6e-3)


def test_that_a_point_under_the_mouse_is_spelled_out(view: DataFitView, qtbot: QtBot) -> None:
    snapshot = moment()
    view.render_snapshot(snapshot)
    data = snapshot.problem.data
    apart = np.abs(data.X[0][:, np.newaxis] - data.X[0]) + 9.0 * np.eye(data.m)
    index = int(np.argmax(apart.min(axis=1)))  # no other is near
    hovered: list[int] = []
    view.example_hovered.connect(hovered.append)
    hover(view, data.X[0, index], data.y[0, index])
    qtbot.waitUntil(lambda: bool(hovered) and hovered[-1] == index)
    assert view.readout.text().startswith("x ")
    predicted = float(snapshot.problem.model.predict(snapshot.theta, data.X[:, [index]])[0, 0])
    numbers = read_numbers(view.readout.text())
    expected = {"x": data.X[0, index], "y": data.y[0, index], "ŷ": predicted, "ŷ − y": predicted - data.y[0, index]}
    assert numbers == pytest.approx(expected, rel=5e-5)
    assert repr(float(data.y[0, index])) in view.exact_text(0.0, 0.0)
    view.plot.left.emit()
    assert hovered[-1] == -1
    assert "loss" in view.readout.text()


def test_that_the_curve_is_the_models(view: DataFitView) -> None:
    snapshot = moment("two-layer-sigmoid", hidden=3)
    view.render_snapshot(snapshot)
    sample = sample_of(snapshot.problem)
    expected = snapshot.problem.model.predict(snapshot.theta, sample.line_x[np.newaxis])[0]
    path = view._fit.path
    drawn = [(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())]
    assert np.array(drawn) == pytest.approx(np.column_stack((sample.line_x, expected)))


def test_that_several_features_are_shown_as_predicted_against_actual(view: DataFitView, qtbot: QtBot) -> None:
    snapshot = moment("multivariate", made_data(10, 50))
    view.render_snapshot(snapshot)
    assert "predicted = actual" in view.legend.accessibleName()
    data = snapshot.problem.data
    predicted = snapshot.problem.model.predict(snapshot.theta, data.X)[0]
    index = int(np.argmax(data.y[0]))
    hover(view, data.y[0, index], predicted[index])
    qtbot.waitUntil(lambda: "ŷ" in view.readout.text())
    assert read_numbers(view.readout.text())["ŷ"] == pytest.approx(predicted[index], rel=5e-5)
    assert f"x10 = {float(data.X[9, index])!r}" in view.exact_text(0.0, 0.0)


def test_that_a_moved_cursor_moves_the_fit_alone(view: DataFitView, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = moment()
    view.render_snapshot(snapshot)
    drawn: list[str] = []
    original = view._draw_fit

    def draw_fit(new: Snapshot) -> None:
        drawn.append("fit")
        original(new)

    monkeypatch.setattr(view, "_draw_data", lambda _problem: drawn.append("data"))
    monkeypatch.setattr(view, "_draw_fit", draw_fit)
    view.render_snapshot(replace(snapshot, playing=True))
    assert drawn == []
    view.render_snapshot(replace(snapshot, cursor=3))
    assert drawn == ["fit"]
    assert number_in(view.readout.text().split(" · ")[0]) == pytest.approx(snapshot.timeline.loss[3], rel=5e-5)


def test_that_large_data_are_sampled_and_the_panel_says_so(view: DataFitView) -> None:
    view.render_snapshot(moment(data=made_data(m=20_000), iterations=2, cursor=1))
    assert view.readout.text().endswith("5,000 of 20,000 shown")
    indices = even_sample(1_000_000, MOST_SHOWN)
    assert len(indices) == MOST_SHOWN
    assert (indices[0], indices[-1]) == (0, 999_999)
    assert np.ptp(np.diff(indices)) <= 1


def test_that_dear_models_predict_fewer_examples() -> None:
    assert most_shown(MODELS["multivariate"](10, None)) == MOST_SHOWN
    assert 200 <= most_shown(MODELS["two-layer-sigmoid"](100, 256)) < 1_000


@pytest.mark.parametrize(
    ("X", "y"),
    [([[2.0, 2.0, 2.0]], [[1.0, 2.0, 3.0]]), ([[1.0, 2.0, 3.0]], [[5.0, 5.0, 5.0]]), ([[0.0]], [[0.0]])],
    ids=["constant x", "constant y", "one example"],
)
def test_that_constant_data_can_be_drawn(view: DataFitView, X: list[list[float]], y: list[list[float]]) -> None:
    view.render_snapshot(moment(data=Dataset(np.array(X), np.array(y), ("x",), "y")))
    (x0, x1), (y0, y1) = view.plot.box.viewRange()
    assert x0 < min(X[0]) <= max(X[0]) < x1
    assert y0 < min(y[0]) <= max(y[0]) < y1
    view.grab()


def test_that_a_fit_far_away_is_said_and_does_not_squeeze_the_data(view: DataFitView) -> None:
    snapshot = moment(theta=np.array([0.0, 1e9]), iterations=0, cursor=0)
    view.render_snapshot(snapshot)
    assert "the fit is out of view" in view.readout.text()
    low, high = view.plot.box.viewRange()[1]
    assert high - low < 5 * np.ptp(snapshot.problem.data.y)
    assert shown_range((0.0, 1.0), np.array([np.nan, np.inf])) == shown_range((0.0, 1.0), np.array([0.5]))


def test_that_axes_are_named_with_units() -> None:
    data = made_data(units=("kg", ""))
    assert axis_label(data, 0) == "x (kg)"
    assert axis_label(data, 1) == "y"
    assert axis_label(standardised(data), 0) == "x (standardised)"
    assert axis_label(standardised(data), 1) == "y"
    assert axis_label(standardised(data, target=True), 1) == "y (standardised)"


def test_that_the_axes_say_what_is_standardised(view: DataFitView) -> None:
    view.render_snapshot(moment(data=standardised(made_data(), target=True)))
    assert (view.plot.x_axis.labelText, view.plot.y_axis.labelText) == ("x (standardised)", "y (standardised)")
    view.render_snapshot(moment("multivariate", standardised(made_data(3), target=True)))
    assert view.plot.x_axis.labelText == "actual y (standardised)"
    view.render_snapshot(moment("multivariate", standardised(made_data(3))))
    assert view.plot.x_axis.labelText == "actual y"


def test_that_the_legend_names_what_there_is(view: DataFitView) -> None:
    view.render_snapshot(moment())
    assert view.legend.accessibleName() == "Legend: data, model, truth, least squares"
    view.render_snapshot(moment("two-layer-sigmoid", made_data(truth=None)))
    assert view.legend.accessibleName() == "Legend: data, model"
    view.set_palette(LIGHT)
    view.grab()


def test_that_what_is_put_down_by_others_is_no_more_in_the_hand(view: DataFitView) -> None:
    """Else the mouse would go on moving whatever has its number now."""
    shown = moment()
    view.render_snapshot(shown)
    moved: list[int] = []
    view.example_moved.connect(lambda example, _x, _y: moved.append(example))
    x, y = float(shown.problem.data.X[0, 3]), float(shown.problem.data.y[0, 3])
    view.hand.taken.emit(x, y)
    taken = view._taken
    assert taken >= 0
    view.render_snapshot(replace(shown, example=taken))
    view.hand.dragged.emit(x, y)
    assert moved == [taken]
    view.render_snapshot(replace(shown, example=None))
    view.hand.dragged.emit(x, y)
    assert moved == [taken]
