"""At every moment what is published belongs together: batch and gradient, data and map, hand and undo."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.engine.session import Session
from landscape_app.session.backprop import batch_at_hand, next_increment, step_examples
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, StartConfig, default_experiment
from landscape_app.session.held import held_data
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.update_terms import is_quick, update_terms
from tests.engine.conftest import SessionMaker

NETWORK = default_experiment().but(
    model=ModelConfig(name="two-layer-sigmoid"), start=StartConfig(method="xavier", seed=1)
)


def gradient_of_the_step(shown: Snapshot) -> list[float]:
    data, batch = shown.problem.data, step_examples(shown)
    X, y = (data.X, data.y) if batch is None else data.examples(batch)
    return shown.problem.model.loss_and_gradient(shown.theta, X, y)[1].tolist()


def test_that_the_gradient_told_is_the_steps_own_whatever_changes(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.step(5)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 5)
    unknown: list[bool] = []

    def look(shown: Snapshot) -> None:
        unknown.append(not batch_at_hand(shown))
        if batch_at_hand(shown):
            assert shown.grad.tolist() == pytest.approx(gradient_of_the_step(shown), rel=1e-9, abs=1e-13)
            if is_quick(shown):
                assert update_terms(shown)["gradient"].tolist() == shown.grad.tolist()
        else:
            assert not is_quick(shown)
            assert next_increment(shown) is None

    s.snapshot_changed.connect(look)
    s.change_setting("batch_size", 4)
    s.take_in_hand("L")  # what is published in the meantime is no more true
    qtbot.waitUntil(lambda: not s.snapshot.remeasuring)
    s.step(2)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 7)
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid")))
    qtbot.waitUntil(lambda: s.snapshot.problem.model.has_hidden and not s.snapshot.remeasuring)
    s.undo()
    s.change_setting("batch_size", None)
    s.change_setting("learning_rate", 0.01)
    s.undo()  # to a moment that still owed the measurement
    qtbot.waitUntil(lambda: not s.snapshot.remeasuring)
    assert any(unknown)


def hold(s: Session, y: float) -> None:
    config, table = held_data(s.snapshot.problem, s.snapshot.experiment.data).moved(0, None, y)
    s.hold_data(s.snapshot.wanted.but(data=config), table)


@pytest.mark.parametrize("experiment", [default_experiment(), NETWORK], ids=["line", "network"])
def test_that_what_is_taken_back_in_mid_drag_does_not_come_again(
    session: SessionMaker, qtbot: QtBot, experiment: Experiment
) -> None:
    s = session(experiment)
    qtbot.waitUntil(lambda: s.snapshot.landscape is not None and not s.snapshot.landscape_busy, timeout=15_000)
    before = float(s.snapshot.problem.data.y[0, 0])
    s.gesture = "one"
    hold(s, 11.0)
    hold(s, 22.0)  # this one waits
    s.undo()
    assert not s.holding
    qtbot.wait(300)
    assert s.snapshot.problem.data.y[0, 0] == before
    s.gesture = "another"
    hold(s, 33.0)
    qtbot.waitUntil(lambda: s.snapshot.problem.data.y[0, 0] == 33.0 and not s.holding)
    qtbot.wait(200)
    assert s.snapshot.problem.data.y[0, 0] == 33.0


def test_that_stopping_never_leaves_the_former_datas_map(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = session(NETWORK)
    qtbot.waitUntil(lambda: s.snapshot.landscape is not None and not s.snapshot.landscape_busy, timeout=15_000)
    monkeypatch.setattr(s._mapper, "at_once", lambda *_: None)  # as of a map that takes longer

    def stop(shown: Snapshot) -> None:
        if shown.problem.data.y[0, 0] == 50.0:
            s.snapshot_changed.disconnect(stop)
            assert s._mapper.first_due
            s.stop()

    s.snapshot_changed.connect(stop)
    hold(s, 50.0)
    qtbot.waitUntil(lambda: s.snapshot.problem.data.y[0, 0] == 50.0)
    qtbot.wait(100)
    assert not s.snapshot.landscape_busy
    assert s.snapshot.picture is None
    s.go_on_refining()
    qtbot.waitUntil(lambda: s.snapshot.landscape is not None and not s.snapshot.landscape_busy, timeout=15_000)


def test_that_a_path_that_ends_earlier_than_the_one_before_is_at_rest(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(default_experiment().but(data=DataConfig(seed=3)))
    s.change_setting("learning_rate", 30.0)
    s.run_until(iteration=500)
    qtbot.waitUntil(lambda: s.snapshot.timeline.divergence is not None and not s.snapshot.playing, timeout=10_000)
    last = s.snapshot.timeline.last
    s.go_to(0)
    s.set_start(np.array([1e60, 1e60]))
    qtbot.waitUntil(lambda: 0 < s.snapshot.timeline.last < last and s.snapshot.timeline.divergence is not None)
    s.watch_gradient(True)
    qtbot.waitUntil(lambda: s.snapshot.check is not None)


def test_that_nothing_waits_for_a_session_that_has_ended(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(NETWORK)
    qtbot.waitUntil(lambda: s.snapshot.landscape is not None and not s.snapshot.landscape_busy, timeout=15_000)
    hold(s, 11.0)
    hold(s, 22.0)
    s.shut_down()
    s._take_next_held()  # as when a map comes after the end
    assert not s._loader.pending
