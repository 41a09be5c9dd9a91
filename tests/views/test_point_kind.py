"""The window that names the point: its words and numbers are the reading's own."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.curvature import Spectrum
from landscape_app.session.point_kind import PointReading, PointWish, Twins, point_steps
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.cell_texts import number_text
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.plotting import format_number
from landscape_app.views.point_kind import PointDialog
from landscape_app.views.point_scale import SpectrumScale
from landscape_app.views.point_spectrum import SpectrumChart
from landscape_app.views.point_words import count_text
from tests.views.moments import click, made_data, moment


def looked_at(model: str = "univariate", cursor: int = 14, **more: Any) -> Snapshot:
    shown = moment(model, cursor=cursor, **more)
    wish = PointWish(shown.problem, cursor, shown.theta, shown.timeline.theta[0], shown.timeline.theta[cursor - 1])
    *_, reading = point_steps(wish)
    assert reading is not None
    return replace(shown, point=reading, spectrum=reading.spectrum)


@pytest.fixture
def dialog(qtbot: QtBot) -> PointDialog:
    made = PointDialog(DARK)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_that_the_slope_told_is_the_gradients_norm_over_all_the_data(dialog: PointDialog) -> None:
    shown = looked_at(batch_size=5)
    dialog.render_snapshot(shown)
    problem = shown.problem
    grad = problem.model.loss_and_gradient(shown.theta, problem.data.X, problem.data.y)[1]
    assert dialog.headline.text() == "Not a stationary point"
    assert f"‖∇L‖ = {format_number(float(np.linalg.norm(grad)), 4)}" in dialog.reason.text()
    assert "Every direction bends upwards." in dialog.reason.text()


def test_that_the_optimum_is_called_a_minimum_and_the_tolerance_can_be_changed(dialog: PointDialog) -> None:
    optimum = moment().problem.optimum
    assert optimum is not None
    dialog.render_snapshot(looked_at(theta=optimum.theta + 1e-4, iterations=1, cursor=1))
    assert dialog.headline.text() == "Not a stationary point"
    promised = re.search(r"With a tolerance of (\S+) it would count", dialog.reason.text())
    assert promised is not None
    field = dialog.tolerance.lineEdit()
    field.selectAll()
    QTest.keyClicks(field, promised[1].replace("−", "-"))
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.headline.text() == "A minimum"


def test_that_the_table_holds_the_exact_eigenvalues_with_the_largest_first(dialog: PointDialog) -> None:
    shown = looked_at("two-layer-sigmoid")
    dialog.render_snapshot(shown)
    assert shown.spectrum is not None
    cells = [dialog.model.index(i, 0) for i in range(dialog.model.rowCount())]
    assert [cell.data() for cell in cells] == [format_number(float(v), 6) for v in shown.spectrum.values[::-1]]
    rows = [cell.data(Qt.ItemDataRole.ToolTipRole) for cell in cells]
    assert rows == [number_text(float(v)) for v in shown.spectrum.values[::-1]]
    assert float(rows[0].replace("−", "-")) == shown.spectrum.largest
    assert dialog.model.index(0, 1).data()
    assert dialog.symmetry.text().startswith("Twins: 8 points have this very loss: 2! orders")
    assert repr(shown.point.twins.flipped) in dialog.symmetry.text()  # type: ignore[union-attr]


def test_that_a_linear_networks_balance_is_told(dialog: PointDialog) -> None:
    shown = looked_at("two-layer-linear")
    dialog.render_snapshot(shown)
    assert shown.point is not None
    assert shown.point.balance is not None
    assert f"‖D‖ = {format_number(shown.point.balance.size, 5)}" in dialog.symmetry.text()
    assert "Scaling valley" in dialog.symmetry.text()
    assert "η²" not in dialog.symmetry.text()  # momentum makes another change
    dialog.render_snapshot(looked_at())
    assert dialog.symmetry.isHidden()


def test_that_a_reading_of_another_iteration_says_so(dialog: PointDialog) -> None:
    shown = looked_at("two-layer-sigmoid")
    dialog.render_snapshot(shown)
    assert dialog.where.text().startswith("Iteration 14 · loss ")
    dialog.render_snapshot(replace(shown, cursor=20))
    assert dialog.where.text().startswith("This was iteration 14; the cursor is at 20")
    dialog.render_snapshot(replace(shown, cursor=20, point=None, inspecting=True))
    assert dialog.headline.text() == "Looking …"


def test_that_large_data_are_looked_at_when_it_is_asked_for(dialog: PointDialog, qtbot: QtBot) -> None:
    shown = moment("two-layer-sigmoid", data=made_data(m=60_000), hidden=70, iterations=1, cursor=0)
    dialog.render_snapshot(shown)
    assert "too large" in dialog.where.text()
    assert dialog.look_button.isVisible()
    with qtbot.waitSignal(dialog.look_requested):
        click(dialog.look_button)


@pytest.mark.parametrize("values", [[], [0.0], [-1.0, 0.0, 5.0], [1e-300, 1e300], [-3.0, -2.0]])
def test_that_any_eigenvalues_can_be_drawn(qtbot: QtBot, values: list[float]) -> None:
    chart = SpectrumChart()
    qtbot.addWidget(chart)
    chart.resize(200, 90)
    for palette in (DARK, LIGHT):
        chart.set_palette(palette)
        chart.show_values(np.array(values), 1e-6)
        chart.grab()


@pytest.mark.parametrize("values", [[], [0.0], [-1.0, 0.0, 5.0], [1e-300, 1e300], [-3.0, -2.0], [-1e-5, 1e-2, 1e9]])
def test_that_heights_have_the_signs_of_the_eigenvalues_and_flat_ones_have_none(values: list[float]) -> None:
    scale = SpectrumScale.of(np.array(values), 1e-6)
    heights = scale.heights(np.array(values), 1e-6)
    assert np.isfinite(heights).all()
    assert (np.sign(heights) == np.where(np.abs(values) > 1e-6, np.sign(values), 0.0)).all()


def test_that_eigenvalues_of_like_sizes_are_drawn_to_scale() -> None:
    values = np.array([-3.88, 0.5, 2.0, 3.88])
    scale = SpectrumScale.of(values, 1e-9)
    heights = scale.heights(values, 1e-9)
    assert np.allclose(heights / heights[-1], values / 3.88, rtol=1e-15)
    assert ("2" in {text for _, text in scale.ticks(4)}) or ("1" in {text for _, text in scale.ticks(4)})
    assert all(float(text.replace("−", "-")) == at for at, text in scale.ticks(4))


def test_that_a_wide_range_is_logarithmic_with_a_stem_as_long_for_either_sign() -> None:
    values = np.array([-50.0, -0.003, 0.0, 0.003, 50.0])
    scale = SpectrumScale.of(values, 1e-6)
    heights = scale.heights(values, 1e-6)
    assert np.allclose(heights, -heights[::-1], atol=1e-15)
    assert np.isclose(heights[-1] - heights[-2], np.log10(50.0 / 0.003))
    for at, text in scale.ticks(20):
        if text:
            written = float(text.replace("−", "-").replace(",", ""))
            assert np.isclose(scale.heights(np.array([written]), 1e-6)[0], at)


@pytest.mark.parametrize(
    ("units", "text"), [(1, "2"), (4, "384"), (7, "645,120"), (10, "some 10⁹"), (1000, "some 10²⁸⁶⁸")]
)
def test_that_twins_are_counted_as_far_as_one_can_read_it(units: int, text: str) -> None:
    assert count_text(Twins(units, None, 0.0)) == text


@pytest.mark.parametrize(
    ("values", "whole", "words"),
    [
        ([-1.0, 2.0], False, "Of 7 eigenvalues the smallest and the largest were found: the loss bends upwards"),
        ([0.0, 2.0], False, "along the smallest the loss is flat"),
        ([0.5, 2.0], False, "every direction bends upwards"),
        ([], True, "larger than a number can be"),
        ([-1.0, 0.0, 1.0, 2.0], True, "2 directions bend upwards, 1 is flat, 1 bends downwards"),
    ],
)
def test_that_the_reason_tells_what_was_found(
    dialog: PointDialog, values: list[float], whole: bool, words: str
) -> None:
    shown = looked_at("two-layer-sigmoid")
    assert shown.point is not None
    vectors = np.eye(7)[: len(values)]
    reading = PointReading(shown.point.wish, 1.0, 0.0, Spectrum(np.array(values), vectors, whole, 0.0))
    dialog.render_snapshot(replace(shown, point=reading))
    assert words in dialog.reason.text()


@pytest.mark.parametrize(
    ("model", "above", "loss", "values", "words"),
    [
        ("two-layer-linear", 0.4, 0.6, [-1.0, 2.0], "the only minimum lies 0.400 lower"),
        ("two-layer-linear", 1e-9, 0.2, [-1.0, 2.0], "the loss is within 1.0e−6 of the lowest, where no direction"),
        ("two-layer-sigmoid", None, 0.6, [1e-6, 2.0], "the loss falls by 0.0016 or so, and up to 1.0e−6 counts"),
    ],
)
def test_that_it_is_told_what_the_loss_has_against_a_slope_of_zero(
    dialog: PointDialog, model: str, above: float | None, loss: float, values: list[float], words: str
) -> None:
    shown = looked_at(model)
    assert shown.point is not None
    size = shown.theta.size
    spectrum = Spectrum(np.array(values), np.eye(size)[:2], True, 0.0)
    grad = np.zeros(size)
    grad[0] = 0.0 if above is not None else 8e-5
    reading = PointReading(shown.point.wish, loss, 1e-7, spectrum, above=above, spread=1.0, grad=grad)
    dialog.render_snapshot(replace(shown, point=reading))
    assert dialog.headline.text() == "Not a stationary point"
    assert words in dialog.reason.text()
