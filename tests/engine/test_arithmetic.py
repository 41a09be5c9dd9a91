"""Fast steps in the session: switched on and off, refused, undone, and kept."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.change_titles import change_title
from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, RunConfig, StartConfig, ViewConfig
from landscape_app.session.files import read_session, write_session
from landscape_app.session.packing import packed


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    made = Session(Experiment(data=DataConfig(examples=60), run=RunConfig(hyper={"learning_rate": 0.02})))
    yield made
    made.shut_down()


def reached(session: Session, qtbot: QtBot, iteration: int) -> None:
    def there() -> bool:
        shown = session.snapshot
        return shown.timeline.last == iteration and shown.wanted is shown.experiment and not session._stepper.busy

    qtbot.waitUntil(there, timeout=10_000)


def arithmetic(session: Session) -> str:
    return session.snapshot.experiment.run.arithmetic


def test_that_switching_records_the_whole_path_again(session: Session, qtbot: QtBot) -> None:
    session.step(40)
    reached(session, qtbot, 40)
    session.go_to(12)
    slow = session.snapshot.timeline
    session.change_setting("arithmetic", "fast")
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.arithmetic == "fast")
    reached(session, qtbot, 40)
    fast = session.snapshot.timeline
    assert session.snapshot.cursor == 12
    assert fast.theta[:] == pytest.approx(slow.theta[:], rel=1e-9)
    assert fast.grad[:].tobytes() != slow.grad[:].tobytes()  # it is indeed another arithmetic
    assert change_title(session.snapshot.undo) == "fast steps"
    session.undo()
    assert arithmetic(session) == "equations"
    assert session.snapshot.timeline.grad[:].tobytes() == slow.grad[:].tobytes()
    session.redo()
    assert arithmetic(session) == "fast"


def test_that_another_run_begins_at_its_start(session: Session, qtbot: QtBot) -> None:
    session.step(10)
    reached(session, qtbot, 10)
    wanted = session.snapshot.wanted
    session.configure(wanted.but(run=wanted.run.but(seed=wanted.run.seed + 1)))
    reached(session, qtbot, 0)
    assert session.snapshot.cursor == 0


def test_that_changes_in_mid_run_stay_and_go_on_in_the_same_arithmetic(session: Session, qtbot: QtBot) -> None:
    session.step(10)
    reached(session, qtbot, 10)
    session.change_setting("learning_rate", 0.005)
    session.change_setting("arithmetic", "fast")
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.arithmetic == "fast")
    session.step(10)
    reached(session, qtbot, 20)
    run = session.snapshot.experiment.run
    assert [change.iteration for change in run.changes] == [10]
    alone = Session(session.snapshot.experiment)
    try:
        alone.step(20)
        reached(alone, qtbot, 20)
        assert alone.snapshot.timeline.theta[:].tobytes() == session.snapshot.timeline.theta[:].tobytes()
    finally:
        alone.shut_down()


def test_that_a_small_batch_is_refused_with_a_sentence(session: Session, qtbot: QtBot) -> None:
    session.change_setting("arithmetic", "fast")
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.arithmetic == "fast")
    session.change_setting("batch_size", 5)
    notice = session.snapshot.notice
    assert notice is not None
    assert notice.kind == "error"
    assert "all examples at once" in notice.text
    assert session.snapshot.settings.batch_size is None
    session.step(3)
    reached(session, qtbot, 3)


def test_that_the_sigmoid_network_takes_the_equations(session: Session, qtbot: QtBot) -> None:
    session.change_setting("arithmetic", "fast")
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.arithmetic == "fast")
    session.configure(session.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid")))
    qtbot.waitUntil(lambda: session.snapshot.problem.model.name == "two-layer-sigmoid")
    assert session.snapshot.experiment.run.arithmetic == "equations"
    session.step(3)
    reached(session, qtbot, 3)


def test_that_a_session_keeps_its_arithmetic(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.configure(session.snapshot.wanted.but(start=StartConfig(method="zeros")))
    session.change_setting("arithmetic", "fast")
    qtbot.waitUntil(lambda: session.snapshot.experiment.run.arithmetic == "fast")
    session.step(7)
    reached(session, qtbot, 7)
    shown = session.snapshot
    path = tmp_path / "session.json"
    write_session(packed(shown.experiment, shown.problem, shown.timeline, ViewConfig()), path)
    again = Session()
    try:
        again.open_experiment(read_session(path).experiment)
        qtbot.waitUntil(lambda: again.snapshot.undo == "session")
        reached(again, qtbot, 7)
        assert again.snapshot.experiment.run.arithmetic == "fast"
        assert np.array_equal(again.snapshot.timeline.theta[:], shown.timeline.theta[:])
    finally:
        again.shut_down()
