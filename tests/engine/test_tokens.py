"""Answers for a state that is gone are dropped; what is still owed is asked for again."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import axis_plane
from landscape_app.engine.jobs import GridReply, StepJob, StepsReply
from landscape_app.engine.mapper import Mapper
from landscape_app.engine.session import Session
from landscape_app.engine.stepper import Stepper
from landscape_app.engine.worker import WorkerThread
from landscape_app.session.config import default_experiment
from landscape_app.session.map_picture import MapPicture
from landscape_app.session.map_view import MapView
from landscape_app.session.prepare import Prepared, prepare
from landscape_app.session.transitions import batch_examples


@pytest.fixture
def threads(qapp: QApplication) -> Iterator[WorkerThread]:
    made = WorkerThread()
    yield made
    made.shut_down()


@pytest.fixture
def prepared() -> Prepared:
    return prepare(default_experiment())


def test_that_steps_for_a_state_that_is_gone_are_dropped(
    threads: WorkerThread, prepared: Prepared, qtbot: QtBot
) -> None:
    stepper = Stepper(threads)
    replies: list[StepsReply] = []
    stepper.replied.connect(replies.append)
    with qtbot.waitSignal(stepper.idle):
        stepper.request(StepJob(prepared.run, 3, timeline=prepared.timeline))
        stepper.forget()
    assert replies == []
    with qtbot.waitSignal(stepper.replied):
        stepper.request(StepJob(prepared.run, 3, timeline=prepared.timeline))
    assert len(replies) == 1
    assert replies[0].batch is not None
    assert replies[0].batch.first == 1


def test_that_of_many_jobs_only_the_first_and_the_newest_run(
    threads: WorkerThread, prepared: Prepared, qtbot: QtBot
) -> None:
    stepper = Stepper(threads)
    starts: list[list[float]] = []
    stepper.replied.connect(lambda reply: starts.append(reply.batch.theta[0].tolist()))
    for x in range(6):
        stepper.request(StepJob(prepared.run, 0, start=np.array([float(x), 0.0])))
    qtbot.waitUntil(lambda: len(starts) == 2)
    qtbot.wait(50)
    assert starts == [[0.0, 0.0], [5.0, 0.0]]


def test_that_a_landscape_for_another_view_is_dropped(threads: WorkerThread, prepared: Prepared, qtbot: QtBot) -> None:
    mapper = Mapper(threads)
    ready: list[MapPicture] = []
    mapper.picture_ready.connect(ready.append)
    plane = axis_plane(prepared.problem.model.layout, ("w", "b"), np.zeros(2))
    turned = axis_plane(prepared.problem.model.layout, ("b", "w"), np.zeros(2))
    assert not mapper.show(prepared.problem, MapView(plane, (-1.0, 1.0), (-1.0, 1.0)), 9)
    qtbot.waitUntil(lambda: len(ready) == 1)
    late = GridReply(1, ready[0])
    assert not mapper.show(prepared.problem, MapView(turned, (-1.0, 1.0), (-1.0, 1.0)), 9)
    mapper._on_grid_advanced(late)
    qtbot.waitUntil(lambda: not mapper.busy)
    assert [picture.landscape.plane.x_name for picture in ready] == ["w", "b"]


def test_that_another_batch_size_gives_the_cursor_another_gradient(qapp: QApplication, qtbot: QtBot) -> None:
    session = Session()
    try:
        session.run_until(iteration=20)
        qtbot.waitUntil(lambda: session.snapshot.cursor == 20)
        session.change_setting("batch_size", 7)
        qtbot.waitUntil(lambda: session.snapshot.timeline.batch_loss[20] != session.snapshot.timeline.loss[20])
        shown = session.snapshot
        run = session._run
        batch = batch_examples(run, run.schedule.at(20), 20, 0)
        assert batch is not None
        _, expected = shown.problem.model.loss_and_gradient(shown.theta, *shown.problem.data.examples(batch))
        assert shown.grad.tobytes() == expected.tobytes()
    finally:
        session.shut_down()
