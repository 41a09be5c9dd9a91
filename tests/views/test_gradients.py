from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLayout
from pytestqt.qtbot import QtBot

from landscape_app.session.snapshot import Snapshot
from landscape_app.views.diverging import colour_indices, diverging_table
from landscape_app.views.gradients import MOST_ROWS, GradientsView
from landscape_app.views.gradients_history import HistoryPlot
from landscape_app.views.gradients_norm import Norms, row_norms
from landscape_app.views.gradients_rows import Readout
from landscape_app.views.palette import DARK, LIGHT
from tests.views.moments import click, further, made_data, moment, number_in


@pytest.fixture
def view(qtbot: QtBot) -> GradientsView:
    widget = GradientsView()
    qtbot.addWidget(widget)
    widget.resize(300, 500)
    widget.set_palette(DARK)
    layout = widget.layout()
    assert layout is not None
    # Else the offscreen platform complains about each new smallest size of the window.
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    widget.show()
    return widget


def assert_shows(readout: Readout, snapshot: Snapshot, scalar: int) -> None:
    shown = [number_in(line) for line in readout.lines()]
    expected = [snapshot.theta[scalar], snapshot.grad[scalar], snapshot.increment[scalar]]
    assert shown == pytest.approx(expected, rel=5e-5)
    assert readout.lines()[0].startswith(snapshot.problem.model.layout.scalar_names[scalar] + " = ")


