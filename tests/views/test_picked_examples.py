"""Picked examples in the data view and in the gradients' panel."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.core.backprop import shares as core_shares
from landscape_app.session import backprop, epochs
from landscape_app.session.backprop import step_examples
from landscape_app.session.noise import noise_at_once, noise_wish
from landscape_app.session.picks import example_part
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.data_fit import DataFitView
from landscape_app.views.data_fit_marks import SIZES
from landscape_app.views.diverging import MIDDLE, colour_indices
from landscape_app.views.gradients import GradientsView
from landscape_app.views.palette import DARK
from landscape_app.views.plotting import MINUS, format_number
from tests.views.moments import made_data, moment
from tests.views.test_examples import opened


@pytest.fixture
def data_fit(qtbot: QtBot) -> DataFitView:
    return shown_at(DataFitView(), qtbot, 340, 240)


@pytest.fixture
def gradients(qtbot: QtBot) -> GradientsView:
    return shown_at(GradientsView(), qtbot, 320, 500)


AnyView = TypeVar("AnyView", DataFitView, GradientsView)


def shown_at(widget: AnyView, qtbot: QtBot, width: int, height: int) -> AnyView:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.set_palette(DARK)
    widget.show()
    return widget


def press(view: DataFitView, x: float, y: float) -> None:
    px, py = view.plot.to_pixels(np.array([x]), np.array([y]))
    place = QPoint(round(px[0]), round(py[0]))
    QTest.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def alone_in(x: FloatArray, y: FloatArray) -> int:
    """Return the point that lies farthest from all others."""
    apart = np.hypot((x[:, np.newaxis] - x) / np.ptp(x), (y[:, np.newaxis] - y) / np.ptp(y)) + 9.0 * np.eye(len(x))
    return int(np.argmax(apart.min(axis=1)))


# -- the data view ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 4])
def test_that_a_click_near_a_point_picks_it_and_one_beside_all_points_puts_it_down(
    data_fit: DataFitView, n: int
) -> None:
    shown = moment("univariate" if n == 1 else "multivariate", made_data(n, 30))
    data_fit.render_snapshot(shown)
    data = shown.problem.data
    predicted = shown.problem.model.predict(shown.theta, data.X)[0]
    x, y = (data.X[0], data.y[0]) if n == 1 else (data.y[0], predicted)
    wanted = alone_in(x, y)
    asked: list[int] = []
    data_fit.example_requested.connect(asked.append)
    press(data_fit, x[wanted], y[wanted])
    assert asked == [wanted]
    data_fit.render_snapshot(replace(shown, example=wanted))
    assert data_fit.marks.picked == pytest.approx(np.array([[x[wanted], y[wanted]]]))
    press(data_fit, x[wanted], y[wanted])
    assert asked == [wanted]  # it is picked already
    (x0, x1), (y0, y1) = data_fit.plot.box.viewRange()
    corners = [(a, b) for a in (x0 + 0.02 * (x1 - x0), x1) for b in (y0 + 0.02 * (y1 - y0), y1)]
    far = max(corners, key=lambda c: float(np.min(((x - c[0]) / (x1 - x0)) ** 2 + ((y - c[1]) / (y1 - y0)) ** 2)))
    press(data_fit, *far)
    assert asked == [wanted, -1]
    data_fit.render_snapshot(shown)
    assert len(data_fit.marks.picked) == 0


@pytest.mark.parametrize("n", [1, 4])
def test_that_the_examples_stand_out_that_a_gradient_comes_from(data_fit: DataFitView, n: int) -> None:
    shown = moment("univariate" if n == 1 else "multivariate", made_data(n, 30))
    data_fit.render_snapshot(shown)
    assert len(data_fit.marks.marked) == 0
    data = shown.problem.data
    data_fit.render_snapshot(opened(shown, 0))
    parts = core_shares(shown.problem.model, shown.theta, data.X, data.y, 0)
    least = SIZES[-1][1]
    wanted = np.flatnonzero(np.abs(parts) >= least * np.abs(parts).max())
    assert sorted(data_fit.marks.examples.tolist()) == wanted.tolist()
    predicted = shown.problem.model.predict(shown.theta, data.X)[0]
    x, y = (data.X[0], data.y[0]) if n == 1 else (data.y[0], predicted)
    at = data_fit.marks.examples
    assert data_fit.marks.marked == pytest.approx(np.column_stack((x[at], y[at])))
    for (sign, _), dots in data_fit.marks._dots.items():
        for px, py in dots.points:
            example = int(np.argmin((x - px) ** 2 + (y - py) ** 2))
            assert np.sign(parts[example]) == sign
    assert f"+, {MINUS}" in data_fit.legend.accessibleName()
    data_fit.render_snapshot(shown)
    assert len(data_fit.marks.marked) == 0
    assert "+" not in data_fit.legend.accessibleName()


def test_that_an_example_that_is_not_among_the_drawn_ones_can_be_picked_where_it_stands_out(
    data_fit: DataFitView,
) -> None:
    data = made_data(1, 12_000)
    far = 7_001  # an even sample of 5,000 leaves it out
    X, y = data.X.copy(), data.y.copy()
    X[0, far], y[0, far] = 2.5, 9.0
    shown = opened(moment("univariate", replace(data, X=X, y=y), iterations=2, cursor=1), 0)
    data_fit.render_snapshot(shown)
    assert data_fit._sample is not None
    assert far not in data_fit._sample.indices
    assert far in data_fit.marks.examples
    asked: list[int] = []
    data_fit.example_requested.connect(asked.append)
    low, _ = data_fit.plot.box.viewRange()[1]
    data_fit.plot.set_limits((-3.0, 3.0), (low, 10.0))
    press(data_fit, 2.5, 9.0)
    assert asked == [far]


# -- the gradients' panel ---------------------------------------------------------------------------------------------


def test_that_a_double_click_or_return_on_a_row_opens_its_gradient(gradients: GradientsView) -> None:
    gradients.render_snapshot(moment("multivariate", made_data(3, 17)))
    asked: list[int] = []
    gradients.entry_requested.connect(asked.append)
    for row in gradients.rows:
        QTest.mouseDClick(row.readout, Qt.MouseButton.LeftButton)
    assert asked == [0, 1, 2, 3]
    QTest.keyClick(gradients.rows[2].plot, Qt.Key.Key_Return)
    assert asked[-1] == 2
    gradients.rows[1].actions()[0].trigger()
    assert asked[-1] == 1


def test_that_a_cell_of_a_heat_map_opens_its_gradient(gradients: GradientsView) -> None:
    shown = moment("two-layer-sigmoid", made_data(3, 17), hidden=4)
    gradients.render_snapshot(shown)
    asked: list[int] = []
    gradients.entry_requested.connect(asked.append)
    card = gradients.cards[0]
    place = card.gradients.cell_centre(7).toPoint()
    QTest.mouseDClick(card.gradients, Qt.MouseButton.LeftButton, pos=place)
    assert asked == [7]
    _activate(gradients.open_button)
    assert asked == [7, gradients.selected]
    card.values.setFocus()
    QTest.keyClick(card.values, Qt.Key.Key_Return)
    assert asked[-1] == gradients.selected


def _activate(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def part_lines(shown: Snapshot, gradients: GradientsView) -> list[str]:
    gradients.render_snapshot(shown)
    return [row.readout.lines()[-1] for row in gradients.rows]


def test_that_each_row_tells_the_picked_examples_part(gradients: GradientsView) -> None:
    shown = moment("multivariate", made_data(3, 17))
    assert all(line.startswith("last Δ") for line in part_lines(shown, gradients))
    for example in (0, 11):
        picked = replace(shown, example=example)
        part = example_part(picked)
        assert part is not None
        wanted = [f"№ {example + 1} = {format_number(float(value), 5, signed=True)}" for value in part]
        assert part_lines(picked, gradients) == wanted
    assert all(line.startswith("last Δ") for line in part_lines(shown, gradients))


def test_that_an_example_outside_of_the_batch_has_no_part(gradients: GradientsView) -> None:
    shown = opened(moment("univariate", made_data(1, 17), batch_size=5), 0)
    assert shown.shares is not None
    outside = next(i for i in range(17) if i not in shown.shares.examples)
    assert part_lines(replace(shown, example=outside), gradients) == [f"№ {outside + 1} = –"] * 2


def test_that_a_part_is_shown_when_a_large_batch_comes_that_was_not_at_hand(
    gradients: GradientsView, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = moment("univariate", made_data(1, 17), batch_size=5)
    wish = noise_wish(shown, shown.map_view, None, ghost=False)
    assert wish is not None
    noise = noise_at_once(wish)
    picked = replace(shown, example=int(noise.examples[2]))
    monkeypatch.setattr(epochs, "ORDERED_AT_ONCE", 10)
    monkeypatch.setattr(backprop, "ORDERS", epochs.EpochOrders())
    number = int(noise.examples[2]) + 1
    assert part_lines(picked, gradients) == [f"№ {number} = –"] * 2
    come = replace(picked, noise=noise)
    part = example_part(come)
    assert part is not None
    wanted = [f"№ {number} = {format_number(float(value), 5, signed=True)}" for value in part]
    assert part_lines(come, gradients) == wanted


def test_that_heat_maps_show_the_picked_examples_part_and_say_so(gradients: GradientsView) -> None:
    shown = moment("two-layer-sigmoid", made_data(3, 17), hidden=4, batch_size=5)
    batch = step_examples(shown)
    assert batch is not None
    example = int(batch[1])
    picked = replace(shown, example=example)
    part = example_part(picked)
    assert part is not None
    for here, vector, caption in (
        (shown, shown.grad, "Gradient"),
        (picked, part, f"Gradient, example {example + 1}"),
        (replace(shown, example=None), shown.grad, "Gradient"),
    ):
        gradients.render_snapshot(here)
        for card in gradients.cards:
            drawn, values = card.gradients, vector[card.block.start : card.block.stop]
            assert drawn.caption == caption
            assert drawn.accessibleName() == f"{caption} of {card.block.name}"
            wanted = colour_indices(values.reshape(drawn.rows, drawn.columns), drawn.reach)
            assert drawn.reach >= np.abs(values).max()
            np.testing.assert_array_equal(drawn._indices, wanted)
            np.testing.assert_array_equal(card.values._indices.ravel()[0] > MIDDLE, here.theta[card.block.start] > 0.0)
    outside = next(i for i in range(17) if i not in batch)
    gradients.render_snapshot(replace(shown, example=outside))
    for card in gradients.cards:
        assert card.gradients.caption == f"Gradient, example {outside + 1}: –"
        assert (card.gradients._indices == MIDDLE).all()
