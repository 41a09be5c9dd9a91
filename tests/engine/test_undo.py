"""Undo and redo bring back the experiment and what was recorded, to the last bit."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, StartConfig, ViewConfig
from landscape_app.session.snapshot import Snapshot

Action = Callable[[Session], None]


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    made = Session()
    yield made
    made.shut_down()


def settle(session: Session, qtbot: QtBot) -> None:
    def idle() -> bool:
        shown = session.snapshot
        return (
            shown.landscape is not None
            and not shown.landscape_busy
            and not shown.playing
            and not shown.loading
            and shown.waiting == 0
            and shown.timeline.last >= session._refill
            and not session._stepper.busy
        )

    qtbot.waitUntil(idle, timeout=10_000)


def state(shown: Snapshot) -> tuple[Experiment, int, bytes, bytes]:
    return shown.experiment, shown.cursor, shown.timeline.theta[:].tobytes(), shown.problem.data.y.tobytes()


def data(**changes: object) -> Action:
    return lambda s: s.configure(s.snapshot.wanted.but(data=s.snapshot.wanted.data.but(**changes)))


def start_at(*theta: float) -> Action:
    return lambda s: s.set_start(np.array(theta))


#: Each leads to another experiment; the second entry is the name in the menu.
ACTIONS: tuple[tuple[Action, str], ...] = (
    (start_at(0.5, -0.5), "start"),
    (lambda s: s.change_setting("learning_rate", 0.01), "run.learning_rate"),
    (data(seed=9), "data.seed"),
    (data(noise=0.1), "data.noise"),
    (lambda s: s.change_setting("optimizer", "adam"), "run.optimizer"),
    (lambda s: s.change_setting("beta1", 0.5), "run.beta1"),
    (lambda s: s.change_setting("batch_size", 10.0), "run.batch_size"),
    (start_at(1.0, 1.0), "start"),
    (start_at(-1.0, 2.0), "start"),
    (lambda s: s.set_ranges((-2.0, 2.0), (-1.0, 3.0)), "plane.range"),
    (lambda s: s.set_ranges(None, None), "plane.range"),
    (data(scale="standard"), "data.scale"),
    (lambda s: s.configure(s.snapshot.wanted.but(data=DataConfig(name="plane"))), "data"),
    (lambda s: s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-linear", hidden=3))), "model"),
    (lambda s: s.set_axes("W1[0,0]", "w2[0]"), "plane.axes"),
    (lambda s: s.configure(s.snapshot.wanted.but(start=StartConfig(method="xavier", seed=4))), "start"),
    (
        lambda s: s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-linear", hidden=2))),
        "model.hidden",
    ),
    (lambda s: s.change_setting("learning_rate", 0.2), "run.learning_rate"),
    (lambda s: s.reset(), "reset"),
    (lambda s: s.configure(s.snapshot.wanted.but(data=DataConfig(kind="bundled", name="diabetes"))), "data"),
)


def test_that_twenty_mixed_actions_are_undone_and_redone(session: Session, qtbot: QtBot) -> None:
    settle(session, qtbot)
    before, after = [], []
    for act, name in ACTIONS:
        session.step(3)
        settle(session, qtbot)
        before.append(state(session.snapshot))
        act(session)
        settle(session, qtbot)
        assert session.snapshot.undo == name
        after.append(state(session.snapshot))
    assert len({s[0].model_dump_json() + str(s[1]) for s in before}) >= len(ACTIONS) - 1
    for (_, name), expected in zip(reversed(ACTIONS), reversed(before), strict=True):
        session.undo()
        settle(session, qtbot)
        if name.startswith("plane"):  # moving the map back keeps what was recorded since
            assert state(session.snapshot)[0] == expected[0]
        else:
            assert state(session.snapshot) == expected
    assert session.snapshot.undo == ""
    for expected in after[:-1]:
        session.redo()
        settle(session, qtbot)
        assert state(session.snapshot)[0] == expected[0]
    session.redo()
    settle(session, qtbot)
    assert state(session.snapshot) == after[-1]
    assert session.snapshot.redo == ""


def test_that_undo_gives_back_the_tail_that_a_change_cut_off(session: Session, qtbot: QtBot) -> None:
    session.step(20)
    settle(session, qtbot)
    recorded = session.snapshot.timeline.theta[:]
    session.go_to(5)
    session.change_setting("learning_rate", 0.001)
    settle(session, qtbot)
    assert not np.array_equal(session.snapshot.timeline.theta[6:], recorded[6:])
    session.undo()
    assert np.array_equal(session.snapshot.timeline.theta, recorded)
    assert session.snapshot.cursor == 5
    session.step(30)  # and it goes on from there as if nothing had been
    settle(session, qtbot)
    alone = Session(session.snapshot.experiment)
    try:
        alone.step(35)
        settle(alone, qtbot)
        assert np.array_equal(alone.snapshot.timeline.theta, session.snapshot.timeline.theta)
    finally:
        alone.shut_down()


def test_that_a_drag_is_one_change(session: Session, qtbot: QtBot) -> None:
    settle(session, qtbot)
    first = session.snapshot.experiment
    session.gesture = "drag 1"
    for x in np.linspace(-1.0, 1.0, 12):
        session.set_start(np.array([x, 0.0]))
        qtbot.wait(5)
    settle(session, qtbot)
    session.gesture = "drag 2"
    session.set_start(np.array([2.0, 2.0]))
    settle(session, qtbot)
    session.undo()
    assert session.snapshot.theta.tolist() == [1.0, 0.0]
    session.undo()
    assert session.snapshot.experiment == first
    assert session.snapshot.undo == ""


def test_that_undo_in_the_midst_of_a_drag_takes_the_whole_drag_back(session: Session, qtbot: QtBot) -> None:
    settle(session, qtbot)
    first = session.snapshot.experiment
    session.gesture = "drag"
    session.set_start(np.array([1.0, 1.0]))
    settle(session, qtbot)
    session.set_start(np.array([0.5, 0.5]))
    session.undo()  # while the second is on its way
    settle(session, qtbot)
    assert session.snapshot.experiment == session.snapshot.wanted == first


def test_that_undo_of_what_is_still_loading_only_forgets_it(session: Session, qtbot: QtBot) -> None:
    session.change_setting("learning_rate", 0.01)
    settle(session, qtbot)
    now = session.snapshot.experiment
    data(seed=12)(session)
    session.undo()
    settle(session, qtbot)
    assert session.snapshot.experiment == session.snapshot.wanted == now
    assert session.snapshot.undo == "run.learning_rate"


def test_that_a_new_change_ends_what_could_be_redone(session: Session, qtbot: QtBot) -> None:
    session.change_setting("learning_rate", 0.01)
    session.undo()
    assert session.snapshot.redo == "run.learning_rate"
    session.change_setting("learning_rate", 0.02)
    settle(session, qtbot)
    assert session.snapshot.redo == ""
    session.redo()
    assert session.snapshot.settings.hyper["learning_rate"] == 0.02


def test_that_steps_taken_since_stay_when_the_map_goes_back(session: Session, qtbot: QtBot) -> None:
    session.set_ranges((-3.0, 3.0), (-3.0, 3.0))
    session.step(7)
    settle(session, qtbot)
    session.undo()
    assert session.snapshot.experiment.plane.x_range is None
    assert (session.snapshot.cursor, session.snapshot.timeline.last) == (7, 7)


def test_that_an_opened_session_stands_where_it_was_left(session: Session, qtbot: QtBot) -> None:
    session.step(40)
    settle(session, qtbot)
    session.go_to(25)
    session.change_setting("learning_rate", 0.02)
    settle(session, qtbot)
    session.go_to(31)
    left = session.snapshot
    experiment = left.experiment.but(run=left.experiment.run.but(iterations=left.timeline.last))
    view = ViewConfig(cursor=31, x_range=left.map_view.x_range, y_range=left.map_view.y_range)
    again = Session()
    try:
        again.open_experiment(experiment, view)
        settle(again, qtbot)
        shown = again.snapshot
        assert shown.cursor == 31
        assert np.array_equal(shown.timeline.theta, left.timeline.theta)
        assert (shown.map_view.x_range, shown.map_view.y_range) == (left.map_view.x_range, left.map_view.y_range)
        assert shown.undo == "session"
        for s in (session, again):
            s.go_to(s.snapshot.timeline.last)
            s.step(25)
            settle(s, qtbot)
        assert np.array_equal(again.snapshot.timeline.theta, session.snapshot.timeline.theta)
    finally:
        again.shut_down()


def test_that_undo_goes_on_with_what_was_still_owed(session: Session, qtbot: QtBot) -> None:
    """A batch was changed and the next change came before it was measured: undo must measure it."""
    session.step(30)
    settle(session, qtbot)
    session.go_to(10)
    session.change_setting("batch_size", 7.0)
    session.change_setting("learning_rate", 0.01)
    session.undo()
    qtbot.waitUntil(lambda: session.snapshot.timeline.last == 30)
    alone = Session(session.snapshot.experiment)
    try:
        alone.step(30)
        settle(alone, qtbot)
        assert np.array_equal(alone.snapshot.timeline.theta, session.snapshot.timeline.theta)
        assert np.array_equal(alone.snapshot.timeline.grad, session.snapshot.timeline.grad)
    finally:
        alone.shut_down()


def test_that_a_reset_is_undone_and_redone_where_it_changed_no_setting(session: Session, qtbot: QtBot) -> None:
    session.step(7)
    settle(session, qtbot)
    path = session.snapshot.timeline.theta[7]
    session.reset()
    settle(session, qtbot)
    assert session.snapshot.timeline.last == 0
    session.undo()
    settle(session, qtbot)
    assert session.snapshot.timeline.last == 7
    assert np.array_equal(session.snapshot.timeline.theta[7], path)
    session.redo()
    settle(session, qtbot)
    assert session.snapshot.timeline.last == 0