def place(plot: HistoryPlot, share: float) -> QPoint:
    area = plot._area()
    return QPoint(round(area.left() + share * area.width()), plot.height() // 2)


@pytest.mark.parametrize("model", ["univariate", "multivariate", "two-layer-linear", "two-layer-sigmoid"])
def test_that_every_scalar_has_a_row_with_the_timelines_numbers(view: GradientsView, model: str) -> None:
    snapshot = moment(model)
    for cursor in (0, 14, 30):
        snapshot = replace(snapshot, cursor=cursor)
        view.render_snapshot(snapshot)
        assert len(view.rows) == snapshot.problem.model.layout.size
        for scalar, row in enumerate(view.rows):
            assert_shows(row.readout, snapshot, scalar)


def test_that_the_norm_stands_on_top(view: GradientsView) -> None:
    snapshot = moment("multivariate", made_data(10))
    view.render_snapshot(snapshot)
    [line] = view.norm_row.readout.lines()
    assert number_in(line) == pytest.approx(np.linalg.norm(snapshot.grad), rel=5e-5)


def test_that_a_step_and_another_run_reach_the_rows(view: GradientsView) -> None:
    snapshot = moment(iterations=3, cursor=3)
    view.render_snapshot(snapshot)
    rows = view.rows
    for _ in range(4):
        snapshot = further(snapshot)
        view.render_snapshot(snapshot)
        assert_shows(view.rows[1].readout, snapshot, 1)
    assert view.rows is rows
    other = moment(theta=np.array([3.0, -3.0]), cursor=0)
    view.render_snapshot(other)
    assert_shows(view.rows[0].readout, other, 0)
    text = view.rows[0].plot.exact_text(12)
    assert repr(float(other.timeline.grad[12][0])) in text


def test_that_tooltips_give_the_exact_values_and_the_feature(view: GradientsView) -> None:
    snapshot = moment("multivariate", made_data(3))
    view.render_snapshot(snapshot)
    text = view.rows[1].readout.tooltip_text()
    assert "Weight of x2" in text
    assert f"w[1] = {float(snapshot.theta[1])!r}" in text
    assert f"∂L/∂w[1] = {float(snapshot.grad[1])!r}" in text


def test_that_clicks_and_drags_in_a_history_ask_for_the_cursor(view: GradientsView) -> None:
    view.render_snapshot(moment(iterations=20))  # the axis ends at 20
    asked: list[int] = []
    view.cursor_requested.connect(asked.append)
    for row in (view.rows[0], view.norm_row):
        click(row.plot, place(row.plot, 0.5))
    assert asked == [10, 10]
    QTest.mousePress(
        view.rows[1].plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place(view.rows[1].plot, 0.25)
    )
    assert asked[-1] == 5


def test_that_keys_move_the_cursor_from_the_norms_plot(view: GradientsView, qtbot: QtBot) -> None:
    view.render_snapshot(moment(iterations=20, cursor=7))
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
    for key, wanted in zip(keys, (6, 8, 0, 20), strict=True):
        with qtbot.waitSignal(view.cursor_requested) as asked:
            QTest.keyClick(view.norm_row.plot, key)
        assert asked.args == [wanted]


def test_that_large_models_are_shown_as_heat_maps(view: GradientsView) -> None:
    snapshot = moment("two-layer-sigmoid", made_data(10), hidden=4)
    assert snapshot.problem.model.layout.size > MOST_ROWS
    view.render_snapshot(snapshot)
    assert [card.block.name for card in view.cards] == ["W1", "b1", "w2"]
    assert [row.readout.readings[0].label for row in view.rows] == ["b2"]
    assert_shows(view.rows[0].readout, snapshot, snapshot.problem.model.layout.size - 1)
    assert_shows(view.selected_row.readout, snapshot, int(np.argmax(np.abs(snapshot.grad))))


def test_that_only_what_is_drawn_as_a_row_says_so(view: GradientsView) -> None:
    view.render_snapshot(moment("two-layer-sigmoid", made_data(1), hidden=4))
    titles = {card.block.name: card.findChildren(QLabel)[0].text() for card in view.cards}
    assert {card.block.name: card.values.rows for card in view.cards} == {"W1": 4, "b1": 1, "w2": 1}
    assert ["drawn as a row" in titles[name] for name in ("W1", "b1", "w2")] == [False, True, False]


def drawn_line(plot: HistoryPlot) -> list[float]:
    """Return the values of the history that a plot draws."""
    assert plot._history is not None
    return np.asarray(plot._history.y).tolist()


def test_that_beside_heat_maps_each_row_draws_its_own_history(view: GradientsView) -> None:
    snapshot = moment("two-layer-sigmoid", made_data(10), hidden=4)
    view.render_snapshot(snapshot)
    assert drawn_line(view.rows[0].plot) == snapshot.timeline.grad[:][:, -1].tolist()
    other = moment("two-layer-sigmoid", made_data(10), hidden=4, theta=snapshot.theta + 0.5)
    for shown, scalar in ((snapshot, 3), (snapshot, 27), (replace(snapshot, timeline=other.timeline), 27)):
        view.render_snapshot(shown)
        view.select(scalar)
        assert drawn_line(view.selected_row.plot) == shown.timeline.grad[:][:, scalar].tolist()


def test_that_the_scalar_under_the_mouse_is_spelled_out(view: GradientsView, qtbot: QtBot) -> None:
    snapshot = moment("two-layer-sigmoid", made_data(10), hidden=4)
    view.render_snapshot(snapshot)
    wanted = snapshot.problem.model.layout.index("W1[2,7]")
    heat_map = view.cards[0].gradients
    target = heat_map.cell_centre(27).toPoint()
    QTest.mouseMove(heat_map, target - QPoint(40, 0))
    QTest.mouseMove(heat_map, target)
    qtbot.waitUntil(lambda: view.selected == wanted)
    assert_shows(view.selected_row.readout, snapshot, wanted)
    assert "Weight of x8 in hidden unit 2" in view.selected_row.readout.tooltip_text()
    later = replace(snapshot, cursor=25)
    view.render_snapshot(later)  # the selection stays
    assert_shows(view.selected_row.readout, later, wanted)
    QTest.keyClick(heat_map, Qt.Key.Key_Left)
    assert_shows(view.selected_row.readout, later, wanted - 1)
    click(view.largest_button)
    assert_shows(view.selected_row.readout, later, int(np.argmax(np.abs(later.grad))))


def test_that_cells_are_found_where_they_are_drawn(view: GradientsView) -> None:
    view.render_snapshot(moment("two-layer-sigmoid", made_data(10), hidden=4))
    heat_map = view.cards[0].values
    for index in range(40):
        assert heat_map.index_at(heat_map.cell_centre(index)) == index
    assert heat_map.index_at(QPointF(5, 1)) is None


def test_that_the_largest_network_can_be_shown(view: GradientsView) -> None:
    snapshot = moment("two-layer-sigmoid", made_data(100, 20), hidden=256, iterations=2, cursor=1)
    view.render_snapshot(snapshot)
    view.grab()
    assert view.cards[0].values.rows == 256
    assert view.cards[1].values.rows == 1


def test_that_models_can_follow_one_another(view: GradientsView) -> None:
    for name, n in (("univariate", 1), ("two-layer-sigmoid", 10), ("multivariate", 10), ("two-layer-linear", 1)):
        snapshot = moment(name, made_data(n), hidden=3)
        view.render_snapshot(snapshot)
        assert view.selection.isVisible() == (snapshot.problem.model.layout.size > MOST_ROWS)
        view.grab()


def test_that_nothing_is_drawn_when_nothing_changed(view: GradientsView, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = moment()
    view.render_snapshot(snapshot)
    drawn: list[str] = []
    monkeypatch.setattr(view, "_show_moment", lambda _new: drawn.append("moment"))
    monkeypatch.setattr(view, "_take_history", lambda _new, _old: drawn.append("history"))
    view.render_snapshot(replace(snapshot, playing=True))
    assert drawn == []
    view.render_snapshot(replace(snapshot, cursor=2))
    assert drawn == ["moment"]


@pytest.mark.parametrize("width", [230, 260, 300, 380])
def test_that_plots_share_their_edges_and_numbers_have_room(view: GradientsView, width: int, qtbot: QtBot) -> None:
    view.resize(width, 300)
    view.render_snapshot(moment("multivariate", made_data(10)))
    rows = [view.norm_row, *view.rows]

    def edges() -> set[tuple[int, int]]:
        lefts = [row.plot.mapTo(view, QPoint(0, 0)).x() for row in rows]
        return {(left, left + row.plot.width()) for left, row in zip(lefts, rows, strict=True)}

    qtbot.waitUntil(lambda: len(edges()) == 1)
    for row in rows:
        assert row.readout.width() >= row.readout.width_needed(row.readout.compact)
        assert row.plot.width() >= 90


def test_that_everything_has_a_name_for_screen_readers(view: GradientsView) -> None:
    view.render_snapshot(moment("two-layer-sigmoid", made_data(10), hidden=4))
    view.set_palette(LIGHT)
    assert view.selected_row.plot.accessibleName().startswith("History of ∂L/∂")
    assert "gradient" in view.largest_button.accessibleName()
    assert view.largest_button.toolTip()
    assert view.cards[0].gradients.accessibleName() == "Gradient of W1"
    assert view.rows[0].readout.accessibleName() == "b2"
    assert "∂L/∂b2 = " in view.rows[0].readout.accessibleDescription()


@given(st.lists(st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=3), min_size=1, max_size=40))
def test_that_norms_are_right_where_squares_overflow(rows: list[list[float]]) -> None:
    grad = np.array(rows)
    norms = Norms()
    norms.extend(grad[: len(grad) // 2])
    norms.extend(grad)
    expected = np.array([np.hypot(np.hypot(*row[:2]), row[2]) for row in grad])
    assert norms.values == pytest.approx(expected, rel=1e-12)
    assert row_norms(grad) == pytest.approx(expected, rel=1e-12)


def test_that_colours_are_centred_at_zero() -> None:
    values = np.array([-2.0, -1.0, 0.0, 1e-3, 2.0])
    assert colour_indices(values, 2.0).tolist() == [0, 37, 127, 130, 254]
    for dark in (True, False):
        table = diverging_table(dark)
        assert len(table) == 255
        assert len(set(table)) > 200


def test_that_the_longest_name_fits_wherever_the_mouse_goes(view: GradientsView) -> None:
    snapshot = moment("two-layer-sigmoid", made_data(100, 20), hidden=256, iterations=1, cursor=0)
    view.resize(292, 700)
    view.render_snapshot(snapshot)
    for name in ("b2", "w2[7]", "W1[255,99]"):
        view.select(snapshot.problem.model.layout.index(name))
        readout = view.selected_row.readout
        readout.longest_name = ""  # measure what stands there
        assert readout.width_needed(readout.compact) <= readout.width()


@pytest.mark.parametrize("theta", [[0.5, 0.5], [1e150, 1e150]], ids=["small", "huge"])
def test_that_a_run_without_steps_can_be_drawn(view: GradientsView, theta: list[float]) -> None:
    snapshot = moment(iterations=0, cursor=0, theta=np.array(theta))
    view.render_snapshot(snapshot)
    view.grab()
    assert_shows(view.rows[1].readout, snapshot, 1)


def test_that_a_gradient_of_zeros_can_be_drawn(view: GradientsView) -> None:
    flat = made_data(X=np.zeros((1, 3)), y=np.zeros((1, 3)))
    view.render_snapshot(moment(data=flat, theta=np.zeros(2), iterations=5, cursor=5))
    view.grab()
    assert view.norm_row.readout.lines() == ["‖∇L‖ = 0"]
