"""The curve of the largest curvature below the loss."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from landscape_app.session.config import RunConfig
from landscape_app.session.settings import base_settings
from landscape_app.session.sharpness import Sharpness
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.loss_curve import LossCurveView
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.plotting import format_number
from tests.views.moments import click, moment


@pytest.fixture
def view(qtbot: QtBot) -> LossCurveView:
    made = LossCurveView()
    qtbot.addWidget(made)
    made.resize(340, 300)
    made.set_palette(DARK)
    made.show()
    qtbot.waitExposed(made)
    return made


def with_curve(values: list[float], wanted: int | None = None, rule: str = "gradient-descent") -> Snapshot:
    shown = moment("two-layer-sigmoid", iterations=30, cursor=10)
    run = RunConfig(optimizer=rule, hyper={"learning_rate": 0.5})
    curve = Sharpness(tuple(range(0, 10 * len(values), 10)), np.array(values), wanted or len(values))
    experiment = shown.experiment.but(run=run)
    return replace(shown, experiment=experiment, settings=base_settings(run), sharpness=curve)


def test_that_the_button_shows_the_curve_and_says_that_it_is_watched(view: LossCurveView, qtbot: QtBot) -> None:
    view.render_snapshot(with_curve([3.0, 3.5, 4.25, 3.9]))
    assert not view.sharpness.isVisible()
    with qtbot.waitSignal(view.sharpness_watched) as told:
        click(view.sharpness_button)
    assert told.args == [True]
    assert view.sharpness.isVisible()
    assert view.sharpness.readout.text() == "10: λmax 3.500 · edge 4.000"  # 2/η
    assert "2/η" in view.sharpness.legend.accessibleName()
    view.render_snapshot(replace(with_curve([3.0, 3.5, 4.25, 3.9]), cursor=20))
    assert view.sharpness.readout.text() == "20: λmax 4.250 · edge 4.000"
    with qtbot.waitSignal(view.sharpness_watched) as told:
        click(view.sharpness_button)
    assert told.args == [False]
    assert not view.sharpness.isVisible()


def test_that_both_plots_have_one_time_axis_and_a_click_moves_the_cursor(view: LossCurveView, qtbot: QtBot) -> None:
    view.sharpness_button.click()
    view.render_snapshot(with_curve([3.0, 3.5, 4.25, 3.9]))
    view.grab()
    assert view.sharpness.plot.box.viewRange()[0] == view.plot.box.viewRange()[0]
    x, y = view.sharpness.plot.to_pixels(np.array([20.0]), np.array([np.log10(3.5)]))
    with qtbot.waitSignal(view.cursor_requested) as asked:
        click(view.sharpness.plot.viewport(), QPoint(round(x[0]), round(y[0])))
    assert asked.args == [20]


def test_that_what_is_missing_is_counted_and_can_be_stopped(view: LossCurveView, qtbot: QtBot) -> None:
    view.sharpness_button.click()
    view.render_snapshot(with_curve([3.0, 3.5], wanted=4))
    assert view.sharpness.readout.text().startswith("2 of 4 points")
    assert view.sharpness.stop_button.isVisible()
    with qtbot.waitSignal(view.sharpness.stop_requested):
        click(view.sharpness.stop_button)
    shown = with_curve([3.0, 3.5], wanted=4)
    assert shown.sharpness is not None
    view.render_snapshot(replace(shown, sharpness=replace(shown.sharpness, stopped=True)))
    assert view.sharpness.readout.text().startswith("stopped at 2 of 4 points")
    assert not view.sharpness.stop_button.isVisible()


def test_that_a_rule_without_an_edge_says_so(view: LossCurveView) -> None:
    view.sharpness_button.click()
    view.render_snapshot(with_curve([3.0, 3.5, 4.0, 4.1], rule="adam"))
    assert view.sharpness.readout.text().endswith("no edge: Adam scales each step")
    view.render_snapshot(with_curve([3.0, 3.5, 4.0, 4.1], rule="momentum"))
    assert view.sharpness.readout.text().endswith(f"edge {format_number(2.0 * 1.9 / 0.5, 4)}")


@pytest.mark.parametrize("values", [[], [float("nan")], [2.0], [1e300, 1e-300, float("nan")], [-1.0, 2.0]])
def test_that_any_curvatures_can_be_drawn(view: LossCurveView, values: list[float]) -> None:
    view.sharpness_button.click()
    for palette in (DARK, LIGHT):
        view.set_palette(palette)
        view.render_snapshot(with_curve(values, wanted=4))
        view.grab()
    assert np.isfinite(view.sharpness.plot.box.viewRange()[1]).all()
