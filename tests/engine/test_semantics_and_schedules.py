"""Semantics and schedules in the window's session: the whole path is recorded again, and undo brings it back."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.engine.session import Session
from landscape_app.session.config import Experiment, RunConfig, ScheduleConfig
from landscape_app.session.prepare import prepare
from landscape_app.session.transitions import recorded

COSINE = ScheduleConfig(kind="cosine", values={"steps": 30.0}, warmup=5)


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    run = RunConfig(optimizer="momentum", hyper={"learning_rate": 0.02, "dampening": 0.1})
    made = Session(Experiment(run=run))
    yield made
    made.shut_down()


def at_rest(session: Session, qtbot: QtBot, last: int = 0) -> None:
    def idle() -> bool:
        shown = session.snapshot
        return (
            shown.timeline.last >= max(last, session._refill)
            and session._restarting is None
            and not session._stepper.busy
            and shown.waiting == 0
        )

    qtbot.waitUntil(idle, timeout=10_000)


def fresh(experiment: Experiment, count: int) -> bytes:
    """Record the experiment's run without a session."""
    made = prepare(experiment)
    first = made.timeline.tail
    assert first is not None
    batch = recorded(made.run, first, count).batch
    assert batch is not None
    return made.timeline.appended(batch).theta[:].tobytes()


def test_that_another_library_records_the_path_again_and_the_cursor_stays(session: Session, qtbot: QtBot) -> None:
    session.step(40)
    at_rest(session, qtbot, 40)
    session.go_to(25)
    before = session.snapshot.timeline.theta[:].tobytes()
    session.change_setting("semantics", "keras")
    at_rest(session, qtbot, 40)
    shown = session.snapshot
    assert shown.cursor == 25
    assert shown.timeline.last == 40
    assert shown.undo == "run.semantics"
    assert shown.settings.optimizer.semantics == ("keras",)
    assert shown.experiment.run.hyper == {"learning_rate": 0.02}
    assert shown.notice is not None
    assert "Dampening is left out: Keras has none." in shown.notice.text
    assert shown.timeline.theta[:].tobytes() == fresh(shown.experiment, 40)
    session.undo()
    assert session.snapshot.experiment.run.hyper == {"learning_rate": 0.02, "dampening": 0.1}
    assert session.snapshot.timeline.theta[:].tobytes() == before
    assert session.snapshot.redo == "run.semantics"
    session.redo()
    assert session.snapshot.experiment.run.semantics == "keras"


def test_that_a_schedule_acts_from_the_start_and_tells_the_rate_at_the_cursor(session: Session, qtbot: QtBot) -> None:
    session.step(40)
    at_rest(session, qtbot, 40)
    session.go_to(2)
    session.change_setting("schedule", COSINE)
    at_rest(session, qtbot, 40)
    shown = session.snapshot
    assert shown.cursor == 2
    assert shown.undo == "run.schedule"
    assert shown.settings.hyper["learning_rate"] == pytest.approx(0.02 * 3 / 6, rel=1e-15)
    assert shown.settings.rate == 0.02
    assert shown.timeline.theta[:].tobytes() == fresh(shown.experiment, 40)
    session.go_to(40)
    assert session.snapshot.settings.hyper["learning_rate"] == 0.0
    np.testing.assert_array_equal(shown.timeline.theta[38], shown.timeline.theta[40])
    session.undo()
    assert session.snapshot.experiment.run.schedule.constant
    assert session.snapshot.settings.rate is None


def test_that_back_and_forward_again_are_equal_to_the_last_bit(session: Session, qtbot: QtBot) -> None:
    session.change_setting("schedule", ScheduleConfig(kind="step", values={"every": 7.0}))
    at_rest(session, qtbot)
    session.step(150)
    at_rest(session, qtbot, 150)
    before = session.snapshot.timeline.theta[:].tobytes()
    session.step_back(150)
    assert session.snapshot.cursor == 0
    session.step(150)
    at_rest(session, qtbot, 150)
    assert session.snapshot.timeline.theta[:].tobytes() == before == fresh(session.snapshot.experiment, 150)


def test_that_a_rate_changed_in_mid_run_replaces_what_the_schedule_multiplies(session: Session, qtbot: QtBot) -> None:
    session.change_setting("schedule", COSINE)
    at_rest(session, qtbot)
    session.step(20)
    at_rest(session, qtbot, 20)
    session.go_to(10)
    factor = COSINE.factor(10)
    session.change_setting("learning_rate", 0.1)
    at_rest(session, qtbot, 20)
    shown = session.snapshot
    assert shown.settings.hyper["learning_rate"] == 0.1 * factor
    assert shown.experiment.run.schedule == COSINE
    assert shown.timeline.theta[:].tobytes() == fresh(shown.experiment, 20)
    session.reset()
    at_rest(session, qtbot)
    assert session.snapshot.cursor == 0
    assert session.snapshot.experiment.run.hyper["learning_rate"] == 0.1
    assert session.snapshot.experiment.run.schedule == COSINE


def test_that_several_quick_changes_all_hold(session: Session, qtbot: QtBot) -> None:
    session.step(10)
    at_rest(session, qtbot, 10)
    session.change_setting("semantics", "optax")
    session.change_setting("learning_rate", 0.05)
    session.change_setting("schedule", COSINE)
    at_rest(session, qtbot, 10)
    run = session.snapshot.experiment.run
    assert (run.semantics, run.hyper, run.schedule) == ("optax", {"learning_rate": 0.05}, COSINE)
    assert session.snapshot.timeline.theta[:].tobytes() == fresh(session.snapshot.experiment, 10)
