"""Wishes that cross: while data load, while a start is on its way, while a path is recorded again."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.engine import worker
from landscape_app.engine.background import Background
from landscape_app.engine.session import Session
from landscape_app.session.config import Change, DataConfig, RunConfig, StartConfig, default_experiment
from landscape_app.session.held import held_data
from landscape_app.session.records import StepRecord
from landscape_app.session.transitions import Recorded, Run

GALTON = DataConfig(kind="bundled", name="galton", scale="standard")


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    made = Session()
    yield made
    made.shut_down()


def test_that_a_setting_changed_while_data_load_is_kept_and_the_data_come(session: Session, qtbot: QtBot) -> None:
    session.configure(session.snapshot.wanted.but(data=GALTON))
    session.change_setting("learning_rate", 0.01)
    session.set_ranges((0.0, 1.0), (0.0, 1.0))
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == 928)
    shown = session.snapshot
    assert not shown.loading
    assert shown.experiment is shown.wanted
    assert shown.experiment.data == GALTON
    assert shown.settings.hyper["learning_rate"] == 0.01
    assert shown.experiment.plane.x_range == (0.0, 1.0)


@pytest.mark.parametrize("how", ["reset", "start"])
def test_that_a_start_wished_while_data_load_is_the_new_datas(session: Session, qtbot: QtBot, how: str) -> None:
    mixed = []
    session.snapshot_changed.connect(
        lambda s: mixed.append(s) if (s.experiment.data.name == "galton") != (s.problem.data.m == 928) else None
    )
    session.configure(session.snapshot.wanted.but(data=GALTON))
    if how == "reset":
        session.reset()
    else:
        session.set_start_on_map(0.5, 0.25)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == 928)
    assert mixed == []
    if how == "start":
        assert session.snapshot.timeline.theta[0].tolist() == [0.5, 0.25]


def test_that_an_error_on_the_worker_is_shown_and_the_next_step_works(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(run: Run, record: StepRecord, count: int, **how: object) -> Recorded:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(worker, "recorded", fails)
        session.step()
        qtbot.waitUntil(lambda: session.snapshot.notice is not None)
    assert "no room" in session.snapshot.notice.text
    assert session.snapshot.waiting == 0
    session.step(2)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 2)
    session.set_ranges((0.0, 1.0), (0.0, 1.0))
    qtbot.waitUntil(lambda: session.snapshot.landscape is not None and not session.snapshot.landscape_busy)


def test_that_an_error_on_the_worker_leaves_data_on_their_way(session: Session, qtbot: QtBot) -> None:
    session.configure(session.snapshot.experiment.but(data=DataConfig(kind="bundled", name="galton")))
    session._threads.worker.failed.emit(MemoryError("no room"))
    qtbot.waitUntil(lambda: session.snapshot.notice is not None and "no room" in session.snapshot.notice.text)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == 928)
    assert session.snapshot.experiment.data.name == "galton"


@pytest.mark.parametrize("what", ["check_steps", "point_steps"])
def test_that_what_fails_at_rest_is_not_asked_for_again_by_itself(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    calls: list[int] = []

    def fails(*_: object) -> Iterator[None]:
        calls.append(1)
        yield
        raise MemoryError("no room")

    ask = {"check_steps": session.check_gradient, "point_steps": session.look_at_point}[what]
    with monkeypatch.context() as patch:
        patch.setattr(worker, what, fails)
        if what == "check_steps":
            session.watch_gradient(True)
        else:
            session.watch_curvature("dialog", True)
        qtbot.waitUntil(lambda: session.snapshot.notice is not None)
        qtbot.wait(1500)
        assert len(calls) == 1
        ask()  # a hand may try again
        qtbot.waitUntil(lambda: len(calls) == 2)
        qtbot.waitUntil(lambda: not (session.snapshot.checking or session.snapshot.inspecting))
    session.step()  # another point is looked at again
    qtbot.waitUntil(lambda: (session.snapshot.check or session.snapshot.point) is not None, timeout=10_000)


@pytest.mark.parametrize("meddle", ["setting", "pause"])
def test_that_a_start_on_its_way_arrives_whatever_else_is_wished(session: Session, qtbot: QtBot, meddle: str) -> None:
    session.set_start_on_map(0.5, 0.25)
    if meddle == "setting":
        session.change_setting("learning_rate", 0.02)
    else:
        session.pause()
    qtbot.waitUntil(lambda: session.snapshot.timeline.theta[0].tolist() == [0.5, 0.25])
    qtbot.waitUntil(lambda: session.snapshot.wanted is session.snapshot.experiment)
    assert session.snapshot.settings.hyper["learning_rate"] == (0.02 if meddle == "setting" else 0.04)


def test_that_another_rule_leaves_the_batch_as_it_is(session: Session, qtbot: QtBot) -> None:
    session.run_until(iteration=20)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 20)
    session.change_setting("batch_size", 5)
    session.change_setting("optimizer", "adam")
    assert session.snapshot.settings.batch_size == 5
    assert session.snapshot.settings.optimizer.name == "adam"


def test_that_one_step_is_one_step_while_the_path_is_recorded_again(session: Session, qtbot: QtBot) -> None:
    session.run_until(iteration=1500)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 1500, timeout=10_000)
    session.go_to(100)
    session.change_setting("learning_rate", 0.01)
    session.step()
    qtbot.waitUntil(lambda: session.snapshot.waiting == 0)
    assert session.snapshot.cursor == 101
    qtbot.waitUntil(lambda: session.snapshot.timeline.last == 1500, timeout=10_000)
    assert session.snapshot.cursor == 101


def test_that_slow_play_is_slow_while_the_path_is_recorded_again(session: Session, qtbot: QtBot) -> None:
    session.run_until(iteration=1500)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 1500, timeout=10_000)
    session.go_to(100)
    session.change_setting("learning_rate", 0.01)
    session.player.set_speed(5.0)
    session.play()
    begin = time.monotonic()
    qtbot.wait(500)
    session.pause()
    assert session.snapshot.cursor <= 100 + 1 + 5.0 * (time.monotonic() - begin) + 1


def test_that_run_until_looks_at_what_is_recorded_first(session: Session, qtbot: QtBot) -> None:
    session.run_until(iteration=400)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 400)
    norms = np.linalg.norm(session.snapshot.timeline.grad[:], axis=1)
    tolerance = float(norms[50:70].min()) * 1.01
    session.go_to(0)
    session.run_until(tolerance=tolerance)
    first = int(np.flatnonzero(norms < tolerance)[0])
    assert session.snapshot.cursor == first
    assert f"iteration {first}" in session.snapshot.notice.text


def test_that_an_opened_session_is_that_session(session: Session, qtbot: QtBot) -> None:
    session.run_until(iteration=300)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 300)
    run = RunConfig(iterations=7, changes=(Change(iteration=5, name="learning_rate", value=0.2),))
    opened = default_experiment().but(run=run, start=StartConfig(seed=4))
    session.open_experiment(opened)
    qtbot.waitUntil(lambda: session.snapshot.experiment == opened and session.snapshot.timeline.last == 7)
    other = opened.but(data=DataConfig(kind="bundled", name="diabetes"), model=opened.model.but(name="multivariate"))
    session.open_experiment(other)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.n == 10)
    assert session.snapshot.experiment == other


def test_that_closing_does_not_wait_for_data(qapp: QApplication) -> None:
    background = Background()
    closed = threading.Event()
    background.submit("slow", lambda: closed.wait(20.0))
    background.shut_down()  # would wait for the task, which waits for what comes after
    assert not closed.is_set()
    closed.set()


def test_that_a_setting_for_a_path_on_its_way_does_not_bring_back_the_old_data(session: Session, qtbot: QtBot) -> None:
    """A start is dragged, other data are chosen, and a rule, each before the one before has come."""
    session.set_start(np.array([0.5, 0.5]))
    session.configure(session.snapshot.wanted.but(data=GALTON))
    session.change_setting("optimizer", "adam")
    session.change_setting("learning_rate", 0.02)
    mixed = []

    def look() -> None:
        shown = session.snapshot
        mixed.append((shown.experiment.data.name == "galton") != (shown.problem.data.m == 928))

    session.snapshot_changed.connect(look)
    qtbot.waitUntil(lambda: not session.snapshot.loading and session.snapshot.experiment is session.snapshot.wanted)
    shown = session.snapshot
    assert mixed
    assert not any(mixed)
    assert shown.experiment.data == GALTON
    assert shown.settings.optimizer.name == "adam"
    assert shown.settings.hyper["learning_rate"] == 0.02


def test_that_a_start_that_overflows_does_not_bring_back_the_old_data(session: Session, qtbot: QtBot) -> None:
    session.set_start(np.array([1e300, 1e300]))
    session.configure(session.snapshot.wanted.but(data=GALTON, start=StartConfig(method="zeros")))
    qtbot.waitUntil(lambda: not session.snapshot.loading)
    qtbot.waitUntil(lambda: session.snapshot.problem.data.m == 928)
    assert session.snapshot.experiment.data == GALTON
    assert not session.snapshot.timeline.theta[0].any()


@pytest.mark.parametrize("map_due", [False, True])
def test_that_a_setting_changed_while_data_are_in_the_hand_leaves_the_cursor(
    session: Session, qtbot: QtBot, map_due: bool
) -> None:
    session.step(20)
    qtbot.waitUntil(lambda: session.snapshot.cursor == 20)
    qtbot.waitUntil(lambda: session.snapshot.landscape is not None and not session.snapshot.landscape_busy)
    if map_due:  # then the hand's change waits, and the setting's comes first
        session.set_ranges((0.0, 1.0), (0.0, 1.0))
        assert session._mapper.first_due
    held = held_data(session.snapshot.problem, session.snapshot.experiment.data)
    config, table = held.moved(3, 0.5, 0.25)
    session.hold_data(session.snapshot.wanted.but(data=config), table)
    session.change_setting("learning_rate", 0.013)
    qtbot.waitUntil(lambda: session.snapshot.experiment.data == config and not session.holding)
    qtbot.waitUntil(lambda: session.snapshot.timeline.last == 20 and session.snapshot.waiting == 0)
    shown = session.snapshot
    assert shown.cursor == 20
    assert shown.settings.hyper["learning_rate"] == 0.013
    assert (shown.problem.data.X[0, 3], shown.problem.data.y[0, 3]) == (0.5, 0.25)
