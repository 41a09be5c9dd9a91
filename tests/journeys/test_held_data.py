"""The data in the hand, in the whole window: dragged, added, taken away, by mouse and by keys."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.app import Explorer
from landscape_app.core.least_squares import least_squares
from landscape_app.session.config import DataConfig, ModelConfig, RunConfig
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.session.snapshot import Snapshot
from tests.mouse import move_mouse

Settle = Callable[[], None]


def place(explorer: Explorer, x: float, y: float) -> QPoint:
    """Return where a point of the data view lies in its widget."""
    px, py = explorer.window.data_fit.plot.to_pixels(np.array([x]), np.array([y]))
    return QPoint(round(float(px[0])), round(float(py[0])))


def at(explorer: Explorer, example: int) -> QPoint:
    data = explorer.session.snapshot.problem.data
    return place(explorer, float(data.X[0, example]), float(data.y[0, example]))


def move_to(explorer: Explorer, there: QPointF, wait: int = 60) -> None:
    """Move the mouse with the button down, and let the data follow."""
    move_mouse(explorer.window.data_fit.plot.viewport(), there, Qt.MouseButton.LeftButton)
    QTest.qWait(wait)


def drag(explorer: Explorer, begin: QPoint, end: QPoint, steps: int = 6) -> None:
    viewport = explorer.window.data_fit.plot.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    for step in range(1, steps + 1):
        move_to(explorer, QPointF(begin) + (QPointF(end) - QPointF(begin)) * (step / steps), wait=15)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)


def ready(explorer: Explorer, settle: Settle, qtbot: QtBot, iterations: int = 20) -> None:
    settle()
    explorer.session.run_until(iteration=iterations)
    qtbot.waitUntil(lambda: explorer.session.snapshot.cursor == iterations)
    settle()


def assert_true(shown: Snapshot) -> None:
    """Check that path, optimum and map are those of the data that are shown."""
    problem = shown.problem
    X, y = problem.data.X, problem.data.y
    for iteration in (0, shown.timeline.last):
        theta = shown.timeline.theta[iteration]
        assert shown.timeline.loss[iteration] == pytest.approx(problem.model.loss(theta, X, y), rel=1e-9)
    if problem.optimum is not None:
        np.testing.assert_allclose(problem.optimum.theta, least_squares(problem.data).theta, rtol=1e-9, atol=1e-12)
    landscape = shown.landscape
    assert landscape is not None
    theta = landscape.plane.at(float(landscape.x[3]), float(landscape.y[5]))
    assert landscape.loss[5, 3] == pytest.approx(problem.model.loss(theta, X, y), rel=1e-6)


def test_that_all_follows_a_dragged_point_and_one_undo_takes_it_back(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    ready(explorer, settle, qtbot)
    session = explorer.session
    before = session.snapshot
    example = int(np.argmax(before.problem.data.X[0]))
    seen: list[Snapshot] = []
    session.snapshot_changed.connect(seen.append)
    begin = at(explorer, example)
    drag(explorer, begin, begin + QPoint(-40, 60))
    qtbot.waitUntil(lambda: not session._loader.pending and session._held_next is None)
    settle()
    after = session.snapshot
    assert after.problem.data.m == before.problem.data.m
    assert after.problem.data.y[0, example] < before.problem.data.y[0, example] - 0.5
    others = np.arange(after.problem.data.m) != example
    assert np.array_equal(after.problem.data.X[:, others], before.problem.data.X[:, others])
    assert_true(after)
    assert after.cursor == 20
    assert after.timeline.last == 20
    assert after.example == example
    assert all(shown.picture is not None for shown in seen)  # the map never goes away
    assert len({shown.problem.data.y[0, example] for shown in seen}) > 2  # it follows on the way
    assert after.undo == "data.held"
    session.undo()
    assert session.snapshot.problem is before.problem
    assert session.snapshot.timeline is before.timeline
    session.redo()
    assert session.snapshot.problem.data.y[0, example] == after.problem.data.y[0, example]


def test_that_a_click_only_picks(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    ready(explorer, settle, qtbot)
    before = explorer.session.snapshot.problem
    viewport = explorer.window.data_fit.plot.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(explorer, 5))
    assert explorer.session.snapshot.example is not None
    assert explorer.session.snapshot.problem is before


def test_that_a_double_click_adds_and_delete_takes_away(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    ready(explorer, settle, qtbot)
    session, plot = explorer.session, explorer.window.data_fit.plot
    m = session.snapshot.problem.data.m
    spot = place(explorer, 1.2, -3.0)
    QTest.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == m + 1)
    settle()
    data = session.snapshot.problem.data
    assert data.X[0, -1] == pytest.approx(1.2, abs=0.03)
    assert data.y[0, -1] == pytest.approx(-3.0, abs=0.1)
    assert_true(session.snapshot)
    added = session.snapshot.example
    assert added == m  # it is picked
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == m)
    settle()
    after = session.snapshot
    assert after.example is None
    assert_true(after)


def test_that_the_keys_pick_move_and_add(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    ready(explorer, settle, qtbot)
    session, plot = explorer.session, explorer.window.data_fit.plot
    plot.setFocus()
    data = session.snapshot.problem.data
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert session.snapshot.example == int(np.argmin(data.X[0]))
    assert session.snapshot.cursor == 20  # the arrow is no step here
    QTest.keyClick(plot, Qt.Key.Key_Right)
    example = session.snapshot.example
    assert example == int(np.argsort(data.X[0])[1])
    (_, _), (low, high) = plot.box.viewRange()
    QTest.keyClick(plot, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: session.snapshot.problem.data is not data)
    settle()
    moved = session.snapshot.problem.data
    assert moved.y[0, example] == pytest.approx(data.y[0, example] + 0.01 * (high - low), rel=1e-9)
    assert session.snapshot.example == example
    QTest.keyClick(plot, Qt.Key.Key_Insert)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == data.m + 1)
    settle()
    assert_true(session.snapshot)


def test_that_of_several_features_the_target_is_dragged(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    session, view = explorer.session, explorer.window.data_fit
    changes = {
        "data": DataConfig(kind="bundled", name="diabetes", scale="standard"),
        "model": ModelConfig(name="multivariate"),
        "run": RunConfig(hyper={"learning_rate": 0.05}),
    }
    session.configure(session.snapshot.wanted.but(**changes))
    qtbot.waitUntil(lambda: session.snapshot.problem.data.n == 10)
    ready(explorer, settle, qtbot, iterations=5)
    before = session.snapshot.problem.data
    example = int(np.argmax(view._shown[0]))
    begin = place(explorer, float(view._shown[0][example]), float(view._shown[1][example]))
    drag(explorer, begin, begin - QPoint(50, 0), steps=3)
    qtbot.waitUntil(lambda: not session._loader.pending and session._held_next is None)
    settle()
    after = session.snapshot.problem.data
    assert after.y[0, example] < before.y[0, example] - 10.0
    assert np.array_equal(after.X, before.X)
    assert_true(session.snapshot)


def test_that_too_many_examples_cannot_be_held(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    settle()
    session = explorer.session
    session.configure(session.snapshot.wanted.but(data=DataConfig(name="line", examples=10_001)))
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == 10_001)
    settle()
    before = session.snapshot.problem
    explorer.window.data_fit.example_moved.emit(3, 0.0, 0.0)
    assert session.snapshot.problem is before
    notice = session.snapshot.notice
    assert notice is not None
    assert "10,000" in notice.text


def test_that_quick_changes_are_all_made(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    ready(explorer, settle, qtbot)
    session, plot, view = explorer.session, explorer.window.data_fit.plot, explorer.window.data_fit
    X = session.snapshot.problem.data.X
    m = X.shape[1]
    plot.setFocus()
    for _ in range(3):
        QTest.keyClick(plot, Qt.Key.Key_Insert)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == m + 3)
    settle()
    for left in (2, 1, 0):  # each is a change of its own
        session.undo()
        settle()
        assert session.snapshot.problem.data.m == m + left
    view.example_added.emit(0.5, 0.25)
    view.example_moved.emit(3, 0.1, 0.2)
    view.example_moved.emit(3, 0.125, 0.2)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.X[0, 3] == 0.125)
    settle()
    assert session.snapshot.problem.data.X[0, -1] == 0.5
    session.undo()
    session.undo()
    settle()
    assert np.array_equal(session.snapshot.problem.data.X, X)


def test_that_quick_removals_take_the_examples_that_were_meant(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    ready(explorer, settle, qtbot)
    session, view = explorer.session, explorer.window.data_fit
    X = session.snapshot.problem.data.X
    for example in (3, 3, 7, 1, 20):  # the second is gone already
        view.example_removed.emit(example)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == X.shape[1] - 4)
    qtbot.wait(200)
    settle()
    assert np.array_equal(session.snapshot.problem.data.X, np.delete(X, [1, 3, 7, 20], axis=1))
    assert_true(session.snapshot)


def test_that_an_example_named_while_the_map_is_due_is_one_of_those_shown(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    ready(explorer, settle, qtbot)
    session, view = explorer.session, explorer.window.data_fit
    wanted = session.snapshot.wanted
    session.configure(wanted.but(plane=wanted.plane.but(grid=257)))  # a map that comes after its data
    settle()
    X = session.snapshot.problem.data.X
    due: list[bool] = []

    def go_on(shown: Snapshot) -> None:
        if shown.problem.data.m == X.shape[1] - 1 and not due:
            due.append(session.holding)
            view.example_removed.emit(7)

    session.snapshot_changed.connect(go_on)
    view.example_removed.emit(3)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == X.shape[1] - 2)
    settle()
    assert due == [True]
    assert np.array_equal(session.snapshot.problem.data.X, np.delete(np.delete(X, 3, axis=1), 7, axis=1))


def test_that_the_map_of_a_regression_with_few_parameters_comes_with_its_data(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    ready(explorer, settle, qtbot)
    session = explorer.session
    seen: list[Snapshot] = []
    session.snapshot_changed.connect(seen.append)
    example = int(np.argmax(session.snapshot.problem.data.X[0]))
    begin = at(explorer, example)
    drag(explorer, begin, begin + QPoint(0, 60), steps=10)
    settle()
    problems: list[object] = []
    for shown in seen:
        assert_true(shown)  # at every moment: path, optimum and map are of the same data
        if not problems or problems[-1] is not shown.problem:
            problems.append(shown.problem)
    assert len(problems) > 3


def worded() -> DataConfig:
    """Return data with a word that one example alone has."""
    rng = np.random.default_rng(2)
    numbers = [float(x) for x in rng.normal(size=12)]
    words = ["a"] * 6 + ["b"] * 5 + ["c"]
    columns = [
        {"name": "x", "numbers": numbers},
        {"name": "w", "words": words},
        {"name": "y", "numbers": [2.0 * x + 0.1 for x in numbers]},
    ]
    table = EmbeddedTable.model_validate({"columns": columns})
    return DataConfig(kind="table", name="worded", table=table, target="y", features=("x", "w"))


def test_that_the_last_example_of_a_word_takes_its_parameter_along(
    explorer: Explorer, settle: Settle, qtbot: QtBot
) -> None:
    session, view = explorer.session, explorer.window.data_fit
    session.configure(session.snapshot.wanted.but(data=worded(), model=ModelConfig(name="multivariate")))
    qtbot.waitUntil(lambda: session.snapshot.problem.model.layout.size == 5)
    ready(explorer, settle, qtbot, iterations=8)
    session.open_entry(4)
    view.example_removed.emit(11)
    qtbot.waitUntil(lambda: session.snapshot.problem.model.layout.size == 4)
    settle()
    assert session.snapshot.entry is None
    assert session.snapshot.experiment == session.snapshot.wanted
    assert session.snapshot.timeline.last == 8
    assert_true(session.snapshot)
    session.step(2)
    qtbot.waitUntil(lambda: session.snapshot.timeline.last >= 8 and session.snapshot.waiting == 0)
    session.undo()
    qtbot.waitUntil(lambda: session.snapshot.problem.model.layout.size == 5)
    settle()
    assert_true(session.snapshot)


def test_that_quick_presses_of_the_arrow_keys_add_up(explorer: Explorer, settle: Settle, qtbot: QtBot) -> None:
    ready(explorer, settle, qtbot)
    session, view = explorer.session, explorer.window.data_fit
    session.pick_example(5)
    before = float(session.snapshot.problem.data.y[0, 5])
    (_, _), (y0, y1) = view.plot.box.viewRange()
    for _ in range(5):  # faster than any data can follow
        view.hand.nudged.emit(0.0, 0.01)
    wanted = before + 5 * 0.01 * (y1 - y0)
    qtbot.waitUntil(lambda: abs(float(session.snapshot.problem.data.y[0, 5]) - wanted) < 1e-9)
    settle()
    assert_true(session.snapshot)


@pytest.mark.parametrize(
    "data", [DataConfig(seed=3), DataConfig(kind="bundled", name="diabetes")], ids=lambda d: d.name
)
def test_that_a_point_held_beyond_the_edge_stays_under_the_mouse(
    explorer: Explorer, settle: Settle, qtbot: QtBot, data: DataConfig
) -> None:
    """A view that grew to take it in would carry it farther at each move, and so on."""
    session, view = explorer.session, explorer.window.data_fit
    model = ModelConfig(name="multivariate" if data.name == "diabetes" else "univariate")
    session.configure(session.snapshot.experiment.but(data=data, model=model))
    qtbot.waitUntil(lambda: session.snapshot.experiment.data == data)
    ready(explorer, settle, qtbot, 3)
    plot = view.plot
    assert view._sample is not None
    shown_x, shown_y = view._shown
    dot = int(np.argmax(shown_x))
    begin = place(explorer, float(shown_x[dot]), float(shown_y[dot]))
    area, before = plot.box.sceneBoundingRect(), plot.box.viewRange()
    beyond = QPoint(int(area.right()) + 12, int(area.top()) - 20)
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    example = session.snapshot.example
    assert example is not None
    for turn in range(8):
        move_to(explorer, QPointF(beyond + QPoint(0, turn % 2)))
    qtbot.waitUntil(lambda: not session.holding)
    assert plot.box.viewRange() == before
    there = plot.box.mapSceneToView(QPointF(beyond + QPoint(0, 1)))
    held = session.snapshot.problem.data
    assert held.y[0, example] == pytest.approx(there.x() if held.n > 1 else there.y(), abs=1e-6 + 0.01 * abs(there.y()))
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, beyond)
    assert plot.box.viewRange() != before  # now it takes the point in
    (x0, x1), (y0, y1) = plot.box.viewRange()
    at_last = float(held.y[0, example])
    assert (x0 <= at_last <= x1) if held.n > 1 else (y0 <= at_last <= y1)


@pytest.mark.parametrize("last", [False, True])
def test_that_deleting_what_is_in_the_hand_moves_no_other_example(
    explorer: Explorer, settle: Settle, qtbot: QtBot, last: bool
) -> None:
    ready(explorer, settle, qtbot, 3)
    session, plot = explorer.session, explorer.window.data_fit.plot
    before = session.snapshot.problem.data
    begin = at(explorer, before.m - 1 if last else 10)
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    move_to(explorer, QPointF(begin + QPoint(0, -12)))
    taken = session.snapshot.example
    assert taken is not None
    others = [example for example in range(before.m) if example != taken]
    qtbot.waitUntil(lambda: not session.holding)
    QTest.keyClick(plot, Qt.Key.Key_Delete)
    for turn in range(1, 5):
        move_to(explorer, QPointF(begin + QPoint(0, -12 - 8 * turn)))
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == before.m - 1 and not session.holding)
    QTest.qWait(100)
    assert np.array_equal(session.snapshot.problem.data.y, before.y[:, others])
    assert np.array_equal(session.snapshot.problem.data.X, before.X[:, others])
