from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.session.snapshot import Snapshot
from landscape_app.views.loss_curve import LossCurveView
from landscape_app.views.palette import DARK, LIGHT
from landscape_app.views.plotting import format_number
from tests.views.moments import click, further, moment, number_in, with_losses


@pytest.fixture
def view(qtbot: QtBot) -> LossCurveView:
    widget = LossCurveView()
    qtbot.addWidget(widget)
    widget.resize(340, 230)
    widget.set_palette(DARK)
    widget.show()
    return widget


def place(view: LossCurveView, iteration: float) -> QPoint:
    """Return where an iteration lies on the plot, halfway up."""
    low, high = view.plot.box.viewRange()[1]
    px, py = view.plot.to_pixels(np.array([float(iteration)]), np.array([(low + high) / 2]))
    return QPoint(round(px[0]), round(py[0]))


def test_that_the_loss_at_the_cursor_is_the_timelines_own(view: LossCurveView) -> None:
    snapshot = moment(cursor=9)
    view.render_snapshot(snapshot)
    assert view.readout.text().startswith("iteration 9 ")
    assert number_in(view.readout.text()) == pytest.approx(snapshot.timeline.loss[9], rel=5e-5)
    view.render_snapshot(replace(snapshot, cursor=20))
    assert number_in(view.readout.text()) == pytest.approx(snapshot.timeline.loss[20], rel=5e-5)


def test_that_hovering_reads_another_iteration_and_leaving_returns(view: LossCurveView, qtbot: QtBot) -> None:
    snapshot = moment(cursor=9)
    view.render_snapshot(snapshot)
    QTest.mouseMove(view.plot.viewport(), place(view, 4))
    QTest.mouseMove(view.plot.viewport(), place(view, 5))
    qtbot.waitUntil(lambda: view.readout.text().startswith("iteration 5 "))
    assert number_in(view.readout.text()) == pytest.approx(snapshot.timeline.loss[5], rel=5e-5)
    assert repr(float(snapshot.timeline.loss[5])) in view.exact_text(5.2, 0.0)
    view.plot.left.emit()
    assert view.readout.text().startswith("iteration 9 ")


def test_that_a_click_asks_for_the_iteration_under_it(view: LossCurveView, qtbot: QtBot) -> None:
    view.render_snapshot(moment())
    with qtbot.waitSignal(view.cursor_requested) as asked:
        click(view.plot.viewport(), place(view, 7))
    assert asked.args == [7]


def test_that_a_click_beyond_the_end_asks_for_the_last_iteration(view: LossCurveView, qtbot: QtBot) -> None:
    view.render_snapshot(moment(iterations=3, cursor=0))  # the axis goes on to 10
    with qtbot.waitSignal(view.cursor_requested) as asked:
        click(view.plot.viewport(), place(view, 9))
    assert asked.args == [3]


def test_that_keys_move_the_cursor(view: LossCurveView, qtbot: QtBot) -> None:
    view.render_snapshot(moment(iterations=30, cursor=14))
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
    for key, wanted in zip(keys, (13, 15, 0, 30), strict=True):
        with qtbot.waitSignal(view.cursor_requested) as asked:
            QTest.keyClick(view.plot, key)
        assert asked.args == [wanted]


def test_that_the_same_parts_are_not_drawn_again(view: LossCurveView, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = moment()
    view.render_snapshot(snapshot)
    drawn: list[str] = []
    monkeypatch.setattr(view, "_draw_curves", lambda _new: drawn.append("curves"))
    monkeypatch.setattr(view, "_draw_cursor", lambda _new: drawn.append("cursor"))
    view.render_snapshot(replace(snapshot, playing=True))
    assert drawn == []
    view.render_snapshot(replace(snapshot, cursor=3))
    assert drawn == ["cursor"]


def test_that_batches_are_shown_only_where_they_differ(view: LossCurveView) -> None:
    view.render_snapshot(moment())
    assert "batch" not in view.readout.text() + view.legend.accessibleName()
    snapshot = moment(batch_size=8)
    view.render_snapshot(snapshot)
    assert "batch" in view.legend.accessibleName()
    losses = (snapshot.timeline.loss[14], snapshot.timeline.batch_loss[14])
    loss, batch = (format_number(float(value), 4) for value in losses)  # a digit less, so that both have room
    assert view.readout.text() == f"iteration 14 · loss {loss} · batch {batch}"


@pytest.mark.parametrize("losses", [[1.0, 0.1, 0.0], [0.0, 0.0], [0.0], [3.0], [1e-300, 1e300], [2.0, 2.0, 2.0]])
@pytest.mark.parametrize("log", [True, False])
def test_that_any_losses_can_be_drawn(view: LossCurveView, losses: list[float], log: bool) -> None:
    snapshot = with_losses(moment("two-layer-linear"), losses)
    view.set_log(log)
    view.render_snapshot(snapshot)
    for cursor in range(len(losses)):
        view.render_snapshot(replace(snapshot, cursor=cursor))
        assert number_in(view.readout.text()) == pytest.approx(losses[cursor], rel=5e-5)
    low, high = view.plot.box.viewRange()[1]
    assert np.isfinite((low, high)).all()
    assert low < high
    view.grab()


def test_that_the_button_changes_the_axis(view: LossCurveView) -> None:
    snapshot = moment()
    view.render_snapshot(snapshot)
    low, high = view.plot.box.viewRange()[1]
    assert low <= np.log10(snapshot.timeline.loss.min()) <= np.log10(snapshot.timeline.loss.max()) <= high
    click(view.log_button)
    low, high = view.plot.box.viewRange()[1]
    assert low <= 0.0 <= snapshot.timeline.loss.max() <= high
    QTest.keyClick(view.log_button, Qt.Key.Key_Space)
    assert view.log_button.isChecked()
    assert view.log_button.accessibleName()
    assert view.log_button.toolTip()


def test_that_the_range_stands_still_while_the_data_stay_inside(view: LossCurveView) -> None:
    snapshot = moment(iterations=300, cursor=300)
    view.render_snapshot(snapshot)
    changes: list[object] = []
    view.plot.box.sigRangeChanged.connect(lambda *args: changes.append(args))
    for _ in range(40):
        snapshot = further(snapshot)
        view.render_snapshot(snapshot)
    assert len(changes) <= 2


def test_that_the_minimum_stands_in_the_legend_of_linear_models_alone(view: LossCurveView) -> None:
    view.render_snapshot(moment())
    assert "least squares" in view.legend.accessibleName()
    view.render_snapshot(moment("two-layer-sigmoid"))
    assert "least squares" not in view.legend.accessibleName()


def test_that_another_run_replaces_the_curve(view: LossCurveView) -> None:
    def shown(snapshot: Snapshot) -> float:
        view.render_snapshot(snapshot)
        return number_in(view.readout.text())

    assert shown(moment(cursor=0)) != shown(moment(cursor=0, theta=np.array([9.0, 9.0])))
    view.set_palette(LIGHT)
    view.grab()
