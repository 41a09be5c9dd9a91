"""Wishes in a random order, some before the one before has come: what is shown always belongs together."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, ModelConfig, ScheduleConfig, StartConfig, ViewConfig
from landscape_app.session.files import read_session, write_session
from landscape_app.session.packing import packed
from landscape_app.session.prepare import prepare
from landscape_app.session.snapshot import Snapshot

#: Wishes of one sitting.
WISHES = 14
DATA = ("line", "sine", "bump", "plane")
MODELS = ("univariate", "multivariate", "two-layer-linear", "two-layer-sigmoid")
RULES = ("gradient-descent", "momentum", "adam", "adamw", "rmsprop", "random-search")


@pytest.fixture
def sessions(qapp: QApplication) -> Iterator[list[Session]]:
    made: list[Session] = []
    yield made
    for session in made:
        session.shut_down()


def settle(session: Session, qtbot: QtBot) -> None:
    """Wait until nothing is under way."""

    def idle() -> bool:
        shown = session.snapshot
        recorded = shown.timeline.last >= session._refill or shown.timeline.divergence is not None
        busy = shown.playing or shown.loading or shown.waiting or session._stepper.busy or session.holding
        return recorded and not busy and session._restarting is None

    qtbot.waitUntil(idle, timeout=20_000)
    qtbot.wait(5)
    qtbot.waitUntil(idle, timeout=20_000)


def wish(session: Session, rnd: random.Random) -> None:
    """Ask for something."""
    rnd.choice((other_problem, other_run, other_moment))(session, rnd)


def other_problem(session: Session, rnd: random.Random) -> None:
    """Ask for other data, another model or another start."""
    wanted = session.snapshot.wanted
    match rnd.randrange(4):
        case 0:
            data = DataConfig(name=rnd.choice(DATA), seed=rnd.randrange(5), examples=rnd.choice((20, 60)))
            session.configure(wanted.but(data=data))
        case 1:
            model = ModelConfig.model_validate({"name": rnd.choice(MODELS), "hidden": rnd.choice((1, 3))})
            session.configure(wanted.but(model=model))
        case 2:
            start = StartConfig.model_validate({"method": rnd.choice(("normal", "xavier", "zeros")), "seed": 3})
            session.configure(wanted.but(start=start))
        case 3:
            session.set_start(np.array([rnd.gauss(0.0, 1.0) for _ in range(session.snapshot.theta.size)]))


def other_run(session: Session, rnd: random.Random) -> None:
    """Ask for another rule or another setting of it."""
    match rnd.randrange(5):
        case 0:
            session.change_setting("optimizer", rnd.choice(RULES))
        case 1 if "learning_rate" in session.snapshot.settings.set_hyper:
            session.change_setting("learning_rate", 10.0 ** rnd.uniform(-4.0, -1.3))
        case 2:
            session.change_setting("batch_size", rnd.choice((None, 1.0, 7.0)))
        case 3:
            session.change_setting("semantics", rnd.choice(("pytorch", "keras", "optax")))
        case 4:
            session.change_setting("schedule", ScheduleConfig(warmup=rnd.choice((0, 4))))


def other_moment(session: Session, rnd: random.Random) -> None:
    """Move, or change the race."""
    shown = session.snapshot
    match rnd.randrange(6):
        case 0 | 1:
            session.step(rnd.choice((1, 5, 40)))
        case 2:
            session.go_to(rnd.randrange(shown.timeline.length))
        case 3:
            session.add_rival()
        case 4 if shown.race is not None and shown.wanted.rivals:
            session.take_rival(rnd.randrange(len(shown.wanted.rivals)))
        case 5:
            session.reset()


def assert_belongs_together(shown: Snapshot) -> None:
    """Check problem and path against those that the experiment leads to."""
    made = prepare(shown.experiment)
    assert np.array_equal(made.problem.data.X, shown.problem.data.X)
    assert np.array_equal(made.problem.data.y, shown.problem.data.y)
    assert made.problem.model.layout == shown.problem.model.layout
    assert np.array_equal(made.timeline.theta[0], shown.timeline.theta[0])


def state(shown: Snapshot) -> tuple[object, ...]:
    path = shown.timeline
    arrays = (path.theta[:], path.grad[:], path.loss, shown.problem.data.X, shown.problem.data.y)
    return (shown.experiment, *(array.tobytes() for array in arrays))


@pytest.mark.parametrize("patience", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_that_what_is_shown_belongs_together_comes_back_and_can_be_reopened(
    sessions: list[Session], qtbot: QtBot, tmp_path: Path, seed: int, patience: float
) -> None:
    rnd = random.Random(f"{seed} {patience}")
    session = Session()
    sessions.append(session)
    settle(session, qtbot)
    for _ in range(WISHES):
        wish(session, rnd)
        if rnd.random() < patience:
            settle(session, qtbot)
            assert_belongs_together(session.snapshot)
    settle(session, qtbot)
    shown = session.snapshot
    assert_belongs_together(shown)
    assert shown.experiment == shown.wanted

    path = tmp_path / "session.json"
    write_session(packed(shown.experiment, shown.problem, shown.timeline, ViewConfig(cursor=shown.cursor)), path)
    saved = read_session(path)
    again = Session()
    sessions.append(again)
    again.open_experiment(saved.experiment, saved.view)
    qtbot.waitUntil(lambda: again.snapshot.undo == "session")
    settle(again, qtbot)
    assert state(again.snapshot)[1:] == state(shown)[1:]
    assert again.snapshot.cursor == shown.cursor

    states = [state(session.snapshot)]
    while session.snapshot.undo:
        session.undo()
        settle(session, qtbot)
        assert_belongs_together(session.snapshot)
        states.append(state(session.snapshot))
        assert len(states) <= 3 * WISHES
    for former in reversed(states[:-1]):
        session.redo()
        settle(session, qtbot)
        assert state(session.snapshot) == former
