"""A session that was saved and opened goes on as if it had never been closed, whatever the rule, data and model."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, RunConfig, StartConfig, ViewConfig
from landscape_app.session.embedded import EmbeddedColumn, EmbeddedTable, Numbers
from landscape_app.session.files import read_session, write_session
from landscape_app.session.packing import packed


@pytest.fixture
def sessions(qapp: QApplication) -> Iterator[list[Session]]:
    made: list[Session] = []
    yield made
    for session in made:
        session.shut_down()


def reached(session: Session, qtbot: QtBot, iteration: int) -> None:
    qtbot.waitUntil(
        lambda: (
            session.snapshot.timeline.last >= iteration
            and not session.snapshot.loading
            and not session._stepper.busy
            and session.snapshot.waiting == 0
        ),
        timeout=15_000,
    )


def reopened(session: Session, sessions: list[Session], path: Path, qtbot: QtBot) -> Session:
    """Save ``session`` into ``path`` and open that in another one."""
    shown = session.snapshot
    write_session(packed(shown.experiment, shown.problem, shown.timeline, ViewConfig(cursor=shown.cursor)), path)
    saved = read_session(path)
    again = Session()
    sessions.append(again)
    again.open_experiment(saved.experiment, saved.view)
    qtbot.waitUntil(lambda: again.snapshot.undo == "session")
    reached(again, qtbot, shown.timeline.last)
    return again


def assert_equal(one: Session, other: Session) -> None:
    a, b = one.snapshot.timeline, other.snapshot.timeline
    for name in ("theta", "grad", "loss", "batch_loss"):
        assert getattr(a, name)[:].tobytes() == getattr(b, name)[:].tobytes()
    assert one.snapshot.cursor == other.snapshot.cursor


def own_table() -> DataConfig:
    rng = np.random.default_rng(8)
    x = [None if i % 9 == 4 else float(v) for i, v in enumerate(rng.normal(size=60))]
    table = EmbeddedTable(
        columns=(
            EmbeddedColumn(name="x", numbers=Numbers(x)),
            EmbeddedColumn(name="colour", words=tuple(("red", "green", None, "blue")[i % 4] for i in range(60))),
            EmbeddedColumn(name="y", numbers=Numbers(rng.normal(size=60))),
        )
    )
    return DataConfig(
        kind="table", name="own", table=table, target="y", features=("colour", "x"), missing="mean", scale="both"
    )


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_that_every_rule_goes_on_to_the_last_bit(
    rule: str, sessions: list[Session], qtbot: QtBot, tmp_path: Path
) -> None:
    experiment = Experiment(
        data=DataConfig(kind="bundled", name="diabetes", scale="standard"),
        model=ModelConfig(name="two-layer-sigmoid", hidden=3),
        start=StartConfig(method="xavier", seed=7),
        run=RunConfig(optimizer=rule, batch_size=37, seed=5),
    )
    session = Session(experiment)
    sessions.append(session)
    session.step(150)  # beyond a keyframe
    reached(session, qtbot, 150)
    session.change_setting("batch_size", 64.0)
    session.step(5)
    reached(session, qtbot, 155)
    session.change_setting("optimizer", "rmsprop" if rule == "adam" else "adam")
    session.step(5)
    reached(session, qtbot, 160)
    session.go_to(158)
    again = reopened(session, sessions, tmp_path / "work.json", qtbot)
    assert_equal(session, again)
    for one in (session, again):
        one.step(30)
        reached(one, qtbot, 188)
        one.change_setting("learning_rate", 0.003)
        one.step(10)
        reached(one, qtbot, 198)
    assert_equal(session, again)


def test_that_own_words_gaps_and_scaling_come_back(sessions: list[Session], qtbot: QtBot, tmp_path: Path) -> None:
    session = Session(Experiment(data=own_table(), model=ModelConfig(name="multivariate"), start=StartConfig(seed=3)))
    sessions.append(session)
    session.step(20)
    reached(session, qtbot, 20)
    again = reopened(session, sessions, tmp_path / "own.json", qtbot)
    assert_equal(session, again)
    assert again.snapshot.problem.data.X.tobytes() == session.snapshot.problem.data.X.tobytes()
    assert again.snapshot.experiment.data == session.snapshot.experiment.data


def test_that_a_diverged_run_is_still_diverged(sessions: list[Session], qtbot: QtBot, tmp_path: Path) -> None:
    session = Session(Experiment(run=RunConfig(hyper={"learning_rate": 1e6})))
    sessions.append(session)
    session.run_until(iteration=10_000)
    qtbot.waitUntil(lambda: session.snapshot.timeline.divergence is not None, timeout=10_000)
    session.pause()
    again = reopened(session, sessions, tmp_path / "diverged.json", qtbot)
    qtbot.waitUntil(lambda: again.snapshot.timeline.divergence is not None)
    assert_equal(session, again)
    ours, theirs = session.snapshot.timeline.divergence, again.snapshot.timeline.divergence
    assert ours is not None
    assert theirs is not None
    assert (ours.iteration, ours.parameter, ours.what) == (theirs.iteration, theirs.parameter, theirs.what)
